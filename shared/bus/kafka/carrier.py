"""The Kafka carrier: relays to topics, intakes from all topics, timers, of whichever services are here."""

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
from shared.bus.kafka.relay import Relay
from shared.bus.kafka.topics import Cluster, make_topics
from shared.eventstore.log import POLL_SECONDS, EventLog
from shared.eventstore.timers import Timers
from shared.observe.logs import named

log = structlog.get_logger("jiujin.kafka")
TOPICS_WAIT = 1.0


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
    _lags: Mapping[str, GroupLag] = field(init=False)
    _stopping: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        """Make the parts; nothing is connected yet."""
        self.relays = [Relay(relayed, self.cluster) for relayed in self.relayed]
        followed = {
            consumer.name: tuple(filter(consumer.follows, self.sources)) for consumer in self.consumers
        }
        self.intakes = [
            KafkaIntake(consumer, self.cluster, followed[consumer.name], self.member)
            for consumer in self.consumers
        ]
        self._lags = {name: GroupLag(self.cluster, name, sources) for name, sources in followed.items()}

    async def run(self) -> None:
        """Carry until `stop`; what is in flight is finished first."""
        await self._make_topics()
        async with asyncio.TaskGroup() as tasks:
            for relay in self.relays:
                tasks.create_task(relay.run(), name=f"relay {relay.log.source}")
            for intake in self.intakes:
                tasks.create_task(intake.run(), name=f"consumer {intake.consumer.name}")
            for timers in self.timers:
                tasks.create_task(self._tick(timers), name=f"timers {timers.service}")
        for lag in self._lags.values():
            await lag.close()

    async def lag(self, consumer: Consumer) -> Mapping[str, int | None]:
        """How many events of each source's topic the consumer's group has not taken in; None if unknown."""
        return await self._lags[consumer.name].read()

    async def unready(self, consumer: Consumer) -> Sequence[str]:
        """Whether the broker answers, and the consumer's group moves."""
        return await self._lags[consumer.name].unready()

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
        for relay in self.relays:
            relay.stop()
        for intake in self.intakes:
            intake.stop()

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
