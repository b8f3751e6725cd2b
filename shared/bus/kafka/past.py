"""The past as the topics have it: read without a group, so that nobody's place in them moves."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import suppress
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import GroupCoordinatorNotAvailableError
from aiokafka.structs import OffsetAndMetadata

from shared.bus.kafka.message import UndecodableError, from_record
from shared.bus.kafka.topics import PARTITIONS, Cluster
from shared.bus.past import Cursors, LogReader, Read, Reader
from shared.eventstore.log import RELAY, SQL, EventLog
from shared.eventstore.position import START, Position
from shared.eventstore.tables import Connection

SECONDS = 15.0
"""How long the broker may take for an answer."""
FETCH_MS = 200
RECORDS = 1000


class TopicReader:
    """Reads topics partition by partition: the one number holds the same keys in all of them."""

    def __init__(self, cluster: Cluster, sources: Collection[str], consumer: str) -> None:
        """Of these services, for a consumer; connects when it is first asked."""
        self._topics = [cluster.topic(source) for source in sources]
        self._own = cluster.topic(consumer)
        self._group = cluster.group(consumer)
        self._admin = AIOKafkaAdminClient(**cluster.client)
        self._consumer = AIOKafkaConsumer(**cluster.client, enable_auto_commit=False)
        self._next: dict[TopicPartition, int] = {}
        self._started: list[Any] = []

    async def more(self) -> AsyncIterator[Read]:
        """See `Reader.more`; TimeoutError, KafkaError when the broker is away."""
        await self._start(self._consumer)
        parts = self._parts()
        ends = await asyncio.wait_for(self._consumer.end_offsets(parts), SECONDS)
        for number in range(PARTITIONS):
            these = [
                part for part in parts if part.partition == number and self._next.get(part, 0) < ends[part]
            ]
            async for read in self._merged(these, ends):
                yield read

    async def cursors(self, _: Connection) -> Cursors:
        """See `Reader.cursors`; TimeoutError, KafkaError as above."""
        parts = [part for part in self._parts() if part.topic != self._own]
        if not parts:  # who follows nobody else has no group
            return {}
        await self._start(self._admin)
        offsets = await asyncio.wait_for(self._offsets(parts), SECONDS)
        return {part: (found.offset - 1,) for part, found in offsets.items()}  # that of the next record

    async def _offsets(self, parts: list[TopicPartition]) -> Mapping[TopicPartition, OffsetAndMetadata]:
        """The group's. An error of the whole answer is no error to the library: partitions lack then."""
        while True:
            with suppress(GroupCoordinatorNotAvailableError):
                found: Mapping[TopicPartition, OffsetAndMetadata]
                found = await self._admin.list_consumer_group_offsets(self._group, partitions=parts)
                if len(found) == len(parts):
                    return found
            await asyncio.sleep(FETCH_MS / 1000)

    def _parts(self) -> list[TopicPartition]:
        return [TopicPartition(topic, number) for topic in self._topics for number in range(PARTITIONS)]

    async def close(self) -> None:
        """Give the connections back."""
        await asyncio.wait_for(self._admin.close(), SECONDS)
        await asyncio.wait_for(self._consumer.stop(), SECONDS)

    async def _start(self, client: Any) -> None:
        if client not in self._started:
            await asyncio.wait_for(client.start(), SECONDS)
            self._started.append(client)

    async def _merged(
        self, parts: Sequence[TopicPartition], ends: dict[TopicPartition, int]
    ) -> AsyncIterator[Read]:
        """These partitions up to their ends, oldest first."""
        if not parts:
            return
        self._consumer.assign(parts)
        for part in parts:
            self._consumer.seek(part, self._next.get(part, 0))
        waiting: dict[TopicPartition, deque[Read]] = {part: deque() for part in parts}
        while True:
            lacking = [part for part in parts if not waiting[part] and self._next.get(part, 0) < ends[part]]
            if lacking:
                await self._fetch(lacking, waiting, ends)
                continue
            heads = [
                (queue[0].envelope.recorded, place)
                for place, part in enumerate(parts)
                if (queue := waiting[part])
            ]
            if not heads:
                return
            yield waiting[parts[min(heads)[1]]].popleft()

    async def _fetch(
        self,
        lacking: Sequence[TopicPartition],
        waiting: dict[TopicPartition, deque[Read]],
        ends: dict[TopicPartition, int],
    ) -> None:
        """Some more of the partitions that have nothing at hand; the others need not be read ahead."""
        async with asyncio.timeout(SECONDS):
            found: Mapping[TopicPartition, Sequence[Any]] = {}
            while not found:
                found = await self._consumer.getmany(*lacking, timeout_ms=FETCH_MS, max_records=RECORDS)
        for part, records in found.items():
            for record in records:
                if record.offset >= ends[part]:
                    break
                self._next[part] = record.offset + 1
                try:
                    waiting[part].append(Read(from_record(record), part, (record.offset,)))
                except UndecodableError:  # it had no effect: it waits for a person, or one has passed it over
                    continue


class TailedReader:
    """Reads topics, and of a log at hand what its relay may not have sent yet."""

    def __init__(self, topics: TopicReader, own: EventLog, consumer: str) -> None:
        """Connects when it is first asked."""
        self._topics, self._own, self._consumer = topics, own, consumer

    async def more(self) -> AsyncIterator[Read]:
        """See `Reader.more`; some at the end of the log may come twice."""
        row = await self._own.pool.fetchrow(SQL.cursor_of.sql, RELAY, self._own.source)
        async for read in self._topics.more():
            yield read
        unsent = LogReader([self._own], self._consumer, Position(*row) if row else START)
        async for read in unsent.more():
            yield read

    async def cursors(self, db: Connection) -> Cursors:
        """See `Reader.cursors`."""
        return await self._topics.cursors(db)

    async def close(self) -> None:
        """Give the connections back."""
        await self._topics.close()


class TopicsPast:
    """The past in a cluster's topics, and in the log of a service whose own events may not have been sent."""

    def __init__(self, cluster: Cluster, names: Collection[str], own: EventLog) -> None:
        """Of these services, one of which has the log `own`."""
        self._cluster, self._own = cluster, own
        self.names = names

    def reader(self, sources: Collection[str], consumer: str) -> Reader:
        """Of those of these services."""
        topics = TopicReader(self._cluster, sources, consumer)
        return TailedReader(topics, self._own, consumer) if self._own.source in sources else topics
