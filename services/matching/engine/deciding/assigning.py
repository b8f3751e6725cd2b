"""The cheapest assignment of edges that are all known.

Half days become as many columns as they have room for. A week with less room than its half days together is
told exactly by rows of its own, which must take one of its columns each and cost nothing: they fill what the
week has no room for. A column of each visit's own stands for nobody. The assignment is SciPy's (LAPJVsp:
Jonker and Volgenant, 1987), in floating point with whole numbers below 2^53, so without any rounding.
"""

import numpy as np

from services.matching.engine.deciding.problem import Problem, Whole


def assigned(problem: Problem) -> Whole:
    """By visit its edge, or -1."""
    if not problem.visits:
        return np.zeros(0, np.int64)
    from scipy.sparse import coo_array  # noqa: PLC0415  heavy, and only a plan needs it
    from scipy.sparse.csgraph import min_weight_full_bipartite_matching  # noqa: PLC0415

    halves, useful = len(problem.room), problem.useful
    degree = np.bincount(problem.half[useful], minlength=halves)
    columns = np.minimum(np.minimum(problem.room, problem.week_room[problem.week]), degree)
    first = np.concatenate([[0], np.cumsum(columns)])
    weeks = len(problem.week_room)
    fills = np.maximum(0, np.bincount(problem.week, columns, weeks).astype(np.int64) - problem.week_room)

    copies = columns[problem.half[useful]]
    edge_of = np.repeat(useful, copies)
    offset = np.arange(len(edge_of)) - np.repeat(np.cumsum(copies) - copies, copies)
    rows, cols = problem.visit[edge_of], first[problem.half[edge_of]] + offset
    alone = np.arange(problem.visits)
    fill_rows, fill_cols = _fills(problem, fills, columns)
    costs = np.concatenate(
        [problem.cost[edge_of], np.full(problem.visits, problem.nobody), np.zeros(len(fill_rows), np.int64)]
    )
    matrix = coo_array(
        (
            costs.astype(np.float64) + 1.0,  # SciPy takes a zero for no edge at all
            (
                np.concatenate([rows, alone, problem.visits + fill_rows]),
                np.concatenate([cols, first[-1] + alone, fill_cols]),
            ),
        ),
        shape=(problem.visits + int(fills.sum()), int(first[-1]) + problem.visits),
    ).tocsr()
    taken_rows, taken = min_weight_full_bipartite_matching(matrix)
    column = np.empty(problem.visits, np.int64)
    column[taken_rows[taken_rows < problem.visits]] = taken[taken_rows < problem.visits]
    half = np.searchsorted(first, column, "right") - 1
    edge = np.searchsorted(problem.keys, alone * max(1, halves) + half)
    return np.where(column < first[-1], edge, -1).astype(np.int64)


def _fills(problem: Problem, fills: Whole, columns: Whole) -> tuple[Whole, Whole]:
    """Rows and columns of what fills the weeks: each row of a week with each column of it."""
    week_of = np.repeat(problem.week, columns)
    by_week = np.argsort(week_of, kind="stable")
    size = np.bincount(week_of, minlength=len(fills))
    begin = np.cumsum(size) - size
    week = np.repeat(np.arange(len(fills)), fills)
    rows = np.repeat(np.arange(len(week)), size[week])
    offset = np.arange(len(rows)) - np.repeat(np.cumsum(size[week]) - size[week], size[week])
    return rows, by_week[np.repeat(begin[week], size[week]) + offset]
