"""A small problem as an assignment: members, and rooms that stay empty, to rooms and to places to stay.

A square matrix for each association. A member may take any room, a place to stay of their own community
(as many as it must keep), or one of those for anybody (as many as it could give and nobody wants); a row for
each room that stays empty takes it for nothing. SciPy's solver (Crouse, 2016, after Jonker and Volgenant)
only adds and compares whole numbers below 2^53, so it is exact in floating point.
"""

from collections.abc import Iterator

import numpy as np

from services.matching.engine.balancing.problem import Block, Problem

NEVER = float(1 << 40)
LARGEST = 300
"""Rows of a matrix; its time grows with their cube, and the flow's doesn't."""


def small(problem: Problem) -> bool:
    """Whether the budget binds nobody, so that no association competes for it, and none is large."""
    able = sum(min(_most(problem, block).sum(), _room(problem, block).sum()) for block in problem.blocks)
    return problem.flow == able and all(len(block.costs) <= LARGEST for block in problem.blocks)


def assigned(problem: Problem) -> Iterator[tuple[int, int]]:
    """Who goes where, as rows and lacks."""
    from scipy.optimize import linear_sum_assignment  # noqa: PLC0415  heavy, and only a plan needs it

    for block in problem.blocks:
        most, room = _most(problem, block), _room(problem, block)
        rooms = np.repeat(np.arange(len(room)), room)
        owner = problem.surplus[block.rows] - block.surpluses.start
        stays = np.repeat(np.arange(len(most)), np.bincount(owner) - most)
        members, places = len(owner), len(rooms)
        side = max(members, members + places - int(most.sum()))
        matrix = np.zeros((side, side))
        matrix[:members, :places] = block.costs[:, rooms]
        matrix[:members, places : places + len(stays)] = np.where(owner[:, None] == stays, 0, NEVER)
        matrix[members:, places:] = NEVER
        _, columns = linear_sum_assignment(matrix)
        goers = np.flatnonzero(columns[:members] < places)
        lacks = rooms[columns[goers]] + block.lacks.start
        yield from zip((goers + block.rows.start).tolist(), lacks.tolist(), strict=True)


def _most(problem: Problem, block: Block) -> np.ndarray:
    return np.array([one.most for one in problem.surpluses[block.surpluses]], np.int64)


def _room(problem: Problem, block: Block) -> np.ndarray:
    return np.array([one.most for one in problem.lacks[block.lacks]], np.int64)
