"""Blows fall on a system in several processes while people go on working; then everything is checked."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

import httpx

from deploy.client import Client
from deploy.demo.traffic.blows import BLOWS, Target
from deploy.demo.traffic.simulate import Plan, Report, inhabited, simulate
from deploy.errors import DeployError
from deploy.folder import DataFolder

BETWEEN = (1.0, 5.0)
"""Seconds between one recovery and the next blow."""
READY_SECONDS = 120.0
ROUND = 40
"""Requests of a round; people work in rounds until the last blow has fallen."""


class NotInProcessesError(DeployError):
    """{data} doesn't run in several processes: start it with `./jiujin up --kafka --data {data}`."""


class NotReadyAgainError(DeployError):
    """After {blow} the system was not ready again within {seconds} s: {unready}."""


@dataclass(frozen=True)
class Fallen:
    """A blow that fell, what it hit, and the seconds until everything was ready again."""

    blow: str
    hit: str
    seconds: float


@dataclass
class Chaos:
    """Falls for so many minutes, every kind at least once; the same seed, the same order."""

    client: Client
    folder: DataFolder
    minutes: float
    seed: int
    say: Callable[[str], None]
    scale: float = 1.0
    fallen: list[Fallen] = field(default_factory=list)

    async def run(self) -> Report:
        """People at work under blows; then every check of a simulation."""
        if not (self.folder.held() and self.folder.processes.exists()):
            raise NotInProcessesError(data=self.folder.path)
        await inhabited(self.client, self.seed, self.say)
        plan = Plan(ROUND, self.seed)
        falling = asyncio.create_task(self._fall())
        try:
            return await simulate(self.client, plan, self.say, meanwhile=falling)
        finally:
            falling.cancel()

    async def _fall(self) -> None:
        random = Random(f"{self.seed}/blows")  # noqa: S311  a script, no secret
        target = Target(self.folder, random, self.scale)
        until = time.monotonic() + self.minutes * 60
        passes = 0
        while not passes or time.monotonic() < until:
            for name in random.sample(list(BLOWS), len(BLOWS)):
                if passes and time.monotonic() > until:
                    return
                await asyncio.sleep(random.uniform(*BETWEEN))
                hit = await BLOWS[name](target)
                seconds = await self._ready(name)
                self.fallen.append(Fallen(name, hit, seconds))
                self.say(f"{name} ({hit}): ready again after {seconds:.1f} s")
            passes += 1

    async def _ready(self, blow: str) -> float:
        """Wait until every part says that it is ready; gives the seconds."""
        begin = time.monotonic()
        unready: Any = "nobody answers"
        async with httpx.AsyncClient(base_url=self.client.address, trust_env=False, timeout=10.0) as http:
            while time.monotonic() - begin < READY_SECONDS:
                try:
                    answer = await http.get("/readyz")
                except httpx.TransportError:
                    pass
                else:
                    if answer.is_success:
                        return time.monotonic() - begin
                    unready = answer.json().get("unready")
                await asyncio.sleep(0.1)
        raise NotReadyAgainError(blow=blow, seconds=round(READY_SECONDS), unready=unready)

    def table(self) -> list[tuple[str, int, str, str]]:
        """By kind of blow: how often, and the median and the longest seconds until all was ready again."""
        rows = []
        for name in BLOWS:
            seconds = sorted(one.seconds for one in self.fallen if one.blow == name)
            if seconds:
                rows.append((name, len(seconds), f"{seconds[len(seconds) // 2]:.1f}", f"{seconds[-1]:.1f}"))
        return rows
