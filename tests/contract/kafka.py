"""The Kafka carrier under the contract: the toy services with a real broker between them."""

import asyncio
import secrets
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition

from shared.bus.kafka import Cluster, KafkaCarrier
from shared.bus.kafka.past import TopicsPast
from shared.bus.kafka.topics import PARTITIONS
from shared.eventstore.log import RELAY, SQL
from shared.eventstore.position import Position
from shared.eventstore.timers import Timers
from tests.contract.carrier import DEADLINE
from tests.harness import City

STEADY = 2
"""How often nothing must have moved to call it settled."""


class KafkaUnderTest:
    """The carrier of both toy services in this process, with topics of its own."""

    def __init__(self, city: City, bootstrap: str) -> None:
        """Stopped."""
        self.city = city
        self.cluster = Cluster(bootstrap, prefix=f"t{secrets.token_hex(4)}")
        self.carrier: KafkaCarrier | None = None
        self._running: asyncio.Task[None] | None = None
        for running in city.system.services.values():
            running.store.exclusive = False

    async def start(self) -> None:
        """A new carrier: it knows only what the databases and the broker tell it."""
        services = self.city.system.services
        self.carrier = KafkaCarrier(
            self.cluster,
            list(services),
            [running.store for running in services.values()],
            [running.consumer for running in services.values()],
            [Timers(name, running.store, running.definition.timers) for name, running in services.items()],
        )
        for running in services.values():
            running.carrier = self.carrier
            running.past = TopicsPast(self.cluster, list(services), running.store)
        self._running = asyncio.create_task(self.carrier.run())

    async def stop(self) -> None:
        """End in order."""
        if self.carrier is not None and self._running is not None:
            self.carrier.stop()
            await asyncio.wait_for(self._running, 3 * DEADLINE)
            self.carrier = self._running = None

    async def rewind(self) -> None:
        """Have the groups begin at the first record of every topic, and services at their own first event."""
        await self.stop()
        for service, running in self.city.system.services.items():
            await running.store.pool.execute("DELETE FROM store.cursors WHERE consumer = $1", service)
            consumer = AIOKafkaConsumer(**self.cluster.client, group_id=self.cluster.group(service))
            await consumer.start()
            try:
                consumer.assign(self._partitions())
                await consumer.commit(dict.fromkeys(self._partitions(), 0))
            finally:
                await consumer.stop()
        await self.start()

    async def settle(self) -> None:
        """Wait until all is sent and read, what failed is tried and parked, twice over.

        The limit is for what hangs: on a busy machine lag may be told at the third try of five seconds.
        """
        async with asyncio.timeout(6 * DEADLINE):
            before: Any = None
            steady = 0
            while steady < STEADY:
                now = await self._marks()
                steady = steady + 1 if now is not None and now == before else 0
                before = now
                await asyncio.sleep(0.1)

    async def _marks(self) -> Any:
        """Where everything stands; None while something is under way."""
        assert self._running is not None
        assert self.carrier is not None
        if self._running.done():
            self._running.result()
        marks: list[Any] = []
        for name, running in self.city.system.services.items():
            pool = running.store.pool
            head = await pool.fetchrow(SQL.head.sql)
            sent = await pool.fetchrow(SQL.cursor_of.sql, RELAY, name)
            if head is not None and (sent is None or Position(*sent) < Position(*head)):
                return None
            marks.append(tuple(sent) if sent else None)
            running.consumer.holds = True
            if await running.consumer.next_retry() is not None:
                return None
            told = await self.carrier.lag(running.consumer)
            if any(count != 0 for count in told.values()):
                return None
        return marks

    def _partitions(self) -> list[TopicPartition]:
        return [
            TopicPartition(self.cluster.topic(source), number)
            for source in self.city.system.services
            for number in range(PARTITIONS)
        ]
