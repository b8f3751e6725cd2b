"""Builds the cadres' history anew from the archive, beside the live table, and swaps.

It follows the archive by number. Nothing in it is sealed, so the bytes of the headers are enough: they are
read and written in bulk, some thousand a transaction, and indexed without holding up anybody.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator

import asyncpg
import orjson

from services.reporting.archive import ENTRY, entries_of, nothing_arrives, write_entries
from shared.eventstore.turns import turn
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
    """Rebuild; gives lines of JSON as the other views' rebuilds do: progress, then what differs.

    What has arrived doesn't change any more: all but the last of it is compared while indexes are made, and
    the archive waits for the rest only.
    """
    pool, done = running.store.pool, 0
    async with turn(pool, f"rebuild {NAME}"):
        await _begin(pool)
        async for number in _follow(pool, done):
            done = number
            yield _line(state="building", events=done)
        compared = done
        async with asyncio.TaskGroup() as both:
            comparing = both.create_task(_differences(pool, 0, compared))
            both.create_task(_index(pool))
        async for number in _follow(pool, done):
            done = number
            yield _line(state="catching up", events=done)
        async with nothing_arrives(pool):  # nothing is said in here: a listener may be slow
            done = [number async for number in _follow(pool, done)][-1]
            differing = comparing.result()
            if done > compared:
                differing += await _differences(pool, compared, done)
            await _swap(pool)
        await pool.execute(f"DROP SCHEMA {OLD} CASCADE")
    differences = {"entries": {"only_old": differing["old"], "only_new": differing["new"]}}
    yield _line(state="swapped", events=done, differences=differences)


async def _index(pool: asyncpg.Pool) -> None:
    for index in _INDEXES:
        await pool.execute(index)


async def _begin(pool: asyncpg.Pool) -> None:
    """An empty table beside the live one; leftovers of a rebuild that was killed go."""
    await pool.execute(
        f"DROP SCHEMA IF EXISTS {NEXT} CASCADE; DROP SCHEMA IF EXISTS {OLD} CASCADE; CREATE SCHEMA {NEXT}; "
        f"CREATE TABLE {NEXT}.entries (LIKE {LIVE}.entries)"
    )


async def _follow(pool: asyncpg.Pool, number: int) -> AsyncIterator[int]:
    """Copy what came behind `number`; gives the number reached after each batch, and once all is written.

    The database reads the next batch and writes the last one while this one is decoded.
    """
    writing: asyncio.Task[None] | None = None
    reading = asyncio.create_task(_read(pool, number))
    while rows := await reading:
        number = rows[-1]["number"]
        reading = asyncio.create_task(_read(pool, number))
        await asyncio.sleep(0)  # lets the question go out
        entries = "".join(entries_of(row["number"], row["header"]) for row in rows)
        if writing is not None:
            await writing
        writing = asyncio.create_task(_write(pool, entries))
        yield number
    if writing is not None:
        await writing
    yield number


async def _write(pool: asyncpg.Pool, entries: str) -> None:
    async with pool.acquire() as db:
        await write_entries(db, NEXT, entries)


async def _read(pool: asyncpg.Pool, number: int) -> list[asyncpg.Record]:
    return await pool.fetch(
        "SELECT number, header FROM archive.arrivals WHERE number > $1 ORDER BY number LIMIT $2",
        number,
        BATCH,
    )


async def _differences(pool: asyncpg.Pool, after: int, until: int) -> Counter[str]:
    """How many rows behind `after`, up to `until`, only the old or only the new table has."""
    (row,) = await pool.fetch(
        f"SELECT count(*) FILTER (WHERE new.number IS NULL) AS old,"  # noqa: S608  our own names
        f" count(*) FILTER (WHERE old.number IS NULL) AS new"
        f" FROM (SELECT * FROM {LIVE}.entries WHERE number > $1 AND number <= $2) AS old"
        f" FULL JOIN (SELECT * FROM {NEXT}.entries WHERE number > $1 AND number <= $2) AS new"
        f" ON {' AND '.join(f'old.{column} = new.{column}' for column in ENTRY if column != 'case_id')}"
        f" AND old.case_id IS NOT DISTINCT FROM new.case_id"
        f" WHERE old.number IS NULL OR new.number IS NULL",
        after,
        until,
    )
    return Counter(dict(row))


async def _swap(pool: asyncpg.Pool) -> None:
    async with pool.acquire() as db, db.transaction():
        await db.execute(f"ALTER SCHEMA {LIVE} RENAME TO {OLD}")
        await db.execute(f"ALTER SCHEMA {NEXT} RENAME TO {LIVE}")


def _line(**facts: object) -> bytes:
    return orjson.dumps(facts) + b"\n"
