"""When a helper could come: the agreed time, now, or the earliest free hour."""

from collections.abc import Iterator
from datetime import timedelta
from functools import cached_property, lru_cache
from itertools import tee

from services.matching.domain.helper_commands import AwayError, TravelError, WeekFullError
from services.matching.domain.week import DAY, covers, day_of, moment, windows
from services.matching.engine.moments import moment_of
from services.matching.engine.values import Enquiry, HelperFile, Rule
from shared.contracts.values import Slot, Urgency, Weekly

FIRST_HOUR, LAST_HOUR = 8, 20
"""A visit without an agreed time lies between these hours in Shanghai."""


class Times:
    """The times of one enquiry; the hours of a weekly pattern are reckoned once for all who have it."""

    def __init__(self, enquiry: Enquiry) -> None:
        """Nothing reckoned yet."""
        self._enquiry = enquiry
        self._hours: dict[tuple[Weekly, ...], Iterator[Slot]] = {}
        self._covers: dict[tuple[Weekly, ...], bool] = {}

    def slot_for(self, file: HelperFile) -> Slot | Rule:
        """The time this helper would come, or the rule that excludes them."""
        agreed = self.agreed
        if agreed is None:
            return self._earliest(file)
        if self.free_at(file.facts.availability) is None:
            return Rule.NOT_AVAILABLE
        return self._hindered(file, agreed) or agreed

    @cached_property
    def agreed(self) -> Slot | None:
        """The one time that is wanted of all; None where each may come at the first hour that fits."""
        need, at = self._enquiry.need, self._enquiry.at
        if need.urgency is Urgency.RESCUE:
            return Slot(start=at, end=at + timedelta(minutes=need.minutes))
        return need.slot if need.slot is not None and need.slot.start > at else None

    def slot_at(self, start: int) -> Slot:
        """The time that starts so many µs after 1970, which is one of those that can be offered."""
        if self.agreed is not None:
            return self.agreed
        return _slot(start, self._enquiry.need.minutes)

    def free_at(self, pattern: tuple[Weekly, ...]) -> Slot | None:
        """When somebody with this weekly pattern and nothing else to do would come; None when never."""
        agreed = self.agreed
        if agreed is None:
            return next(self._hours_of(pattern), None)
        if pattern not in self._covers:
            self._covers[pattern] = covers(pattern, agreed)
        return agreed if self._covers[pattern] else None

    def _earliest(self, file: HelperFile) -> Slot | Rule:
        """The first full hour that fits; else what hindered at the first one that the pattern would allow."""
        first: Rule | None = None
        for slot in self._hours_of(file.facts.availability):
            hindrance = self._hindered(file, slot)
            if hindrance is None:
                return slot
            first = first or hindrance
        return first or Rule.NOT_AVAILABLE

    def _hindered(self, file: HelperFile, slot: Slot) -> Rule | None:
        match file.facts.hindrance(slot, self._enquiry.place):
            case None:
                return None
            case AwayError():
                return Rule.ABSENT
            case WeekFullError():
                return Rule.CAPACITY
            case TravelError():
                return Rule.TRAVEL
            case _:
                return Rule.BOOKED

    def _hours_of(self, pattern: tuple[Weekly, ...]) -> Iterator[Slot]:
        """From the first on; what somebody has looked at isn't reckoned again."""
        unread = self._hours.get(pattern) or _hours(pattern, self._enquiry)
        self._hours[pattern], hours = tee(unread)
        return hours


@lru_cache(maxsize=1024)
def _slot(start: int, minutes: int) -> Slot:
    """The same hours are told again and again."""
    begin = moment_of(start)
    return Slot(start=begin, end=begin + timedelta(minutes=minutes))


def _hours(pattern: tuple[Weekly, ...], enquiry: Enquiry) -> Iterator[Slot]:
    minutes = enquiry.need.minutes
    day, last = day_of(enquiry.at), day_of(enquiry.latest)
    while day <= last:
        for begin, end in windows(pattern, day):
            begin_hour = -(-max(begin, FIRST_HOUR * 60) // 60)
            for hour in range(begin_hour, LAST_HOUR):
                stop = hour * 60 + minutes
                if stop > min(end, LAST_HOUR * 60):
                    break
                slot = Slot(start=moment(day, hour * 60), end=moment(day, stop))
                if slot.start > enquiry.at and slot.end <= enquiry.latest:
                    yield slot
        day += DAY
