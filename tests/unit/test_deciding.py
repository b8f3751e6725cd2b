"""Many visits decided together: as good as trying all, proven by prices, and wrong proofs are found out."""

from collections import Counter
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.matching.engine.deciding import Problem, ProblemError, Solution, faults, gap, greedy, solve


def problem(
    visits: int,
    edges: dict[tuple[int, int], int],
    room: list[int],
    week: list[int] | None = None,
    week_room: list[int] | None = None,
) -> Problem:
    """From costs by visit and half day; without weeks, each half day has its own with plenty of room."""
    ordered = sorted(edges)
    columns = [
        [visit for visit, _ in ordered],
        [half for _, half in ordered],
        [edges[one] for one in ordered],
    ]
    columns += [room, week or list(range(len(room))), week_room or [9] * len(room)]
    return Problem(visits, *(np.array(column, np.int64) for column in columns))


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    """Up to five visits, five half days, three weeks."""
    visits, halves, weeks = draw(st.integers(0, 5)), draw(st.integers(0, 5)), draw(st.integers(1, 3))
    places = st.tuples(st.integers(0, max(0, visits - 1)), st.integers(0, max(0, halves - 1)))
    edges = draw(st.dictionaries(places, st.integers(0, 9), max_size=15)) if visits and halves else {}
    room = draw(st.lists(st.integers(0, 3), min_size=halves, max_size=halves))
    week = draw(st.lists(st.integers(0, weeks - 1), min_size=halves, max_size=halves))
    week_room = draw(st.lists(st.integers(0, 4), min_size=weeks, max_size=weeks))
    return (
        problem(visits, edges, room, week, week_room) if week else problem(visits, edges, room, [], week_room)
    )


def least(asked: Problem) -> int:
    """The cost of the best decision, by trying all of them."""
    choices = [[-1, *np.flatnonzero(asked.visit == visit).tolist()] for visit in range(asked.visits)]
    best = asked.nobody * asked.visits
    for chosen in product(*choices):
        edges = np.array([one for one in chosen if one >= 0], np.int64)
        halves = Counter(asked.half[edges].tolist())
        weeks = Counter(asked.week[asked.half[edges]].tolist())
        fits = all(asked.room[half] >= count for half, count in halves.items())
        if fits and all(asked.week_room[week] >= count for week, count in weeks.items()):
            cost = int(asked.cost[edges].sum()) + asked.nobody * (asked.visits - len(edges))
            best = min(best, cost)
    return best


@settings(max_examples=400, deadline=None)
@given(problems())
def test_the_best_of_all_and_proven(asked: Problem) -> None:
    """As cheap as the cheapest that there is; the proof holds."""
    found = solve(asked)
    assert list(faults(asked, found)) == []
    assert found.cost(asked) == least(asked)
    assert gap(asked, found) == 0


@settings(max_examples=200, deadline=None)
@given(problems())
def test_the_nearest_first_is_allowed_and_says_how_far_off_it_may_be(asked: Problem) -> None:
    """Nothing is overfull; it costs no more above the best than it says."""
    found, best = greedy(asked), least(asked)
    allowed = "has more than its room"
    assert not [one for one in faults(asked, found) if allowed in one or "would save" in one]
    assert 0 <= found.cost(asked) - best <= gap(asked, found)


@settings(max_examples=200, deadline=None)
@given(problems(), st.data())
def test_another_decision_is_found_out(asked: Problem, data: st.DataObject) -> None:
    """Any other that costs more, or isn't allowed, has a fault, whatever the prices say."""
    found = solve(asked)
    choices = [[-1, *np.flatnonzero(asked.visit == visit).tolist()] for visit in range(asked.visits)]
    edge = np.array([data.draw(st.sampled_from(one)) for one in choices], np.int64)
    other = replace(found, edge=edge)
    wrong = list(faults(asked, other))
    assert bool(wrong) or other.cost(asked) == found.cost(asked)


THREE = problem(3, {(0, 0): 1, (0, 1): 5, (1, 0): 2, (1, 1): 9, (2, 0): 3}, [1, 1], [0, 0], [2])
"""Who goes to the first half day? Visit 0 has somewhere else to go, 2 has nobody."""


def shifted(column: np.ndarray, place: int, by: int) -> np.ndarray:
    """With another value somewhere."""
    changed = column.copy()
    changed[place] += by
    return changed


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"edge": np.array([0, 2], np.int64)}, "not one answer a visit"),
    ({"edge": np.array([1, 2, 9], np.int64)}, "an edge that there isn't"),
    ({"edge": np.array([2, 1, -1], np.int64)}, "an edge of another visit"),
    ({"edge": np.array([0, 2, -1], np.int64)}, "a half day has more than its room"),
    ({"edge": np.array([0, 3, 4], np.int64)}, "a half day has more than its room"),
    ({"edge": np.array([0, 3, -1], np.int64)}, "an edge that was taken costs more than its prices"),
    ({"edge": np.array([-1, 3, -1], np.int64)}, "a visit has nobody and another price"),
    ({"half_price": np.array([0], np.int64)}, "not one price each"),
]


@pytest.mark.parametrize(("changes", "wrong"), WRONG)
def test_a_wrong_decision_has_a_fault(changes: dict[str, Any], wrong: str) -> None:
    """Each by its name."""
    found = solve(THREE)
    assert found.edge.tolist() == [1, 2, -1]
    assert wrong in list(faults(THREE, replace(found, **changes)))


@pytest.mark.parametrize("column", ["visit_price", "half_price", "week_price"])
@pytest.mark.parametrize("by", [-1, 1])
def test_a_wrong_price_proves_nothing(column: str, by: int) -> None:
    """One more, one less, of any."""
    found = solve(THREE)
    for place in range(len(getattr(found, column))):
        other = replace(found, **{column: shifted(getattr(found, column), place, by)})
        assert list(faults(THREE, other)), (column, place, by)


def test_a_week_is_full() -> None:
    """Two half days with room for two each, in a week with room for three."""
    asked = problem(
        4, {(visit, half): 1 + visit * half for visit in range(4) for half in (0, 1)}, [2, 2], [0, 0], [3]
    )
    found = solve(asked)
    assert list(faults(asked, found)) == []
    assert min(found.edge.tolist()) == -1
    assert int((found.edge >= 0).sum()) == 3
    assert found.week_price[0] > 0


COLUMNS = {"visit": [0], "half": [0], "cost": [1], "room": [1], "week": [0], "week_room": [1]}
STRANGE: list[tuple[dict[str, Any], str]] = [
    ({"cost": np.array([1.5])}, "cost is no column of int64"),
    ({"cost": np.array([np.nan])}, "cost is no column of int64"),
    ({"cost": np.array([-1], np.int64)}, "a cost is negative"),
    ({"cost": np.array([1 << 52], np.int64)}, "costs are too high"),
    ({"room": np.array([-1], np.int64)}, "a room is negative"),
    ({"visit": np.array([1], np.int64)}, "a visit is out of range"),
    ({"half": np.array([1], np.int64)}, "a half is out of range"),
    ({"week": np.array([2], np.int64)}, "a week is out of range"),
    ({"week": np.zeros(0, np.int64)}, "half days differ in length"),
    ({"half": np.zeros(2, np.int64)}, "edges differ in length"),
    (
        {name: np.zeros(2, np.int64) for name in ("visit", "half", "cost")},
        "edges are unsorted or twice there",
    ),
]


@pytest.mark.parametrize(("changes", "what"), STRANGE)
def test_what_is_no_problem_is_refused(changes: dict[str, Any], what: str) -> None:
    """In words."""
    columns = {name: np.array(value, np.int64) for name, value in COLUMNS.items()}
    with pytest.raises(ProblemError, match=what):
        Problem(1, **{**columns, **changes})


@pytest.mark.parametrize(
    "asked",
    [
        problem(0, {}, []),
        problem(2, {}, []),
        problem(2, {}, [1, 1]),
        problem(2, {(0, 0): 1, (1, 0): 1}, [0]),
        problem(2, {(0, 0): 1, (1, 0): 1}, [1], [0], [0]),
        problem(0, {}, [3]),
    ],
)
def test_where_nobody_can_come_nobody_does(asked: Problem) -> None:
    """No visits, no helpers, no edges, no room: a clear answer, and proven."""
    found = solve(asked)
    assert isinstance(found, Solution)
    assert list(faults(asked, found)) == []
    assert found.edge.tolist() == [-1] * asked.visits


def test_many_with_nobody_cost_more_than_64_bits_hold() -> None:
    """The gap of a city without helpers is nothing all the same."""
    asked = replace(problem(5_000, {}, []), dearest=(1 << 52) // 5_001 - 2)
    found = solve(asked)
    assert found.cost(asked) > 1 << 64
    assert gap(asked, found) == 0
