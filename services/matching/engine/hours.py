"""The first time at which each of many helpers could come, by column; in every bit as `Times.slot_for`."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.matching.domain.travel import (
    DETOUR_PERCENT,
    LONGEST,
    RIDDEN_A_MINUTE,
    RIDE_WAIT,
    WALKED_A_MINUTE,
)
from services.matching.engine.diaries import ABSENT, BOOKED, CERTIFIED, DATUMS, SERVED, Entries
from services.matching.engine.distances import metres_from
from services.matching.engine.groups import IS_PERSON
from services.matching.engine.moments import (
    DAY,
    EVER,
    HOUR,
    MICROSECOND,
    MINUTE,
    SHANGHAI,
    micros,
    week,
    week_begins,
)
from services.matching.engine.roster import Roster
from services.matching.engine.slots import FIRST_HOUR, LAST_HOUR, Times
from services.matching.engine.values import Enquiry, Rule
from shared.contracts.values import Point

Rows = NDArray[np.intp]
Numbers = NDArray[np.int64]
Rules = NDArray[np.int8]
RULES: Sequence[Rule | None] = (None, *Rule)
NUMBER: Mapping[Rule, int] = {rule: number for number, rule in enumerate(RULES) if rule is not None}
FREE = len(RULES)
"""No rule: above the number of each, so that the first of several is the least."""
FAR = LONGEST // MICROSECOND


class Hours:
    """The times that an enquiry may offer: the agreed one, or every full hour, in order."""

    def __init__(self, enquiry: Enquiry, times: Times, roster: Roster) -> None:
        """For helpers of this roster."""
        self._enquiry, self._roster, self._agreed = enquiry, roster, times.agreed
        if self._agreed is None:
            self._starts, self._length = _full_hours(enquiry), enquiry.need.minutes * MINUTE
        else:
            start, end = micros(self._agreed.start), micros(self._agreed.end)
            self._starts, self._length = np.array([start]), end - start

    def first(self, rows: Rows, known: NDArray[Any]) -> tuple[Numbers, Rules]:
        """When each of these could come, in µs, and the number of the rule why not; 0 where they can.

        `known` are their records.
        """
        start = np.full(len(rows), -EVER)
        rule = np.full(len(rows), NUMBER[Rule.NOT_AVAILABLE], np.int8)
        if not (len(rows) and len(self._starts)):
            return start, rule
        used, line = self._roster.patterns.used(known["pattern"])
        opens = self._open(used)
        start = np.where(opens.any(axis=1), self._starts[opens.argmax(axis=1)], -EVER)[line]
        rule[start > -EVER] = 0
        begin, end = (
            week_begins(week(self._starts[0])) - FAR,
            week_begins(week(self._starts[-1] + self._length) + 1) + FAR,
        )
        busy = (known["busy_from"] < end) & (known["busy_to"] > begin)
        places = np.flatnonzero(busy & (rule == 0))
        if len(places):
            diary = self._roster.diaries(rows[places])
            start[places], rule[places] = self._beside(
                diary, known.take(places), opens[line[places]], start[places]
            )
        self._check_certificates(rows, known["lapses"], start, rule)
        return start, rule

    def _open(self, patterns: Rows) -> NDArray[np.bool_]:
        """Which of the times each of these weekly patterns allows."""
        if self._agreed is None:
            return self._roster.patterns.cover_hours(patterns, self._starts, self._starts + self._length)
        return self._roster.patterns.cover(patterns, self._agreed)

    def _beside(
        self, diary: Entries, known: NDArray[Any], opens: NDArray[np.bool_], start: Numbers
    ) -> tuple[Numbers, Rules]:
        """The first time beside all that is in the diary; else what hindered at the first of all, `start`.

        Few are hindered at that one: only for them all other times are looked at.
        """
        rule = self._hindered(diary, known, start[:, None])[:, 0]
        others = np.flatnonzero(rule != FREE)
        if len(others):
            hindered = self._hindered(diary.among(others, len(known)), known.take(others), self._starts[None])
            can = opens[others] & (hindered == FREE)
            able = can.any(axis=1)
            start[others] = np.where(able, self._starts[can.argmax(axis=1)], -EVER)
            rule[others[able]] = FREE
        rule[rule == FREE] = 0
        return start, rule

    def _hindered(self, diary: Entries, known: NDArray[Any], starts: Numbers) -> Rules:
        """The first rule against each time, or FREE: `starts` has a line a helper, or one for all of them."""
        hindered = np.full((len(known), starts.shape[1]), FREE, np.int8)
        self._mark_taken(diary, IS_PERSON[known["kind"]], starts, hindered)
        self._mark_full_weeks(diary.of_kind(BOOKED, SERVED), known["capacity"], starts, hindered)
        return hindered

    def _mark_taken(
        self, diary: Entries, person: NDArray[np.bool_], starts: Numbers, hindered: Rules
    ) -> None:
        kind = diary.fields["kind"]
        taken = diary.where((kind == ABSENT) | ((kind == BOOKED) & person[diary.owner]))
        if not len(taken.owner):
            return
        fields = taken.fields
        if len(starts) > 1:
            starts = starts[taken.owner]
        gap = starts - fields["end"][:, None]
        np.maximum(gap, fields["start"][:, None] - self._length - starts, out=gap)
        rule = np.full(gap.shape, FREE, np.int8)
        rule[gap < _reach(fields, self._enquiry.place)[:, None]] = NUMBER[Rule.TRAVEL]
        number = np.where(fields["kind"] == ABSENT, NUMBER[Rule.ABSENT], NUMBER[Rule.BOOKED]).astype(np.int8)
        np.copyto(rule, number[:, None], where=gap < 0)
        firsts = taken.firsts
        hindered[taken.owner[firsts]] = np.minimum.reduceat(rule, firsts, axis=0)

    def _mark_full_weeks(
        self, counted: Entries, capacity: NDArray[np.int32], starts: Numbers, hindered: Rules
    ) -> None:
        weeks, theirs = week(starts), week(counted.fields["start"])
        for number in range(week(int(self._starts[0])), week(int(self._starts[-1])) + 1):
            count = np.bincount(counted.owner[theirs == number], minlength=len(capacity))
            full = (count >= capacity)[:, None] & (weeks == number) & (hindered == FREE)
            hindered[full] = NUMBER[Rule.CAPACITY]

    def _check_certificates(self, rows: Rows, lapses: Numbers, start: Numbers, rule: Rules) -> None:
        places = np.flatnonzero((lapses <= start) & (rule == 0))
        if not len(places):
            return
        certificates = self._roster.diaries(rows[places]).of_kind(CERTIFIED)
        needed = [self._roster.codes.get(code, -1) for code in self._enquiry.need.skills]
        lapsed = certificates.fields["start"] <= start[places[certificates.owner]]
        lapsed &= np.isin(certificates.fields["code"], needed)
        out = places[certificates.owner[lapsed]]
        start[out], rule[out] = -EVER, NUMBER[Rule.CERTIFICATE]


def _full_hours(enquiry: Enquiry) -> Numbers:
    """Those of each day's hours that are still to come and end in time."""
    at, latest = micros(enquiry.at), micros(enquiry.latest)
    days = np.arange((at + SHANGHAI) // DAY, (latest + SHANGHAI) // DAY + 1)
    hours = np.arange(FIRST_HOUR, (LAST_HOUR * 60 - enquiry.need.minutes) // 60 + 1)
    starts: Numbers = (days[:, None] * DAY + hours * HOUR - SHANGHAI).reshape(-1)
    return starts[(starts > at) & (starts + enquiry.need.minutes * MINUTE <= latest)]


def _reach(fields: NDArray[Any], place: Point | None) -> Numbers:
    """How much time there must be between each of these and a visit at a place; see `travel`."""
    if place is None:
        return np.zeros(len(fields), np.int64)
    metres = metres_from(fields, place)
    walked = -(-metres * DETOUR_PERCENT // (100 * WALKED_A_MINUTE))
    ridden = RIDE_WAIT - (-metres * DETOUR_PERCENT // (100 * RIDDEN_A_MINUTE))
    minutes = np.where(fields["datum"] == DATUMS[place.datum], np.minimum(walked, ridden), 0)
    reach: Numbers = np.minimum(minutes * MINUTE, FAR)
    return reach
