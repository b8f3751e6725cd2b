"""The local carrier: one process reads each store by cursor and hands its events to the consumers."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

import structlog

from shared.bus.consumer import Consumer
from shared.bus.outage import is_outage
from shared.clock import wall_now
from shared.eventstore.log import POLL_SECONDS, SQL, Placed, wait_for_hint
from shared.eventstore.memory import Memory
from shared.eventstore.position import START, Position
from shared.eventstore.store import EventStore
from shared.eventstore.timers import Timers
from shared.observe.logs import named

log = structlog.get_logger("jiujin.local")
OUTAGE_WAIT = 0.5
TROUBLE_WAIT = 10.0
STUCK_SECONDS = 60.0
"""A round takes half a second when there is nothing to do, and a few when there is much."""
BLOCKED_WAIT = 0.01
BATCH = 500
BATCHES = 8


@dataclass
class LocalCarrier:
    """Every consumer reads every source. One process at a time may be the carrier of a set of databases."""

    sends: ClassVar[bool] = False
    stores: Mapping[str, EventStore]
    consumers: Sequence[Consumer]
    timers: Sequence[Timers]
    _cursors: dict[tuple[str, str], Position] = field(default_factory=dict)
    _moved: asyncio.Event = field(default_factory=asyncio.Event)
    _gates: dict[str, asyncio.Lock] = field(default_factory=dict)
    _stopping: asyncio.Event = field(default_factory=asyncio.Event)
    _unwritten: set[tuple[str, str]] = field(default_factory=set)
    _reading: dict[str, asyncio.Lock] = field(default_factory=dict)
    _recent: dict[str, Memory[Sequence[Placed]]] = field(default_factory=dict)
    _settled_at: dict[bool, tuple[int, ...]] = field(default_factory=dict)
    _rounds: dict[str, float] = field(default_factory=dict)
    _due: dict[str, tuple[int, datetime | None]] = field(default_factory=dict)

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

    def lock(self, consumer: str) -> asyncio.Lock:
        """Held while a consumer handles a batch: whoever takes it stands between two."""
        return self._gates.setdefault(consumer, asyncio.Lock())

    def cursor(self, consumer: str, source: str) -> Position:
        """How far a consumer has read a source."""
        return self._cursors.get((consumer, source), START)

    async def lag(self, consumer: Consumer) -> Mapping[str, int]:
        """How many events of each source lie behind what it has read."""
        return {
            source: await store.pool.fetchval(SQL.lag.sql, *await self._load_cursor(consumer, source))
            for source, store in self.stores.items()
        }

    async def unready(self, consumer: Consumer) -> list[str]:
        """Whether the consumer goes its rounds; an outage of the database shows elsewhere."""
        silent = asyncio.get_running_loop().time() - self._rounds.get(consumer.name, 0.0)
        return ["the consumer does not move"] if silent > STUCK_SECONDS else []

    async def _follow(self, consumer: Consumer) -> None:
        now = asyncio.get_running_loop().time
        poll_at, empty, failures, begun = now(), 0, 0, False
        self._rounds[consumer.name] = now()
        with _Hints(self.stores) as hint:
            while not self._stopping.is_set():
                hint.clear()
                poll = now() >= poll_at
                try:
                    if not begun:
                        await consumer.resume_known()
                        begun = True
                    async with self.lock(consumer.name):
                        progress = await self._round(consumer, poll=poll)
                        self._rounds[consumer.name] = now()
                        if poll:
                            await self.write_cursors(consumer.name)
                    idle = 0.0 if progress else await self._idle(consumer, empty)
                except Exception as error:  # noqa: BLE001  whatever it is, the others go on and this one tries again
                    poll_at = now()
                    failures += 1
                    await self._trouble(consumer.name, error, failures)
                    continue
                failures = 0
                if poll:
                    poll_at = now() + POLL_SECONDS
                if progress:
                    self._moved.set()
                    empty = 0
                    continue
                empty += 1
                await wait_for_hint(hint, idle)
                if consumer.linger and not self._stopping.is_set():
                    await asyncio.sleep(consumer.linger)
        await self.write_cursors(consumer.name)

    async def _trouble(self, name: str, error: Exception, failures: int) -> None:
        """Tell of what an event can't be blamed for, and wait a while."""
        if is_outage(error):
            log.warning("database away", name=name, error=named(error))
            await self._pause(OUTAGE_WAIT)
        else:
            log.error("unexpected, trying again", name=name, failures=failures, exc_info=error)
            await self._pause(min(OUTAGE_WAIT * 2 ** min(failures, 10), TROUBLE_WAIT))

    async def _round(self, consumer: Consumer, *, poll: bool) -> bool:
        """One batch from each source, then what waits; whether anything came.

        Between polls only those sources are read that this process has appended to since; a source that
        nobody else appends to needs no poll.
        """
        progress = False
        if poll:
            consumer.holds = True
        for source, store in self.stores.items():
            cursor = await self._load_cursor(consumer, source)
            if store.newest <= cursor and not (poll and not store.exclusive):
                continue
            batch = await self._read(source, cursor)
            if batch:
                await consumer.deliver([placed.envelope for placed in batch])
                self._cursors[consumer.name, source] = batch[-1].position
                self._unwritten.add((consumer.name, source))
                progress = True
        return bool(await consumer.drain()) or progress

    async def _read(self, source: str, after: Position) -> Sequence[Placed]:
        """The next batch; consumers that stand at the same place share it, read and decoded once."""
        async with self._reading.setdefault(source, asyncio.Lock()):
            recent = self._recent.setdefault(source, Memory(BATCHES))
            batch: Sequence[Placed] = recent.get(str(after)) or ()
            if not batch:
                batch = await self.stores[source].read_all(after, BATCH)
                if batch:
                    recent.put(str(after), batch)
            return batch

    async def write_cursors(self, consumer: str) -> None:
        """Write down how far a consumer has read: after a crash it reads again from there, without effect."""
        for name, source in [place for place in self._unwritten if place[0] == consumer]:
            place = self._cursors[name, source]
            await self.stores[consumer].pool.execute(SQL.move_cursor.sql, name, source, *place)
            self._unwritten.discard((name, source))

    async def _load_cursor(self, consumer: Consumer, source: str) -> Position:
        known = self._cursors.get((consumer.name, source))
        if known is None:
            row = await consumer.store.pool.fetchrow(SQL.cursor_of.sql, consumer.name, source)
            known = self._cursors[consumer.name, source] = Position(*row) if row else START
        return known

    async def _idle(self, consumer: Consumer, empty: int) -> float:
        """How long to wait for a hint; briefly when a transaction still open hides what we have appended."""
        if self._behind(consumer):
            return min(POLL_SECONDS, BLOCKED_WAIT * (1 << min(empty, 3)))
        retry = await consumer.next_retry()
        if retry is None:
            return POLL_SECONDS
        return min(POLL_SECONDS, max(BLOCKED_WAIT, (retry - wall_now()).total_seconds()))

    def _behind(self, consumer: Consumer) -> bool:
        return any(self.cursor(consumer.name, source) < store.newest for source, store in self.stores.items())

    async def _tick(self, timers: Timers) -> None:
        """On a real clock fire what is due; a virtual one is moved by `advance`, which fires by itself."""
        failures = 0
        while not self._stopping.is_set():
            try:
                if not timers.store.clock.simulated and await timers.fire_due():
                    continue
                failures = 0
            except Exception as error:  # noqa: BLE001  as in _follow
                failures += 1
                await self._trouble(timers.service, error, failures)
            await self._pause(POLL_SECONDS)

    async def _pause(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), seconds)

    async def settle(self, *, reacting: bool = False) -> None:
        """Return once every consumer has read every source to its head and nothing waits for a retry.

        `reacting` leaves out those that react to nothing: they can't change what happens next. Costs nothing
        when this process has written nothing since the last time.
        """
        consumers = [one for one in self.consumers if one.reactions] if reacting else self.consumers
        while True:
            self._moved.clear()
            changes = tuple(store.changes for store in self.stores.values())
            if self._settled_at.get(reacting) == changes:
                return
            if await self._settled(consumers):
                self._settled_at[True] = changes
                if not reacting:
                    self._settled_at[False] = changes
                return
            for store in self.stores.values():
                store.wake()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._moved.wait(), 0.05)

    async def _settled(self, consumers: Sequence[Consumer]) -> bool:
        if any(self._behind(consumer) for consumer in consumers):
            return False
        for store in self.stores.values():
            if not store.exclusive:
                await store.head()
        if any(self._behind(consumer) for consumer in consumers):
            return False
        for consumer in consumers:
            if await consumer.next_retry() is not None:
                return False
        return True

    async def next_timer(self) -> datetime | None:
        """When the next timer of any service is due."""
        due = [await self._next_due(timers) for timers in self.timers]
        return min((at for at in due if at is not None), default=None)

    async def fire_due(self) -> int:
        """Fire all due timers of all services, once round; gives how many there were."""
        fired = 0
        for timers in self.timers:
            due = await self._next_due(timers)
            if timers.failing or (due is not None and due <= timers.store.clock.now()):
                fired += await timers.fire_due()
        return fired

    async def _next_due(self, timers: Timers) -> datetime | None:
        """When the service's next timer is due; asked of the database only after a change."""
        changes = timers.store.changes
        known = self._due.get(timers.service)
        if known is None or known[0] != changes:
            known = self._due[timers.service] = (changes, await timers.next_due())
        return known[1]


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
