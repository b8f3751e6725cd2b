"""Moments as whole microseconds since 1970, and the days and weeks of Shanghai in them."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

EPOCH, MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)
EVER = 2**63 - 1
"""Later than any moment; its negative is earlier."""
MINUTE = 60_000_000
HOUR, DAY, WEEK = 60 * MINUTE, 1440 * MINUTE, 10_080 * MINUTE
SHANGHAI = 8 * HOUR
"""By which Shanghai's clocks are ahead, all the year since 1992."""
FIRST_WEEKDAY = 3
"""1970 began on a Thursday, three days after a Monday."""
FIRST_ORDINAL = date(1970, 1, 1).toordinal()


def micros(at: datetime) -> int:
    """Of a moment."""
    return (at - EPOCH) // MICROSECOND


def moment_of(at: int) -> datetime:
    """The moment, UTC."""
    return EPOCH + MICROSECOND * at


def midnight_after(day: date) -> int:
    """That ends this day in Shanghai."""
    return (day.toordinal() - FIRST_ORDINAL + 1) * DAY - SHANGHAI


def week(at: Any) -> Any:
    """The number of the calendar week of moments in µs, one or an array."""
    return (at + SHANGHAI + FIRST_WEEKDAY * DAY) // WEEK


def week_begins(number: int) -> int:
    """The midnight in Shanghai that begins a week of this number."""
    return number * WEEK - FIRST_WEEKDAY * DAY - SHANGHAI
