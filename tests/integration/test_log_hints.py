"""What one process has written wakes those that follow it in others: after the commit, many writes in one."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from shared.eventstore.hints import APART_SECONDS, Hints
from shared.eventstore.log import EventLog
from tests.postgres import Postgres
from tests.storing import Shop, open_shop

WRITES = 60


@pytest.fixture
async def shop(postgres: Postgres) -> AsyncIterator[Shop]:
    """A store that several processes follow."""
    async with open_shop(postgres.superuser_dsn) as opened:
        yield opened


class Follower(EventLog):
    """The log in another process, which counts how often it is woken."""

    woken = 0

    def wake(self) -> None:
        """Count."""
        self.woken += 1
        super().wake()


async def test_many_writes_are_few_hints(shop: Shop) -> None:
    """Whoever follows is woken after the last of them, and not for each."""
    counter = await shop.opened()
    other = Follower("counting", shop.store.pool)
    passing = [Hints(shop.store), Hints(other)]
    tasks = [asyncio.create_task(one.run()) for one in passing]
    async with asyncio.timeout(10):
        while other.woken == 0:
            await shop.count(counter)
            await asyncio.sleep(0.05)
    other.woken, woken = 0, asyncio.Event()
    for _ in range(WRITES):
        await shop.count(counter)
    await asyncio.sleep(4 * APART_SECONDS)
    assert 0 < other.woken < WRITES
    other.listen(woken)
    await shop.count(counter)
    async with asyncio.timeout(10):
        await woken.wait()
    for one in passing:
        one.stop()
    await asyncio.wait_for(asyncio.gather(*tasks), 10)
