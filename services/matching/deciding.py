"""Deciding without holding up the loop: at once where it is soon done, else in a process of its own."""

import asyncio
import io

import numpy as np
import structlog

from services.matching.apart import solved_apart
from services.matching.engine.deciding import Problem, Solution, greedy, solve

SOON = 2_000
"""So many edges are decided within some milliseconds."""
log = structlog.get_logger("jiujin.matching")


async def decide(problem: Problem, seconds: float) -> Solution:
    """The best decision; where it isn't found in so many seconds, the cheapest edge first. SolverError."""
    if len(problem.visit) <= SOON:
        return solve(problem)
    try:
        packed = await asyncio.to_thread(_packed, problem)
        told = await solved_apart("services.matching.engine.deciding", packed, seconds)
    except TimeoutError:
        log.warning("no best plan in time", visits=problem.visits, edges=len(problem.visit), seconds=seconds)
        return await asyncio.to_thread(greedy, problem)
    with np.load(io.BytesIO(told)) as columns:
        return Solution(**{name: columns[name] for name in columns.files})


def _packed(problem: Problem) -> bytes:
    file = io.BytesIO()
    np.savez(file, **vars(problem))
    return file.getvalue()
