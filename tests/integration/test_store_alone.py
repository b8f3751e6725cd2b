"""A store that one process has to itself: its reader waits for that process's appends only."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest

from shared.eventstore.opening import be_alone
from shared.eventstore.position import START
from shared.eventstore.values import Intake
from tests.postgres import Postgres
from tests.storing import Shop, open_shop
from tests.toy import COUNTER, Count


@pytest.fixture
async def shop(postgres: Postgres) -> AsyncIterator[Shop]:
    """A store of one process's own."""
    async with open_shop(postgres.superuser_dsn, exclusive=True) as opened:
        yield opened


@asynccontextmanager
async def long_write(dsn: str) -> AsyncIterator[None]:
    """A transaction that has an id and doesn't end."""
    connection = await asyncpg.connect(dsn)
    async with connection.transaction():
        await connection.fetchval("SELECT pg_current_xact_id()")
        yield
    await connection.close()


async def test_a_long_write_elsewhere_holds_up_nobody(shop: Shop, postgres: Postgres) -> None:
    """What is acknowledged is readable at once, though an older transaction of the cluster is open."""
    async with long_write(postgres.superuser_dsn):
        counter = await shop.opened()
        assert len(await shop.store.read_all(START)) == 1
        shop.store.exclusive = False
        assert await shop.store.read_all(START) == []
    assert await shop.total(counter) == 0


async def test_an_append_under_way_holds_up_what_came_later(shop: Shop) -> None:
    """Its events may still appear before theirs; once it is over all is readable, in order."""
    early, late = await shop.opened(), await shop.opened()
    work = shop.work()
    await work.execute(COUNTER, early, Count(by=1))
    async with (
        long_write(shop.dsn),
        shop.store.taking_in([work], Intake("slow", {}, {"slow-1": 1}, [])),
    ):
        await shop.count(late)
        assert len(await shop.store.read_all(START)) == 2
    streams = [one.envelope.stream for one in await shop.store.read_all(START)]
    assert streams == [COUNTER.stream(one) for one in (early, late, early, late)]


async def test_an_append_of_unknown_outcome_is_asked_for(shop: Shop) -> None:
    """Cut off while it waits, it may still be carried out: from then on open transactions count again."""
    counter = await shop.opened()
    blocker = await asyncpg.connect(shop.dsn)
    transaction = blocker.transaction()
    await transaction.start()
    await blocker.execute("LOCK TABLE store.events IN EXCLUSIVE MODE")
    appending = asyncio.create_task(shop.count(counter))
    await asyncio.sleep(0.1)
    appending.cancel()
    await asyncio.gather(appending, return_exceptions=True)
    await transaction.rollback()
    await blocker.close()
    async with long_write(shop.dsn):
        await shop.opened()
        assert len(await shop.store.read_all(START)) == 1
    assert len(await shop.store.read_all(START)) == 2


async def test_what_a_dead_process_left_at_work_is_ended(shop: Shop) -> None:
    """Before this process relies on being alone, an append of its predecessor is over: undone."""
    left = await asyncpg.connect(shop.dsn)
    await left.execute("BEGIN; SELECT pg_current_xact_id()")
    await be_alone(shop.dsn)
    with pytest.raises((asyncpg.PostgresConnectionError, asyncpg.InterfaceError, ConnectionError)):
        await left.fetchval("SELECT 1")
