"""A consumer: what one service does with the events that reach it, whichever carrier brings them."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog
from asyncpg import Record

from shared.bus import codec
from shared.bus.effect import TOGETHER, Effect, Reaction
from shared.bus.envelope import Envelope, decode
from shared.bus.inbox import Inbox
from shared.bus.inhand import InHand
from shared.bus.outage import is_outage
from shared.bus.reached import reached
from shared.bus.recorded import Recorded
from shared.bus.retry import Retry
from shared.clock import wall_now
from shared.contracts.event import Event
from shared.eventstore.log import SQL, wait_for_hint
from shared.eventstore.signals import InboxMovedError, KeyHeldError
from shared.eventstore.store import EventStore
from shared.eventstore.views import View
from shared.observe.logs import marks_of, named
from shared.observe.metrics import FAILED

log = structlog.get_logger("jiujin.consumer")


@dataclass
class Consumer:
    """Takes events in, in order per key and with no effect twice: reactions, and the service's views."""

    name: str
    store: EventStore
    reactions: Mapping[type[Event], Reaction]
    views: Sequence[View]
    retry: Retry = field(default_factory=Retry)
    linger: float = 0.0
    """Without a broker: seconds to wait for more once something has come, where larger batches gain."""
    gather: float = 0.0
    """Seconds between two batches from a broker, while others' events gather: where nobody waits for them."""
    own_gather: float = 0.03
    """Seconds that the service's own events may gather, where others' may as well."""
    types: frozenset[str] = field(init=False)
    watched: set[asyncio.Event] = field(default_factory=set, init=False)
    """Set whenever the views may have moved here; what other processes of the service do isn't told."""
    newest: dict[str, datetime] = field(default_factory=dict, init=False)
    """When the newest event was recorded that came here, by source."""
    _in_hand: InHand = field(default_factory=InHand, init=False)
    _readers: int = field(default=0, init=False)
    _waited_for: asyncio.Event = field(default_factory=asyncio.Event, init=False)
    _effect: Effect = field(init=False)
    holds: bool = field(default=True, init=False)
    """Whether anything may wait here; a carrier sets it at each poll: other processes hold events, too."""

    def __post_init__(self) -> None:
        """Collect the names of the types it wants; every other known type is none of its business."""
        self._effect = Effect(self.name, self.store, self.reactions, self.views)
        wanted = {kind.NAME for kind in self.reactions}
        self.types = frozenset(wanted | {kind.NAME for view in self.views for kind in view.handlers})

    def outlast_crashes(self) -> None:
        """From now on what it takes in is on the disk once it is: a carrier's place won't go back for it."""
        self._effect.durable = True

    @property
    def _inbox(self) -> Inbox:
        return self._effect.inbox

    def follows(self, source: str) -> bool:
        """Whether a service has anything for it: a type that it wants, or its own writes."""
        return source == self.store.source or any(kind.startswith(f"{source}.") for kind in self.types)

    def wants(self, envelope: Envelope) -> bool:
        """Whether to take it in: a wanted type, its own service's (to read one's writes), an unknown one."""
        if envelope.type in self.types or envelope.source == self.store.source:
            return True
        return not codec.is_known(envelope)

    async def deliver(self, envelopes: Sequence[Envelope]) -> None:
        """Take these in. Returns once each had its effect or waits, visibly; raises only on an outage."""
        wanted = [envelope for envelope in envelopes if self.wants(envelope)]
        if wanted:
            with self._in_hand.holding(wanted):
                seen = await self._inbox.known(wanted)
                await self._take(_new(wanted, seen), seen)
        for envelope in envelopes:
            self.newest[envelope.source] = envelope.recorded
        if wanted:
            self._tell()

    def _tell(self) -> None:
        for one in self.watched:
            one.set()

    async def _take(self, envelopes: Sequence[Envelope], seen: dict[str, int]) -> None:
        waiting = await self._held({envelope.key for envelope in envelopes}) if self.holds else set()
        ready: list[Recorded] = []
        for envelope, found in zip(envelopes, await self._read(envelopes), strict=True):
            if isinstance(found, Recorded):
                ready.append(found)
                continue
            await self._flush(ready, seen, waiting)
            ready = []
            if envelope.key in waiting:
                await self.hold(envelope)
            else:
                await self._fail(envelope, found, waiting)
        await self._flush(ready, seen, waiting)

    async def _read(self, envelopes: Sequence[Envelope]) -> Sequence[Recorded | Exception]:
        """What is in them; in the place of one that can't be read, why."""
        try:
            return await codec.read(envelopes, self.store.vault)
        except Exception as error:
            if is_outage(error):
                raise
            if len(envelopes) == 1:
                return [error]
            return [found for envelope in envelopes for found in await self._read([envelope])]

    async def _flush(self, ready: Sequence[Recorded], seen: dict[str, int], waiting: set[str]) -> None:
        """As many in a transaction as can be; of what fails fewer, then one by one to find the one."""
        most = len(ready)
        while ready := await self._still(ready, seen, waiting):
            try:
                ready = ready[await self._effect.of_some(ready[:most], seen) :]
            except (InboxMovedError, KeyHeldError):
                seen.update(await self._inbox.read([recorded.envelope for recorded in ready]))
            except Exception as error:
                if is_outage(error):
                    raise
            else:
                continue
            if most > TOGETHER:
                most = TOGETHER
                continue
            for recorded in ready[:most]:
                await self._one(recorded, seen, waiting)
            ready = ready[most:]

    async def _still(
        self, ready: Sequence[Recorded], seen: dict[str, int], waiting: set[str]
    ) -> Sequence[Recorded]:
        """What is still to be done: what was taken in is passed over, and what must wait does."""
        new = [one for one in ready if one.envelope.stream_version > seen.get(one.envelope.stream, 0)]
        for recorded in new:
            if recorded.envelope.key in waiting:
                await self.hold(recorded.envelope)
        return [recorded for recorded in new if recorded.envelope.key not in waiting]

    async def _one(self, recorded: Recorded, seen: dict[str, int], waiting: set[str]) -> None:
        """One event with its reaction, in one transaction."""
        envelope = recorded.envelope
        if not await self._still([recorded], seen, waiting):
            return
        try:
            await self._effect.of_one(recorded, seen)
        except KeyHeldError:
            waiting.add(envelope.key)
            await self.hold(envelope)
        except Exception as error:
            if is_outage(error):
                raise
            await self._fail(envelope, error, waiting)

    async def _held(self, keys: set[str]) -> set[str]:
        rows = await self.store.pool.fetch(SQL.held_keys.sql, self.name, list(keys))
        return {row["key"] for row in rows}

    async def _fail(self, envelope: Envelope, error: Exception, waiting: set[str]) -> None:
        waiting.add(envelope.key)
        FAILED.labels(self.name).inc()
        log.warning("event failed", consumer=self.name, **marks_of(envelope), error=named(error))
        await self.hold(envelope, error)

    async def hold(self, envelope: Envelope, error: Exception | None = None) -> None:
        """Let an event wait: behind others of its key, or for what `error` calls for."""
        self.holds = True
        await self.store.pool.execute(
            SQL.hold.sql,
            self.name,
            envelope.key,
            envelope.source,
            envelope.stream,
            envelope.stream_version,
            envelope.header,
            envelope.data,
            *self.retry.after(envelope, 0, error),
        )

    async def resume_known(self) -> None:
        """At a start: let go on what waited for a program that knows it."""
        for row in await self.store.pool.fetch(SQL.held_untried.sql, self.name):
            if codec.is_known(decode(row["header"], b"")):
                await self.store.pool.execute(SQL.retry_held.sql, row["ordinal"])

    async def gathering(self) -> None:
        """Let the service's own events gather for a moment, unless somebody waits to read what they do."""
        if self.gather:
            await wait_for_hint(self._waited_for, self.own_gather)

    async def reached(self, position: str, seconds: float) -> bool:
        """Wait until `stream@version` was taken in; False when it wasn't in time, or waits for a retry."""
        self._readers += 1
        self._waited_for.set()
        try:
            return await reached(self._has, position, seconds, self._inbox.moved)
        finally:
            self._readers -= 1
            if not self._readers:
                self._waited_for.clear()

    async def caught_up(self, sql: str, about: object, stream: str, seconds: float) -> Record:
        """What `sql` gives for its `$1`, empty if nothing; `seconds` at most until it shows the whole stream.

        The stream is one of the service's own, and waited for if it flows. What this process is just taking
        in about the same id, and may write there, is waited for as well.
        """
        await self._in_hand.let_go(stream, seconds)
        row, unread = await self._inbox.row(sql, about, stream)
        if unread is None or not await self.reached(f"{stream}@{unread}", seconds):
            return row
        return (await self._inbox.row(sql, about, stream))[0]

    async def _has(self, stream: str, version: int) -> bool:
        return await self._inbox.has(stream, version)

    async def drain(self) -> int:
        """Try again what waits and whose time has come, key by key in order; gives how many went through."""
        done = 0
        if not self.holds:
            return done
        for first in await self.store.pool.fetch(SQL.held_first.sql, self.name, wall_now()):
            row: Any = first
            while row is not None and row["parked_at"] is None and await self._again(row):
                done += 1
                self._tell()
                row = await self.store.pool.fetchrow(SQL.held_after.sql, self.name, row["key"])
        self.holds = await self.store.pool.fetchval(SQL.holds.sql, self.name)
        return done

    async def _again(self, row: Any) -> bool:
        envelope = decode(row["header"], row["data"])
        seen = await self._inbox.read([envelope])
        if envelope.stream_version <= seen.get(envelope.stream, 0):  # it had its effect in another process
            await self.store.pool.execute(SQL.release_held.sql, row["ordinal"])
            return True
        try:
            recorded = (await codec.read([envelope], self.store.vault))[0]
            await self._effect.of_one(recorded, seen, row["ordinal"])
        except Exception as error:
            if is_outage(error):
                raise
            noted = self.retry.after(envelope, row["attempts"], error)
            await self.store.pool.execute(SQL.fail_held.sql, row["ordinal"], *noted)
            return False
        return True

    async def next_retry(self) -> datetime | None:
        """When something that waits is to be tried again; None when nothing waits, or only for a person."""
        value: datetime | None = None
        if self.holds:
            value = await self.store.pool.fetchval(SQL.next_held.sql, self.name)
        return value


def _new(envelopes: Sequence[Envelope], seen: Mapping[str, int]) -> Sequence[Envelope]:
    """Those not taken in before, each once, however often they are in one delivery."""
    taken = dict(seen)
    new = []
    for envelope in envelopes:
        if envelope.stream_version > taken.get(envelope.stream, 0):
            taken[envelope.stream] = envelope.stream_version
            new.append(envelope)
    return new
