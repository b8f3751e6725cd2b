"""The Kafka carrier: relays, intakes, own events and timers of whichever services are here."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import ClassVar

import structlog
from aiokafka.errors import KafkaError

from shared.bus.consumer import Consumer
from shared.bus.kafka.intake import KafkaIntake
from shared.bus.kafka.lag import GroupLag
from shared.bus.kafka.own import OwnEvents
from shared.bus.kafka.relay import Relay
from shared.bus.kafka.topics import Cluster, make_topics
from shared.eventstore.log import POLL_SECONDS, EventLog
from shared.eventstore.timers import Timers
from shared.observe.logs import named

log = structlog.get_logger("jiujin.kafka")
TOPICS_WAIT = 1.0
DRAIN_SECONDS = 0.5


@dataclass
class KafkaCarrier:
    """Carries for the services of this process; any number of processes may do the same beside it.

    `sources` are all services whose topics are read, here or elsewhere; `relayed` those sent from here.
    """

    sends: ClassVar[bool] = True
    cluster: Cluster
    sources: Sequence[str]
    relayed: Sequence[EventLog] = ()
    consumers: Sequence[Consumer] = ()
    timers: Sequence[Timers] = ()
    member: str | None = None
    relays: Sequence[Relay] = field(init=False)
    intakes: Sequence[KafkaIntake] = field(init=False)
    owns: Mapping[str, OwnEvents] = field(init=False)
    _lags: Mapping[str, GroupLag] = field(init=False)
    _stopping: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        """Make the parts; nothing is connected yet. Who follows nobody else needs no broker."""
        for consumer in self.consumers:
            consumer.outlast_crashes()  # a reader goes on behind what it had, though the database lost it
        self.relays = [Relay(relayed, self.cluster) for relayed in self.relayed]
        self.owns = {consumer.name: OwnEvents(consumer) for consumer in self.consumers}
        followed = [(consumer, self._followed(consumer)) for consumer in self.consumers]
        self.intakes = [
            KafkaIntake(consumer, self.cluster, sources, self.member)
            for consumer, sources in followed
            if sources
        ]
        self._lags = {
            consumer.name: GroupLag(self.cluster, consumer.name, sources)
            for consumer, sources in followed
            if sources
        }

    def _followed(self, consumer: Consumer) -> Sequence[str]:
        """The services whose topics a consumer reads; its own service's events it has at hand."""
        own = consumer.store.source
        return [source for source in self.sources if source != own and consumer.follows(source)]

    async def run(self) -> None:
        """Carry until `stop`; what is in flight is finished first."""
        async with asyncio.TaskGroup() as tasks:
            for name, own in self.owns.items():
                tasks.create_task(own.run(), name=f"own events {name}")
            for consumer in self.consumers:
                tasks.create_task(self._keep_draining(consumer), name=f"waiting events {consumer.name}")
            for timers in self.timers:
                tasks.create_task(self._tick(timers), name=f"timers {timers.service}")
            await self._make_topics()  # what stands above goes on without a broker
            for relay in self.relays:
                tasks.create_task(relay.run(), name=f"relay {relay.log.source}")
            for intake in self.intakes:
                tasks.create_task(intake.run(), name=f"consumer {intake.consumer.name}")
        for lag in self._lags.values():
            await lag.close()

    async def lag(self, consumer: Consumer) -> Mapping[str, int | None]:
        """How many events of each source it has not taken in; None if no broker answers for a topic."""
        own = {consumer.store.source: await self.owns[consumer.name].lag()}
        group = self._lags.get(consumer.name)
        return own | (await group.read() if group else {})

    async def unready(self, consumer: Consumer) -> Sequence[str]:
        """Whether the broker answers, and both the consumer's group and its own events move."""
        group = self._lags.get(consumer.name)
        wrong = await group.unready() if group else []
        return wrong or ([] if await self.owns[consumer.name].moves() else ["the consumer does not move"])

    async def _make_topics(self) -> None:
        """As soon as the broker is there; a topic of the wrong shape is an error at once."""
        while not self._stopping.is_set():
            try:
                await make_topics(self.cluster, self.sources)
            except (KafkaError, TimeoutError, OSError) as error:
                log.warning("waiting for Kafka", error=named(error))
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._stopping.wait(), TOPICS_WAIT)
            else:
                return

    def stop(self) -> None:
        """End after what is being handled now."""
        self._stopping.set()
        for following in (*self.relays, *self.owns.values()):
            following.stop()
        for intake in self.intakes:
            intake.stop()

    async def _keep_draining(self, consumer: Consumer) -> None:
        """Try again what waits; other processes let events wait, too."""
        begun = False
        while not self._stopping.is_set():
            consumer.holds = True
            try:
                if not begun:
                    await consumer.resume_known()
                    begun = True
                await consumer.drain()
            except Exception as error:  # noqa: BLE001  the next round tries again
                log.warning("not drained", consumer=consumer.name, error=named(error))
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), DRAIN_SECONDS)

    async def _tick(self, timers: Timers) -> None:
        """Fire what is due; of several processes one claims each timer."""
        while not self._stopping.is_set():
            try:
                if await timers.fire_due():
                    continue
            except Exception as error:  # noqa: BLE001  whatever it is, the next round tries again
                log.warning("timers interrupted", service=timers.service, error=named(error))
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), POLL_SECONDS)
