"""Keeps every envelope of every service, byte for byte, and numbers it on arrival."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

import asyncpg
import orjson

from shared.bus.consumer import Consumer
from shared.bus.envelope import Envelope
from shared.eventstore.tables import Connection

COLUMNS = ("number", "source", "stream", "stream_version", "id", "case_id", "header", "data", "hash")
ENTRY = ("cadre", "number", "recorded", "id", "type", "case_id")
LOCK = 0x41524348
"""Held by whoever takes envelopes in, so that numbers become visible in their order."""
_NEW = """
SELECT g.ordinal FROM unnest($1::text[], $2::int[], $3::text[])
     WITH ORDINALITY AS g (stream, stream_version, source, ordinal)
LEFT JOIN LATERAL (
    SELECT a.number FROM archive.arrivals a
    WHERE a.stream = g.stream AND a.stream_version = g.stream_version AND a.source = g.source LIMIT 1
) AS here ON true
WHERE here.number IS NULL ORDER BY g.ordinal"""
"""Each by its key: as a join it may be planned, while the archive is young, to read all of it every time."""
_HERE = """
SELECT EXISTS (SELECT FROM archive.arrivals WHERE stream = $1 AND stream_version >= $2)"""
_TYPE = """
SELECT convert_from(header, 'UTF8')::json ->> 'type' FROM archive.arrivals
WHERE stream = $1 AND stream_version = $2"""

_ESCAPED = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})


def entries_of(number: int, header: bytes) -> str:
    """The rows of the cadres' history that this envelope makes, from the bytes of its header alone.

    As lines for `write_entries`: the times and ids go from one text to the other without being looked at.
    """
    told = orjson.loads(header)
    cadres = told.get("cadres")
    if not cadres:
        return ""
    rest = "\t".join(
        (
            str(number),
            told["recordedtime"],
            told["id"],
            told["type"].translate(_ESCAPED),
            told.get("caseid") or r"\N",
        )
    )
    return "".join(f"{cadre}\t{rest}\n" for cadre in cadres.split(","))


async def write_entries(db: Connection, schema: str, entries: str) -> None:
    """Put these rows into the history that stands in `schema`."""

    async def source() -> AsyncIterator[bytes]:
        yield entries.encode()

    if entries:
        await db.copy_to_table("entries", schema_name=schema, source=source(), columns=ENTRY)


async def keep(pool: asyncpg.Pool, envelopes: Sequence[Envelope]) -> int:
    """Keep what isn't here yet, with the cadres' history of it, in one transaction; gives how many were new.

    A place of a stream keeps what came first: were another to come, the check against the owner tells.
    """
    distinct = list(
        {(one.stream, one.stream_version, one.source): one for one in reversed(envelopes)}.values()
    )
    distinct.reverse()
    if not distinct:
        return 0
    async with pool.acquire() as db, db.transaction():
        await db.execute("SELECT pg_advisory_xact_lock($1)", LOCK)
        rows = await db.fetch(
            _NEW,
            [one.stream for one in distinct],
            [one.stream_version for one in distinct],
            [one.source for one in distinct],
        )
        new = [distinct[row["ordinal"] - 1] for row in rows]
        if new:
            await _write(db, new)
    return len(new)


@asynccontextmanager
async def nothing_arrives(pool: asyncpg.Pool) -> AsyncIterator[None]:
    """Meanwhile no process takes an envelope in; one that dies in here lets them go on."""
    async with pool.acquire() as db:
        await db.execute("SELECT pg_advisory_lock($1)", LOCK)
        try:
            yield
        finally:
            with suppress(
                asyncpg.InterfaceError, asyncpg.PostgresError, OSError
            ):  # it ends with the connection
                await db.execute("SELECT pg_advisory_unlock($1)", LOCK)


async def _write(db: Connection, new: Sequence[Envelope]) -> None:
    last = await db.fetchval("SELECT coalesce(max(number), 0) FROM archive.arrivals")
    numbered = list(enumerate(new, last + 1))
    records = [
        (
            number,
            one.source,
            one.stream,
            one.stream_version,
            one.id,
            one.case,
            one.header,
            one.data,
            one.hash,
        )
        for number, one in numbered
    ]
    await db.copy_records_to_table("arrivals", schema_name="archive", records=records, columns=COLUMNS)
    entries = "".join(entries_of(number, one.header) for number, one in numbered)
    await write_entries(db, "view_history", entries)


@dataclass
class Archive(Consumer):
    """Reporting's consumer: keeps every envelope, known or not, and only then hands it to the views.

    What a view can't take waits or is parked there; the archive has it.
    """

    def follows(self, source: str) -> bool:  # noqa: ARG002  whoever it is
        """Everybody."""
        return True

    async def deliver(self, envelopes: Sequence[Envelope]) -> None:
        """Keep these and show them. Returns once each is kept and had its effect or waits."""
        await keep(self.store.pool, envelopes)
        await super().deliver(envelopes)

    async def _has(self, stream: str, version: int) -> bool:
        """Whether it is in the archive and, where it is of a type that the views want, in them."""
        if not await self.store.pool.fetchval(_HERE, stream, version):
            return False
        kind = await self.store.pool.fetchval(_TYPE, stream, version)
        return kind not in self.types or await super()._has(stream, version)
