"""When helpers are asked: waves, patience and quiet hours, as a cascade has them."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta

from services.matching.domain.week import DAY, MINUTES, day_of, moment
from shared.cascades import Cascade, QuietHours
from shared.deadlines.workdays import to_utc


def asks_now(cascade: Cascade, at: datetime) -> bool:
    """Whether an offer may go out at this moment; ValueError for a time without a zone."""
    return asks_from(cascade, at) == at


def asks_from(cascade: Cascade, at: datetime) -> datetime:
    """The first moment from `at` on at which an offer may go out, UTC; ValueError as above."""
    return _after(cascade, at, timedelta())


def next_wave_at(cascade: Cascade, at: datetime) -> datetime:
    """When the wave after one of `at` goes, UTC, never in quiet hours; ValueError as above."""
    return _after(cascade, at, cascade.gap)


def expires(cascade: Cascade, at: datetime) -> datetime:
    """When an offer made at `at` ends without an answer, UTC, never in quiet hours; ValueError as above."""
    return _after(cascade, at, cascade.patience)


def wanted(cascade: Cascade, begun: datetime | None, at: datetime) -> int:
    """How many offers are to be open at `at`, when the first was made at `begun`; none in quiet hours."""
    return _waves(cascade, begun, at)[0] if asks_now(cascade, at) else 0


def more_at(cascade: Cascade, begun: datetime | None, at: datetime) -> datetime | None:
    """When more are to be asked than by `at`, UTC: after the night, or by the next wave; None by none."""
    return _waves(cascade, begun, at)[1] if asks_now(cascade, at) else asks_from(cascade, at)


def _waves(cascade: Cascade, begun: datetime | None, at: datetime) -> tuple[int, datetime | None]:
    """How many offers the waves that have gone by `at` want open, and when the next one goes."""
    open_, due = cascade.wave, None if begun is None else next_wave_at(cascade, begun)
    while due is not None and open_ < cascade.at_once and due <= at:
        open_, due = open_ + cascade.wave, next_wave_at(cascade, due)
    return min(open_, cascade.at_once), due if open_ < cascade.at_once else None


def _after(cascade: Cascade, at: datetime, length: timedelta) -> datetime:
    """The moment by which so much waking time has passed, itself a waking one."""
    at = to_utc(at)
    if cascade.quiet is None:
        return at + length
    for begin, end in _waking(cascade.quiet, at):
        if length < end - begin:
            return begin + length
        length -= end - begin
    raise AssertionError("time has no end")


def _waking(quiet: QuietHours, at: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The stretches outside quiet hours from `at` on, UTC, without end; some are cut at midnight."""
    begins, ends = _minute(quiet.begins), _minute(quiet.ends)
    windows = [(ends, begins)] if ends < begins else [(0, begins), (ends, MINUTES)]
    day = day_of(at)
    while True:
        for begin, end in windows:
            start, stop = moment(day, begin), moment(day, end)
            if at < stop:
                yield max(start, at), stop
        day += DAY


def _minute(of_day: time) -> int:
    return of_day.hour * 60 + of_day.minute
