"""What is to be decided, and what a decision is."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from shared.errors import InvalidError

Whole = NDArray[np.int64]
MOST = 1 << 52
"""All figures of a problem stay below it: they are then exact in floating point too."""
FAR = 1 << 60
"""What no visit would pay: the cost of a pair in a block that is no edge."""


class ProblemError(InvalidError):
    """This can't be planned: {what}."""

    zh = "无法做出计划：{what}。"


class Block(NamedTuple):
    """Some visits, some half days in ascending order, and what each costs in each: int64, or FAR."""

    visits: Whole
    halves: Whole
    costs: Whole


class Asked(Protocol):
    """What is to be decided, as `Problem` has it, with edges that are only told when they are asked for.

    No edge costs more than `dearest`.
    """

    @property
    def visits(self) -> int: ...
    @property
    def room(self) -> Whole: ...
    @property
    def week(self) -> Whole: ...
    @property
    def week_room(self) -> Whole: ...
    @property
    def dearest(self) -> int: ...

    def blocks(self, visits: Whole) -> Iterator[Block]:
        """All edges of these visits, which ascend; each in one block at the most.

        A block has a half day at least, and should fit into the processor's cache.
        """


@dataclass(frozen=True)
class Problem:
    """Visits, and the half days of helpers that could take them.

    An edge says that a visit could be in a half day, at a cost; what a hard rule forbids has no edge. A half
    day belongs to a week of its helper. Either takes no more visits than it has room for. A visit may have
    nobody, which costs `nobody`: more than could ever be saved by it, so that the fewest have nobody.

    Arrays of int64: `visit`, `half` and `cost` by edge, sorted by visit and then by half day, no two alike;
    `room` and `week` by half day; `week_room` by week. ProblemError where it isn't so. `dearest` is told
    where there are more edges than those here, of which one may cost more.
    """

    visits: int
    visit: Whole
    half: Whole
    cost: Whole
    room: Whole
    week: Whole
    week_room: Whole
    dearest: int = field(default=0, kw_only=True)

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
        _need(bool(np.all(self.keys[1:] > self.keys[:-1])), "edges are unsorted or twice there")
        object.__setattr__(self, "dearest", max(self.dearest, int(self.cost.max(initial=0))))
        _need(self.nobody < MOST, "costs are too high")

    @property
    def nobody(self) -> int:
        """What it costs to leave a visit to nobody: more than all visits could cost."""
        return (self.dearest + 1) * (self.visits + 1)

    @property
    def keys(self) -> Whole:
        """A number an edge, ascending: of its visit and half day."""
        return self.visit * max(1, len(self.room)) + self.half

    @property
    def useful(self) -> NDArray[np.intp]:
        """The edges into half days with room in a week with room."""
        return np.flatnonzero(self.takes_some[self.half])

    @property
    def takes_some(self) -> NDArray[np.bool_]:
        """Which half days have room, in a week with room."""
        return (self.room > 0) & (self.week_room[self.week] > 0)

    def blocks(self, visits: Whole) -> Iterator[Block]:
        """A block a visit."""
        ends = np.searchsorted(self.visit, np.stack([visits, visits + 1])).T.tolist()
        for number, (begin, end) in enumerate(ends):
            if begin < end:
                yield Block(visits[number : number + 1], self.half[begin:end], self.cost[None, begin:end])


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
