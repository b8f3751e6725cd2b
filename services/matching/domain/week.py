"""The week as people live it, in Shanghai: weekly patterns, calendar weeks, whole hours."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

from shared.contracts.values import Slot, Weekly
from shared.deadlines import SHANGHAI

DAY, WEEK = timedelta(days=1), timedelta(days=7)
MINUTES = 1440


@lru_cache(maxsize=10_000)
def week_of(at: datetime) -> tuple[int, int]:
    """The calendar week (ISO 8601: year, week), which capacity is counted by."""
    year, week, _ = at.astimezone(SHANGHAI).isocalendar()
    return year, week


def week_begins(at: datetime) -> datetime:
    """The Monday's midnight in Shanghai that begins the calendar week of this moment."""
    day = day_of(at)
    return moment(day - DAY * day.weekday(), 0)


def day_of(at: datetime) -> date:
    """The date in Shanghai."""
    return at.astimezone(SHANGHAI).date()


def moment(day: date, minute: int) -> datetime:
    """This minute of the day in Shanghai, UTC; 1440 is the midnight that ends it."""
    return (datetime.combine(day, time(), SHANGHAI) + timedelta(minutes=minute)).astimezone(UTC)


def windows(pattern: Sequence[Weekly], day: date) -> list[tuple[int, int]]:
    """When a pattern is available on a day, in minutes; touching windows are one, no pattern is all day."""
    if not pattern:
        return [(0, MINUTES)]
    joined: list[tuple[int, int]] = []
    for start, end in sorted((one.start, one.end) for one in pattern if one.day == day.isoweekday()):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def covers(pattern: Sequence[Weekly], slot: Slot) -> bool:
    """Whether the whole slot lies within the pattern."""
    return all(
        any(start <= begin and end <= stop for start, stop in windows(pattern, day))
        for day, begin, end in _pieces(slot)
    )


def _pieces(slot: Slot) -> Iterator[tuple[date, float, float]]:
    """The slot cut at midnight: the day, and from which to which minute."""
    day = day_of(slot.start)
    while moment(day, 0) < slot.end:
        dawn = moment(day, 0)
        begin, end = max(slot.start, dawn), min(slot.end, dawn + DAY)
        yield day, (begin - dawn).total_seconds() / 60, (end - dawn).total_seconds() / 60
        day += DAY
