"""The exact plan: shortest paths in what is left of the network, until everybody fits."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from services.matching.engine.balancing.prices import FAR, Opening, opening
from services.matching.engine.balancing.problem import Block, Problem
from services.matching.engine.distances import Numbers

POOL, SINK, FIRST = 0, 1, 2
"""All who could go, all who have gone; the surpluses follow, then the lacks."""
NOBODY = -1


def flowing(problem: Problem) -> Iterator[tuple[int, int]]:
    """Who goes where, as rows and lacks."""
    return Flow(problem, opening(problem)).settled()


class Flow:
    """A flow of least cost for its own balances. `potential` makes every arc's reduced cost at least 0.

    An arc from u to v has the reduced cost: cost + potential of u - potential of v. A node with too much
    sends it on along a shortest path to the nearest that has too little (Edmonds and Karp, 1972; Ahuja,
    Magnanti and Orlin, Network Flows, 1993, 9.7): the flow stays of least cost, and ends in balance.

    A surplus that may still give is one node with the pool, for it costs nothing to go from one to the other.
    """

    def __init__(self, problem: Problem, start: Opening) -> None:
        """What is chosen at these prices, whether it fits or not."""
        surpluses, lacks = len(problem.surpluses), len(problem.lacks)
        self._problem = problem
        self._lacks = FIRST + surpluses
        self._count = self._lacks + lacks
        self._part = [0] * FIRST
        for spans in ((one.surpluses for one in problem.blocks), (one.lacks for one in problem.blocks)):
            for part, span in enumerate(spans):
                self._part += [part] * (span.stop - span.start)
        reach = [slice(one.lacks.start + self._lacks, one.lacks.stop + self._lacks) for one in problem.blocks]
        self._span = [reach[part] for part in self._part]
        self._potential = np.concatenate([[-start.limit, 0], -start.thresholds, -start.prices])
        self._at: list[dict[int, None]] = [{} for _ in range(self._count)]
        """The members in a surplus who stay, and in a lack who come."""
        self._owner = problem.surplus + FIRST
        """By member, the surplus's node."""
        node = self._owner.copy()
        node[start.chosen] = start.best[start.chosen] + self._lacks
        for row, place in enumerate(node.tolist()):
            self._at[place][row] = None
        self._balance(start, np.bincount(node, minlength=self._count)[self._lacks :])
        self._ways: dict[int, tuple[Numbers, list[tuple[int, int]]]] = {}
        """From a lack to each of its association, the cost of the cheapest member; and back to surpluses."""
        self._stays = [self._cheapest(block) for block in problem.blocks]
        """The same from surpluses: a row each."""
        self._pool = np.full(lacks, FAR)
        """The same from all surpluses that may still give."""
        for part, block in enumerate(problem.blocks):
            self._look_again(part, np.arange(block.costs.shape[1]))
        self._both = np.empty((2, self._count), np.int64)
        self._distance, self._near = self._both
        """The least known distances; the second has only those of nodes that haven't been left yet."""
        self._parent = np.empty(self._count, np.intp)

    def _balance(self, start: Opening, came: Numbers) -> None:
        problem, lacks = self._problem, self._lacks
        most = [*(one.most for one in problem.surpluses), *(one.most for one in problem.lacks)]
        self._most = np.array([0, 0, *most], np.int64)
        self._used = np.zeros(self._count, np.int64)
        """What comes from the pool into a surplus, and goes from a lack into the sink."""
        self._used[FIRST:lacks] = np.bincount(problem.surplus[start.chosen], minlength=lacks - FIRST)
        room = self._most[lacks:]
        self._used[lacks:] = np.where(start.prices > 0, room, np.minimum(came, room))
        self._excess = np.zeros(self._count, np.int64)
        self._excess[lacks:] = came - self._used[lacks:]
        self._excess[SINK] = self._used[lacks:].sum() - problem.flow

    def _cheapest(self, block: Block) -> NDArray[np.int32]:
        """A row a surplus; its members' rows lie together."""
        span, first = block.surpluses, block.rows.start
        begins = np.searchsorted(self._problem.surplus, np.arange(span.start, span.stop + 1)) - first
        stays = np.empty((span.stop - span.start, block.costs.shape[1]), np.int32)
        for place, begin in enumerate(begins[:-1].tolist()):
            node = span.start + FIRST + place
            if not self._used[node]:
                block.costs[begin : begins[place + 1]].min(axis=0, out=stays[place])
            elif self._at[node]:
                block.costs[self._rows(node) - first].min(axis=0, out=stays[place])
        return stays

    def settled(self) -> Iterator[tuple[int, int]]:
        """Who goes where, as rows and lacks, when all is in balance."""
        while (self._excess > 0).any():
            self._send()
        for lack, node in enumerate(range(self._lacks, self._count)):
            yield from ((row, lack) for row in self._at[node])

    def _send(self) -> None:
        """One unit, from what has too much to the nearest that has too little (Dijkstra)."""
        self._both.fill(FAR)
        start = int((self._excess > 0).argmax())
        self._both[:, start] = 0
        while True:
            node = int(self._near.argmin())
            if self._excess[node] < 0:
                break
            self._near[node] = FAR
            self._spread(node)
        self._potential += np.minimum(self._distance, self._distance[node])
        self._excess[node] += 1
        self._excess[start] -= 1
        steps = []
        while node != start:
            before = int(self._parent[node])
            steps.append((before, node, self._row(before, node)))
            node = before
        for step in reversed(steps):
            self._step(*step)

    def _spread(self, node: int) -> None:
        """Along every arc from a node that is as near as it will be."""
        base = int(self._distance[node] + self._potential[node])
        used, most, lacks = self._used, self._most, self._lacks
        if node == POOL:
            self._reach_lacks(node, slice(lacks, self._count), self._pool + base)
        elif node == SINK:
            back = np.where(used[lacks:] > 0, base, 2 * FAR)
            self._reach_lacks(node, slice(lacks, self._count), back)
        elif node < lacks:
            if self._at[node]:
                self._reach_lacks(node, self._span[node], self._stay(node) + np.int64(base))
            self._reach(node, POOL, base)
        else:
            if self._at[node]:
                costs, back_costs = self._way(node)
                self._reach_lacks(node, self._span[node], costs + base)
                for owner, cost in back_costs:
                    self._reach(node, POOL if used[owner] < most[owner] else owner, base - cost)
            if used[node] < most[node]:
                self._reach(node, SINK, base)

    def _reach(self, node: int, other: int, new: int) -> None:
        new -= int(self._potential[other])
        if new < self._distance[other]:
            self._both[:, other] = new
            self._parent[other] = node

    def _reach_lacks(self, node: int, span: slice, new: Numbers) -> None:
        new -= self._potential[span]
        better = new < self._distance[span]
        np.copyto(self._both[:, span], new, where=better)
        np.copyto(self._parent[span], node, where=better)

    def _rows(self, node: int) -> NDArray[np.intp]:
        return np.fromiter(self._at[node], np.intp, len(self._at[node]))

    def _costs(self, lack: int, rows: NDArray[np.intp]) -> NDArray[np.int32]:
        """Of these members' way to a lack."""
        block = self._problem.blocks[self._part[lack]]
        costs: NDArray[np.int32] = block.costs[rows - block.rows.start, lack - self._span[lack].start]
        return costs

    def _stay(self, surplus: int) -> NDArray[np.int32]:
        part = self._part[surplus]
        stay: NDArray[np.int32] = self._stays[part][
            surplus - FIRST - self._problem.blocks[part].surpluses.start
        ]
        return stay

    def _way(self, lack: int) -> tuple[Numbers, list[tuple[int, int]]]:
        """Who is in a lack gives up what the way there cost."""
        way = self._ways.get(lack)
        if way is None:
            block, rows = self._problem.blocks[self._part[lack]], self._rows(lack)
            table = block.costs[rows - block.rows.start]
            own = table[:, lack - self._span[lack].start]
            costs = (table - own[:, None]).min(axis=0).astype(np.int64)
            back: dict[int, int] = {}
            for owner, cost in zip(self._owner[rows].tolist(), own.tolist(), strict=True):
                if cost > back.get(owner, -FAR):
                    back[owner] = cost
            way = self._ways[lack] = costs, list(back.items())
        return way

    def _open(self, part: int) -> NDArray[np.intp]:
        """Which surpluses of an association, from 0, may still give."""
        span = self._problem.blocks[part].surpluses
        nodes = slice(span.start + FIRST, span.stop + FIRST)
        return np.flatnonzero(self._used[nodes] < self._most[nodes])

    def _look_again(self, part: int, columns: NDArray[np.intp]) -> None:
        """For the pool's way to these lacks of an association."""
        ways, nodes = self._pool[self._problem.blocks[part].lacks], self._open(part)
        ways[columns] = self._stays[part][np.ix_(nodes, columns)].min(axis=0) if len(nodes) else 2 * FAR

    def _homes(self, rows: NDArray[np.intp]) -> NDArray[np.intp]:
        """The nodes that these members would go back to."""
        owners = self._owner[rows]
        owners[self._used[owners] < self._most[owners]] = POOL
        return owners

    def _row(self, before: int, node: int) -> int:
        """The member who goes along this arc, the first of equally cheap ones; NOBODY where none does."""
        if SINK in (before, node) or (before < self._lacks and node < self._lacks):
            return NOBODY
        if node < self._lacks:
            rows = self._rows(before)
            own = rows[self._homes(rows) == node]
            return int(own[self._costs(before, own).argmax()])
        if before == POOL:
            part = self._part[node]
            nodes = self._open(part)
            stays = self._stays[part][nodes, node - self._span[node].start]
            before = FIRST + self._problem.blocks[part].surpluses.start + int(nodes[stays.argmin()])
        rows = self._rows(before)
        costs = self._costs(node, rows)
        if before >= self._lacks:
            costs = costs - self._costs(before, rows)
        return int(rows[costs.argmin()])

    def _step(self, before: int, node: int, row: int) -> None:
        """One unit along an arc; a surplus may fall out of the pool, or come back."""
        if SINK in (before, node):
            self._used[max(before, node)] += 1 if node == SINK else -1
            return
        for lack in (before, node):
            if lack >= self._lacks:
                self._ways.pop(lack, None)
        if before >= self._lacks:
            del self._at[before][row]
        if node >= self._lacks:
            self._at[node][row] = None
        if before < self._lacks or node < self._lacks:
            owner = before if row == NOBODY else int(self._owner[row])
            self._turn(owner, row, (before == POOL) - (node == POOL))

    def _turn(self, node: int, row: int, used: int) -> None:
        """A member leaves a surplus or comes back, or it takes more or fewer from the pool."""
        part, stay, at = self._part[node], self._stay(node), self._at[node]
        block, old, was_open = self._problem.blocks[part], stay.copy(), self._used[node] < self._most[node]
        if row != NOBODY:
            costs = block.costs[row - block.rows.start]
            if row in at:
                del at[row]
                best = np.flatnonzero(stay == costs)
                if at:
                    stay[best] = block.costs[np.ix_(self._rows(node) - block.rows.start, best)].min(axis=0)
            else:
                np.minimum(stay if at else costs, costs, out=stay)
                at[row] = None
        self._used[node] += used
        is_open = self._used[node] < self._most[node]
        pool = self._pool[block.lacks]
        lost = pool == old if was_open else np.zeros(len(pool), np.bool_)
        if is_open:
            lost &= stay > old
            np.minimum(pool, stay, out=pool)
        elif was_open:
            self._potential[node] = self._potential[POOL]
        self._look_again(part, np.flatnonzero(lost))
