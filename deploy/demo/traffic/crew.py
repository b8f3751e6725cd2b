"""Everybody who is at work: starts journeys, keeps them going on either pace, and tells how many are over."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from secrets import token_hex
from typing import Any
from uuid import UUID

from deploy.client import TRACE
from deploy.demo.traffic.desk import Desk
from deploy.demo.traffic.journey import follow, live
from deploy.demo.traffic.living import LIVES, Life
from deploy.demo.traffic.pace import VirtualPace
from deploy.demo.traffic.people import Town
from deploy.demo.traffic.scene import Scene
from deploy.demo.traffic.story import Story

BEATS = 6 * 60.0
"""Minutes between two looks at what the system itself has opened."""
OWN_CHANNELS = frozenset({"welfare_check", "plan"})
AT_ONCE = 48
"""Journeys under way at a time on a real clock."""

Progress = Callable[[int, int, datetime], None]
"""Requests over, requests in all, the time."""


@dataclass
class Crew:
    """All who are at work."""

    desk: Desk
    town: Town
    seed: int
    over: int = 0
    total: int = 0
    followed: set[str] = field(default_factory=set)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _journeys: int = 0
    _room: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    def scene(self, number: str) -> Scene:
        """The scene of a story; whose it is, the story says."""
        story = Story(self.seed, number)
        cadre = story.one_of("cadre", self.town.cadres)
        return Scene(self.desk, self.town, story, cadre, self.adopt)

    async def work(
        self,
        times: list[datetime],
        lives: int,
        last: datetime | None = None,
        progress: Progress = lambda *_: None,
    ) -> None:
        """A request at each of these times and `lives` other events, until all is over or `last` has come."""
        self.total = len(times)
        for number, at in enumerate(times):
            self._start(self._one(self.scene(f"{number:05}"), at, progress))
        for number in range(lives):
            at = times[number * len(times) // lives]
            self._start(self._life(self.scene(f"life-{number:04}"), at))
        self._start(self._watch(), journey=False)
        if isinstance(self.desk.pace, VirtualPace):
            await self.desk.pace.run(last)
            for task in self._tasks:
                task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def take_up(self, standing: Mapping[str, UUID]) -> None:
        """Follow these requests again, on a real clock; by their ids, with their cadres."""
        for request, cadre in standing.items():
            scene = replace(self.scene(f"again-{request}"), cadre=self.town.by_id[cadre])
            self._start(self._again(scene, request))
        await asyncio.gather(*self._tasks)

    async def _again(self, scene: Scene, request: str) -> None:
        async with self._room:
            await follow(scene, request)

    async def _one(self, scene: Scene, at: datetime, progress: Progress) -> None:
        if isinstance(self.desk.pace, VirtualPace):
            await self.desk.pace.until(at)
            await live(scene)
        else:
            async with self._room:
                await live(scene)
        self.over += 1
        progress(self.over, self.total, self.desk.pace.now())

    async def _life(self, scene: Scene, at: datetime) -> None:
        await self.desk.pace.until(at)
        life: Life = scene.story.weighted("life", LIVES)
        await life(scene)

    async def _watch(self) -> None:
        """Follow what the system itself has opened: welfare checks and planned visits."""
        operator = self.town.operator(0)
        while self._journeys:
            await self.desk.pace.pause(BEATS)
            found = await self.desk.look(operator, "/intake/api/v1/requests", open=True, limit=200)
            for row in found["items"]:
                if row["channel"] in OWN_CHANNELS:
                    self.adopt(row["id"], row["cadre"])

    def adopt(self, request: str, cadre: str) -> None:
        """Follow a request that nobody called in."""
        found = self.town.by_id.get(UUID(cadre))
        if found is None or request in self.followed:
            return
        self.followed.add(request)
        self.desk.ledger.took("opened by the system")
        scene = replace(self.scene(f"own-{request}"), cadre=found)
        self._start(follow(scene, request))

    def _start(self, coroutine: Coroutine[Any, Any, None], *, journey: bool = True) -> None:
        self._journeys += journey
        task = asyncio.create_task(self._safely(coroutine, journey=journey))
        self._tasks.add(task)

    async def _safely(self, coroutine: Coroutine[Any, Any, None], *, journey: bool) -> None:
        """What breaks a journey is a finding; the others go on. On a real clock each is one trace."""
        try:
            if isinstance(self.desk.pace, VirtualPace):
                async with self.desk.pace.working():
                    await coroutine
            else:
                TRACE.set(f"00-{token_hex(16)}-{token_hex(8)}-01")
                await coroutine
        except Exception as error:  # noqa: BLE001  told at the end
            self.desk.ledger.strange.append(f"a journey broke: {error!r}")
        finally:
            self._journeys -= journey
