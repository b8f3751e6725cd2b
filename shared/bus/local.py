"""The local carrier: one process reads each store by cursor and hands its events to the consumers."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from shared.bus.consumer import Consumer
from shared.bus.outage import is_outage
from shared.clock import wall_now
from shared.eventstore.store import POLL_SECONDS, SQL, START, EventStore, Position, wait_for_hint
from shared.eventstore.timers import Timers

log = structlog.get_logger("jiujin.local")
OUTAGE_WAIT = 0.5
BATCH = 500


@dataclass
class LocalCarrier:
    """Every consumer reads every source. One process at a time may be the carrier of a set of databases."""

    stores: Mapping[str, EventStore]
    consumers: Sequence[Consumer]
    timers: Sequence[Timers]
    _cursors: dict[tuple[str, str], Position] = field(default_factory=dict)
    _moved: asyncio.Event = field(default_factory=asyncio.Event)
    _gates: dict[str, asyncio.Lock] = field(default_factory=dict)
    _stopping: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self) -> None:
        """Carry until `stop`; what is in flight is finished first."""
        async with asyncio.TaskGroup() as tasks:
            for consumer in self.consumers:
                tasks.create_task(self._follow(consumer), name=f"consumer {consumer.name}")
            for timers in self.timers:
                tasks.create_task(self._tick(timers), name=f"timers {timers.service}")

    def stop(self) -> None:
        """End after what is being handled now."""
        self._stopping.set()
        for store in self.stores.values():
            store.wake()

    def gate(self, consumer: str) -> asyncio.Lock:
        """Held while a consumer handles a batch: whoever takes it stands between two batches."""
        return self._gates.setdefault(consumer, asyncio.Lock())

    def cursor(self, consumer: str, source: str) -> Position:
        """How far a consumer has read a source."""
        return self._cursors.get((consumer, source), START)

    async def _follow(self, consumer: Consumer) -> None:
        with _Hints(self.stores) as hint:
            while not self._stopping.is_set():
                hint.clear()
                try:
                    async with self.gate(consumer.name):
                        progress = await self._round(consumer)
                except Exception as error:
                    if not is_outage(error):
                        raise
                    log.warning("database away", consumer=consumer.name, error=repr(error))
                    await self._pause(OUTAGE_WAIT)
                    continue
                if progress:
                    self._moved.set()
                else:
                    await wait_for_hint(hint, await self._idle(consumer))

    async def _round(self, consumer: Consumer) -> bool:
        """One batch from each source, then what waits; whether anything came."""
        progress = False
        for source, store in self.stores.items():
            cursor = await self._load_cursor(consumer, source)
            batch = await store.read_all(cursor, BATCH)
            if batch:
                await consumer.deliver([placed.envelope for placed in batch])
                last = batch[-1].position
                await consumer.store.pool.execute(SQL.move_cursor.sql, consumer.name, source, *last)
                self._cursors[consumer.name, source] = last
                progress = True
        return bool(await consumer.drain()) or progress

    async def _load_cursor(self, consumer: Consumer, source: str) -> Position:
        known = self._cursors.get((consumer.name, source))
        if known is None:
            row = await consumer.store.pool.fetchrow(SQL.cursor_of.sql, consumer.name, source)
            known = self._cursors[consumer.name, source] = Position(*row) if row else START
        return known

    async def _idle(self, consumer: Consumer) -> float:
        retry = await consumer.next_retry()
        if retry is None:
            return POLL_SECONDS
        return min(POLL_SECONDS, max(0.01, (retry - wall_now()).total_seconds()))

    async def _tick(self, timers: Timers) -> None:
        """On a real clock fire what is due; a virtual one is moved by `advance`, which fires by itself."""
        while not self._stopping.is_set():
            try:
                if not timers.store.clock.simulated and await timers.fire_due():
                    continue
            except Exception as error:
                if not is_outage(error):
                    raise
            await self._pause(POLL_SECONDS)

    async def _pause(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), seconds)

    async def settle(self) -> None:
        """Return once every consumer has read every source to its head and nothing waits for a retry."""
        while True:
            self._moved.clear()
            if await self._settled():
                return
            for store in self.stores.values():
                store.wake()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._moved.wait(), 0.05)

    async def _settled(self) -> bool:
        heads = {source: await store.head() for source, store in self.stores.items()}
        behind = any(
            self.cursor(consumer.name, source) < head
            for consumer in self.consumers
            for source, head in heads.items()
        )
        if behind:
            return False
        for consumer in self.consumers:
            if await consumer.next_retry() is not None:
                return False
        return True

    async def next_timer(self) -> datetime | None:
        """When the next timer of any service is due."""
        due = [await timers.next_due() for timers in self.timers]
        return min((at for at in due if at is not None), default=None)

    async def fire_due(self) -> int:
        """Fire all due timers of all services, once round; gives how many there were."""
        return sum([await timers.fire_due() for timers in self.timers])


class _Hints:
    """One hint over several stores."""

    def __init__(self, stores: Mapping[str, EventStore]) -> None:
        self._stores, self._event = stores, asyncio.Event()

    def __enter__(self) -> asyncio.Event:
        for store in self._stores.values():
            store.listen(self._event)
        return self._event

    def __exit__(self, *_: object) -> None:
        for store in self._stores.values():
            store.unlisten(self._event)
