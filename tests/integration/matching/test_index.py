"""The index of a process that isn't alone: kept up to date beside its work, whoever writes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import pytest

from services.matching.index import IndexTail, index_of
from shared.eventstore.log import EventLog
from shared.eventstore.store import EventStore
from tests.harness import City
from tests.integration.matching.stage import Stage

PATIENCE = 10.0


def _another(city: City) -> EventStore:
    """Another process's store of matching."""
    store = city.store("matching")
    return EventStore("matching", store.pool, store.vault, store.clock)


@asynccontextmanager
async def _kept(store: EventStore) -> AsyncIterator[None]:
    tail = IndexTail(store)
    keeping = asyncio.create_task(tail.run())
    await asyncio.sleep(0)
    try:
        yield
    finally:
        tail.stop()
        await asyncio.wait_for(keeping, PATIENCE)


async def _known(store: EventStore, helper: UUID) -> bool:
    return (await index_of(store).fresh(store)).roster.of(helper) is not None


async def test_what_others_write_is_found_without_a_hint(stage: Stage) -> None:
    """By polling; what was there before is known from the first use on."""
    first = await stage.helper("甲")
    store = _another(stage.city)
    async with _kept(store):
        assert await _known(store, first)
        second = await stage.helper("乙")
        async with asyncio.timeout(PATIENCE):
            while not await _known(store, second):  # noqa: ASYNC110  what is awaited lies in the database
                await asyncio.sleep(0.02)


async def test_news_are_looked_for_at_once_and_only_then(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a hint the next use looks; a use without news asks for nothing; once the tail ends each looks."""
    store = _another(stage.city)
    index = index_of(store)
    async with _kept(store):
        await index.fresh(store)
        helper = await stage.helper("甲")
        store.wake()
        assert await _known(store, helper)

        async def unreachable(*_: object) -> None:
            raise ConnectionResetError

        with monkeypatch.context() as away:
            away.setattr(EventLog, "look", unreachable)
            assert await _known(store, helper)
            store.wake()
            for _ in range(2):
                with pytest.raises(ConnectionResetError):
                    await index.fresh(store)
        later = await stage.helper("乙")
        store.wake()
        assert await _known(store, later)
    last = await stage.helper("丙")
    assert await _known(store, last)
