"""Waves, patience and quiet hours; and the simulation that the cascades were chosen by."""

import heapq
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise, product
from math import ceil, inf, isclose, log, prod

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from services.matching.domain.cascade import asks_from, asks_now, expires, more_at, next_wave_at, wanted
from services.matching.study import (
    ANSWERING,
    TARGETS,
    Answering,
    Drawn,
    candidates,
    chosen,
    compare,
    deadline,
    draw,
    sensitivity,
    simulate,
)
from shared.cascades import CASCADES, Cascade, QuietHours
from shared.contracts.values import Urgency
from shared.deadlines import SHANGHAI

ASKED = (Urgency.RESCUE, Urgency.URGENT, Urgency.ROUTINE)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
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


# Quiet hours


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


# The simulation


def one_by_one(*, most: int, patience: timedelta = HOUR) -> Cascade:
    """The next is asked when one has said no."""
    return Cascade(wave=1, gap=DAY, patience=patience, at_once=1, most=most)


@pytest.mark.parametrize("accept", [0.3, 0.4, 0.7])
def test_one_by_one_with_a_fixed_time_is_geometric(accept: float) -> None:
    """The yes comes with the K-th answer, K geometric; nobody takes it with (1 - p) to the most offers."""
    most, minutes = 12, 3.0
    answering = Answering(accept=accept, median=minutes, sigma=0.0, never=0.0, alike=1e9)
    told = simulate(one_by_one(most=most), draw(answering, 100_000, most, seed=5), HOUR)
    refused = (1 - accept) ** most
    assert told.offers == pytest.approx((1 - refused) / accept, rel=0.01)
    assert told.nobody == pytest.approx(refused, abs=0.002)
    assert told.in_vain == 0
    for share, found in ((0.5, told.p50), (0.9, told.p90)):
        known = minutes * ceil(log(1 - share) / log(1 - accept)) if share <= 1 - refused else inf
        assert isclose(found, known)


def test_all_at_once_nobody_takes_it_as_often_as_the_beta_binomial_says() -> None:
    """What a request's helpers have in common makes refusals by all more frequent: B(a, b + n) / B(a, b)."""
    usual, asked = Answering(sigma=0.0, never=0.0), 8
    cascade = Cascade(wave=asked, gap=DAY, patience=HOUR, at_once=asked, most=asked)
    told = simulate(cascade, draw(usual, 200_000, asked, seed=2), HOUR)
    no = (1 - usual.accept) * usual.alike
    assert told.nobody == pytest.approx(prod((no + i) / (usual.alike + i) for i in range(asked)), abs=0.002)
    assert told.offers == asked
    assert told.in_vain == 0  # all answer at the same moment, so none is late


def test_who_never_answers_costs_the_whole_patience() -> None:
    """Nobody answers: each offer lapses, and the next takes its place."""
    answering = Answering(never=1.0)
    drawn = draw(answering, 10, 3, seed=1)
    assert np.isinf(drawn.after).all()
    told = simulate(one_by_one(most=3), drawn, HOUR)
    assert (told.offers, told.nobody, told.p50) == (3, 1, inf)


def walked(cascade: Cascade, after: list[float], yes: list[bool]) -> tuple[float, int]:
    """One request, event by event: when the first yes came, and how many were asked until then."""
    gap, patience = cascade.gap / MINUTE, cascade.patience / MINUTE
    left = list(range(cascade.most))
    granted = [n // cascade.wave * gap for n in range(min(cascade.at_once, cascade.most))]
    due, first, asked = granted, inf, 0
    heapq.heapify(due)
    while due and left:
        at = heapq.heappop(due)
        if at >= first:
            break
        helper, asked = left.pop(0), asked + 1
        end = at + min(after[helper], patience)
        if yes[helper] and after[helper] <= patience:
            first = min(first, end)
        else:
            heapq.heappush(due, end)
    return first, asked


@pytest.mark.parametrize(
    ("wave", "gap", "patience", "at_once"),
    [*product((1, 2, 3), (2, 7), (4, 11), (3, 5)), (4, 1, 30, 10)],
)
def test_all_side_by_side_as_each_alone(wave: int, gap: int, patience: int, at_once: int) -> None:
    """The columns give for every request what walking through its events gives."""
    cascade = Cascade(wave=wave, gap=gap * MINUTE, patience=patience * MINUTE, at_once=at_once, most=10)
    drawn = draw(Answering(accept=0.2, never=0.2), 150, 10, seed=3)
    for after, yes in zip(drawn.after, drawn.yes, strict=True):
        told = simulate(cascade, Drawn(after[np.newaxis], yes[np.newaxis]), HOUR)
        assert (told.p50, told.offers) == walked(cascade, after.tolist(), yes.tolist())


def test_a_seed_says_all() -> None:
    """The same from the same seed; another from another."""
    usual = ANSWERING[Urgency.URGENT]
    one, same, other = (compare(Urgency.URGENT, [URGENT], usual, seed, 2_000)[0] for seed in (1, 1, 2))
    assert one == same != other


def test_too_few_helpers_are_refused() -> None:
    """Else offers would be missing, and nobody would see it."""
    with pytest.raises(ValueError, match="as many helpers"):
        simulate(one_by_one(most=3), draw(Answering(), 5, 2, seed=1), HOUR)


@pytest.mark.parametrize("urgency", ASKED)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_what_is_used_reaches_the_targets(urgency: Urgency, seed: int) -> None:
    """As helpers are assumed to be, whatever the seed."""
    found = compare(urgency, [CASCADES.of(urgency)], ANSWERING[urgency], seed)[0]
    assert TARGETS[urgency].met(found.outcome), found.outcome


@pytest.mark.parametrize("urgency", ASKED)
def test_what_is_used_is_what_the_comparison_chooses(urgency: Urgency) -> None:
    """The table of the settings says what the simulation says."""
    found = chosen(compare(urgency, candidates(urgency), ANSWERING[urgency], seed=1))
    assert found is not None
    assert found.cascade == CASCADES.of(urgency)


def test_nothing_is_chosen_when_no_cascade_is_good_enough() -> None:
    """Helpers ten times as slow: no wave makes up for that in five minutes."""
    slow = ANSWERING[Urgency.RESCUE].slower(10)
    assert chosen(compare(Urgency.RESCUE, candidates(Urgency.RESCUE), slow, seed=1, requests=500)) is None


def test_less_willing_and_slower_helpers_are_found_later() -> None:
    """Each assumption moves the result the way it must."""
    told = {name: one.outcome for name, one in sensitivity(Urgency.URGENT, URGENT, seed=1).items()}
    usual, both = told["as assumed"], told["both"]
    for worse in (told["accept 0.25"], told["twice as slow"]):
        assert usual.p90 < worse.p90 < both.p90
        assert usual.offers < worse.offers < both.offers


def test_deadlines_are_those_of_the_table() -> None:
    """Five minutes, an hour, and the working hours of a day."""
    assert [deadline(one) for one in ASKED] == [5 * MINUTE, HOUR, timedelta(hours=6.5)]
