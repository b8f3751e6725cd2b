"""The best decision: a minimum cost assignment, then its prices by shortest paths.

Half days become as many columns as they have room for. A week with less room than its half days together is
told exactly by rows of its own, which must take one of its columns each and cost nothing: they fill what the
week has no room for. A column of each visit's own stands for nobody. The assignment is SciPy's (LAPJVsp:
Jonker and Volgenant, 1987), in floating point with whole numbers below 2^53, so without any rounding.
"""

import numpy as np
from numpy.typing import NDArray

from services.matching.engine.deciding.problem import Problem, Solution, Whole

FAR = np.int64(1) << 60


def solve(problem: Problem) -> Solution:
    """The best decision with its prices. The same problem gives the same prices, ties in the costs aside."""
    useful = _useful(problem)
    edge = _assigned(problem, useful)
    return Solution(edge, *_prices(problem, useful, edge))


def _useful(problem: Problem) -> NDArray[np.intp]:
    """The edges into half days with room in a week with room."""
    found: NDArray[np.intp] = np.flatnonzero(_takes_some(problem)[problem.half])
    return found


def _takes_some(problem: Problem) -> NDArray[np.bool_]:
    """Which half days have room, in a week with room."""
    return (problem.room > 0) & (problem.week_room[problem.week] > 0)


def _assigned(problem: Problem, useful: NDArray[np.intp]) -> Whole:
    """By visit its edge, or -1."""
    if not problem.visits:
        return np.zeros(0, np.int64)
    from scipy.sparse import coo_array  # noqa: PLC0415  heavy, and only a plan needs it
    from scipy.sparse.csgraph import min_weight_full_bipartite_matching  # noqa: PLC0415

    halves = len(problem.room)
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
    keys = problem.visit * max(1, halves) + problem.half
    edge = np.searchsorted(keys, alone * max(1, halves) + half)
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


def _prices(problem: Problem, useful: NDArray[np.intp], edge: Whole) -> tuple[Whole, Whole, Whole]:
    """What one more place is worth: the lengths of shortest paths in the residual graph (Bellman and Ford).

    From a visit by an edge to a half day, from there to its week and on to where there is room; back along
    what is taken. The length from a week is its price, from a half day both, from a visit its own. What has
    no room at all is so dear that nobody would want it.
    """
    visit, half, cost = problem.visit[useful], problem.half[useful], problem.cost[useful]
    taken = np.flatnonzero(edge >= 0)
    their_half, their_cost = problem.half[edge[taken]], problem.cost[edge[taken]]
    in_half = np.bincount(their_half, minlength=len(problem.room))
    in_week = np.bincount(problem.week[their_half], minlength=len(problem.week_room))
    open_half, used_half = np.flatnonzero(in_half < problem.room), np.flatnonzero(in_half > 0)
    from_visit = np.full(problem.visits, problem.nobody, np.int64)
    from_half = np.full(len(problem.room), FAR)
    from_week = np.where(in_week < problem.week_room, 0, FAR)
    begins = np.flatnonzero(np.concatenate([[True], visit[1:] != visit[:-1]])) if len(visit) else visit
    while True:
        before = from_visit.copy(), from_half.copy(), from_week.copy()
        from_half[open_half] = np.minimum(from_half[open_half], from_week[problem.week[open_half]])
        if len(visit):
            through = np.minimum.reduceat(cost + from_half[half], begins)
            from_visit[visit[begins]] = np.minimum(from_visit[visit[begins]], through)
        np.minimum.at(from_half, their_half, from_visit[taken] - their_cost)
        np.minimum.at(from_week, problem.week[used_half], from_half[used_half])
        if all(map(np.array_equal, before, (from_visit, from_half, from_week))):
            break
    week_price = np.where(problem.week_room > 0, from_week, 0)
    half_price = np.where(_takes_some(problem), from_half - week_price[problem.week], 0)
    lacks = from_visit[problem.visit] - problem.cost
    week = problem.week[problem.half]
    no_week = problem.week_room[week] == 0
    no_half = (problem.room[problem.half] == 0) & ~no_week
    np.maximum.at(week_price, week[no_week], lacks[no_week])
    np.maximum.at(half_price, problem.half[no_half], lacks[no_half])
    return from_visit, half_price, week_price
