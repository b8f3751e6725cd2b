"""Reading what is on its way: what is just being taken in, and what is written and not shown yet."""

import asyncio
from uuid import UUID

from asyncpg import Record

from shared.bus.consumer import Consumer
from shared.eventstore.gate import between_batches
from shared.eventstore.position import START
from tests.contract.carrier import LocalUnderTest, Toys
from tests.harness import City
from tests.toy import HEARING

ROW = "SELECT counter, total FROM heard WHERE counter = $1"
SOON, LONG = 0.1, 20.0


async def _counted(city: City) -> tuple[UUID, Consumer]:
    """A counter that has counted to five, and who has heard nothing of it yet."""
    toys = Toys(LocalUnderTest(city))
    await toys.carrier.stop()
    counter = await toys.open()
    await toys.count(counter, 5)
    return UUID(str(counter)), HEARING.make_consumer(city.store("hearing"))


def _reading(consumer: Consumer, counter: UUID, seconds: float = LONG) -> asyncio.Task[Record]:
    return asyncio.create_task(consumer.caught_up(ROW, counter, f"ear-{counter}", seconds))


async def _take_in(city: City, consumer: Consumer, source: str) -> None:
    await consumer.deliver([placed.envelope for placed in await city.store(source).read_all(START)])


async def test_who_reads_waits_for_what_is_taken_in(toy_city: City) -> None:
    """First for the reaction under way, then for what it has written to show."""
    counter, consumer = await _counted(toy_city)
    store = toy_city.store("hearing")
    async with store.pool.acquire() as connection, between_batches(connection, "hearing"):
        taking = asyncio.create_task(_take_in(toy_city, consumer, "counting"))
        await asyncio.sleep(SOON)
        reading = _reading(consumer, counter)
        await asyncio.sleep(SOON)
        assert not taking.done()
        assert not reading.done()
    await taking
    await asyncio.sleep(SOON)
    assert not reading.done()
    async with store.pool.acquire() as connection, between_batches(connection, "hearing"):
        showing = asyncio.create_task(_take_in(toy_city, consumer, "hearing"))
        await asyncio.sleep(SOON)
        assert not reading.done()
    await showing
    assert (await asyncio.wait_for(reading, LONG))["total"] == 5


async def test_who_reads_too_late_or_too_early_is_answered(toy_city: City) -> None:
    """With nothing while nothing is under way, and with what there is when it takes too long."""
    counter, consumer = await _counted(toy_city)
    assert (await asyncio.wait_for(_reading(consumer, counter), 1))["counter"] is None
    await _take_in(toy_city, consumer, "counting")
    assert (await asyncio.wait_for(_reading(consumer, counter, SOON), LONG))["counter"] is None
    await _take_in(toy_city, consumer, "hearing")
    assert (await asyncio.wait_for(_reading(consumer, counter), 1))["total"] == 5


async def test_own_events_gather_until_somebody_reads(toy_city: City) -> None:
    """A moment, or not at all."""
    counter, consumer = await _counted(toy_city)
    consumer.own_gather = LONG
    gathering = asyncio.create_task(consumer.gathering())
    await asyncio.sleep(SOON)
    assert not gathering.done()
    reading = asyncio.create_task(consumer.reached(f"ear-{counter}@1", LONG))
    await asyncio.wait_for(gathering, 1)
    await asyncio.wait_for(consumer.gathering(), 1)
    await _take_in(toy_city, consumer, "counting")
    await _take_in(toy_city, consumer, "hearing")
    assert await reading
    consumer.gather = 0.0
    await asyncio.wait_for(consumer.gathering(), 1)
