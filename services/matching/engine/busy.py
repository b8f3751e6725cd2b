"""What takes time of helpers, against the times at which they could come."""

from collections.abc import Mapping
from dataclasses import dataclass
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
from services.matching.engine.diaries import ABSENT, BOOKED, DATUMS, NONE, Entries
from services.matching.engine.distances import metres_from
from services.matching.engine.groups import IS_PERSON
from services.matching.engine.moments import EVER, MICROSECOND, MINUTE, week, week_begins
from services.matching.engine.values import Rule
from shared.contracts.values import Point

Numbers = NDArray[np.int64]
Rules = NDArray[np.int8]
RULES: tuple[Rule | None, ...] = (None, *Rule)
NUMBER: Mapping[Rule, np.int8] = {rule: np.int8(number) for number, rule in enumerate(RULES) if rule}
FREE = np.int8(len(RULES))
"""No rule: above the number of each, so that the first of several is the least."""
FAR = LONGEST // MICROSECOND
OVERLAPPED = np.full(1 << 8, FREE, np.int8)
"""By the kind of an entry, the rule against a visit at the same time."""
OVERLAPPED[[ABSENT, BOOKED]] = NUMBER[Rule.ABSENT], NUMBER[Rule.BOOKED]


@dataclass(frozen=True, slots=True)
class Span:
    """The weeks of the times of an enquiry, by number, and how long a visit takes, in µs."""

    weeks: range
    length: int

    @property
    def begin(self) -> int:
        """What ends before hinders nobody."""
        return week_begins(self.weeks.start) - FAR

    @property
    def end(self) -> int:
        """What begins later hinders nobody."""
        return week_begins(self.weeks.stop) + FAR


@dataclass(frozen=True, slots=True)
class Busy:
    """Of some helpers: what lies near the times of an enquiry.

    Each entry has its helper's place among them, which never falls; its start and end in µs; the rule against
    a visit that overlaps it; and how far from it a visit must lie for the way, in µs: at any distance from
    what doesn't hinder. `full` says in which of the weeks a helper has no visit left.
    """

    span: Span
    owner: NDArray[np.intp]
    start: Numbers
    end: Numbers
    rule: Rules
    reach: Numbers
    full: NDArray[np.bool_]

    @classmethod
    def of(cls, diary: Entries, known: NDArray[Any], span: Span, place: Point | None) -> "Busy":
        """From their diaries and records, for a visit at a place. Only a person's bookings hinder.

        What takes no time, a certificate or a late drop-out, has no end and is left out with the past.
        """
        fields = diary.fields
        near = diary.where((fields["start"] < span.end) & (fields["end"] > span.begin))
        owner, fields = near.owner, near.fields
        start, end, kind = (np.ascontiguousarray(fields[name]) for name in ("start", "end", "kind"))
        rule = OVERLAPPED[kind]
        rule[(kind == BOOKED) & ~IS_PERSON[known["kind"]][owner]] = FREE
        reach = np.where(rule == FREE, -EVER, _reach(fields, place))
        weeks, count = week(start) - span.weeks.start, len(span.weeks)
        counted = np.flatnonzero((kind != ABSENT) & (weeks >= 0) & (weeks < count))
        cells = np.bincount(owner[counted] * count + weeks[counted], minlength=len(known) * count)
        full = cells.reshape(-1, count) >= known["capacity"][:, None]
        return cls(span, owner, start, end, rule, reach, full)

    def among(self, places: NDArray[np.intp]) -> "Busy":
        """Of the helpers in these places, which rise; each has another place then."""
        place = np.full(len(self.full), NONE)
        place[places] = np.arange(len(places))
        owner = place[self.owner]
        kept = np.flatnonzero(owner != NONE)
        return Busy(
            self.span,
            owner[kept],
            self.start[kept],
            self.end[kept],
            self.rule[kept],
            self.reach[kept],
            self.full[places],
        )

    def hindered(self, starts: Numbers) -> Rules:
        """The first rule against a visit of each of them at a time of their own, or FREE."""
        full = self.full[np.arange(len(starts)), week(starts) - self.span.weeks.start]
        found = np.where(full, NUMBER[Rule.CAPACITY], FREE)
        mine = starts[self.owner]
        gap = np.maximum(mine - self.end, self.start - self.span.length - mine)
        hits = np.flatnonzero(gap < self.reach)
        rule = np.where(gap[hits] < 0, self.rule[hits], NUMBER[Rule.TRAVEL])
        np.minimum.at(found, self.owner[hits], rule)
        return found

    def free(self, starts: Numbers) -> NDArray[np.bool_]:
        """At which of these times a visit of each of them could be: a line a helper."""
        found = ~self.full[:, week(starts) - self.span.weeks.start]
        if len(self.owner):
            gap = np.maximum(starts - self.end[:, None], (self.start - self.span.length)[:, None] - starts)
            fresh = np.ones(len(self.owner), np.bool_)
            np.not_equal(self.owner[1:], self.owner[:-1], out=fresh[1:])
            firsts = np.flatnonzero(fresh)
            hindered = np.logical_or.reduceat(gap < self.reach[:, None], firsts, axis=0)
            found[self.owner[firsts]] &= ~hindered
        return found


def _reach(fields: NDArray[Any], place: Point | None) -> Numbers:
    """How much time there must be between each of these and a visit at a place; see `travel`."""
    reach = np.zeros(len(fields), np.int64)
    if place is None:
        return reach
    comparable = np.flatnonzero(fields["datum"] == DATUMS[place.datum])
    way = -DETOUR_PERCENT * metres_from(fields.take(comparable), place)
    walked = -(way // (100 * WALKED_A_MINUTE))
    ridden = RIDE_WAIT - way // (100 * RIDDEN_A_MINUTE)
    reach[comparable] = np.minimum(np.minimum(walked, ridden) * MINUTE, FAR)
    return reach
