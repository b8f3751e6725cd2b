"""The exact plan: shortest paths in what is left of the network, until everybody fits."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.matching.engine.balancing.prices import FAR, Opening
from services.matching.engine.balancing.problem import Block, Problem
from services.matching.engine.distances import Numbers

POOL, SINK, FIRST = 0, 1, 2
"""All who could go, all who have gone; the surpluses follow, then the lacks."""


@dataclass(slots=True)
class Way:
    """From a node to each lack of its association: the cost of the cheapest member, and who it is."""

    costs: Numbers
    rows: NDArray[np.intp]


class Flow:
    """A flow of least cost for its own balances. `potential` makes every arc's reduced cost at least 0.

    An arc from u to v has the reduced cost: cost + potential of u - potential of v. A node with too much
    sends it on along a shortest path to the nearest that has too little (Edmonds and Karp, 1972; Ahuja,
    Magnanti and Orlin, Network Flows, 1993, 9.7): the flow stays of least cost, and ends in balance.
    """

    def __init__(self, problem: Problem, start: Opening) -> None:
        """What is chosen at these prices, whether it fits or not."""
        surpluses, lacks = len(problem.surpluses), len(problem.lacks)
        self._problem = problem
        self._lacks = FIRST + surpluses
        self._count = self._lacks + lacks
        self._blocks: list[Block] = [problem.blocks[0]] * FIRST
        for part in ("surpluses", "lacks"):
            for block in problem.blocks:
                span = getattr(block, part)
                self._blocks += [block] * (span.stop - span.start)
        self._potential = np.concatenate([[-start.limit, 0], -start.thresholds, -start.prices])
        most = [*(one.most for one in problem.surpluses), *(one.most for one in problem.lacks)]
        self._most = np.array([0, 0, *most], np.int64)
        self._at: list[dict[int, None]] = [{} for _ in range(self._count)]
        """The members in a surplus who stay, and in a lack who come."""
        self._ways: dict[int, Way] = {}
        node = problem.surplus + FIRST
        node[start.chosen] = start.best[start.chosen] + self._lacks
        for row, place in enumerate(node.tolist()):
            self._at[place][row] = None
        came = np.bincount(node, minlength=self._count)[self._lacks :]
        room = self._most[self._lacks :]
        self._used = np.zeros(self._count, np.int64)
        """What comes from the pool into a surplus, and goes from a lack into the sink."""
        self._used[FIRST:] = np.concatenate(
            [
                np.bincount(problem.surplus[start.chosen], minlength=surpluses),
                np.where(start.prices > 0, room, np.minimum(came, room)),
            ]
        )
        self._excess = np.zeros(self._count, np.int64)
        self._excess[self._lacks :] = came - self._used[self._lacks :]
        self._excess[SINK] = self._used[self._lacks :].sum() - problem.flow
        self._distance = np.empty(self._count, np.int64)
        self._open = np.empty(self._count, np.int64)
        self._parent = np.empty(self._count, np.intp)

    def settled(self) -> Iterator[tuple[int, int]]:
        """Who goes where, as rows and lacks, when all is in balance."""
        for node in np.flatnonzero(self._excess > 0).tolist():
            while self._excess[node] > 0:
                self._send(node)
        for lack, node in enumerate(range(self._lacks, self._count)):
            yield from ((row, lack) for row in self._at[node])

    def _send(self, start: int) -> None:
        """One unit, to the nearest node that has too little (Dijkstra)."""
        self._distance.fill(FAR)
        self._open.fill(FAR)
        self._distance[start] = self._open[start] = 0
        while True:
            node = int(self._open.argmin())
            if self._excess[node] < 0:
                break
            self._open[node] = FAR
            self._spread(node)
        self._potential += np.minimum(self._distance, self._distance[node])
        self._excess[node] += 1
        self._excess[start] -= 1
        steps = []
        while node != start:
            before = int(self._parent[node])
            steps.append((before, node, self._row(before, node)))
            node = before
        for step in steps:
            self._step(*step)

    def _spread(self, node: int) -> None:
        """Along every arc from a node that is as near as it will be."""
        base = int(self._distance[node] + self._potential[node])
        used, most, lacks = self._used, self._most, self._lacks
        if node == POOL:
            self._reach(node, np.flatnonzero(used[:lacks] < most[:lacks]), base)
        elif node == SINK:
            self._reach(node, lacks + np.flatnonzero(used[lacks:]), base)
        else:
            if self._at[node]:
                self._reach_lacks(node, base)
            if node < lacks and used[node]:
                self._reach(node, np.array([POOL]), base)
            if node >= lacks:
                rows = self._rows(node)
                costs = self._blocks[node].costs[self._line(node, rows)]
                self._reach(node, self._problem.surplus[rows] + FIRST, base - costs.astype(np.int64))
                if used[node] < most[node]:
                    self._reach(node, np.array([SINK]), base)

    def _reach(self, node: int, others: NDArray[np.intp], base: Any) -> None:
        """Few nodes, some perhaps more than once."""
        new = base - self._potential[others]
        better = np.flatnonzero(new < self._distance[others])
        for other, distance in zip(others[better].tolist(), new[better].tolist(), strict=True):
            if distance < self._distance[other]:
                self._distance[other] = self._open[other] = distance
                self._parent[other] = node

    def _reach_lacks(self, node: int, base: int) -> None:
        """All of the association."""
        span = self._span(node)
        new = self._way(node).costs + base
        new -= self._potential[span]
        distance = self._distance[span]
        better = new < distance
        np.copyto(distance, new, where=better)
        np.copyto(self._open[span], new, where=better)
        self._parent[span][better] = node

    def _span(self, node: int) -> slice:
        lacks = self._blocks[node].lacks
        return slice(lacks.start + self._lacks, lacks.stop + self._lacks)

    def _rows(self, node: int) -> NDArray[np.intp]:
        return np.fromiter(self._at[node], np.intp, len(self._at[node]))

    def _line(self, node: int, rows: Any) -> Any:
        """The index into the costs of these members' way to a lack."""
        block = self._blocks[node]
        return rows - block.rows.start, node - self._lacks - block.lacks.start

    def _costs(self, node: int, rows: NDArray[np.intp], columns: Any) -> Numbers:
        """From a node on, by member and lack: who is in a lack gives up what the way there cost."""
        block = self._blocks[node]
        costs: Numbers = block.costs[rows - block.rows.start][:, columns].astype(np.int64)
        if node >= self._lacks:
            costs -= block.costs[self._line(node, rows)][:, None]
        return costs

    def _way(self, node: int) -> Way:
        way = self._ways.get(node)
        if way is None:
            rows = self._rows(node)
            way = self._ways[node] = Way(*_cheapest(self._costs(node, rows, slice(None)), rows))
        return way

    def _row(self, before: int, node: int) -> int | None:
        """The member who goes along this arc; none does between the pool or the sink and another node."""
        if before < FIRST or node < FIRST:
            return None
        if node >= self._lacks:
            return int(self._way(before).rows[node - self._span(before).start])
        owner = node - FIRST
        rows = self._rows(before)
        own = rows[self._problem.surplus[rows] == owner]
        return int(own[self._blocks[before].costs[self._line(before, own)].argmax()])

    def _step(self, before: int, node: int, row: int | None) -> None:
        """One unit along an arc, or back along its reverse."""
        if row is not None:
            self._leave(before, row)
            self._come(node, row)
        elif before == POOL or node == SINK:
            self._used[max(before, node)] += 1
        else:
            self._used[max(before, node)] -= 1

    def _come(self, node: int, row: int) -> None:
        self._at[node][row] = None
        way = self._ways.get(node)
        if way is not None:
            costs = self._costs(node, np.array([row]), slice(None))[0]
            better = costs < way.costs
            way.costs[better], way.rows[better] = costs[better], row

    def _leave(self, node: int, row: int) -> None:
        del self._at[node][row]
        way = self._ways.get(node)
        if way is None:
            return
        if not self._at[node]:
            del self._ways[node]
            return
        columns = np.flatnonzero(way.rows == row)
        rows = self._rows(node)
        way.costs[columns], way.rows[columns] = _cheapest(self._costs(node, rows, columns), rows)


def _cheapest(costs: Numbers, rows: NDArray[np.intp]) -> tuple[Numbers, NDArray[np.intp]]:
    best = costs.argmin(axis=0)
    return costs[best, np.arange(costs.shape[1])], rows[best]
