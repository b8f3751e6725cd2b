"""Kills the running system at random moments and starts it again, while people go on working."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random

import httpx

from deploy.client import Client
from deploy.demo.traffic.simulate import SYSTEM, Plan, Report, Say, quick, simulate
from deploy.errors import DeployError
from deploy.folder import DataFolder

ROOT = Path(__file__).parent.parent.parent.parent
BETWEEN = (0.5, 6.0)
"""Seconds between one start and the next kill."""
START_SECONDS = 60.0
POLL = 0.1
DETACHED = 'exec >>"$0" 2>&1 </dev/null; "$@" &'


class NotRunningError(DeployError):
    """No system runs from {data}: start it with `./jiujin up --data {data}`."""


class StartsNoMoreError(DeployError):
    """The system didn't start again within {seconds} s after a kill: read {log}."""


@dataclass
class Kills:
    """`wanted` kills of the system of a data folder, each followed by a new start as a process of its own."""

    client: Client
    folder: DataFolder
    wanted: int
    seed: int
    say: Say
    done: int = 0

    @property
    def log(self) -> Path:
        """What the processes say that were started again."""
        return self.folder.log.parent / "restarted.log"

    async def run(self) -> None:
        """Kill, start again, wait until it serves; as often as wanted."""
        random = Random(f"{self.seed}/kills")  # noqa: S311  a script, no secret
        while self.done < self.wanted:
            await asyncio.sleep(random.uniform(*BETWEEN))
            state = self.folder.state()
            if state is None or state.pid is None:
                raise NotRunningError(data=self.folder.path)
            with suppress(ProcessLookupError):
                os.kill(state.pid, signal.SIGKILL)
            self.done += 1
            await self._ended()
            await self._start(state.port)
            begin = time.monotonic()
            await self._serves(state.address)
            if not (await self.client.read(None, f"{SYSTEM}/clock"))["virtual"]:
                await quick(self.client, on=True)
            self.say(
                f"killed ({self.done} of {self.wanted}); serving again after {time.monotonic() - begin:.1f} s"
            )

    async def _ended(self) -> None:
        """Wait until nothing of the killed process holds the folder any more."""
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            if not await asyncio.to_thread(self.folder.held):
                return
            await asyncio.sleep(POLL)

    async def _start(self, port: int) -> None:
        """Start it behind a shell that leaves at once: it outlives this process, and nobody has to wait."""
        up = [sys.executable, "-P", "-m", "cli", "up", "--data", str(self.folder.path), "--port", str(port)]
        shell = await asyncio.create_subprocess_exec(
            "/bin/sh", "-c", DETACHED, str(self.log), *up, "--virtual",
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            start_new_session=True,
        )  # fmt: skip
        await shell.wait()

    async def _serves(self, address: str) -> None:
        until = time.monotonic() + START_SECONDS
        async with httpx.AsyncClient(base_url=address, trust_env=False, timeout=2.0) as http:
            while time.monotonic() < until:
                with suppress(httpx.TransportError):
                    if (await http.get("/readyz")).is_success:
                        return
                await asyncio.sleep(POLL)
        raise StartsNoMoreError(seconds=round(START_SECONDS), log=self.log)


async def simulate_with_kills(
    client: Client,
    plan: Plan,
    folder: DataFolder,
    wanted: int,
    say: Callable[[str], None],
) -> Report:
    """Simulate; with `wanted` kills meanwhile the checks come after the last of them."""
    async with client:
        if not wanted:
            return await simulate(client, plan, say)
        kills = Kills(client, folder, wanted, plan.seed, say)
        killing = asyncio.create_task(kills.run())
        try:
            report = await simulate(client, plan, say, meanwhile=killing)
        finally:
            killing.cancel()
            await asyncio.gather(killing, return_exceptions=True)
        report.told["kills"] = kills.done
        state = folder.state()
        if state is not None:
            say(f"the system goes on in the background as process {state.pid}")
        return report
