"""Waves, patience and quiet hours."""

from datetime import UTC, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from services.matching.domain.cascade import asks_from, asks_now, expires, more_at, next_wave_at, wanted
from shared.cascades import CASCADES, Cascade, QuietHours
from shared.deadlines import SHANGHAI

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
URGENT = CASCADES.urgent

moments = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
lengths = st.timedeltas(timedelta(seconds=1), timedelta(days=3))
times = st.times().map(lambda one: one.replace(second=0, microsecond=0))
nights = st.tuples(times, times).filter(lambda two: two[0] != two[1])


@st.composite
def cascades(draw: st.DrawFn) -> Cascade:
    """With quiet hours at any time of the day."""
    begins, ends = draw(nights)
    return Cascade(
        wave=draw(st.integers(1, 3)),
        gap=draw(lengths),
        patience=draw(lengths),
        at_once=draw(st.integers(3, 6)),
        most=8,
        quiet=QuietHours(begins=begins, ends=ends),
    )


def is_quiet(quiet: QuietHours, at: datetime) -> bool:
    """Said another way than the program does."""
    now = at.astimezone(SHANGHAI).time()
    if quiet.begins < quiet.ends:
        return quiet.begins <= now < quiet.ends
    return now >= quiet.begins or now < quiet.ends


def waking(quiet: QuietHours, begin: datetime, end: datetime) -> timedelta:
    """The time outside quiet hours between two moments, cut at every border of every day."""
    day = begin.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
    cuts = {begin, end}
    while day <= end:
        borders = (day.replace(hour=one.hour, minute=one.minute) for one in (quiet.begins, quiet.ends))
        cuts |= {one.astimezone(UTC) for one in borders if begin < one < end}
        day += DAY
    return sum((b - a for a, b in pairwise(sorted(cuts)) if not is_quiet(quiet, a)), timedelta())


def shanghai(text: str) -> datetime:
    """A wall clock's time in Shanghai, UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).astimezone(UTC)


@given(cascades(), moments)
def test_nobody_is_asked_in_quiet_hours(cascade: Cascade, at: datetime) -> None:
    """Neither now, nor by the next wave, nor does an offer end then."""
    assert cascade.quiet is not None
    assert asks_now(cascade, at) is not is_quiet(cascade.quiet, at)
    for moment in (asks_from(cascade, at), next_wave_at(cascade, at), expires(cascade, at)):
        assert not is_quiet(cascade.quiet, moment)
        assert moment >= at
        assert moment.tzinfo is UTC


@given(cascades(), moments)
def test_patience_counts_waking_time_only(cascade: Cascade, at: datetime) -> None:
    """As much of it lies outside the quiet hours as the cascade says."""
    assert cascade.quiet is not None
    assert waking(cascade.quiet, at, expires(cascade, at)) == cascade.patience
    assert waking(cascade.quiet, at, next_wave_at(cascade, at)) == cascade.gap


@given(cascades(), moments, lengths)
def test_who_is_asked_later_is_awaited_as_long_or_longer(
    cascade: Cascade, at: datetime, later: timedelta
) -> None:
    """An offer never ends before one that was made before it."""
    assert expires(cascade, at) <= expires(cascade, at + later)


@given(moments)
def test_rescue_never_waits(at: datetime) -> None:
    """特急 asks at any hour, and its times are wall time."""
    cascade = CASCADES.rescue
    assert asks_now(cascade, at)
    assert asks_from(cascade, at) == at
    assert next_wave_at(cascade, at) == at + cascade.gap
    assert expires(cascade, at) == at + cascade.patience


@pytest.mark.parametrize(
    ("at", "asks", "ends"),
    [
        ("2026-06-01T10:00", "2026-06-01T10:00", "2026-06-01T10:15"),
        ("2026-06-01T20:50", "2026-06-01T20:50", "2026-06-02T08:05"),
        ("2026-06-01T20:45", "2026-06-01T20:45", "2026-06-02T08:00"),
        ("2026-06-01T21:00", "2026-06-02T08:00", "2026-06-02T08:15"),
        ("2026-06-02T03:00", "2026-06-02T08:00", "2026-06-02T08:15"),
        ("2026-06-02T07:59", "2026-06-02T08:00", "2026-06-02T08:15"),
    ],
)
def test_an_urgent_offer_at_the_borders_of_the_night(at: str, asks: str, ends: str) -> None:
    """Fifteen minutes of patience, a night from nine to eight."""
    assert asks_from(URGENT, shanghai(at)) == shanghai(asks)
    assert expires(URGENT, shanghai(at)) == shanghai(ends)


@given(cascades(), moments, lengths)
def test_waves_are_counted_as_they_go(cascade: Cascade, begun: datetime, later: timedelta) -> None:
    """Going from wave to wave gives how many offers are to be open, until no more may be."""
    at, gone, due = begun + later, 1, next_wave_at(cascade, begun)
    while due <= at:
        gone, due = gone + 1, next_wave_at(cascade, due)
    open_ = min(cascade.wave * gone, cascade.at_once)
    if not asks_now(cascade, at):
        assert wanted(cascade, begun, at) == 0
        assert more_at(cascade, begun, at) == asks_from(cascade, at)
    else:
        assert wanted(cascade, begun, at) == open_
        assert more_at(cascade, begun, at) == (due if open_ < cascade.at_once else None)


@given(cascades(), moments)
def test_before_the_first_offer_one_wave_is_wanted(cascade: Cascade, at: datetime) -> None:
    """At once, or in the morning."""
    if asks_now(cascade, at):
        assert (wanted(cascade, None, at), more_at(cascade, None, at)) == (cascade.wave, None)
    else:
        assert wanted(cascade, None, at) == 0


@given(cascades(), moments, lengths)
def test_who_asks_when_told_to_asks_more(cascade: Cascade, begun: datetime, later: timedelta) -> None:
    """A timer that is set for more finds that more are wanted."""
    due = more_at(cascade, begun, begun + later)
    if due is not None:
        assert wanted(cascade, begun, due) > 0
        assert asks_now(cascade, due)
        if asks_now(cascade, begun + later):
            assert wanted(cascade, begun, due) > wanted(cascade, begun, begun + later)


def test_a_time_without_a_zone_is_refused() -> None:
    """It would be read as the machine's."""
    with pytest.raises(ValueError, match="zone"):
        expires(URGENT, datetime(2026, 6, 1))  # noqa: DTZ001  that is the point


def test_a_table_that_makes_no_sense_is_refused() -> None:
    """特急 has no quiet hours, quiet hours end, and a wave is no more than may be open."""
    with pytest.raises(ValidationError, match="around the clock"):
        type(CASCADES)(rescue=URGENT, urgent=URGENT, routine=URGENT)
    with pytest.raises(ValidationError, match="another time"):
        QuietHours(begins=time(8), ends=time(8))
    with pytest.raises(ValidationError, match="whole minutes"):
        QuietHours(begins=time(21, 0, 1))
    with pytest.raises(ValidationError, match="no more than may be open"):
        Cascade(wave=4, gap=HOUR, patience=HOUR, at_once=3, most=9)
