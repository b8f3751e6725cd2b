"""The simulation that the cascades were chosen by."""

import heapq
from datetime import timedelta
from itertools import product
from math import ceil, inf, isclose, log, prod

import numpy as np
import pytest

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
from shared.cascades import CASCADES, Cascade
from shared.contracts.values import Urgency

ASKED = (Urgency.RESCUE, Urgency.URGENT, Urgency.ROUTINE)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
URGENT = CASCADES.urgent


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
