"""Rebalancing as a problem of transport, by column."""

from collections import defaultdict
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

Places = NDArray[np.intp]
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
        self._city, self._key = city, key
        self.members: list[Member] = []
        self.surpluses: list[Surplus] = []
        self.lacks: list[Lack] = []
        self.blocks: list[Block] = []
        self._order = sorted(city.communities, key=lambda one: lot(key, one.community))
        self._centres = _columns([*(one.centre for one in self._order), None])
        number: dict[UUID | None, int] = {one.community: place for place, one in enumerate(self._order)}
        number[None] = len(number)
        parts: defaultdict[str, list[Member]] = defaultdict(list)
        for one in city.members:
            parts[one.association].append(one)
        owners = [np.zeros(0, np.intp)]
        self.before = able = 0
        for association in sorted(parts):
            own = parts[association]
            able += self._add(own, np.array([number[one.community] for one in own], np.intp), owners)
        self.surplus = np.concatenate(owners)
        self.flow = min(budget, able)

    def _add(self, members: Sequence[Member], places: Places, owners: list[Places]) -> int:
        """A block, of members in these places of the order; gives how many of them could go."""
        weights = {one.community: one.weight for one in self._order}
        wanted = np.array([*targets(weights, len(members)).values(), 0], np.int64)
        free = ~np.fromiter((one.pinned for one in members), np.bool_, len(members))
        over = np.bincount(places, minlength=len(wanted)) - wanted
        most = np.minimum(over, np.bincount(places[free], minlength=len(wanted)))
        givers, takers = np.flatnonzero(most > 0), np.flatnonzero(over < 0)
        self.before -= int(over[takers].sum())
        if not len(givers) or not len(takers):
            return 0
        able = np.flatnonzero(free & (most[places] > 0))
        lots = b"".join(lot(self._key, members[one].member) for one in able.tolist())
        digits = np.frombuffer(lots, ">u8").reshape(-1, 4).astype(np.uint64)
        able = able[np.lexsort((*digits.T[::-1], places[able]))]
        places, going = places[able], [members[one] for one in able.tolist()]
        owners.append(np.searchsorted(givers, places) + len(self.surpluses))
        rows, surpluses, lacks = (
            slice(len(those), len(those) + count)
            for those, count in (
                (self.members, len(going)),
                (self.surpluses, len(givers)),
                (self.lacks, len(takers)),
            )
        )
        self.members += going
        ids = [*weights, None]
        self.surpluses += [Surplus(ids[one], int(most[one])) for one in givers.tolist()]
        self.lacks += [Lack(self._order[one].community, -int(over[one])) for one in takers.tolist()]
        self.blocks.append(Block(rows, surpluses, lacks, self._costs(going, places, takers)))
        return min(int(most[givers].sum()), -int(over[takers].sum()))

    def _costs(self, members: Sequence[Member], places: Places, takers: Places) -> NDArray[np.int32]:
        """Metres from home to the lacking community, less those to the present one, and the penalty."""
        homes, home_datums = _columns([one.home for one in members])
        centres, datums = self._centres
        goals, goal_datums = centres[takers], datums[takers]
        apart = homes - centres[places]
        known = (home_datums == datums[places]) & (home_datums > 0)
        old = np.where(known, root((apart * apart).sum(axis=1)) // 100, UNKNOWN_METRES)
        anywhere = next(iter(goals[goal_datums > 0]), np.zeros(3, np.int64))
        homes[home_datums == 0], goals[goal_datums == 0] = anywhere, anywhere
        costs = metres(homes, goals)
        for datum in range(len(DATUMS) + 1):
            rows, other = np.flatnonzero(home_datums == datum), np.flatnonzero(goal_datums != (datum or -1))
            if len(other) == len(takers):
                costs[rows] = UNKNOWN_METRES
            elif len(rows) and len(other):
                costs[np.ix_(rows, other)] = UNKNOWN_METRES
        penalties = np.array([one.penalty for one in members], np.int64)
        costs += (penalties - old).astype(np.int32)[:, None]
        return costs

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


def _columns(points: Iterable[Point | None]) -> tuple[Numbers, NDArray[Any]]:
    """Centimetres, and the number of the datum from 1; 0 for what isn't known."""
    known = [(one.x, one.y, one.z, DATUMS.index(one.datum) + 1) if one else (0, 0, 0, 0) for one in points]
    columns = np.array(known, np.int64).reshape(-1, 4)
    return columns[:, :3], columns[:, 3]
