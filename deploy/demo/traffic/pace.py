"""How time passes for simulated people: at no cost on a virtual clock; on a real one hours are moments."""

import asyncio
import heapq
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Protocol

from shared.clock import wall_now

TICK = timedelta(minutes=15)
SHORTEST = 0.2
"""Seconds of the shortest pause on a real clock: the time in which reactions follow."""
LONGEST_PAUSE, LONGEST_WAIT = 2.0, 8.0
HURRY = 120
"""Minutes of the story that pass in a second."""

Move = Callable[[datetime], Awaitable[datetime]]


class Pace(Protocol):
    """What a journey knows of time."""

    def now(self) -> datetime:
        """The time, aware, UTC."""

    async def until(self, at: datetime) -> None:
        """Return at this time, or a moment later; everything that was done before has had its effect."""

    async def meet(self, at: datetime) -> None:
        """Wait for an appointment; on a real clock people come at once."""

    async def pause(self, minutes: float) -> None:
        """Let so many minutes of the story pass."""


class VirtualPace:
    """Moves the virtual clock to the next thing to do once everybody waits, to a full quarter of an hour.

    `move` brings the clock to a time and returns once all has settled. Everybody works inside `working()`.
    """

    def __init__(self, move: Move, now: datetime, tick: timedelta = TICK) -> None:
        """Begin at `now`."""
        self._move, self._now, self._tick = move, now, tick
        self._sleepers: list[tuple[datetime, int, asyncio.Future[None]]] = []
        self._order = count()
        self._awake = 0
        self._all_asleep = asyncio.Event()

    def now(self) -> datetime:
        """Virtual time."""
        return self._now

    async def until(self, at: datetime) -> None:
        """Sleep; a time that has passed waits for what was done to have its effect."""
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (max(at, self._now), next(self._order), woken))
        self._falls_asleep()
        await woken

    async def meet(self, at: datetime) -> None:
        """Sleep until then."""
        await self.until(at)

    async def pause(self, minutes: float) -> None:
        """Sleep so long; none at all waits for what was done to have its effect."""
        await self.until(self._now + timedelta(minutes=minutes))

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        """Somebody is awake until the context ends, but for the times when they wait."""
        self._awake += 1
        try:
            yield
        finally:
            self._falls_asleep()

    def _falls_asleep(self) -> None:
        self._awake -= 1
        if self._awake == 0:
            self._all_asleep.set()

    async def run(self, last: datetime | None = None) -> None:
        """Move the clock from tick to tick until nobody waits any more, or the next waits beyond `last`."""
        await asyncio.sleep(0)
        while True:
            while self._awake:
                self._all_asleep.clear()
                await self._all_asleep.wait()
            if not self._sleepers:
                return
            at = _ceiled(self._sleepers[0][0], self._tick) if self._sleepers[0][0] > self._now else self._now
            if last is not None and at > last:
                return
            self._now = max(at, await self._move(at))
            while self._sleepers and self._sleepers[0][0] <= self._now:
                _, _, woken = heapq.heappop(self._sleepers)
                if not woken.done():
                    self._awake += 1
                    woken.set_result(None)


def _ceiled(at: datetime, tick: timedelta) -> datetime:
    since = at - datetime(1970, 1, 1, tzinfo=UTC)
    return at + (-since % tick)


class RealPace:
    """Wall time, a second for every two hours of the story, and never long."""

    def now(self) -> datetime:
        """Wall time."""
        return wall_now()

    async def until(self, at: datetime) -> None:
        """Sleep, for a short while at the least and a few seconds at the most."""
        seconds = (at - wall_now()).total_seconds()
        await asyncio.sleep(min(max(SHORTEST, seconds), LONGEST_WAIT))

    async def meet(self, _: datetime) -> None:
        """Come at once."""
        await asyncio.sleep(SHORTEST)

    async def pause(self, minutes: float) -> None:
        """Sleep a second for every two hours."""
        await asyncio.sleep(min(max(SHORTEST, minutes / HURRY), LONGEST_PAUSE))
