"""One relay of a service leads; another takes over when it dies, and when it only falls silent."""

import asyncio
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.errors import OutOfOrderSequenceNumber

from shared.bus.kafka.leader import leading
from shared.bus.kafka.message import from_record
from shared.bus.kafka.relay import Relay
from shared.bus.kafka.topics import Cluster, make_topics
from shared.eventstore.log import RELAY
from shared.eventstore.position import START
from tests.kafka import Kafka
from tests.postgres import Postgres
from tests.storing import Shop, open_shop

TAKE_OVER = 5.0


@pytest.fixture
async def shop(postgres: Postgres) -> AsyncIterator[Shop]:
    """A store that several processes write to."""
    async with open_shop(postgres.superuser_dsn) as opened:
        yield opened


@pytest.fixture
async def cluster(kafka: Kafka) -> Cluster:
    """Topics of this test's own."""
    found = Cluster(kafka.bootstrap, prefix=f"t{secrets.token_hex(4)}", replicas=1)
    await make_topics(found, ["counting"])
    return found


@asynccontextmanager
async def relaying(relay: Relay) -> AsyncIterator[None]:
    """It runs for as long as the context lasts."""
    running = asyncio.create_task(relay.run())
    yield
    relay.stop()
    await asyncio.wait_for(running, 30)


async def sent(cluster: Cluster, count: int) -> list[tuple[str, int]]:
    """The first `count` streams and versions of the topic, in order per key."""
    consumer = AIOKafkaConsumer(
        cluster.topic("counting"), **cluster.client, auto_offset_reset="earliest", group_id=None
    )
    await consumer.start()
    found: list[tuple[str, int]] = []
    try:
        async with asyncio.timeout(30):
            while len(found) < count:
                envelope = from_record(await consumer.getone())
                found.append((envelope.stream, envelope.stream_version))
    finally:
        await consumer.stop()
    return found


async def leads(relay: Relay, seconds: float) -> float:
    """Seconds until it leads."""
    began = time.monotonic()
    async with asyncio.timeout(seconds):
        while not relay.leads:  # noqa: ASYNC110  another process would have no event
            await asyncio.sleep(0.02)
    return time.monotonic() - began


async def test_every_event_is_sent_once_in_order(shop: Shop, cluster: Cluster) -> None:
    """And one that begins anew goes on behind the last that was acknowledged."""
    first, second = await shop.opened(), await shop.opened()
    async with relaying(Relay(shop.store, cluster)):
        for _ in range(20):
            await shop.count(first)
            await shop.count(second)
        await sent(cluster, 42)
    await shop.count(first)
    async with relaying(Relay(shop.store, cluster)):
        found = await sent(cluster, 43)
    assert len(set(found)) == 43
    versions = [version for stream, version in found if stream == f"counter-{first}"]
    assert versions == list(range(1, 23))


async def test_a_rival_takes_over_when_the_leader_dies(shop: Shop, cluster: Cluster) -> None:
    """Its connection is gone, and with it the lock."""
    leader, rival = Relay(shop.store, cluster), Relay(shop.store, cluster)
    async with relaying(leader):
        await leads(leader, TAKE_OVER)
        async with relaying(rival):
            await asyncio.sleep(0.2)
            assert not rival.leads
            pid = await shop.store.pool.fetchval("SELECT pid FROM store.leases WHERE name = $1", RELAY)
            leader.stop()
            await shop.store.pool.fetchval("SELECT pg_terminate_backend($1)", pid)
            assert await leads(rival, TAKE_OVER) < TAKE_OVER
            counter = await shop.opened()
            assert (f"counter-{counter}", 1) in await sent(cluster, 1)


async def test_a_rival_ends_a_leader_that_is_silent(shop: Shop, cluster: Cluster) -> None:
    """A process that was stopped keeps its connection and its lock, and renews nothing."""
    counter = await shop.opened()
    rival = Relay(shop.store, cluster)
    with pytest.raises((asyncpg.PostgresConnectionError, asyncpg.InterfaceError)):  # noqa: PT012  what it held fails
        async with leading(shop.store.pool, asyncio.Event()) as silent, relaying(rival):
            assert await leads(rival, TAKE_OVER + 1.5) < TAKE_OVER + 1.5
            await sent(cluster, 1)
            await silent.execute("SELECT 1")
    assert await shop.total(counter) == 0


async def test_without_a_new_event_the_leader_goes_on_leading(shop: Shop, cluster: Cluster) -> None:
    """It says that it is there although there is nothing to send."""
    leader, rival = Relay(shop.store, cluster), Relay(shop.store, cluster)
    async with relaying(leader):
        await leads(leader, TAKE_OVER)
        async with relaying(rival):
            await asyncio.sleep(TAKE_OVER + 1)
            assert leader.leads
            assert not rival.leads
    assert leader.cursor == START


async def test_a_producer_that_has_lost_its_sequence_is_replaced(
    shop: Shop, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An idempotent one would refuse for ever; what it had not sent, the next one sends, in order."""
    counter = await shop.opened()
    makers: list[AIOKafkaProducer] = []
    send = AIOKafkaProducer.send

    async def lost(self: AIOKafkaProducer, *args: Any, **more: Any) -> Any:
        if self not in makers:
            makers.append(self)
        if self in makers[:2]:
            raise OutOfOrderSequenceNumber
        return await send(self, *args, **more)

    monkeypatch.setattr(AIOKafkaProducer, "send", lost)
    for _ in range(4):
        await shop.count(counter)
    async with relaying(Relay(shop.store, cluster)):
        found = await sent(cluster, 5)
    assert found == [(f"counter-{counter}", version) for version in range(1, 6)]
    assert len(makers) == 3


async def test_what_an_open_transaction_hides_is_sent_soon_after_it(
    shop: Shop, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The hint has come and gone by then, and the next poll may be far away."""
    monkeypatch.setattr("shared.bus.kafka.following.POLL_SECONDS", 300.0)
    counter = await shop.opened()
    async with relaying(Relay(shop.store, cluster)):
        await sent(cluster, 1)
        async with shop.store.pool.acquire() as connection:
            transaction = connection.transaction()
            await transaction.start()
            await connection.fetchval("SELECT pg_current_xact_id()")
            await shop.count(counter)
            await asyncio.sleep(0.3)
            await transaction.rollback()
        assert await sent(cluster, 2) == [(f"counter-{counter}", 1), (f"counter-{counter}", 2)]
