"""What is to be decided, and what a decision is."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shared.errors import InvalidError

Whole = NDArray[np.int64]
MOST = 1 << 52
"""All figures of a problem stay below it: they are then exact in floating point too."""


class ProblemError(InvalidError):
    """This can't be planned: {what}."""

    zh = "无法做出计划:{what}。"


@dataclass(frozen=True)
class Problem:
    """Visits, and the half days of helpers that could take them.

    An edge says that a visit could be in a half day, at a cost; what a hard rule forbids has no edge. A half
    day belongs to a week of its helper. Either takes no more visits than it has room for. A visit may have
    nobody, which costs `nobody`: more than could ever be saved by it, so that the fewest have nobody.

    Arrays of int64: `visit`, `half` and `cost` by edge, sorted by visit and then by half day, no two alike;
    `room` and `week` by half day; `week_room` by week. ProblemError where it isn't so.
    """

    visits: int
    visit: Whole
    half: Whole
    cost: Whole
    room: Whole
    week: Whole
    week_room: Whole

    def __post_init__(self) -> None:
        """Check all that the solver relies on."""
        edges, halves, weeks = len(self.visit), len(self.room), len(self.week_room)
        for name in ("visit", "half", "cost", "room", "week", "week_room"):
            column = getattr(self, name)
            _need(column.dtype == np.int64 and column.ndim == 1, f"{name} is no column of int64")
        _need(len(self.half) == len(self.cost) == edges, "edges differ in length")
        _need(len(self.week) == halves, "half days differ in length")
        for name, limit in (("visit", self.visits), ("half", halves), ("week", weeks)):
            column = getattr(self, name)
            _need(not len(column) or 0 <= column.min() <= column.max() < limit, f"a {name} is out of range")
        for name in ("cost", "room", "week_room"):
            column = getattr(self, name)
            _need(not len(column) or column.min() >= 0, f"a {name} is negative")
        order = self.visit * max(1, halves) + self.half
        _need(bool(np.all(order[1:] > order[:-1])), "edges are unsorted or twice there")
        _need(self.nobody < MOST, "costs are too high")

    @property
    def nobody(self) -> int:
        """What it costs to leave a visit to nobody: more than all visits could cost."""
        return (int(self.cost.max(initial=0)) + 1) * (self.visits + 1)


def _need(holds: bool, what: str) -> None:  # noqa: FBT001  a condition
    if not holds:
        raise ProblemError(what=what)


@dataclass(frozen=True)
class Solution:
    """An edge a visit, or -1 for nobody; and the prices that prove that none is better.

    Of each visit, half day and week, int64: see `faults`.
    """

    edge: Whole
    visit_price: Whole
    half_price: Whole
    week_price: Whole

    def cost(self, problem: Problem) -> int:
        """Of the whole."""
        taken = self.edge[self.edge >= 0]
        return int(problem.cost[taken].sum()) + problem.nobody * int((self.edge < 0).sum())
