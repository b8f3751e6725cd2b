"""What somebody with a map and a list would do: the nearest move first."""

from collections.abc import Iterator
from heapq import heapify, heappop, heappush

import numpy as np

from services.matching.engine.balancing.problem import Block, Problem

FULL = np.iinfo(np.int32).max


def nearest(problem: Problem) -> Iterator[tuple[int, int]]:
    """Rows and lacks: always the cheapest move that is left, of equal ones by row; never taken back."""
    most = [one.most for one in problem.surpluses]
    room = np.array([one.most for one in problem.lacks])
    heap: list[tuple[int, int, int]] = []
    blocks: list[Block] = []
    for block in problem.blocks:
        best = block.costs.argmin(axis=1)
        costs = block.costs[np.arange(len(best)), best]
        rows = range(block.rows.start, block.rows.stop)
        heap += zip(costs.tolist(), rows, (best + block.lacks.start).tolist(), strict=True)
        blocks += [block] * len(best)
    heapify(heap)
    left = problem.flow
    while left:
        _, row, lack = heappop(heap)
        owner, block = int(problem.surplus[row]), blocks[row]
        if not most[owner]:
            continue
        if room[lack]:
            most[owner] -= 1
            room[lack] -= 1
            left -= 1
            yield row, lack
        elif room[block.lacks].any():
            costs = np.where(room[block.lacks], block.costs[row - block.rows.start], FULL)
            best = int(costs.argmin())
            heappush(heap, (int(costs[best]), row, best + block.lacks.start))
