"""A decision without the proof that it is the best: the cheapest edge first; for when there is no time."""

import numpy as np

from services.matching.engine.deciding.problem import Problem, Solution


def greedy(problem: Problem) -> Solution:
    """Allowed, and seldom the best. Its prices bound what the best could cost: see `gap`."""
    edge = np.full(problem.visits, -1, np.int64)
    room, week_room = problem.room.tolist(), problem.week_room.tolist()
    visit, half, week = problem.visit.tolist(), problem.half.tolist(), problem.week.tolist()
    for one in np.lexsort((problem.visit, problem.cost)).tolist():
        where = half[one]
        if edge[visit[one]] < 0 and room[where] and week_room[week[where]]:
            edge[visit[one]] = one
            room[where] -= 1
            week_room[week[where]] -= 1
    cheapest = np.full(problem.visits, problem.nobody, np.int64)
    np.minimum.at(cheapest, problem.visit, problem.cost)
    free = np.zeros_like(problem.room), np.zeros_like(problem.week_room)
    return Solution(edge, cheapest, *free)
