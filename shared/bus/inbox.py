"""What a consumer has taken in: of each stream, up to which version."""

import asyncio
from collections.abc import Mapping, Sequence

import asyncpg

from shared.bus.envelope import Envelope
from shared.eventstore.log import SQL, wait_for_hint
from shared.eventstore.memory import Memory

STREAMS_SEEN = 100_000
_ROW = f"SELECT u.unread, r.* FROM ({SQL.unread.sql}) u LEFT JOIN ({{sql}}) r ON true"  # noqa: S608  our own statements


class Inbox:
    """The inbox of one consumer, and what this process remembers of it."""

    def __init__(self, consumer: str, pool: asyncpg.Pool) -> None:
        """Of `consumer`, in its service's database."""
        self._consumer = consumer
        self._pool = pool
        self._seen: Memory[int] = Memory(STREAMS_SEEN)
        self._noted = asyncio.Event()

    async def known(self, envelopes: Sequence[Envelope]) -> dict[str, int]:
        """What was taken in of these streams, as far as this process knows; a new stream's is nothing.

        Being wrong is found out when it is written, and asked then.
        """
        known = {envelope.stream: self._seen.get(envelope.stream) for envelope in envelopes}
        begun = {envelope.stream for envelope in envelopes if envelope.stream_version == 1}
        asked = [envelope for envelope in envelopes if known[envelope.stream] is None]
        if all(envelope.stream in begun for envelope in asked):
            return {stream: version or 0 for stream, version in known.items()}
        return {stream: version or 0 for stream, version in known.items()} | await self.read(asked)

    async def read(self, envelopes: Sequence[Envelope]) -> dict[str, int]:
        """What is written down of these streams."""
        streams = list({envelope.stream for envelope in envelopes})
        rows = await self._pool.fetch(SQL.inbox_of.sql, self._consumer, streams)
        return {row["stream"]: row["version"] for row in rows}

    async def has(self, stream: str, version: int) -> bool:
        """Whether this version of a stream, or a later one, is written down."""
        if (self._seen.get(stream) or 0) >= version:
            return True
        rows = await self._pool.fetch(SQL.inbox_of.sql, self._consumer, [stream])
        return any(row["version"] >= version for row in rows)

    def note(self, versions: Mapping[str, int]) -> None:
        """Remember what was just written down."""
        for stream, version in versions.items():
            self._seen.put(stream, version)
        self._noted.set()
        self._noted = asyncio.Event()

    async def moved(self, seconds: float) -> None:
        """Wait until this process has written something down, `seconds` at most."""
        await wait_for_hint(self._noted, seconds)

    async def row(self, sql: str, about: object, stream: str) -> tuple[asyncpg.Record, int | None]:
        """What `sql` gives for its `$1`, empty if nothing, and which version of the stream it doesn't show.

        That is the newest that the consumer's own service has written, None once it is taken in; and also
        where it waits for a further try, since that may take long.
        """
        found = await self._pool.fetchrow(_ROW.format(sql=sql), about, self._consumer, stream)
        assert found is not None  # noqa: S101  its first column is always there
        return found, found["unread"]
