"""Builds the cadres' history anew from the archive, beside the live table, and swaps.

It follows the archive by number. Nothing in it is sealed, so the bytes of the headers are enough: they are
read and written in bulk, some thousand a transaction, and indexed without holding up anybody.
"""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import orjson

from services.reporting.archive import ENTRY, entries_of
from shared.service import Running

BATCH = 5000
"""Headers a transaction: about a tenth of a second; a longer one would stall every reader of the cluster."""

NAME = "history"
LIVE, NEXT, OLD = "view_history", "view_history_next", "view_history_old"
_INDEXES = (
    f"CREATE UNIQUE INDEX CONCURRENTLY entries_number ON {NEXT}.entries (cadre, number)",
    f"CREATE INDEX CONCURRENTLY entries_recorded ON {NEXT}.entries (cadre, recorded, id)",
)


async def rebuild_history(running: Running) -> AsyncIterator[bytes]:
    """Rebuild; gives lines of JSON as the other views' rebuilds do: progress, then what differs."""
    pool, done = running.store.pool, 0
    async with running.extras.setdefault("rebuilding", {}).setdefault(NAME, asyncio.Lock()):
        await _begin(pool)
        async for number in _follow(pool, done):
            done = number
            yield _line(state="building", events=done)
        for index in _INDEXES:
            await pool.execute(index)
        async for number in _follow(pool, done):
            done = number
            yield _line(state="catching up", events=done)
        async with running.gate:  # nothing is said in here: the archive would wait for a slow listener
            done = [number async for number in _follow(pool, done)][-1]
            differing = {"entries": {"only_old": await _only(pool, LIVE, NEXT)}}
            differing["entries"]["only_new"] = await _only(pool, NEXT, LIVE)
            await _swap(pool)
        await pool.execute(f"DROP SCHEMA {OLD} CASCADE")
    yield _line(state="swapped", events=done, differences=differing)


async def _begin(pool: asyncpg.Pool) -> None:
    """An empty table beside the live one; leftovers of a rebuild that was killed go."""
    await pool.execute(
        f"DROP SCHEMA IF EXISTS {NEXT} CASCADE; DROP SCHEMA IF EXISTS {OLD} CASCADE; CREATE SCHEMA {NEXT}; "
        f"CREATE TABLE {NEXT}.entries (LIKE {LIVE}.entries)"
    )


async def _follow(pool: asyncpg.Pool, number: int) -> AsyncIterator[int]:
    """Copy what came behind `number`; gives the number reached after each batch."""
    reading = asyncio.create_task(_read(pool, number))
    while rows := await reading:
        number = rows[-1]["number"]
        following = asyncio.create_task(_read(pool, number))  # the next is read while this one is written
        entries = [entry for row in rows for entry in entries_of(row["number"], row["header"])]
        async with pool.acquire() as db:
            await db.copy_records_to_table("entries", schema_name=NEXT, records=entries, columns=ENTRY)
        reading = following
        yield number
    yield number


async def _read(pool: asyncpg.Pool, number: int) -> list[asyncpg.Record]:
    return await pool.fetch(
        "SELECT number, header FROM archive.arrivals WHERE number > $1 ORDER BY number LIMIT $2",
        number,
        BATCH,
    )


async def _only(pool: asyncpg.Pool, there: str, here: str) -> int:
    count: int = await pool.fetchval(
        f"SELECT count(*) FROM (SELECT * FROM {there}.entries EXCEPT ALL "  # noqa: S608  our own names
        f"SELECT * FROM {here}.entries) AS d"
    )
    return count


async def _swap(pool: asyncpg.Pool) -> None:
    async with pool.acquire() as db, db.transaction():
        await db.execute(f"ALTER SCHEMA {LIVE} RENAME TO {OLD}")
        await db.execute(f"ALTER SCHEMA {NEXT} RENAME TO {LIVE}")


def _line(**facts: object) -> bytes:
    return orjson.dumps(facts) + b"\n"
