"""A problem whose costs are a matrix: a row a visit, a column a half day."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from services.matching.engine.deciding.problem import Block, ProblemError, Whole

STRIP = 1 << 16
"""Figures that are worked on at once: they stay in the processor's cache."""


@dataclass(frozen=True)
class Matrix:
    """Costs, int64, of visits by half days: up to `dearest`, or FAR where a pair is forbidden.

    The other columns are those of `Problem`. ProblemError where shape or type is another.
    """

    costs: Whole
    dearest: int
    room: Whole
    week: Whole
    week_room: Whole

    def __post_init__(self) -> None:
        """The rest is looked at with the edges that are laid out: what is negative is among them."""
        if self.costs.dtype != np.int64 or self.costs.shape != (self.visits, len(self.room)):
            raise ProblemError(what="costs are no matrix of int64 with a column each half day")

    @property
    def visits(self) -> int:
        """Its rows."""
        return len(self.costs)

    def blocks(self, visits: Whole) -> Iterator[Block]:
        """Some rows at a time, all columns."""
        halves = np.arange(len(self.room))
        many = max(1, STRIP // max(1, len(halves)))
        for begin in range(0, len(visits) if len(halves) else 0, many):
            some = visits[begin : begin + many]
            together = some[-1] - some[0] == len(some) - 1  # then nothing is copied
            rows = self.costs[some[0] : some[-1] + 1] if together else self.costs[some]
            yield Block(some, halves, rows)
