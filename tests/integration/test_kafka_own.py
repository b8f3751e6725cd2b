"""A service's own events reach its own views from its own table, with or without a broker and its relay."""

import asyncio
from typing import Any

import asyncpg
import orjson
import pytest
from aiokafka import AIOKafkaConsumer

from shared.bus.kafka import KafkaCarrier
from shared.bus.kafka.own import OWN, OwnEvents
from shared.eventstore.log import EventLog
from shared.eventstore.store import EventStore
from tests.contract.carrier import Toys
from tests.contract.kafka import KafkaUnderTest
from tests.kafka import Kafka
from tests.toy import COUNTING

TAKE_OVER = 5.0


async def shown(toys: Toys, totals: dict[Any, int]) -> None:
    """Wait until counting's own view is so."""
    async with asyncio.timeout(TAKE_OVER):
        while await toys.totals() != totals:  # noqa: ASYNC110  what is awaited lies in the database
            await asyncio.sleep(0.02)


async def leads(own: OwnEvents) -> None:
    """Wait until this one takes in."""
    async with asyncio.timeout(TAKE_OVER):
        while not own.leads:  # noqa: ASYNC110  another process would have no event
            await asyncio.sleep(0.02)


def another(carrier: KafkaUnderTest) -> KafkaCarrier:
    """A second process of counting, which relays nothing."""
    store = carrier.city.store("counting")
    other = EventStore("counting", store.pool, store.vault, store.clock)
    return KafkaCarrier(
        carrier.cluster, list(carrier.city.system.services), consumers=[COUNTING.make_consumer(other)]
    )


@pytest.mark.long
async def test_while_the_broker_is_away_own_views_go_on(
    toys: Toys, carrier: KafkaUnderTest, kafka: Kafka
) -> None:
    """What a service writes it shows; the others hear of it once the broker is back."""
    counter = await toys.open()
    await carrier.settle()
    await kafka.stop()
    try:
        await toys.count(counter, 1, 2)
        await shown(toys, {counter: 3})
        assert await toys.heard() == {}
    finally:
        await kafka.start()
    await carrier.settle()
    assert await toys.heard() == {counter: 3}


async def test_another_process_takes_over_from_one_that_died(toys: Toys, carrier: KafkaUnderTest) -> None:
    """One takes in at a time; the next goes on behind it, and nothing has its effect twice."""
    counter = await toys.open()
    await carrier.settle()
    assert carrier.carrier is not None
    first, second = carrier.carrier.owns["counting"], another(carrier)
    await leads(first)
    joined = asyncio.create_task(second.run())
    await toys.count(counter, 1, 2)
    await shown(toys, {counter: 3})
    assert not second.owns["counting"].leads
    pool = carrier.city.store("counting").pool
    pid = await pool.fetchval("SELECT pid FROM store.leases WHERE name = $1", OWN)
    first.stop()
    assert await pool.fetchval("SELECT pg_terminate_backend($1)", pid)
    await leads(second.owns["counting"])
    await toys.count(counter, 4)
    await shown(toys, {counter: 7})
    second.stop()
    await asyncio.wait_for(joined, 30)


async def test_one_that_falls_silent_is_ended(toys: Toys, carrier: KafkaUnderTest) -> None:
    """A process that was stopped keeps its connection; another takes over in time all the same."""
    counter = await toys.open()
    await carrier.settle()
    await carrier.stop()
    pool = carrier.city.store("counting").pool
    silent = await pool.acquire()
    try:
        await silent.execute("SELECT pg_advisory_lock(1247367754, hashtext($1))", OWN)
        renewed = "INSERT INTO store.leases VALUES ($1, pg_backend_pid(), now()) ON CONFLICT (name) DO UPDATE"
        await silent.execute(f"{renewed} SET pid = excluded.pid, renewed = excluded.renewed", OWN)
        await toys.count(counter, 5)
        await carrier.start()
        await shown(toys, {counter: 5})
        with pytest.raises((asyncpg.PostgresConnectionError, asyncpg.InterfaceError)):
            await silent.execute("SELECT 1")
    finally:
        await pool.release(silent)


async def test_a_view_is_rebuilt_with_what_was_not_sent_yet(toys: Toys, carrier: KafkaUnderTest) -> None:
    """The topic is behind what was taken in; the rest is read from the table."""
    counter = await toys.open()
    await toys.count(counter, 1)
    await carrier.settle()
    await carrier.stop()
    alone = another(carrier)
    working = asyncio.create_task(alone.run())
    await toys.count(counter, 2, 3)
    await shown(toys, {counter: 6})
    answer = await toys.admin.command("/counting/api/v1/views/totals/rebuild")
    last = orjson.loads(answer.text.splitlines()[-1])
    assert last["differences"] == {"totals": {"only_old": 0, "only_new": 0}}
    assert await toys.totals() == {counter: 6}
    alone.stop()
    await asyncio.wait_for(working, 30)
    await carrier.start()


async def test_what_is_not_taken_in_is_counted(toys: Toys, carrier: KafkaUnderTest) -> None:
    """For whoever looks how far a service is, whichever process takes in."""
    counter = await toys.open()
    await carrier.settle()
    looking = another(carrier)
    (consumer,) = looking.consumers
    assert await looking.lag(consumer) == {"counting": 0}
    (last,) = await carrier.city.store("counting").read_stream(f"counter-{counter}")
    assert consumer.newest == {"counting": last.envelope.recorded}
    await carrier.stop()
    await toys.count(counter, 1, 2)
    assert await looking.lag(consumer) == {"counting": 2}
    assert await looking.unready(consumer) == []
    await carrier.start()
    await carrier.settle()
    assert await looking.lag(consumer) == {"counting": 0}


async def test_a_database_that_is_away_is_no_standstill(
    carrier: KafkaUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Readiness says so of the database itself; here it is no error, and one that stands still is told."""
    looking = another(carrier)
    (consumer,) = looking.consumers
    own = looking.owns["counting"]

    async def away() -> int:
        raise ConnectionResetError

    async def behind() -> int:
        return 1

    monkeypatch.setattr(own, "lag", away)
    assert await looking.unready(consumer) == []
    monkeypatch.setattr(own, "lag", behind)
    assert await looking.unready(consumer) == []
    monkeypatch.setattr("shared.bus.kafka.own.STUCK_SECONDS", -1.0)
    assert await looking.unready(consumer) == ["the consumer does not move"]


async def test_offsets_move_behind_what_is_on_the_disk(
    toys: Toys, carrier: KafkaUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Marks don't wait for it, so offsets do: a crash may lose both, and never the marks alone."""
    counter = await toys.open()
    await carrier.settle()
    flush, commit, failures = EventLog.flush, AIOKafkaConsumer.commit, 3
    told: list[str] = []

    async def failing(log: EventLog) -> None:
        nonlocal failures
        if failures:
            failures -= 1
            raise ConnectionResetError
        await flush(log)
        told.append("flushed")

    async def committed(reader: AIOKafkaConsumer, offsets: Any) -> None:
        told.append("committed")
        await commit(reader, offsets)

    monkeypatch.setattr(EventLog, "flush", failing)
    monkeypatch.setattr(AIOKafkaConsumer, "commit", committed)
    await toys.count(counter, 1, 2)
    await carrier.settle()
    assert failures == 0
    assert told[:2] == ["flushed", "committed"]
    assert told.count("flushed") == told.count("committed")
    assert await toys.heard() == {counter: 3}
