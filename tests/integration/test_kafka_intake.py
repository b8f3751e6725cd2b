"""What Kafka's groups and strangers' records may do to a consumer, and what still holds."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.errors import CommitFailedError

from shared.bus.envelope import Envelope
from shared.bus.kafka import KafkaCarrier
from shared.bus.kafka.message import UNDECODABLE
from shared.bus.kafka.topics import PARTITIONS
from shared.eventstore.store import EventStore
from tests.contract.carrier import QUICK, Toys
from tests.contract.kafka import KafkaUnderTest
from tests.kafka import Kafka
from tests.toy import HEARING

OVERLAP = 0.7
"""Seconds that both processes are at work, and then the second alone."""


async def test_a_strangers_record_waits_for_a_person(toys: Toys, carrier: KafkaUnderTest) -> None:
    """With its raw bytes, seen in the list of what is parked; all others go on, and it can be skipped."""
    counter = await toys.open()
    producer = AIOKafkaProducer(**carrier.cluster.client)
    await producer.start()
    try:
        await producer.send_and_wait(carrier.cluster.topic("counting"), b"\x00\xff", key=b"stranger")
    finally:
        await producer.stop()
    await toys.count(counter, 1, 2)
    await carrier.settle()
    assert await toys.effects(counter) == [1, 2]
    (held,) = await toys.parked()
    assert (held["type"], held["key"], held["parked_at"] is not None) == (UNDECODABLE, "stranger", True)
    await toys.admin.done(f"/hearing/api/v1/parked/{held['ordinal']}/skip", {"reason": "不是我们的消息"})
    assert await toys.parked() == []


@pytest.mark.parametrize("value", [b"\xff", None], ids=["no text", "nothing"])
async def test_a_header_that_is_no_text_takes_nothing_with_it(
    toys: Toys, carrier: KafkaUnderTest, value: bytes | None
) -> None:
    """The library's parser would fail on it, and the whole batch around it would be passed over."""
    counter = await toys.open()
    await carrier.settle()
    await carrier.stop()
    producer = AIOKafkaProducer(**carrier.cluster.client)
    await producer.start()
    try:
        for part in range(PARTITIONS):
            await producer.send_and_wait(
                carrier.cluster.topic("counting"),
                b"{}",
                key=b"stranger",
                partition=part,
                headers=[("x", value)],
            )
    finally:
        await producer.stop()
    await toys.count(counter, 1, 2)
    await carrier.start()
    await carrier.settle()
    assert await toys.effects(counter) == [1, 2]
    held = await toys.parked()
    assert [(one["type"], one["key"]) for one in held] == [(UNDECODABLE, "stranger")] * PARTITIONS


async def test_partitions_that_go_to_another_lose_and_repeat_nothing(
    toys: Toys, carrier: KafkaUnderTest
) -> None:
    """A second process joins while events come, then the first leaves: each had its effect once, in order."""
    counters = [await toys.open() for _ in range(3)]
    enough = asyncio.Event()

    async def work(by: int) -> int:
        while not enough.is_set():
            for counter in counters:
                await toys.count(counter, by)
            by += 1
            await asyncio.sleep(0.1)
        return by

    working = asyncio.create_task(work(1))
    running = carrier.city.system.services["hearing"]
    store = EventStore("hearing", running.store.pool, running.store.vault, running.store.clock)
    consumer = HEARING.make_consumer(store)
    consumer.retry = QUICK
    second = KafkaCarrier(carrier.cluster, list(carrier.city.system.services), [store], [consumer])
    joined = asyncio.create_task(second.run())
    async with asyncio.timeout(20):
        while not second.intakes[0].assigned:  # noqa: ASYNC110  another process would have no event
            await asyncio.sleep(0.01)
    await asyncio.sleep(OVERLAP)
    await carrier.stop()
    await asyncio.sleep(OVERLAP)
    enough.set()
    last = await working
    await carrier.start()
    second.stop()
    await asyncio.wait_for(joined, 30)
    await carrier.settle()
    assert last > 3
    for counter in counters:
        assert await toys.effects(counter) == list(range(1, last))
    assert await toys.heard() == dict.fromkeys(counters, sum(range(last)))
    assert await toys.parked() == []


async def test_a_batch_that_did_not_go_through_is_not_left_behind(
    toys: Toys, carrier: KafkaUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever went wrong: the commit of a later batch would cover it for ever."""
    hearing = carrier.city.system.services["hearing"].consumer
    deliver, failures = hearing.deliver, 3

    async def broken(envelopes: Sequence[Envelope]) -> None:
        nonlocal failures
        if failures:
            failures -= 1
            raise ZeroDivisionError
        await deliver(envelopes)

    monkeypatch.setattr(hearing, "deliver", broken)
    counters = [await toys.open() for _ in range(3)]
    for counter in counters:
        await toys.count(counter, 1, 2)
    await carrier.settle()
    assert failures == 0
    assert await toys.heard() == dict.fromkeys(counters, 3)


async def test_a_commit_that_failed_is_made_up_for(
    toys: Toys, carrier: KafkaUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though nothing comes after it: the group would look behind for ever."""
    counter = await toys.open()
    await carrier.settle()
    commit, failures = AIOKafkaConsumer.commit, 4

    async def broken(reader: AIOKafkaConsumer, offsets: Any) -> None:
        nonlocal failures
        if failures:
            failures -= 1
            raise CommitFailedError
        await commit(reader, offsets)

    monkeypatch.setattr(AIOKafkaConsumer, "commit", broken)
    await toys.count(counter, 1, 2)
    await carrier.settle()
    assert failures == 0
    assert await toys.heard() == {counter: 3}


@pytest.mark.long
async def test_a_broker_that_is_away_is_waited_for(toys: Toys, carrier: KafkaUnderTest, kafka: Kafka) -> None:
    """Commands go on, and what they wrote is carried once it is back."""
    counter = await toys.open()
    await toys.count(counter, 1)
    await carrier.settle()
    await kafka.stop()
    await toys.count(counter, 2, 3)
    assert await toys.effects(counter) == [1]
    await kafka.start()
    await carrier.settle()
    assert await toys.effects(counter) == [1, 2, 3]


async def test_what_gathers_is_taken_in_at_the_end_or_comes_again(
    toys: Toys, carrier: KafkaUnderTest
) -> None:
    """A consumer that rests for long takes in one batch, ends at once when it must, and the rest later."""
    consumer = carrier.city.system.services["hearing"].consumer
    counter = await toys.open()
    await carrier.settle()
    rest, consumer.gather = consumer.gather, 600.0
    try:
        await toys.count(counter, 1)
        async with asyncio.timeout(20):
            while await toys.heard() != {counter: 1}:  # noqa: ASYNC110  what is awaited lies in the database
                await asyncio.sleep(0.02)
        await toys.count(counter, 2, 3)
        await asyncio.sleep(OVERLAP)
        assert await toys.heard() == {counter: 1}
        await carrier.stop()
    finally:
        consumer.gather = rest
    await carrier.start()
    await carrier.settle()
    assert await toys.effects(counter) == [1, 2, 3]
