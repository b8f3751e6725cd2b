"""Builds a view anew beside the live one, catches up, and swaps; readers never see half of it."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any

import asyncpg
import orjson

from shared.bus import codec
from shared.bus.envelope import Envelope, decode
from shared.contracts.operations import EventSkipped
from shared.eventstore.log import SQL
from shared.eventstore.position import START, Position
from shared.eventstore.store import EventStore
from shared.eventstore.views import Connection, View
from shared.service import Running

READ = 1000
WRITE = 200
"""Events a transaction: a longer one would stall every reader of the cluster."""

Place = tuple[str, int]


class _Source:
    """One store's envelopes up to where the consumer has read it."""

    def __init__(self, store: EventStore) -> None:
        self.store = store
        self.place = START
        self.batch: list[tuple[Position, Envelope]] = []

    async def peek(self, until: Position) -> Envelope | None:
        """The next envelope that the consumer has read, too."""
        if not self.batch and self.place < until:
            placed = await self.store.read_all(self.place, READ)
            self.batch = [(one.position, one.envelope) for one in reversed(placed)]
        if not self.batch or self.batch[-1][0] > until:
            return None
        return self.batch[-1][1]

    def take(self) -> None:
        """Go past it."""
        self.place, _ = self.batch.pop()


async def rebuild(running: Running, view: View) -> AsyncIterator[bytes]:
    """Rebuild `view`; gives lines of JSON: progress, and at the end the differences to the old tables."""
    building = _Building(running, view)
    async with _turn(running, view):
        await building.begin()
        for state in ("building", "catching up"):
            async for done in building.catch_up():
                yield _line(state=state, events=done)
        async with running.gate:  # nothing is said in here: the consumer would wait for a slow listener
            async for _ in building.catch_up():
                pass
            differences = await building.differences()
            await building.swap()
        await building.drop_old()
    yield _line(state="swapped", events=building.done, differences=differences)


def _turn(running: Running, view: View) -> asyncio.Lock:
    """Two rebuilds of one view would write into the same tables: one after the other."""
    turns: dict[str, asyncio.Lock] = running.extras.setdefault("rebuilding", {})
    return turns.setdefault(view.name, asyncio.Lock())


class _Building:
    def __init__(self, running: Running, view: View) -> None:
        self.running, self.view = running, view
        self.pool: asyncpg.Pool = running.store.pool
        self.next, self.old = f"{view.schema}_next", f"{view.schema}_old"
        self.types = {kind.NAME for kind in view.handlers}
        wanted = {name.split(".")[0] for name in self.types}
        if "operations" in wanted:  # what people did to the machinery is in every store
            wanted.update(running.sources)
        self.sources = [_Source(store) for name, store in running.sources.items() if name in wanted]
        self.skipped: dict[Place, Envelope] = {}
        self.done = 0

    async def begin(self) -> None:
        """Empty tables beside the live ones; leftovers of a rebuild that was killed go."""
        await self.pool.execute(f"DROP SCHEMA IF EXISTS {self.next} CASCADE")
        await self.pool.execute(f"DROP SCHEMA IF EXISTS {self.old} CASCADE")
        async with self.pool.acquire() as db, db.transaction():
            await self.view.create(db, self.next)

    async def catch_up(self) -> AsyncIterator[int]:
        """Apply what the consumer has taken in; gives the count after each batch.

        What waited the last time and had its effect since comes first: it is older than all that is unread.
        """
        until = {source.store.source: await self._cursor(source.store.source) for source in self.sources}
        held, passed = await self._held(), await self._passed_over()
        released = [place for place in self.skipped if place not in held]
        pending = [self.skipped.pop(place) for place in released if place not in passed]
        while True:
            heads = [(await source.peek(until[source.store.source]), source) for source in self.sources]
            ready = [(envelope.recorded, index) for index, (envelope, _) in enumerate(heads) if envelope]
            if not ready:
                break
            envelope, source = heads[min(ready)[1]]
            source.take()
            if envelope is None or envelope.type not in self.types:
                continue
            place = (envelope.stream, envelope.stream_version)
            if place in held:
                self.skipped[place] = envelope
            elif place not in passed:
                pending.append(envelope)
            if len(pending) >= WRITE:
                await self._apply(pending)
                yield self.done
                pending = []
        await self._apply(pending)
        yield self.done

    async def _passed_over(self) -> set[Place]:
        """Events that a person let this consumer go past: they had no effect, and get none now."""
        rows = await self.pool.fetch("SELECT header, data FROM store.events WHERE stream LIKE 'skip-%'")
        skips = await codec.read(
            [decode(row["header"], row["data"]) for row in rows], self.running.store.vault
        )
        return {
            (skip.event.stream, skip.event.stream_version)
            for skip in skips
            if isinstance(skip.event, EventSkipped) and skip.event.consumer == self.running.name
        }

    async def _apply(self, envelopes: list[Envelope]) -> None:
        if not envelopes:
            return
        events = await codec.read(envelopes, self.running.store.vault)
        async with self.pool.acquire() as db, db.transaction():
            await self._look(db)
            await self.view.apply(db, events)
        self.done += len(envelopes)

    async def _look(self, db: Connection) -> None:
        path = await db.fetchval("SHOW search_path")
        await db.execute(f"SET LOCAL search_path = {self.next}, {path}")

    async def _cursor(self, source: str) -> Position:
        row = await self.pool.fetchrow(SQL.cursor_of.sql, self.running.name, source)
        return Position(*row) if row else START

    async def _held(self) -> set[Place]:
        rows = await self.pool.fetch(
            "SELECT stream, stream_version FROM store.held WHERE consumer = $1", self.running.name
        )
        return {(row["stream"], row["stream_version"]) for row in rows}

    async def differences(self) -> dict[str, Mapping[str, int]]:
        """Rows that only the old or only the new tables have, by table."""
        tables = await self.pool.fetch(
            "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = $1", self.next
        )
        found: dict[str, Mapping[str, int]] = {}
        for table in tables:
            name = table["name"]
            if not await self.pool.fetchval("SELECT to_regclass($1)", f"{self.view.schema}.{name}"):
                continue
            found[name] = {
                "only_old": await self._only(self.view.schema, self.next, name),
                "only_new": await self._only(self.next, self.view.schema, name),
            }
        return found

    async def _only(self, there: str, here: str, table: str) -> int:
        """Rows of a table in one schema that the other hasn't; compared as text, so any column will do."""
        count: Any = await self.pool.fetchval(
            f"SELECT count(*) FROM (SELECT t::text FROM {there}.{table} t "  # noqa: S608  our own names
            f"EXCEPT ALL SELECT t::text FROM {here}.{table} t) AS d"
        )
        return int(count)

    async def swap(self) -> None:
        """The new tables take the live ones' place, in one transaction."""
        async with self.pool.acquire() as db, db.transaction():
            await db.execute(f"ALTER SCHEMA {self.view.schema} RENAME TO {self.old}")
            await db.execute(f"ALTER SCHEMA {self.next} RENAME TO {self.view.schema}")
            await db.execute(
                "UPDATE store.views SET version = $2, built = now() WHERE name = $1",
                self.view.name,
                self.view.version,
            )

    async def drop_old(self) -> None:
        """The old tables, once no reader has them."""
        await self.pool.execute(f"DROP SCHEMA {self.old} CASCADE")


def _line(**facts: object) -> bytes:
    return orjson.dumps(facts) + b"\n"
