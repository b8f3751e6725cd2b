"""Deciding without holding up the loop: at once where it is soon done, else in a process of its own."""

import asyncio
import io
import sys
from pathlib import Path

import numpy as np
import structlog

from services.matching.engine.deciding import Problem, Solution, greedy, solve

SOON = 2_000
"""So many edges are decided within some milliseconds."""
ROOT = Path(__file__).parents[2]
log = structlog.get_logger("jiujin.matching")


class SolverError(RuntimeError):
    """The solver's process ended with an error; what it said is in the log."""


async def decide(problem: Problem, seconds: float) -> Solution:
    """The best decision; where it isn't found in so many seconds, the cheapest edge first. SolverError."""
    if len(problem.visit) <= SOON:
        return solve(problem)
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "services.matching.engine.deciding",
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(seconds):
            told, said = await process.communicate(_packed(problem))
    except TimeoutError:
        log.warning("no best plan in time", visits=problem.visits, edges=len(problem.visit), seconds=seconds)
        return await asyncio.to_thread(greedy, problem)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode != 0:
        log.error("solver failed", status=process.returncode, said=said.decode(errors="replace")[-2000:])
        raise SolverError(f"status {process.returncode}")
    with np.load(io.BytesIO(told)) as columns:
        return Solution(**{name: columns[name] for name in columns.files})


def _packed(problem: Problem) -> bytes:
    file = io.BytesIO()
    np.savez(file, **vars(problem))
    return file.getvalue()
