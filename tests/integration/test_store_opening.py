"""Opening a store: restored, of another cluster, of another kind, migrated, newer."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import asyncpg
import pytest

from shared.clock import VirtualClock
from shared.eventstore.log import SQL
from shared.eventstore.opening import LINEAGE, RestoredDataError, begin_epoch, prepare
from shared.eventstore.position import START
from shared.eventstore.store import EventStore
from shared.migrations import NewerDatabaseError, migrate, newest
from shared.vault import LINEAGE as VAULT
from shared.vault import Vault
from tests.harness import START as BEGUN
from tests.harness import drop_databases, make_databases
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


async def test_the_first_versions_data_are_migrated_once_by_whoever_starts_first(
    postgres: Postgres, tmp_path: Path
) -> None:
    """Several of the new version start at once: one migrates, all serve, and no byte has changed."""
    first = tmp_path / "versions"
    first.mkdir()
    for file in (LINEAGE / "versions").glob("0001_*"):
        shutil.copy(file, first)
    for file in LINEAGE.glob("*.py*"):
        shutil.copy(file, tmp_path)
    dsns = await make_databases(postgres.superuser_dsn, ["counting", "vault"])
    await migrate(dsns["vault"], VAULT, "vault_version")
    await migrate(dsns["counting"], tmp_path, "store_version")
    async with (
        asyncpg.create_pool(dsns["counting"], min_size=1, max_size=4) as pool,
        asyncpg.create_pool(dsns["vault"], min_size=1, max_size=2) as keys,
    ):
        await pool.execute(SQL.found.sql, "counting", KIND.demo, KIND.virtual)
        old = Shop(EventStore("counting", pool, Vault(keys), VirtualClock(BEGUN)), VirtualClock(BEGUN), "")
        counters = [await old.opened() for _ in range(3)]
        for by in range(1, 8):
            for counter in counters:
                await old.count(counter, by)
        before = await old.store.read_stored(START, 100)
        kinds = await asyncio.gather(*(prepare(dsns["counting"], "counting", KIND) for _ in range(4)))
        assert kinds == [KIND] * 4
        assert await pool.fetchval("SELECT string_agg(version_num, ' ') FROM store_version") == newest(
            LINEAGE
        )
        assert await old.store.read_stored(START, 100) == before
        new = EventStore("counting", pool, Vault(keys), old.clock)
        upgraded = Shop(new, old.clock, "")
        assert [await upgraded.total(counter) for counter in counters] == [28, 28, 28]
        assert await pool.fetchval(SQL.quick.sql) is False
    await drop_databases(postgres.superuser_dsn, dsns)


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
