"""The log of one service on PostgreSQL: its events in the order of their commits, and hints of new ones."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import aiosql
import asyncpg

from shared.bus.envelope import Envelope, decode
from shared.eventstore.flights import Flights
from shared.eventstore.position import START, Position

SQL = aiosql.from_path(Path(__file__).with_name("queries.sql"), "asyncpg", mandatory_parameters=False)
POLL_SECONDS = 0.5
RELAY = "relay"
"""Under which name a relay leads, and keeps how far it has sent."""


class Placed(NamedTuple):
    """An envelope with its place in the store it was read from."""

    position: Position
    envelope: Envelope


class Stored(NamedTuple):
    """An event's bytes with their place in the store they were read from."""

    position: Position
    header: bytes
    data: bytes


class Look(NamedTuple):
    """The next events behind a place, and the place of the last that is there.

    Readers must still wait for those up to `last` that aren't among `events`.
    """

    events: list[Stored]
    last: Position

    @property
    def placed(self) -> list[Placed]:
        """The events as envelopes."""
        return [Placed(stored.position, decode(stored.header, stored.data)) for stored in self.events]


class EventLog:
    """Read a stream, read all from a cursor, be told of new events; nothing is opened and nothing written."""

    def __init__(self, source: str, pool: asyncpg.Pool, *, exclusive: bool = False) -> None:
        """That of service `source`, reached by `pool`; `exclusive` when nobody but this object writes."""
        self.source = source
        self.pool = pool
        self.exclusive = exclusive
        self.flights = Flights()
        self.changes = 0
        self._listeners: set[asyncio.Event] = set()

    async def read_stream_raw(
        self, stream: str, after: int = 0, limit: int | None = None
    ) -> list[tuple[Envelope, bytes]]:
        """A stream's envelopes with their stored hashes, unread: for checking and for showing as they are."""
        rows = await self.pool.fetch(
            f"{SQL.read_stream.sql.rstrip().rstrip(';')} LIMIT $3", stream, after, limit
        )
        return [(decode(row["header"], row["data"]), row["hash"]) for row in rows]

    async def read_all(self, after: Position, limit: int = 500) -> list[Placed]:
        """What `read_stored` finds, as envelopes."""
        return (await self.look(after, limit)).placed

    async def read_stored(self, after: Position, limit: int = 500) -> list[Stored]:
        """Up to `limit` events behind `after`, none of which an open transaction can still precede."""
        return (await self.look(after, limit)).events

    async def look(self, after: Position, limit: int = 500) -> Look:
        """The same, with how far those reach that such a transaction still keeps from readers."""
        horizon = self.flights.horizon() if self.exclusive else START
        rows = await self.pool.fetch(SQL.read_all.sql, *after, limit, *horizon)
        there = [Stored(Position(*row[:3]), row["header"], row["data"]) for row in rows]
        last = there[-1].position if there else after
        return Look([stored for stored in there if stored.header is not None], last)

    async def flush(self) -> None:
        """Return once all that was committed by now, in the whole cluster, is on the disk."""
        await self.pool.execute(SQL.flush.sql)

    @property
    def newest(self) -> Position:
        """The place of the newest event that this process knows of."""
        return self.flights.newest

    async def head(self) -> Position:
        """The place of the newest event, whoever wrote it; START when there is none."""
        row = await self.pool.fetchrow(SQL.head.sql)
        self.flights.landed(Position(*row) if row else START)
        return self.newest

    async def subscribe(
        self, after: Position, *, limit: int = 500, poll: float = POLL_SECONDS
    ) -> AsyncIterator[list[Placed]]:
        """Batches of envelopes for ever. The hint only shortens the wait: polling finds everything."""
        hint = asyncio.Event()
        self.listen(hint)
        try:
            while True:
                hint.clear()
                batch = await self.read_all(after, limit)
                if batch:
                    after = batch[-1].position
                    yield batch
                else:
                    await wait_for_hint(hint, poll)
        finally:
            self.unlisten(hint)

    def listen(self, hint: asyncio.Event) -> None:
        """Set `hint` whenever this process has appended."""
        self._listeners.add(hint)

    def unlisten(self, hint: asyncio.Event) -> None:
        """No longer."""
        self._listeners.discard(hint)

    def wake(self) -> None:
        """Tell everyone who waits that something may be new."""
        for listener in self._listeners:
            listener.set()

    def changed(self, place: Sequence[int] | None = None) -> None:
        """Note a write of this process, the last event at `place`: `newest` and `changes` are its marks.

        They shorten waits and spare queries; what other processes write is found by polling.
        """
        self.changes += 1
        if place:
            self.flights.landed(Position(*place))
        self.wake()


async def wait_for_hint(hint: asyncio.Event, seconds: float) -> None:
    """Wait for the hint, `seconds` at most; without a task for each wait."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await hint.wait()
