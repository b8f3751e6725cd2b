"""Opening a store: restored, of another cluster, of another kind, migrated, newer."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import asyncpg
import pytest

from shared.eventstore.opening import LINEAGE, RestoredDataError, begin_epoch, prepare
from shared.eventstore.position import START
from shared.migrations import NewerDatabaseError, migrate
from tests.postgres import Postgres
from tests.storing import KIND, Shop, open_shop


@pytest.fixture
async def lone_shop(postgres: Postgres) -> AsyncIterator[Shop]:
    """A store for one test."""
    async with open_shop(postgres.superuser_dsn) as opened:
        yield opened


async def test_after_a_logical_restore_it_refuses_until_a_new_epoch(lone_shop: Shop) -> None:
    """Transaction ids of the old cluster are ahead: new events would sort before old ones."""
    counter = await lone_shop.opened()
    pool = lone_shop.store.pool
    await pool.execute("UPDATE store.events SET xid = '9000000000'::xid8")
    with pytest.raises(RestoredDataError, match="counting"):
        await prepare(lone_shop.dsn, "counting", KIND)
    await begin_epoch(lone_shop.dsn)
    await prepare(lone_shop.dsn, "counting", KIND)
    await lone_shop.count(counter)
    placed = await lone_shop.store.read_all(START)
    assert [one.envelope.stream_version for one in placed] == [1, 2]
    assert [one.position.epoch for one in placed] == [1, 2]


async def test_data_of_another_cluster_are_refused(lone_shop: Shop) -> None:
    """The mark of the cluster tells, when the ids happen to be low."""
    await lone_shop.opened()
    await lone_shop.store.pool.execute("UPDATE store.meta SET cluster = cluster + 1")
    with pytest.raises(RestoredDataError):
        await prepare(lone_shop.dsn, "counting", KIND)


async def test_a_store_keeps_the_kind_it_was_begun_with(lone_shop: Shop) -> None:
    """Whoever opens it later as something else is told what it is."""
    assert await prepare(lone_shop.dsn, "counting", replace(KIND, demo=False)) == KIND


async def test_two_migrations_at_once(database: str) -> None:
    """One does it, the others find it done."""
    done = await asyncio.gather(*(migrate(database, LINEAGE, "store_version") for _ in range(4)))
    assert sorted(done) == [False, False, False, True]


async def test_a_database_of_a_newer_program_is_left_alone(database: str) -> None:
    """It says so and changes nothing."""
    await migrate(database, LINEAGE, "store_version")
    connection = await asyncpg.connect(database)
    try:
        await connection.execute("UPDATE store_version SET version_num = '9999'")
        with pytest.raises(NewerDatabaseError, match="9999"):
            await migrate(database, LINEAGE, "store_version")
    finally:
        await connection.close()
