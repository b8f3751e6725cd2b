"""A view's tables: writes that travel together do what they would have done one by one."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from shared.eventstore.tables import Tables
from tests.postgres import Postgres

PUT = "INSERT INTO shelf VALUES ($1, $2) ON CONFLICT (place) DO UPDATE SET held = shelf.held || $2"
TAKE = "DELETE FROM shelf WHERE place = $1"
DOUBLE = "UPDATE shelf SET held = held || held WHERE place = $1"


@pytest.fixture
async def db(postgres: Postgres) -> AsyncIterator[asyncpg.Connection]:
    """A connection with a shelf of its own."""
    connection = await asyncpg.connect(postgres.superuser_dsn)
    await connection.execute("CREATE TEMPORARY TABLE shelf (place int PRIMARY KEY, held text NOT NULL)")
    yield connection
    await connection.close()


async def _shelf(db: asyncpg.Connection) -> dict[int, str]:
    return {row["place"]: row["held"] for row in await db.fetch("SELECT place, held FROM shelf")}


async def test_writes_keep_their_order(db: asyncpg.Connection) -> None:
    """Of the same kind and of different ones, on the same row and on others."""
    writes: list[tuple[str, tuple[object, ...]]] = [
        (PUT, (1, "a")), (PUT, (1, "b")), (PUT, (2, "c")), (DOUBLE, (1,)), (PUT, (1, "d")),
        (TAKE, (2,)), (PUT, (2, "e")), (DOUBLE, (2,)), (DOUBLE, (1,)),
    ]  # fmt: skip
    async with db.transaction():
        tables = Tables(db)
        for sql, arguments in writes:
            await tables.execute(sql, *arguments)
        await tables.flush()
    assert await _shelf(db) == {1: "ababdababd", 2: "ee"}


async def test_a_read_sees_what_was_written_before_it(db: asyncpg.Connection) -> None:
    """Whichever way it is read."""
    tables = Tables(db)
    await tables.executemany(PUT, [(1, "a"), (2, "b")])
    assert await tables.fetchval("SELECT count(*) FROM shelf") == 2
    await tables.execute(TAKE, 1)
    assert [row["place"] for row in await tables.fetch("SELECT place FROM shelf")] == [2]
    await tables.execute(DOUBLE, 2)
    assert (await tables.fetchrow("SELECT held FROM shelf"))["held"] == "bb"


async def _written_twice(db: asyncpg.Connection) -> None:
    async with db.transaction():
        tables = Tables(db)
        for place in (1, 2, 1):
            await tables.execute("INSERT INTO shelf VALUES ($1, 'a')", place)
        await tables.flush()


async def test_a_write_that_fails_is_told_and_leaves_nothing(db: asyncpg.Connection) -> None:
    """At the end at the latest; the transaction takes back what went with it."""
    with pytest.raises(asyncpg.UniqueViolationError):
        await _written_twice(db)
    assert await _shelf(db) == {}
