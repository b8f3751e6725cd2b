"""Prices to begin with: near to right, so that few members must be sent another way."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.matching.engine.balancing.problem import Problem
from services.matching.engine.distances import Numbers

STEPS = (1000, 300, 100, 30, 10, 3)
"""Metres by which a price rises more than it must: at first large ones, for there may be a long way to go."""
ROUNDS = 3
"""At each of the steps, before the prices are taken back by half of it."""
LAST_ROUNDS, LOOSE_ROUNDS = 6, 30
"""By one metre: after the steps, and where none of them are taken."""
TIGHT = 4
"""Large steps are only worth their time when one in so many or more goes where there is no room."""
STRIP = 512
FAR = np.iinfo(np.int64).max // 4
"""Farther than any path, and four of it can be added up."""
ENOUGH = 50
"""Rounds end when only one in so many goes where there is no room for them,"""
FEW = 4
"""or so many members do: to send them another way takes no longer than a round."""


@dataclass(frozen=True, slots=True)
class Opening:
    """Prices of lacks, thresholds of surpluses, and who goes at these prices, with the lack they prefer."""

    prices: Numbers
    limit: int
    """The threshold of a move anywhere: nobody dearer goes."""
    thresholds: Numbers
    chosen: Numbers
    best: NDArray[np.intp]
    following: Numbers
    """What another of the same surplus, or of any, would cost in place of one who goes."""


class _Market:
    """All members ask for the lack that is cheapest with its price; prices only rise."""

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        self.most = np.array([one.most for one in problem.surpluses], np.int64)
        self.room = np.array([one.most for one in problem.lacks], np.int64)
        ends = np.searchsorted(problem.surplus, np.arange(len(self.most) + 1))
        self._begins = ends[:-1]
        """Where the rows of each surplus begin."""
        self._has_more = self._begins + self.most < ends[1:]
        place = np.arange(len(problem.members)) - self._begins[problem.surplus]
        self._may_go = place < self.most[problem.surplus]
        """Of rows ordered by surplus and value, those within what each may give."""
        self.prices = np.zeros(len(problem.lacks), np.int64)
        self.best = np.zeros(len(problem.members), np.intp)
        self.value = np.zeros(len(problem.members), np.int64)
        self.lead = np.zeros(len(problem.members), np.int64)
        """By how much the second best is dearer."""
        self.ask(np.arange(len(problem.members)))

    def ask(self, who: NDArray[np.intp]) -> None:
        """Look again at all lacks of an association for these members."""
        for block in self._problem.blocks:
            prices = self.prices[block.lacks]
            own = who[(who >= block.rows.start) & (who < block.rows.stop)]
            for begin in range(0, len(own), STRIP):
                rows = own[begin : begin + STRIP]
                costs = block.costs[rows - block.rows.start] + prices
                lines, best = np.arange(len(rows)), costs.argmin(axis=1)
                value = costs[lines, best]
                costs[lines, best] = FAR
                self.best[rows], self.value[rows] = best + block.lacks.start, value
                self.lead[rows] = costs.min(axis=1) - value

    def rounds(self, most: int, step: int) -> None:
        """Let prices rise until nearly everybody who goes finds room."""
        for _ in range(most):
            found = self.choose()
            excess = self.excess(found)
            if excess[excess > 0].sum() <= max(FEW, self._problem.flow // ENOUGH):
                return
            self._rise(found, excess, step)

    def excess(self, found: Opening) -> Numbers:
        """By how many more come to a lack than it has room for."""
        come: Numbers = np.bincount(self.best[found.chosen], minlength=len(self.room)) - self.room
        return come

    def _rise(self, found: Opening, excess: Numbers, step: int) -> None:
        """Each lack that too many ask for gets dearer, until as many would leave."""
        going, over = found.chosen, np.flatnonzero(excess > 0)
        wanted = self.best[going]
        crowd = going[excess[wanted] > 0]
        spare = np.minimum(
            self.lead[crowd], found.following[self._problem.surplus[crowd]] - self.value[crowd]
        )
        order = np.lexsort((spare, self.best[crowd]))
        first = np.searchsorted(self.best[crowd][order], over)
        rise = np.maximum(0, spare[order[first + excess[over] - 1]]) + step
        rise[rise > FAR // 2] = 0
        self.prices[over] += rise
        self.ask(crowd)

    def choose(self) -> Opening:
        """Of each surplus the cheapest, of them the cheapest; equal ones by row."""
        problem, value = self._problem, self.value
        order = np.lexsort((value, problem.surplus))
        going = order[self._may_go]
        going = going[np.argsort(value[going], kind="stable")]
        limit = int(value[going[min(problem.flow, len(going) - 1)]])
        others = limit if len(going) > problem.flow else FAR
        going = going[: problem.flow]
        count = np.bincount(problem.surplus[going], minlength=len(self.most))
        full = count == self.most
        thresholds = np.where(full, value[order[self._begins + count - 1]], limit)
        following = np.full(len(self.most), others)
        more = full & self._has_more
        following[more] = np.minimum(others, value[order[(self._begins + self.most)[more]]])
        return Opening(self.prices, limit, thresholds, going, self.best, following)


def opening(problem: Problem) -> Opening:
    """An auction of lots that are alike (Bertsekas and Castañon, 1989), all bids at once, ended early.

    Whatever the prices are, what is chosen is the cheapest at them; what doesn't fit is left to the flow.
    """
    market = _Market(problem)
    everybody = np.arange(len(problem.members))
    excess = market.excess(market.choose())
    if excess[excess > 0].sum() * TIGHT > problem.flow:
        for step in STEPS:
            market.rounds(ROUNDS, step)
            market.prices = np.maximum(0, market.prices - step // 2)
            market.ask(everybody)
        market.rounds(LAST_ROUNDS, 1)
    else:
        market.rounds(LOOSE_ROUNDS, 1)
    if market.prices.any():
        market.ask(everybody)
    return market.choose()
