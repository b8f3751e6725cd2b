"""How far a consumer group is behind the ends of the topics."""

import asyncio
import time
from collections.abc import Sequence
from contextlib import suppress

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from shared.bus.kafka.topics import PARTITIONS, Cluster

SECONDS = 5.0
STUCK_SECONDS = 60.0
"""A batch with a slow reaction takes some seconds; a group that has nobody is found after thirty."""


class GroupLag:
    """Asks the broker over connections of its own, made at the first question and kept."""

    def __init__(self, cluster: Cluster, consumer: str, sources: Sequence[str]) -> None:
        """Of a consumer's group, whichever processes are in it."""
        self._cluster = cluster
        self._group = cluster.group(consumer)
        self._parts = {
            source: [TopicPartition(cluster.topic(source), number) for number in range(PARTITIONS)]
            for source in sources
        }
        self._clients: tuple[AIOKafkaAdminClient, AIOKafkaConsumer] | None = None
        self._turn = asyncio.Lock()
        self._done = -1
        self._behind = False
        self._moved = time.monotonic()

    async def read(self) -> dict[str, int | None]:
        """How many records of each source's topic the group has not committed; None if no broker answers."""
        async with self._turn:
            try:
                return dict(await asyncio.wait_for(self._read(), SECONDS))
            except (KafkaError, TimeoutError, OSError):
                await self._close()
                return dict.fromkeys(self._parts)

    async def unready(self) -> list[str]:
        """Whether the broker answers, and the group moves if it has anything to do."""
        lags = await self.read()
        if None in lags.values():
            return ["the broker does not answer"]
        if any(lags.values()) and time.monotonic() - self._moved > STUCK_SECONDS:
            return ["the consumer does not move"]
        return []

    async def close(self) -> None:
        """Give the connections back."""
        async with self._turn:
            await self._close()

    async def _read(self) -> dict[str, int]:
        if self._clients is None:
            self._clients = (
                AIOKafkaAdminClient(**self._cluster.client),
                AIOKafkaConsumer(**self._cluster.client, enable_auto_commit=False),
            )
            for client in self._clients:
                await client.start()
        admin, reader = self._clients
        done = await admin.list_consumer_group_offsets(self._group)
        ends = await reader.end_offsets([part for parts in self._parts.values() for part in parts])
        committed = sum(place.offset for place in done.values())
        lags = {
            source: sum(ends[part] - max(0, done[part].offset if part in done else 0) for part in parts)
            for source, parts in self._parts.items()
        }
        if committed != self._done or not self._behind:
            self._done, self._moved = committed, time.monotonic()
        self._behind = any(lags.values())
        return lags

    async def _close(self) -> None:
        if self._clients is not None:
            admin, reader = self._clients
            self._clients = None
            with suppress(KafkaError, TimeoutError, OSError):
                await asyncio.wait_for(admin.close(), SECONDS)
            with suppress(KafkaError, TimeoutError, OSError):
                await asyncio.wait_for(reader.stop(), SECONDS)
