"""A consumer: what one service does with the events that reach it, whichever carrier brings them."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog

from shared.bus import codec
from shared.bus.envelope import Actor, Envelope, decode
from shared.bus.inbox import Inbox
from shared.bus.outage import is_outage
from shared.bus.reached import reached
from shared.bus.recorded import Recorded
from shared.bus.retry import Retry
from shared.clock import wall_now
from shared.contracts.event import Event
from shared.errors import VersionConflictError
from shared.eventstore.log import SQL
from shared.eventstore.signals import InboxMovedError, KeyHeldError
from shared.eventstore.store import EventStore
from shared.eventstore.values import Intake
from shared.eventstore.views import View
from shared.eventstore.work import Work
from shared.observe import traces
from shared.observe.logs import about, marks_of, named
from shared.observe.metrics import FAILED, TAKEN_IN

Reaction = Callable[[Any, Work], Awaitable[None]]
log = structlog.get_logger("jiujin.consumer")

TOGETHER = 20
"""How many events may share a transaction with a reaction: a long one holds up readers."""
REDECIDE = 20
"""How often a reaction is decided again at once when its stream has moved; a conflict isn't a failure."""


@dataclass
class Consumer:
    """Takes events in, in order per key and with no effect twice: reactions, and the service's views."""

    name: str
    store: EventStore
    reactions: Mapping[type[Event], Reaction]
    views: Sequence[View]
    retry: Retry = field(default_factory=Retry)
    durable: bool = False
    linger: float = 0.0
    """Seconds to wait for more once something has come: for a consumer that gains by larger batches."""
    types: frozenset[str] = field(init=False)
    newest: dict[str, datetime] = field(default_factory=dict, init=False)
    """When the newest event was recorded that came here, by source."""
    _inbox: Inbox = field(init=False)
    holds: bool = field(default=True, init=False)
    """Whether anything may wait here; a carrier sets it at each poll: other processes hold events, too."""

    def __post_init__(self) -> None:
        """Collect the names of the types it wants; every other known type is none of its business."""
        self._inbox = Inbox(self.name, self.store.pool)
        wanted = {kind.NAME for kind in self.reactions}
        self.types = frozenset(wanted | {kind.NAME for view in self.views for kind in view.handlers})

    def wants(self, envelope: Envelope) -> bool:
        """Whether to take it in: a wanted type, its own service's (to read one's writes), an unknown one."""
        if envelope.type in self.types or envelope.source == self.store.source:
            return True
        return not codec.is_known(envelope)

    async def deliver(self, envelopes: Sequence[Envelope]) -> None:
        """Take these in. Returns once each had its effect or waits, visibly; raises only on an outage."""
        wanted = [envelope for envelope in envelopes if self.wants(envelope)]
        if wanted:
            seen = await self._inbox.known(wanted)
            new = [envelope for envelope in wanted if envelope.stream_version > seen.get(envelope.stream, 0)]
            await self._take(new, seen)
        for envelope in envelopes:
            self.newest[envelope.source] = envelope.recorded

    async def _take(self, envelopes: Sequence[Envelope], seen: dict[str, int]) -> None:
        waiting = await self._held({envelope.key for envelope in envelopes}) if self.holds else set()
        pending: list[Recorded] = []
        taken = dict(seen)
        for envelope in envelopes:
            if envelope.stream_version <= max(taken.get(envelope.stream, 0), seen.get(envelope.stream, 0)):
                continue  # twice in one delivery, or found out meanwhile to have been taken in before
            taken[envelope.stream] = envelope.stream_version
            if envelope.key in waiting:
                await self.hold(envelope)
                continue
            try:
                recorded = (await codec.read([envelope], self.store.vault))[0]
            except Exception as error:
                if is_outage(error):
                    raise
                await self._flush(pending, seen, waiting)
                await self._fail(envelope, error, waiting)
                continue
            if type(recorded.event) in self.reactions:
                if not await self._together(pending, recorded, seen, waiting):
                    await self._flush(pending, seen, waiting)
                    await self._one(recorded, seen, waiting)
            else:
                pending.append(recorded)
        await self._flush(pending, seen, waiting)

    async def _together(
        self, pending: list[Recorded], recorded: Recorded, seen: dict[str, int], waiting: set[str]
    ) -> bool:
        """Views' events and the reaction behind them in one transaction; False when it takes more than one.

        Views must be brought up to date before a reaction that looks at them; few do. What fails here is done
        again one by one, where it is found out why.
        """
        batch = [*pending, recorded]
        if not pending or len(batch) > TOGETHER or not waiting.isdisjoint(one.envelope.key for one in batch):
            return False
        try:
            work = await self._react(recorded)
            if work is None or work.looked:
                return False
            await self._commit(work, batch, seen)
        except Exception as error:
            if is_outage(error):
                raise
            return False
        pending.clear()
        return True

    async def _flush(self, pending: list[Recorded], seen: dict[str, int], waiting: set[str]) -> None:
        """Views only: many events in one transaction; when that fails, one by one to find the one."""
        batch = [recorded for recorded in pending if recorded.envelope.key not in waiting]
        late = [recorded for recorded in pending if recorded.envelope.key in waiting]
        pending.clear()
        for recorded in late:
            await self.hold(recorded.envelope)
        if not batch:
            return
        try:
            await self._commit(None, batch, seen)
        except (InboxMovedError, KeyHeldError):
            seen.update(await self._inbox.read([recorded.envelope for recorded in batch]))
        except Exception as error:
            if is_outage(error):
                raise
        else:
            return
        for recorded in batch:
            await self._one(recorded, seen, waiting)

    async def _one(self, recorded: Recorded, seen: dict[str, int], waiting: set[str]) -> None:
        """One event with its reaction, in one transaction."""
        envelope = recorded.envelope
        if envelope.key in waiting:
            await self.hold(envelope)
            return
        if envelope.stream_version <= seen.get(envelope.stream, 0):
            return
        try:
            await self._effect(recorded, seen)
        except KeyHeldError:
            waiting.add(envelope.key)
            await self.hold(envelope)
        except Exception as error:
            if is_outage(error):
                raise
            await self._fail(envelope, error, waiting)

    async def _effect(self, recorded: Recorded, seen: dict[str, int], ordinal: int | None = None) -> None:
        with about(recorded.envelope):
            await self._decide(recorded, seen, ordinal)

    async def _decide(self, recorded: Recorded, seen: dict[str, int], ordinal: int | None) -> None:
        for again in range(REDECIDE):
            work = await self._react(recorded)
            try:
                await self._commit(work, [recorded], seen, ordinal)
            except InboxMovedError:
                seen.update(await self._inbox.read([recorded.envelope]))
                if recorded.envelope.stream_version <= seen.get(recorded.envelope.stream, 0):
                    return
            except VersionConflictError:
                if again == REDECIDE - 1:
                    raise
            else:
                return

    async def _react(self, recorded: Recorded) -> Work | None:
        reaction = self.reactions.get(type(recorded.event))
        if reaction is None:
            return None
        name = f"system:{self.name}/{reaction.__name__}"
        with traces.span(name, recorded.envelope.traceparent, type=recorded.envelope.type) as trace:
            work = Work(
                self.store,
                Actor(name, "system"),
                cause=recorded.envelope,
                seed=f"{recorded.envelope.id}/{name}",
                traceparent=trace,
            )
            await reaction(recorded.event, work)
        return work

    async def _commit(
        self, work: Work | None, batch: Sequence[Recorded], seen: dict[str, int], ordinal: int | None = None
    ) -> None:
        versions = {recorded.envelope.stream: recorded.envelope.stream_version for recorded in batch}
        keys = list({recorded.envelope.key for recorded in batch})
        intake = Intake(self.name, seen, versions, keys, draining=ordinal is not None, durable=self.durable)
        kinds = {type(recorded.event) for recorded in batch}
        views = [view for view in self.views if not kinds.isdisjoint(view.handlers)]
        if views or ordinal is not None:
            async with self.store.taking_in(work, intake) as (db, _):
                for view in views:
                    await view.apply(db, batch)
                if ordinal is not None:
                    await db.execute(SQL.release_held.sql, ordinal)
        else:
            await self.store.take(work, intake)
        for recorded in batch if traces.on() else ():
            traces.mark(f"{self.name} took in", recorded.envelope)
        seen.update(versions)
        self._inbox.note(versions)
        TAKEN_IN.labels(self.name).inc(len(batch))

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

    async def reached(self, position: str, seconds: float) -> bool:
        """Wait until `stream@version` was taken in; False when it wasn't in time, or waits for a retry."""
        return await reached(self._has, position, seconds)

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
            await self._effect(recorded, seen, row["ordinal"])
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
