"""When a helper could come: the agreed time, now, or the earliest free hour."""

from collections.abc import Iterator
from datetime import timedelta

from services.matching.domain.helper_commands import AwayError, WeekFullError
from services.matching.domain.week import DAY, covers, day_of, moment, windows
from services.matching.engine.values import Enquiry, HelperFile, Rule
from shared.contracts.values import Slot, Urgency

FIRST_HOUR, LAST_HOUR = 8, 20
"""A visit without an agreed time lies between these hours in Shanghai."""


def slot_for(file: HelperFile, enquiry: Enquiry) -> Slot | Rule:
    """The time this helper would come, or the rule that excludes them."""
    need = enquiry.need
    if need.urgency is Urgency.RESCUE:
        now = Slot(start=enquiry.at, end=enquiry.at + timedelta(minutes=need.minutes))
        return _at(file, now)
    if need.slot is not None and need.slot.start > enquiry.at:
        return _at(file, need.slot)
    return _earliest(file, enquiry)


def _at(file: HelperFile, slot: Slot) -> Slot | Rule:
    if not covers(file.facts.availability, slot):
        return Rule.NOT_AVAILABLE
    return _hindered(file, slot) or slot


def _earliest(file: HelperFile, enquiry: Enquiry) -> Slot | Rule:
    """The first full hour that fits; else what hindered at the first one that the pattern would allow."""
    first: Rule | None = None
    for slot in _hours(file, enquiry):
        hindrance = _hindered(file, slot)
        if hindrance is None:
            return slot
        first = first or hindrance
    return first or Rule.NOT_AVAILABLE


def _hours(file: HelperFile, enquiry: Enquiry) -> Iterator[Slot]:
    minutes = enquiry.need.minutes
    day, last = day_of(enquiry.at), day_of(enquiry.latest)
    while day <= last:
        for begin, end in windows(file.facts.availability, day):
            begin_hour = -(-max(begin, FIRST_HOUR * 60) // 60)
            for hour in range(begin_hour, LAST_HOUR):
                stop = hour * 60 + minutes
                if stop > min(end, LAST_HOUR * 60):
                    break
                slot = Slot(start=moment(day, hour * 60), end=moment(day, stop))
                if slot.start > enquiry.at and slot.end <= enquiry.latest:
                    yield slot
        day += DAY


def _hindered(file: HelperFile, slot: Slot) -> Rule | None:
    match file.facts.hindrance(slot):
        case None:
            return None
        case AwayError():
            return Rule.ABSENT
        case WeekFullError():
            return Rule.CAPACITY
        case _:
            return Rule.BOOKED
