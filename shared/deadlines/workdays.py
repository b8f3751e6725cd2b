"""Working time by China's official calendar: which days count, which hours of them, and why.

The days come from the yearly notice of the State Council on holidays and the swaps of working days
(调休), as the package `chinesecalendar` holds them. A newer release may know a year that an older one had to
guess, so whoever records a deadline records the moments it has, and does not reckon it anew on replay.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise
from typing import Self
from zoneinfo import ZoneInfo

import chinese_calendar
from pydantic import model_validator

from shared.contracts.event import Frozen

SHANGHAI = ZoneInfo("Asia/Shanghai")
FRIDAY = 4
DAY = timedelta(days=1)


class Reason(StrEnum):
    """Why a stretch of time counts or does not; a detail may follow after a colon."""

    AROUND_THE_CLOCK = "around_the_clock"
    WORKING_HOURS = "working_hours"
    LIEU_WORKDAY = "lieu_workday"
    OUTSIDE_HOURS = "outside_hours"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    NOT_OPEN_YET = "not_open_yet"
    PAUSED = "paused"


class Hours(Frozen):
    """One block of working hours, Shanghai time; closing at 00:00 means the end of the day."""

    opens: time
    closes: time

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.opens.tzinfo or self.closes.tzinfo:
            raise ValueError("working hours are plain times of Shanghai, without a zone")
        if self.length <= timedelta(0):
            raise ValueError("working hours must close after they open")
        return self

    @property
    def length(self) -> timedelta:
        """How long the block is."""
        opens, closes = (
            timedelta(hours=t.hour, minutes=t.minute, seconds=t.second, microseconds=t.microsecond)
            for t in (self.opens, self.closes)
        )
        return (closes or DAY) - opens

    def on(self, day: date) -> tuple[datetime, datetime]:
        """Begin and end of the block on `day`, UTC."""
        begin = _local(day, self.opens)
        return begin, begin + self.length


OFFICE_HOURS = (Hours(opens=time(8, 30), closes=time(11, 30)), Hours(opens=time(13, 30), closes=time(17)))
"""The default working hours: 6 h 30 min a day."""


@dataclass(frozen=True, slots=True)
class Day:
    """What a date is; `reason` is the code of its working hours, or of the whole day when it is free."""

    working: bool
    reason: str
    published: bool


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of time that counts or not, and why; aware UTC, the end excluded."""

    begin: datetime
    end: datetime
    counted: bool
    reason: str


def _local(day: date, at: time) -> datetime:
    return datetime.combine(day, at, SHANGHAI).astimezone(UTC)


def to_utc(moment: datetime) -> datetime:
    """The same moment in UTC; ValueError for a time without a zone."""
    if moment.tzinfo is None:
        raise ValueError("a deadline needs times with a zone")
    return moment.astimezone(UTC)


def midnight(day: date) -> datetime:
    """The first moment of `day` in Shanghai, UTC."""
    return _local(day, time())


@lru_cache(maxsize=4096)
def look_up(day: date) -> Day:
    """What `day` is; for a year without a published calendar Monday to Friday work."""
    weekend = day.weekday() > FRIDAY
    try:
        free, name = chinese_calendar.get_holiday_detail(day)
    except NotImplementedError:
        return Day(not weekend, Reason.WEEKEND if weekend else Reason.WORKING_HOURS, published=False)
    if free:
        reason = f"{Reason.HOLIDAY}:{chinese_calendar.Holiday(name).name}" if name else Reason.WEEKEND.value
        return Day(working=False, reason=reason, published=True)
    # The library names the holiday on every swapped day, so the weekday tells a swap.
    reason = (
        f"{Reason.LIEU_WORKDAY}:{chinese_calendar.Holiday(name).name}"
        if weekend
        else Reason.WORKING_HOURS.value
    )
    return Day(working=True, reason=reason, published=True)


def next_working_day(day: date) -> date:
    """The first working day after `day`."""
    day += DAY
    while not look_up(day).working:
        day += DAY
    return day


def day_length(hours: Sequence[Hours]) -> timedelta:
    """Working time of one working day."""
    return sum((block.length for block in hours), timedelta())


def segments(start: datetime, hours: Sequence[Hours]) -> Iterator[Segment]:
    """Time from `start` on, without end and without a gap, cut where it begins or stops to count."""
    start = to_utc(start)
    day = start.astimezone(SHANGHAI).date()
    while True:
        for segment in _of_day(day, hours):
            if segment.end > start:
                yield Segment(max(segment.begin, start), segment.end, segment.counted, segment.reason)
        day += DAY


def _of_day(day: date, hours: Sequence[Hours]) -> Iterator[Segment]:
    found, begin, end = look_up(day), midnight(day), midnight(day + DAY)
    if not found.working:
        yield Segment(begin, end, counted=False, reason=found.reason)
        return
    edges = [begin, *(edge for block in hours for edge in block.on(day)), end]
    for place, (left, right) in enumerate(pairwise(edges)):
        counted = place % 2 == 1
        if left < right:
            yield Segment(left, right, counted, found.reason if counted else Reason.OUTSIDE_HOURS)


def working_time(start: datetime, amount: timedelta, hours: Sequence[Hours] = OFFICE_HOURS) -> datetime:
    """The earliest moment, UTC, by which `amount` of working time has passed since `start`."""
    if amount <= timedelta(0):
        return to_utc(start)
    for segment in segments(start, hours):
        if segment.counted:
            if segment.end - segment.begin >= amount:
                return segment.begin + amount
            amount -= segment.end - segment.begin
    raise AssertionError  # segments never end


def working_between(begin: datetime, end: datetime, hours: Sequence[Hours] = OFFICE_HOURS) -> timedelta:
    """Working time from `begin` to `end`; nothing when `end` is not later."""
    end, total = to_utc(end), timedelta()
    for segment in segments(begin, hours):
        if segment.begin >= end:
            break
        if segment.counted:
            total += min(segment.end, end) - segment.begin
    return total
