"""Rebalancing as a problem of transport, by column."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from services.matching.engine.balancing.targets import targets
from services.matching.engine.balancing.values import UNKNOWN_METRES, City, Member, Move, Plan
from services.matching.engine.distances import Numbers, metres, root
from services.matching.engine.lots import lot
from shared.contracts.values import Point
from shared.errors import InvalidError

DATUMS = ("WGS-84", "GCJ-02")


class BudgetError(InvalidError):
    """A plan can't have fewer than no moves. Give a budget of 0 or more."""

    zh = "调整人数上限不能为负数。请填 0 或更大的数。"


@dataclass(frozen=True, slots=True)
class Block:
    """What belongs to one association: ranges of rows, surpluses and lacks, and the costs in metres.

    `costs` has a row a member and a column a lack.
    """

    rows: slice
    surpluses: slice
    lacks: slice
    costs: NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Surplus:
    """A community, or None for who isn't placed, that can give `most` of its members in these rows."""

    community: UUID | None
    most: int


@dataclass(frozen=True, slots=True)
class Lack:
    """A community that wants so many more of an association."""

    community: UUID
    most: int


class Problem:
    """Rows are members who may go, ordered by lot; `surplus` is each row's, `flow` how many are to go."""

    def __init__(self, city: City, budget: int, key: UUID) -> None:
        """BudgetError for a negative one."""
        if budget < 0:
            raise BudgetError("budget")
        self._city = city
        self.members: list[Member] = []
        self.surpluses: list[Surplus] = []
        self.lacks: list[Lack] = []
        self.blocks: list[Block] = []
        owners: list[int] = []
        parts: defaultdict[str, list[Member]] = defaultdict(list)
        for one in sorted(city.members, key=lambda one: lot(key, one.member)):
            parts[one.association].append(one)
        order = sorted(city.places, key=lambda one: lot(key, one))
        self.before = able = 0
        for association in sorted(parts):
            able += self._add(parts[association], order, owners)
        self.surplus = np.array(owners, np.intp)
        self.flow = min(budget, able)

    def _add(self, members: Sequence[Member], order: Sequence[UUID], owners: list[int]) -> int:
        """A block; gives how many of the association could go."""
        city = self._city
        wanted = targets({one: city.places[one].weight for one in order}, len(members))
        counts = Counter(one.community for one in members)
        free: defaultdict[UUID | None, list[Member]] = defaultdict(list)
        for one in members:
            if not one.pinned:
                free[one.community].append(one)
        first, begin, lack = len(self.members), len(self.surpluses), len(self.lacks)
        for place in (*order, None):
            goal = 0 if place is None else wanted[place]
            most = min(counts[place] - goal, len(free[place]))
            if most > 0:
                owners += [len(self.surpluses)] * len(free[place])
                self.surpluses.append(Surplus(place, most))
                self.members += free[place]
        self.lacks += [Lack(one, wanted[one] - counts[one]) for one in order if wanted[one] > counts[one]]
        rows, surpluses = slice(first, len(self.members)), slice(begin, len(self.surpluses))
        lacks = slice(lack, len(self.lacks))
        self.before += sum(one.most for one in self.lacks[lacks])
        if not self.surpluses[surpluses] or not self.lacks[lacks]:
            del self.members[rows], self.surpluses[surpluses], self.lacks[lacks], owners[rows]
            return 0
        costs = _costs(city, self.members[rows], [one.community for one in self.lacks[lacks]])
        self.blocks.append(Block(rows, surpluses, lacks, costs))
        return min(
            sum(one.most for one in self.surpluses[surpluses]), sum(one.most for one in self.lacks[lacks])
        )

    def plan(self, chosen: Iterable[tuple[int, int]]) -> Plan:
        """Of rows and the lacks they go to; the nearest first, of equally near ones by lot."""
        city, left = self._city, [one.most for one in self.lacks]
        start = {lack: block for block in self.blocks for lack in range(block.lacks.start, block.lacks.stop)}
        moves = []
        for _, row, lack in sorted((self._cost(start[lack], row, lack), row, lack) for row, lack in chosen):
            one, destination = self.members[row], self.lacks[lack].community
            old, new = city.metres(one, one.community), city.metres(one, destination)
            moves.append(
                Move(
                    one.member,
                    one.association,
                    one.community,
                    destination,
                    left[lack],
                    left[lack] - 1,
                    old,
                    new,
                    one.penalty,
                )
            )
            left[lack] -= 1
        return Plan(tuple(moves), self.before, self.before - len(moves))

    @staticmethod
    def _cost(block: Block, row: int, lack: int) -> int:
        return int(block.costs[row - block.rows.start, lack - block.lacks.start])


def _costs(city: City, members: Sequence[Member], lacks: Sequence[UUID]) -> NDArray[np.int32]:
    """Metres from home to the lacking community, less those to the present one, and the penalty."""
    homes, home_datums = _columns([one.home for one in members])
    goals, goal_datums = _columns([city.places[one].centre for one in lacks])
    present = [None if one.community is None else city.places[one.community].centre for one in members]
    olds, old_datums = _columns(present)
    apart = homes - olds
    known = (home_datums == old_datums) & (home_datums > 0)
    old = np.where(known, root((apart * apart).sum(axis=1)) // 100, UNKNOWN_METRES)
    anywhere = next(iter(goals[goal_datums > 0]), np.zeros(3, np.int64))
    homes[home_datums == 0], goals[goal_datums == 0] = anywhere, anywhere
    costs = metres(homes, goals)
    for datum in range(len(DATUMS) + 1):
        rows, other = np.flatnonzero(home_datums == datum), np.flatnonzero(goal_datums != (datum or -1))
        if len(other) == len(lacks):
            costs[rows] = UNKNOWN_METRES
        elif len(rows) and len(other):
            costs[np.ix_(rows, other)] = UNKNOWN_METRES
    penalties = np.array([one.penalty for one in members], np.int64)
    costs += (penalties - old).astype(np.int32)[:, None]
    return costs


def _columns(points: Iterable[Point | None]) -> tuple[Numbers, NDArray[Any]]:
    """Centimetres, and the number of the datum from 1; 0 for what isn't known."""
    known = [(one.x, one.y, one.z, DATUMS.index(one.datum) + 1) if one else (0, 0, 0, 0) for one in points]
    columns = np.array(known, np.int64).reshape(-1, 4)
    return columns[:, :3], columns[:, 3]
