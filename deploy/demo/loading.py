"""Runs the demo's loading as a process of its own, so that it has a core to itself while the pages serve."""

import asyncio
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from deploy.folder import DataFolder

ROOT = Path(__file__).parent.parent.parent
END_SECONDS = 5.0


async def load_demo(folder: DataFolder, address: str, progress: Callable[[str], None]) -> bool:
    """Load the demo's past, its lines given to `progress`; gives whether it came to its end.

    Cancelling it ends the process.
    """
    with folder.demo_log.open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-P", "-m", "deploy.demo.load", "--address", address, "--data", str(folder.path)),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=log,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"},
            start_new_session=True,
        )
    try:
        if process.stdout is not None:
            async for line in process.stdout:
                progress(line.decode(errors="replace").rstrip())
        code = await process.wait()
    finally:
        await _end(process)
    if code != 0:
        progress(f"the demo's past could not be made: read {folder.demo_log}, stop, and start again")
    return code == 0


async def _end(process: asyncio.subprocess.Process) -> None:
    with suppress(ProcessLookupError):
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), END_SECONDS)
    except TimeoutError:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
