"""Whether a decision keeps every limit and is the best: looked at without knowing how it was found.

Linear programming duality (any textbook, as Ahuja, Magnanti, Orlin: Network Flows, 1993, ch. 9 and 11). With
a price p ≥ 0 for each half day, w ≥ 0 for each week and u for each visit, the reduced cost of an edge is
c + p + w − u. If no reduced cost is negative, u is at most what nobody costs, an edge that is taken has none,
a visit with nobody has u at that cost, and what has a price is full, then no other decision costs less.
"""

from collections.abc import Iterator
from operator import mul

import numpy as np

from services.matching.engine.deciding.problem import Asked, Problem, Solution, Whole


def faults(problem: Problem, solution: Solution) -> Iterator[str]:
    """What is wrong, in words; nothing when the decision is allowed and the best."""
    if len(solution.edge) != problem.visits:
        yield "not one answer a visit"
        return
    taken = solution.edge[solution.edge >= 0]
    if len(taken) and taken.max() >= len(problem.visit):
        yield "an edge that there isn't"
        return
    visits = np.flatnonzero(solution.edge >= 0)
    if not np.array_equal(problem.visit[taken], visits):
        yield "an edge of another visit"
    in_half = np.bincount(problem.half[taken], minlength=len(problem.room))
    in_week = np.bincount(problem.week[problem.half[taken]], minlength=len(problem.week_room))
    if np.any(in_half > problem.room):
        yield "a half day has more than its room"
    if np.any(in_week > problem.week_room):
        yield "a week has more than its room"
    yield from _not_the_best(problem, solution, in_half, in_week)


def _not_the_best(
    problem: Problem, solution: Solution, in_half: np.ndarray, in_week: np.ndarray
) -> Iterator[str]:
    visit, half, week = solution.visit_price, solution.half_price, solution.week_price
    sizes = (len(visit), len(half), len(week))
    if sizes != (problem.visits, len(problem.room), len(problem.week_room)):
        yield "not one price each"
        return
    if np.any(half < 0) or np.any(week < 0):
        yield "a price is negative"
    if np.any((half > 0) & (in_half < problem.room)):
        yield "a half day has a price and room"
    if np.any((week > 0) & (in_week < problem.week_room)):
        yield "a week has a price and room"
    full = half[problem.half] + week[problem.week[problem.half]]
    reduced = problem.cost + full - visit[problem.visit]
    if np.any(reduced < 0):
        yield "an edge would save something"
    if np.any(reduced[solution.edge[solution.edge >= 0]] != 0):
        yield "an edge that was taken costs more than its prices"
    if np.any(visit > problem.nobody):
        yield "a visit would rather have nobody"
    if np.any(visit[solution.edge < 0] != problem.nobody):
        yield "a visit has nobody and another price"


def gap(problem: Problem, solution: Solution) -> int:
    """By how much another decision could cost less, at the most: nothing where it is the best.

    Its cost less what the prices bound from below: the visits' prices, less those of all room. The bound
    holds where no reduced cost is negative, which `faults` looks at.
    """
    rent = _total(problem.room, solution.half_price) + _total(problem.week_room, solution.week_price)
    paid: int = sum(solution.visit_price.tolist())
    return solution.cost(problem) - (paid - rent)


def _total(room: Whole, price: Whole) -> int:
    """Of all room: it may be more than 64 bits hold."""
    total: int = sum(map(mul, room.tolist(), price.tolist()))
    return total


def overlooked(asked: Asked, problem: Problem, solution: Solution) -> Iterator[str]:
    """What is wrong with a decision of some of all edges as a decision of all; nothing when it is the best.

    All edges are reckoned once, a block at a time.
    """
    alike = ("visits", "dearest", "room", "week", "week_room")
    if not all(np.array_equal(getattr(problem, name), getattr(asked, name)) for name in alike):
        yield "another problem"
        return
    wrong = tuple(faults(problem, solution))
    if wrong:
        yield from wrong
        return
    rent = solution.half_price + solution.week_price[problem.week]
    taken = np.flatnonzero(solution.edge >= 0)
    half, cost = np.full(problem.visits, -1), np.zeros(problem.visits, np.int64)
    half[taken], cost[taken] = problem.half[solution.edge[taken]], problem.cost[solution.edge[taken]]
    save, true = False, 0
    for block in asked.blocks(np.arange(asked.visits)):
        reduced = block.costs + rent[block.halves] - solution.visit_price[block.visits, None]
        save = save or bool(reduced.min() < 0)
        place = np.minimum(np.searchsorted(block.halves, half[block.visits]), len(block.halves) - 1)
        offered = np.take_along_axis(block.costs, place[:, None], 1)[:, 0]
        true += int(((block.halves[place] == half[block.visits]) & (offered == cost[block.visits])).sum())
    if save:
        yield "an edge that was left out would save something"
    if true != len(taken):
        yield "an edge that there isn't among all"
