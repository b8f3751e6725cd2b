"""The best decision, without laying out most of the edges.

Only the cheapest edges of each visit are laid out at first. What is decided with them has prices: an edge
that was left out could improve the decision only if its cost, with the prices of its half day and its week,
is less than the visit's price. Prices of half days and weeks are never negative, so a visit whose price is
no more than the dearest edge laid out needs no look; of the others all edges are reckoned again, and the
cheapest at these prices are laid out too, as long as one of them improves something. Then the prices prove
the decision the best of all edges (column generation; Ahuja, Magnanti, Orlin: Network Flows, 1993, ch. 17).
"""

from dataclasses import dataclass

import numpy as np

from services.matching.engine.deciding.assigning import assigned
from services.matching.engine.deciding.pricing import prices, shut
from services.matching.engine.deciding.problem import FAR, Asked, Problem, Solution, Whole

FIRST, MORE = 64, 128
SAMPLE = 4
"""The so many cheapest of a sample tell about where the cheapest of all end."""
SLACK = 8
"""What would be the best if prices were wrong by this part is laid out too: it spares rounds."""


def solve(problem: Problem) -> Solution:
    """The best decision with its prices. The same problem gives the same prices, ties in the costs aside."""
    if len(problem.visit) <= FIRST * problem.visits:
        solution = _decided(problem)
    else:
        some, solution = _chosen(problem, FIRST, MORE)
        edge, taken = solution.edge, solution.edge >= 0
        edge[taken] = np.searchsorted(problem.keys, some.keys[edge[taken]])
    shut(problem, solution)
    return solution


def choose(asked: Asked, first: int = FIRST, more: int = MORE) -> tuple[Problem, Solution]:
    """The best decision of all edges, as one of those that were laid out: `overlooked` proves it.

    About so many edges a visit are laid out at first, and in each round: that is only a matter of speed.
    ProblemError where costs are negative or too high.
    """
    problem, solution = _chosen(asked, first, more)
    solution.half_price[asked.room == 0] = problem.nobody
    solution.week_price[asked.week_room == 0] = problem.nobody
    return problem, solution


def _chosen(asked: Asked, first: int, more: int) -> tuple[Problem, Solution]:
    """The same, but what has no room at all has no price yet."""
    closed = np.where((asked.room > 0) & (asked.week_room[asked.week] > 0), 0, FAR)
    limit = np.full(asked.visits, asked.dearest, np.int64)
    edges, reached = _cheapest(asked, np.arange(asked.visits), closed, limit, first)
    while True:
        problem = edges.laid(asked)
        solution = _decided(problem)
        price = solution.visit_price
        rent = closed + solution.half_price + solution.week_price[asked.week]
        limit = price + np.minimum(price, asked.dearest) // SLACK
        added, _ = _cheapest(asked, np.flatnonzero(price > reached), rent, limit, more)
        if not np.any(added.cost + rent[added.half] < price[added.visit]):
            return problem, solution
        edges = edges.joined(added)


def _decided(problem: Problem) -> Solution:
    edge = assigned(problem)
    return Solution(edge, *prices(problem, edge))


@dataclass(frozen=True)
class _Edges:
    """Sorted by visit and then by half day."""

    visit: Whole
    half: Whole
    cost: Whole

    @classmethod
    def of(cls, *parts: tuple[Whole, Whole, Whole]) -> "_Edges":
        """All of these in order; those that are twice there, once."""
        visit, half, cost = (np.concatenate(column) for column in zip(*parts, strict=True))
        keys = visit * (int(half.max(initial=0)) + 1) + half
        order = np.argsort(keys, kind="stable")  # they are mostly in order already
        order = order[np.diff(keys[order], prepend=-1) > 0]
        return cls(visit[order], half[order], cost[order])

    def laid(self, asked: Asked) -> Problem:
        """All that is decided with for now."""
        columns = asked.room, asked.week, asked.week_room
        return Problem(asked.visits, self.visit, self.half, self.cost, *columns, dearest=asked.dearest)

    def joined(self, more: "_Edges") -> "_Edges":
        """With those that it lacks."""
        return _Edges.of((self.visit, self.half, self.cost), (more.visit, more.half, more.cost))


def _cheapest(asked: Asked, visits: Whole, rent: Whole, limit: Whole, many: int) -> tuple[_Edges, Whole]:
    """Of each visit about so many edges, the cheapest with the rent of the half day, none above its limit.

    And by visit up to which cost none is left out; FAR where it has no other edges.
    """
    reached = np.full(len(limit), FAR)
    empty = np.zeros(0, np.int64)
    found = [(empty, empty, empty)]
    for block in asked.blocks(visits):
        full = block.costs + rent[block.halves]
        most = np.minimum(_about(full, many), limit[block.visits])
        flat = np.flatnonzero(full <= most[:, None])
        row, column = np.divmod(flat, full.shape[1])
        found.append((block.visits[row], block.halves[column], block.costs.reshape(-1)[flat]))
        reached[block.visits] = np.where(most < asked.dearest, most, FAR)
    return _Edges.of(*found), reached


def _about(costs: Whole, many: int) -> Whole:
    """By row a figure that about so many are not above, at least one: from a sample."""
    step = max(1, many // SAMPLE)
    sample = costs[:, ::step]
    last = min(sample.shape[1], -(-many // step)) - 1
    return np.partition(sample, last, axis=1)[:, last]
