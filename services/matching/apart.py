"""A heavy calculation in a process of its own, so that the loop of this one goes on."""

import asyncio
import sys
from pathlib import Path

import structlog

ROOT = Path(__file__).parents[2]
log = structlog.get_logger("jiujin.matching")


class SolverError(RuntimeError):
    """The solver's process ended with an error; what it said is in the log."""


async def solved_apart(module: str, problem: bytes, seconds: float) -> bytes:
    """What `python -m module` prints when it is given the problem. TimeoutError, SolverError."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        module,
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(seconds):
            told, said = await process.communicate(problem)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode != 0:
        log.error("solver failed", status=process.returncode, said=said.decode(errors="replace")[-2000:])
        raise SolverError(f"status {process.returncode}")
    return told
