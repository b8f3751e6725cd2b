"""Traps of the broker and its libraries that no other test here would notice."""

import asyncio
import secrets
import time
from collections import defaultdict
from typing import Any

import pytest
import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import GroupCoordinatorNotAvailableError

from shared.bus.kafka import Cluster, KafkaCarrier
from shared.bus.kafka.intake import FETCH_MS
from shared.bus.kafka.lag import GroupLag
from shared.bus.kafka.past import TopicReader
from shared.bus.kafka.topics import CONFIG, PARTITIONS, WrongPartitionsError, make_topics
from shared.eventstore.store import EventStore
from tests.contract.carrier import QUICK, Toys
from tests.contract.kafka import KafkaUnderTest
from tests.kafka import Kafka
from tests.toy import HEARING

STOP_SECONDS = 45.0
STEADY_SECONDS = 2.0


async def test_topics_keep_everything_for_ever(kafka: Kafka) -> None:
    """Never compacted: the key is a person. One of another size is refused, since keys would move."""
    cluster = Cluster(kafka.bootstrap, prefix=f"t{secrets.token_hex(4)}")
    await make_topics(cluster, ["counting"])
    admin = AIOKafkaAdminClient(**cluster.client)
    await admin.start()
    try:
        topic = cluster.topic("counting")
        assert len((await admin.describe_topics([topic]))[0]["partitions"]) == PARTITIONS
        (answer,) = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic)])
        told = {entry[0]: entry[1] for entry in answer.resources[0][4]}
        assert {name: told[name] for name in CONFIG} == dict(CONFIG)
        await admin.create_topics([NewTopic(cluster.topic("small"), 3, 1)])
    finally:
        await admin.close()
    with pytest.raises(WrongPartitionsError):
        await make_topics(cluster, ["small"])


async def test_an_answer_without_a_groups_offsets_is_no_answer(
    toys: Toys, carrier: KafkaUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A coordinator that is on the move must not look like a group that has read nothing."""
    counter = await toys.open()
    await toys.count(counter, 1)
    await carrier.settle()
    asked, tries = AIOKafkaAdminClient.list_consumer_group_offsets, 0

    async def moving(admin: AIOKafkaAdminClient, *what: Any, **more: Any) -> Any:
        nonlocal tries
        tries += 1
        if tries == 1:
            raise GroupCoordinatorNotAvailableError
        return {} if tries == 2 else await asked(admin, *what, **more)

    monkeypatch.setattr(AIOKafkaAdminClient, "list_consumer_group_offsets", moving)
    store = carrier.city.store("hearing")
    reader = TopicReader(carrier.cluster, ["counting"], "hearing")
    async with store.pool.acquire() as db:
        cursors = await reader.cursors(db)
    await reader.close()
    assert sum(place + 1 for (place,) in cursors.values() if place >= 0) == 2
    assert tries == 3


async def test_a_key_has_one_partition_and_an_order(carrier: KafkaUnderTest) -> None:
    """A batch of the library's would choose the partition without the key."""
    toys = Toys(carrier)
    counters = [await toys.open() for _ in range(12)]
    for by in range(1, 4):
        for counter in counters:
            await toys.count(counter, by)
    await carrier.settle()
    consumer = AIOKafkaConsumer(**carrier.cluster.client)
    await consumer.start()
    places: dict[bytes, set[int]] = defaultdict(set)
    versions: dict[str, list[int]] = defaultdict(list)
    try:
        topic = carrier.cluster.topic("counting")
        parts = [TopicPartition(topic, number) for number in range(PARTITIONS)]
        ends = await consumer.end_offsets(parts)
        consumer.assign(parts)
        await consumer.seek_to_beginning(*parts)
        left = sum(ends.values())
        while left:
            for part, records in (await consumer.getmany(timeout_ms=500)).items():
                for record in records:
                    headers = dict(record.headers)
                    places[record.key].add(part.partition)
                    versions[headers["ce_subject"].decode()].append(int(headers["ce_streamversion"]))
                    left -= 1
    finally:
        await consumer.stop()
    assert all(len(one) == 1 for one in places.values())
    assert len(set().union(*places.values())) > 1
    assert all(one == sorted(one) for one in versions.values())


async def test_a_consumer_with_nothing_to_do_stays_awake(
    carrier: KafkaUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a batch without records the library sleeps as long as it has waited, whatever comes meanwhile."""
    await carrier.settle()
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        await asyncio.sleep(seconds)

    monkeypatch.setattr("faststream.kafka.subscriber.usecase.anyio.sleep", sleep)
    await asyncio.sleep(4 * FETCH_MS / 1000)
    assert slept == []


async def test_what_was_taken_in_is_committed_before_it_ends(carrier: KafkaUnderTest) -> None:
    """Commits are made beside the taking in; the last one isn't forgotten, and covers no more than that."""
    toys = Toys(carrier)
    counter = await toys.open()
    await toys.count(counter, 1, 2)
    async with asyncio.timeout(30):
        while await toys.heard() != {counter: 3}:  # noqa: ASYNC110  no event; the last of it has come back
            await asyncio.sleep(0.01)
    await carrier.stop()
    lag = GroupLag(carrier.cluster, "hearing", ["counting", "hearing"])
    try:
        told = await lag.read()
    finally:
        await lag.close()
    assert told["counting"] == 0
    assert await toys.effects(counter) == [1, 2]


@pytest.mark.long
async def test_it_ends_although_the_broker_is_away(carrier: KafkaUnderTest, kafka: Kafka) -> None:
    """The library's own `send` and `stop` would wait for as long as the broker is."""
    toys = Toys(carrier)
    counter = await toys.open()
    await carrier.settle()
    await kafka.stop()
    try:
        await toys.count(counter, 1)
        await asyncio.sleep(1)
        began = time.monotonic()
        await asyncio.wait_for(carrier.stop(), STOP_SECONDS)
        assert time.monotonic() - began < STOP_SECONDS
    finally:
        await kafka.start()
    await carrier.start()
    await carrier.settle()
    assert await toys.heard() == {counter: 1}


async def test_a_member_that_comes_back_under_its_name_disturbs_nobody(carrier: KafkaUnderTest) -> None:
    """It has its partitions again, and the other of the group has lost none for it."""
    await carrier.stop()
    running = carrier.city.system.services["hearing"]

    def member(name: str) -> KafkaCarrier:
        store = EventStore("hearing", running.store.pool, running.store.vault, running.store.clock)
        consumer = HEARING.make_consumer(store)
        consumer.retry = QUICK
        return KafkaCarrier(carrier.cluster, list(carrier.city.system.services), [], [consumer], [], name)

    async def assigned(one: KafkaCarrier, count: int) -> None:
        async with asyncio.timeout(30):
            while one.intakes[0].assigned != count:  # noqa: ASYNC110  no event
                await asyncio.sleep(0.05)

    half = PARTITIONS // 2  # of the one topic that is another's
    first, second = member("one"), member("two")
    tasks = [asyncio.create_task(first.run()), asyncio.create_task(second.run())]
    await assigned(first, half)
    await assigned(second, half)
    await asyncio.sleep(STEADY_SECONDS)
    with structlog.testing.capture_logs() as told:
        first.stop()
        await asyncio.wait_for(tasks[0], STOP_SECONDS)
        again = member("one")
        tasks.append(asyncio.create_task(again.run()))
        await assigned(again, half)
        await asyncio.sleep(STEADY_SECONDS)
    assert [line for line in told if line["event"] == "partitions revoked" and line["count"]] == []
    for one in (second, again):
        one.stop()
    await asyncio.wait_for(asyncio.gather(*tasks), STOP_SECONDS)
