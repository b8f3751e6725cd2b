"""Takes the records of others' topics in for one consumer: in order per key, keys side by side."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import Any

import structlog
from aiokafka import TopicPartition
from aiokafka.abc import ConsumerRebalanceListener
from aiokafka.errors import KafkaError
from faststream import AckPolicy
from faststream.kafka import KafkaBroker, KafkaMessage
from faststream.kafka.message import FAKE_CONSUMER

from shared.bus.consumer import Consumer
from shared.bus.effect import TOGETHER
from shared.bus.envelope import Envelope
from shared.bus.kafka.message import UndecodableError, from_record, undecodable
from shared.bus.kafka.topics import Cluster
from shared.bus.outage import OUTAGES, is_outage
from shared.eventstore.log import wait_for_hint
from shared.observe.logs import named

log = structlog.get_logger("jiujin.intake")
LANES = 4
"""How many lanes are worked on side by side at the most."""
BATCH = 500
FETCH_MS = 500
"""How long the broker may hold an answer back while there is nothing: what comes is answered at once."""
NEVER_MS = 10**12
"""When the library gives up waiting for a batch: it then sleeps for as long, deaf to what comes."""
TROUBLE_WAIT = 0.5
COMMIT_SECONDS, LATEST_SECONDS = 0.2, 1.0
"""How long nothing must come until offsets are committed, and until they are although something does.

The inbox knows what was taken in, whatever they tell.
"""
STOP_SECONDS = 15.0


class KafkaIntake(ConsumerRebalanceListener):  # type: ignore[misc]
    """One process's part of a consumer group."""

    def __init__(
        self, consumer: Consumer, cluster: Cluster, sources: Sequence[str], member: str | None = None
    ) -> None:
        """`member` is this process's name, if it keeps it over restarts: it then gets its partitions back."""
        self.consumer = consumer
        self.cluster = cluster
        self.assigned = 0
        self._stopping = asyncio.Event()
        self._turn = asyncio.Lock()
        self._behind: dict[TopicPartition, int] = {}
        """What has been taken in and not been committed: behind the last of each partition."""
        self._tenure = 0
        """How often partitions have been revoked: what isn't committed by then comes again."""
        self._moved = asyncio.Event()
        self._broker = KafkaBroker(
            cluster.bootstrap,
            security=cluster.security,
            logger=None,
            graceful_timeout=STOP_SECONDS,
            apply_types=False,  # nothing is injected: its look at each call takes longer than all else here
        )
        self._subscriber = self._broker.subscriber(
            *(cluster.topic(source) for source in sources),
            batch=True,
            max_records=BATCH,
            batch_timeout_ms=NEVER_MS,
            fetch_max_wait_ms=FETCH_MS,
            group_id=cluster.group(consumer.name),
            group_instance_id=member,
            auto_offset_reset="earliest",
            ack_policy=AckPolicy.MANUAL,
            parser=_unparsed,
            decoder=_undecoded,
            listener=self,
            no_reply=True,
        )
        self._subscriber(self._take)

    async def run(self) -> None:
        """Take in until `stop`."""
        if self._stopping.is_set():
            return
        await self._broker.start()
        committing = asyncio.create_task(self._keep_committing())
        try:
            await self._stopping.wait()
        finally:
            async with self._turn:  # what is in flight is finished first
                await self._commit()
            committing.cancel()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._broker.stop(), STOP_SECONDS)

    def stop(self) -> None:
        """End after what is being handled now."""
        self._stopping.set()

    async def on_partitions_revoked(self, revoked: Sequence[TopicPartition]) -> None:
        """Every rebalance takes all partitions: what is in flight is finished and committed first."""
        async with self._turn:
            await self._commit()
            self._tenure += 1
            self._behind = {}
            log.info("partitions revoked", consumer=self.consumer.name, count=len(revoked))

    async def on_partitions_assigned(self, assigned: Sequence[TopicPartition]) -> None:
        """From now on these; other processes may have let events wait."""
        self.consumer.holds = True
        self.assigned = len(assigned)
        log.info("partitions assigned", consumer=self.consumer.name, count=len(assigned))

    async def _take(self, records: Sequence[Any]) -> None:
        async with self._turn:
            if self._stopping.is_set():
                return
            lanes = (self._again(partial(self._lane, lane)) for lane in lanes_of(records))
            if not all(await asyncio.gather(*lanes)):
                return
            for record in records:
                self._behind[TopicPartition(record.topic, record.partition)] = record.offset + 1
            self._moved.set()
        if self.consumer.gather and len(records) < BATCH:
            await self._pause(self.consumer.gather)

    async def _lane(self, records: Sequence[Any]) -> None:
        """These in order; done again from the first on, what went through has no second effect."""
        envelopes: list[Envelope] = []
        for record in records:
            try:
                envelopes.append(from_record(record))
            except UndecodableError as error:
                await self.consumer.deliver(envelopes)
                envelopes = []
                log.warning("undecodable", topic=record.topic, offset=record.offset, error=named(error))
                await self.consumer.hold(undecodable(record), error)
        await self.consumer.deliver(envelopes)

    async def _again(self, what: Callable[[], Awaitable[None]]) -> bool:
        """Until it has gone through, unless all is to end: the next commit would cover what was left out.

        Raised, it would be gone without a word: nobody hears what the library says.
        """
        while not self._stopping.is_set():
            try:
                await what()
            except Exception as error:  # noqa: BLE001  an event can't be blamed for it: that one would be held
                tell = log.warning if is_outage(error) else log.exception
                tell("not taken in, trying again", consumer=self.consumer.name, error=named(error))
                await self._pause(TROUBLE_WAIT)
            else:
                return True
        return False

    async def _pause(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), seconds)

    async def _keep_committing(self) -> None:
        """Beside the taking in, which needn't wait for it: when nothing comes for a while, or at last."""
        now = asyncio.get_running_loop().time
        while True:
            await self._moved.wait()
            until = now() + LATEST_SECONDS
            while self._moved.is_set() and now() < until:
                self._moved.clear()
                await wait_for_hint(self._moved, COMMIT_SECONDS)
            self._moved.clear()
            await self._commit()

    async def _commit(self) -> None:
        """Each partition by name: a plain commit would cover what came since and isn't taken in.

        After a rebalance these may be another's; they come again there, and have no second effect.
        """
        behind, self._behind = self._behind, {}
        reader, tenure = self._subscriber.consumer, self._tenure
        if reader is None:
            return
        ours = reader.assignment()  # what was at hand when partitions went to another may not be of these
        behind = {part: place for part, place in behind.items() if part in ours}
        if not behind:
            return
        try:
            await self.consumer.store.flush()  # else offsets could be ahead of marks that a crash has lost
            await reader.commit(behind)
        except (KafkaError, *OUTAGES) as error:
            log.warning("not committed", consumer=self.consumer.name, error=named(error))
            if tenure == self._tenure:  # no later event may come to have it committed
                self._behind = {**behind, **self._behind}
                self._moved.set()


def lanes_of(records: Sequence[Any]) -> Sequence[Sequence[Any]]:
    """What has a `key`, in no more lanes than fill a transaction each: a key is in one, in its order."""
    lanes: list[list[Any]] = [[] for _ in range(min(LANES, -(-len(records) // TOGETHER)))]
    lane_of: dict[Any, list[Any]] = {}
    for record in records:
        lane = lane_of.get(record.key)
        if lane is None:
            lane = lane_of[record.key] = min(lanes, key=len)
        lane.append(record)
    return [lane for lane in lanes if lane]


async def _unparsed(records: Any) -> KafkaMessage:
    """FastStream's parser would fail on a header that is no text, and pass over the whole batch."""
    return KafkaMessage(body=b"", raw_message=records, consumer=FAKE_CONSUMER)


async def _undecoded(message: Any) -> Any:
    """FastStream's decoder would fail on what isn't JSON; we read the records themselves."""
    return message.raw_message
