"""What time is worth once it is decided who comes where."""

import numpy as np

from services.matching.engine.deciding.problem import FAR, Problem, Solution, Whole


def prices(problem: Problem, edge: Whole) -> tuple[Whole, Whole, Whole]:
    """What one more place is worth: the lengths of shortest paths in the residual graph (Bellman and Ford).

    From a visit by an edge to a half day, from there to its week and on to where there is room; back along
    what is taken. The length from a week is its price, from a half day both, from a visit its own.
    """
    useful = problem.useful
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
    half_price = np.where(problem.takes_some, from_half - week_price[problem.week], 0)
    return from_visit, half_price, week_price


def shut(problem: Problem, solution: Solution) -> None:
    """What has no room at all gets a price, so dear that nobody would want it."""
    lacks = solution.visit_price[problem.visit] - problem.cost
    week = problem.week[problem.half]
    no_week = problem.week_room[week] == 0
    no_half = (problem.room[problem.half] == 0) & ~no_week
    np.maximum.at(solution.week_price, week[no_week], lacks[no_week])
    np.maximum.at(solution.half_price, problem.half[no_half], lacks[no_half])
