"""Deciding without laying out all edges: as good as with all of them, and what is overlooked is found out."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from bench.visits import Visits
from services.matching.engine.deciding import (
    Block,
    Matrix,
    Problem,
    ProblemError,
    Solution,
    choose,
    faults,
    overlooked,
    solve,
)
from services.matching.engine.deciding.problem import FAR, Whole

ALL = 1 << 20
"""More edges than any visit here has: all are laid out at first."""


def whole(*figures: int) -> Whole:
    """A column."""
    return np.array(figures, np.int64)


def alone(costs: np.ndarray) -> Matrix:
    """Each half day is a helper's, who takes one visit."""
    ones = np.ones(costs.shape[1], np.int64)
    return Matrix(costs, int(costs[costs < FAR].max(initial=0)), ones, np.arange(costs.shape[1]), ones)


def everything(asked: Matrix) -> Problem:
    """The same with all edges."""
    visit, half = np.nonzero(asked.costs < FAR)
    columns = asked.room, asked.week, asked.week_room
    return Problem(asked.visits, visit, half, asked.costs[visit, half], *columns, dearest=asked.dearest)


def least(asked: Matrix) -> int:
    """The cost of the best decision, by trying all of them."""
    nobody = (asked.dearest + 1) * (asked.visits + 1)
    best = nobody * asked.visits
    for chosen in product(range(-1, len(asked.room)), repeat=asked.visits):
        pairs = [(visit, half) for visit, half in enumerate(chosen) if half >= 0]
        halves = np.bincount(np.array([half for _, half in pairs], np.int64), minlength=len(asked.room))
        weeks = np.bincount(asked.week, halves, len(asked.week_room))
        if np.all(halves <= asked.room) and np.all(weeks <= asked.week_room):
            cost = sum(int(asked.costs[pair]) for pair in pairs)
            best = min(best, cost + nobody * (asked.visits - len(pairs)))
    return best


@st.composite
def matrices(draw: st.DrawFn) -> Matrix:
    """Up to four visits, five half days, three weeks; what is cheap is cheap for all."""
    visits, halves, weeks = draw(st.integers(0, 4)), draw(st.integers(0, 5)), draw(st.integers(1, 3))
    cost = st.one_of(st.integers(0, 3), st.just(FAR))
    rows = [draw(st.lists(cost, min_size=halves, max_size=halves)) for _ in range(visits)]
    near = np.array(draw(st.lists(st.integers(0, 9), min_size=halves, max_size=halves)), np.int64)
    room = draw(st.lists(st.integers(0, 2), min_size=halves, max_size=halves))
    week = draw(st.lists(st.integers(0, weeks - 1), min_size=halves, max_size=halves))
    week_room = draw(st.lists(st.integers(0, 3), min_size=weeks, max_size=weeks))
    costs = np.minimum(np.array(rows, np.int64).reshape(visits, halves) + near, FAR)
    dearest = int(costs[costs < FAR].max(initial=0)) + draw(st.integers(0, 2))
    return Matrix(costs, dearest, whole(*room), whole(*week), whole(*week_room))


@settings(max_examples=400, deadline=None)
@given(matrices(), st.integers(1, 3), st.integers(1, 3))
def test_the_best_of_all_however_few_are_laid_out(asked: Matrix, first: int, more: int) -> None:
    """As cheap as the cheapest that there is; the proof holds for all edges."""
    some, found = choose(asked, first, more)
    assert list(overlooked(asked, some, found)) == []
    assert found.cost(some) == least(asked)


class Singly(Matrix):
    """The same with a block a visit, from the last to the first, of those half days that could be."""

    def blocks(self, visits: Whole) -> Iterator[Block]:
        """None for a visit that nobody could take."""
        for visit in visits[::-1].tolist():
            halves = np.flatnonzero(self.costs[visit] < FAR)
            if len(halves):
                yield Block(whole(visit), halves, self.costs[[visit]][:, halves])


@settings(max_examples=200, deadline=None)
@given(matrices())
def test_how_edges_are_told_makes_no_difference(asked: Matrix) -> None:
    """By rows, visit by visit, or all at once with an edge each: the same prices."""
    told = (asked, Singly(**vars(asked)), everything(asked))
    by_rows, singly, by_edge = (choose(one, 1, 1) for one in told)
    assert list(overlooked(told[1], *by_rows)) == list(overlooked(asked, *singly)) == []
    assert list(overlooked(asked, *by_edge)) == []
    assert same(by_rows[1], singly[1])
    assert same(by_rows[1], by_edge[1])


def same(one: Solution, other: Solution) -> bool:
    """In every bit."""
    return all(np.array_equal(getattr(one, name), getattr(other, name)) for name in vars(one))


def taken(some: Problem, solution: Solution) -> Whole:
    """By visit its half day, or -1."""
    return np.where(solution.edge < 0, -1, np.append(some.half, 0)[solution.edge])


def crowded(visits: int = 40, helpers: int = 90) -> Matrix:
    """All live in one street, helpers ever farther away: everybody's cheapest are the same few."""
    random = np.random.default_rng(1)
    apart = np.arange(helpers) * 100 + random.integers(0, 90, (visits, 1))
    costs = (apart << 20) + random.integers(0, 1 << 20, (visits, helpers))
    costs[:, ::3] = np.where(random.random((visits, 1)) < 1 / 2, FAR, costs[:, ::3])
    return alone(costs)


def test_where_the_cheapest_alone_are_wanted_by_all_others_are_found() -> None:
    """With the four cheapest of each visit most have nobody; with all edges everybody has somebody."""
    asked = crowded()
    visit = np.repeat(np.arange(asked.visits), 4)
    half = np.sort(np.argsort(asked.costs, axis=1)[:, :4]).reshape(-1)
    columns = asked.room, asked.week, asked.week_room
    few = solve(Problem(asked.visits, visit, half, asked.costs[visit, half], *columns))
    assert (few.edge < 0).sum() > 20
    some, found = choose(asked, 4, 4)
    assert (found.edge >= 0).all()
    assert list(overlooked(asked, some, found)) == []
    assert len(visit) < len(some.cost) < len(everything(asked).cost)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("first", [1, 8, ALL])
def test_a_city_costs_what_all_edges_cost(seed: int, first: int) -> None:
    """What SciPy finds with all of them; and whatever was laid out, decision and prices are the same."""
    city = Visits(120, 140, seed)
    some, found = choose(city, first, 8)
    assert list(overlooked(city, some, found)) == []
    costs = np.minimum(city.matrix(), some.nobody)
    assert found.cost(some) == int(costs[linear_sum_assignment(costs)].sum())
    other, best = choose(city, 3, 3)
    assert np.array_equal(taken(some, found), taken(other, best))
    assert same(replace(found, edge=best.edge), best)


def test_all_edges_given_are_not_all_laid_out_either() -> None:
    """Half days with room for more, weeks with less: decision and prices are those of all edges."""
    random = np.random.default_rng(2)
    costs = random.integers(0, 1 << 40, (30, 400))
    costs[random.random(costs.shape) < 1 / 4] = FAR
    room, week_room = random.integers(0, 3, 400), random.integers(0, 4, 40)
    asked = Matrix(costs, 1 << 40, room, np.arange(400) // 10 % 3, week_room)
    problem = everything(asked)
    found, (every, best) = solve(problem), choose(asked, ALL, ALL)
    assert len(choose(problem)[0].cost) < len(problem.cost) / 2
    assert list(faults(problem, found)) == list(overlooked(asked, every, best)) == []
    assert np.array_equal(taken(problem, found), taken(every, best))
    assert np.array_equal(found.visit_price, best.visit_price)
    assert found.half_price[room > 0].tolist() == best.half_price[room > 0].tolist()


def test_a_city_in_another_order_is_decided_the_same() -> None:
    """A hundred times shuffled: each pair and each price is the same."""
    costs = Visits(40, 50).matrix()
    some, best = choose(alone(costs), 4, 4)
    halves = taken(some, best)
    random = np.random.default_rng(3)
    for _ in range(100):
        rows, columns = random.permutation(40), random.permutation(50)
        other, found = choose(alone(costs[np.ix_(rows, columns)]), 4, 4)
        assert np.array_equal(columns[taken(other, found)], halves[rows])
        assert np.array_equal(found.visit_price, best.visit_price[rows])
        assert np.array_equal(found.half_price, best.half_price[columns])
        assert np.array_equal(found.week_price, best.week_price[columns])


NONE = np.zeros((2, 0), np.int64)
NOWHERE = [
    alone(np.zeros((0, 3), np.int64)),
    alone(np.zeros((0, 0), np.int64)),
    alone(NONE),
    alone(np.full((2, 3), FAR)),
    replace(alone(np.ones((2, 3), np.int64)), room=whole(0, 0, 0)),
    replace(alone(np.ones((2, 3), np.int64)), week_room=whole(0, 0, 0)),
]


@pytest.mark.parametrize("asked", NOWHERE)
def test_where_nobody_can_come_nobody_does(asked: Matrix) -> None:
    """No visits, no helpers, all forbidden, no room: a clear answer, and proven."""
    some, found = choose(asked)
    assert list(overlooked(asked, some, found)) == []
    assert found.edge.tolist() == [-1] * asked.visits


def test_many_edges_into_no_room() -> None:
    """None of them is laid out."""
    problem = everything(replace(alone(np.ones((2, 300), np.int64)), room=np.zeros(300, np.int64)))
    found = solve(problem)
    assert list(faults(problem, found)) == []
    assert found.edge.tolist() == [-1, -1]


STRANGE: list[tuple[Callable[[], Matrix], str]] = [
    (lambda: alone(np.ones((2, 3))), "no matrix of int64"),
    (lambda: alone(np.full((2, 3), np.nan)), "no matrix of int64"),
    (lambda: replace(crowded(), room=whole(1)), "no matrix of int64"),
    (lambda: replace(crowded(), dearest=1 << 52), "costs are too high"),
    (lambda: alone(np.where(np.eye(90) > 0, -1, 5)), "a cost is negative"),
]


@pytest.mark.parametrize(("asked", "what"), STRANGE)
def test_what_is_no_matrix_of_costs_is_refused(asked: Callable[[], Matrix], what: str) -> None:
    """In words."""
    with pytest.raises(ProblemError, match=what):
        choose(asked(), 4, 4)


def test_what_was_overlooked_is_found_out() -> None:
    """A decision that is the best of some edges only, of edges that there aren't, or of another problem."""
    asked = crowded()
    some, found = choose(asked, 4, 4)
    assert list(overlooked(asked, some, found)) == []
    half = taken(some, found)[0]
    cheaper = asked.costs.copy()
    cheaper[0, np.argsort(cheaper[0])[60]] = 0
    dearer = asked.costs.copy()
    dearer[0, half] += 1
    forbidden = asked.costs.copy()
    forbidden[0, half] = FAR
    for costs, wrong in (
        (cheaper, "an edge that was left out would save something"),
        (dearer, "an edge that there isn't among all"),
        (forbidden, "an edge that there isn't among all"),
    ):
        assert list(overlooked(replace(asked, costs=costs), some, found)) == [wrong]
    assert list(overlooked(replace(asked, room=asked.room + 1), some, found)) == ["another problem"]
    assert list(overlooked(replace(asked, dearest=asked.dearest + 1), some, found)) == ["another problem"]
    wrong_price = replace(found, visit_price=found.visit_price + 1)
    assert "an edge would save something" in list(overlooked(asked, some, wrong_price))


@settings(max_examples=200, deadline=None)
@given(matrices(), st.data())
def test_what_is_the_best_of_some_edges_only_is_no_proof(asked: Matrix, data: st.DataObject) -> None:
    """Whatever is left out: either nothing is lost, or it is found out."""
    every = everything(asked)
    kept = np.array(
        data.draw(st.lists(st.booleans(), min_size=len(every.cost), max_size=len(every.cost))), bool
    )
    edges = every.visit[kept], every.half[kept], every.cost[kept]
    columns = asked.room, asked.week, asked.week_room
    some = Problem(asked.visits, *edges, *columns, dearest=asked.dearest)
    found = solve(some)
    assert list(overlooked(asked, some, found)) or found.cost(some) == least(asked)
