"""Sends a log's events to its topic, in commit order, each behind the last acknowledged."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from shared.bus.kafka.following import Following
from shared.bus.kafka.message import to_message
from shared.bus.kafka.topics import Cluster
from shared.eventstore.log import RELAY, SQL, EventLog, Stored
from shared.observe.metrics import LEADS, SENT

SECONDS = 15.0
"""How long a batch may take to be acknowledged, and a producer to start or end."""


class Relay(Following):
    """One of any number of a service's relays: the leader sends, the others wait."""

    def __init__(self, events: EventLog, cluster: Cluster) -> None:
        """Of this log, to its topic."""
        super().__init__(events, RELAY, RELAY, SQL.move_relay.sql, SECONDS)
        self._cluster = cluster
        self._topic = cluster.topic(events.source)
        self._producer: AIOKafkaProducer | None = None

    async def _begin(self) -> None:
        """With a producer of its own: an idempotent one that has lost its sequence stays broken."""
        self._producer = AIOKafkaProducer(**self._cluster.client, enable_idempotence=True)
        await self._producer.start()

    async def _take(self, batch: Sequence[Stored]) -> None:
        """One by one, since a batch of the library's picks partitions without the key; then all answers."""
        assert self._producer is not None  # noqa: S101  it has begun
        sent = []
        for stored in batch:
            message = to_message(stored.header, stored.data)
            sent.append(
                await self._producer.send(
                    self._topic, message.value, key=message.key, headers=message.headers
                )
            )
        await asyncio.gather(*sent)
        SENT.labels(self.log.source).inc(len(batch))

    async def _end(self) -> None:
        if self._producer is not None:
            with suppress(KafkaError, TimeoutError):
                await asyncio.wait_for(self._producer.stop(), SECONDS)

    def _set_leads(self, *, leads: bool) -> None:
        super()._set_leads(leads=leads)
        LEADS.labels(self.log.source).set(leads)
