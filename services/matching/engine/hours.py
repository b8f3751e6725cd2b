"""The first time at which each of many helpers could come, by column; in every bit as `Times.slot_for`."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.matching.engine.busy import FREE, NUMBER, Busy, Numbers, Rules, Span
from services.matching.engine.diaries import CERTIFIED
from services.matching.engine.moments import DAY, EVER, HOUR, MINUTE, SHANGHAI, micros, week
from services.matching.engine.roster import Roster
from services.matching.engine.slots import FIRST_HOUR, LAST_HOUR, Times
from services.matching.engine.values import Enquiry, Rule

Rows = NDArray[np.intp]


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

    def first(self, known: NDArray[Any]) -> tuple[Numbers, Rules]:
        """When each helper of these records could come, in µs, and the number of the rule why not.

        It is 0 where they can; where they can't, the time says nothing.
        """
        if not (len(known) and len(self._starts)):
            return np.full(len(known), -EVER), np.full(len(known), NUMBER[Rule.NOT_AVAILABLE])
        used, line = self._roster.patterns.used(known["pattern"])
        opens = self._open(used)
        open_ = opens.any(axis=1)
        start = np.where(open_, self._starts[opens.argmax(axis=1)], -EVER)[line]
        rule = np.where(open_, np.int8(0), NUMBER[Rule.NOT_AVAILABLE])[line]
        span = Span(range(week(int(self._starts[0])), week(int(self._starts[-1])) + 1), self._length)
        places = np.flatnonzero(
            (rule == 0) & (known["busy_from"] < span.end) & (known["busy_to"] > span.begin)
        )
        if len(places):
            theirs = known.take(places)
            busy = Busy.of(self._roster.diaries(theirs), theirs, span, self._enquiry.place)
            start[places], rule[places] = self._beside(busy, opens, line[places], start[places])
        self._check_certificates(known, start, rule)
        return start, rule

    def _open(self, patterns: Rows) -> NDArray[np.bool_]:
        """Which of the times each of these weekly patterns allows."""
        if self._agreed is None:
            return self._roster.patterns.cover_hours(patterns, self._starts, self._starts + self._length)
        return self._roster.patterns.cover(patterns, self._agreed)

    def _beside(
        self, busy: Busy, opens: NDArray[np.bool_], line: Rows, start: Numbers
    ) -> tuple[Numbers, Rules]:
        """The first time beside all that they have to do; else what hindered at the first of all, `start`.

        Few are hindered at that one: only for them all other times are looked at.
        """
        rule = busy.hindered(start)
        others = np.flatnonzero(rule != FREE)
        if len(others) and len(self._starts) > 1:
            can = busy.among(others).free(self._starts) & opens[line[others]]
            start[others] = self._starts[can.argmax(axis=1)]
            rule[others[can.any(axis=1)]] = FREE
        rule[rule == FREE] = 0
        return start, rule

    def _check_certificates(self, known: NDArray[Any], start: Numbers, rule: Rules) -> None:
        places = np.flatnonzero((known["lapses"] <= start) & (rule == 0))
        if not len(places):
            return
        certificates = self._roster.diaries(known.take(places)).of_kind(CERTIFIED)
        needed = [self._roster.codes.get(code, -1) for code in self._enquiry.need.skills]
        lapsed = certificates.fields["start"] <= start[places[certificates.owner]]
        lapsed &= np.isin(certificates.fields["code"], needed)
        rule[places[certificates.owner[lapsed]]] = NUMBER[Rule.CERTIFICATE]


def _full_hours(enquiry: Enquiry) -> Numbers:
    """Those of each day's hours that are still to come and end in time."""
    at, latest, minutes = micros(enquiry.at), micros(enquiry.latest), enquiry.need.minutes
    hours = range(FIRST_HOUR * HOUR, LAST_HOUR * HOUR - minutes * MINUTE + 1, HOUR)
    days = range((at + SHANGHAI) // DAY * DAY - SHANGHAI, latest, DAY)
    starts = (day + hour for day in days for hour in hours)
    return np.array([one for one in starts if at < one <= latest - minutes * MINUTE], np.int64)
