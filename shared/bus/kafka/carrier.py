"""The Kafka carrier: of each service here a relay to its topic, an intake from all topics, and its timers."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import structlog

from shared.bus.consumer import Consumer
from shared.bus.kafka.intake import KafkaIntake
from shared.bus.kafka.relay import Relay
from shared.bus.kafka.topics import Cluster, make_topics
from shared.eventstore.store import POLL_SECONDS, EventStore
from shared.eventstore.timers import Timers

log = structlog.get_logger("jiujin.kafka")
TROUBLE_WAIT = 0.5


@dataclass
class KafkaCarrier:
    """Carries for the services of this process; any number of processes may do the same beside it.

    `sources` are all services whose topics are read, here or elsewhere.
    """

    cluster: Cluster
    stores: Mapping[str, EventStore]
    consumers: Sequence[Consumer]
    timers: Sequence[Timers]
    sources: Sequence[str]
    member: str | None = None
    relays: Sequence[Relay] = field(init=False)
    intakes: Sequence[KafkaIntake] = field(init=False)
    _stopping: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        """Make the parts; nothing is connected yet."""
        self.relays = [Relay(store, self.cluster) for store in self.stores.values()]
        self.intakes = [
            KafkaIntake(consumer, self.cluster, self.sources, self.member) for consumer in self.consumers
        ]

    async def run(self) -> None:
        """Carry until `stop`; what is in flight is finished first."""
        await make_topics(self.cluster, self.sources)
        async with asyncio.TaskGroup() as tasks:
            for relay in self.relays:
                tasks.create_task(relay.run(), name=f"relay {relay.store.source}")
            for intake in self.intakes:
                tasks.create_task(intake.run(), name=f"consumer {intake.consumer.name}")
            for timers in self.timers:
                tasks.create_task(self._tick(timers), name=f"timers {timers.service}")

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
                log.warning("timers interrupted", service=timers.service, error=repr(error))
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), POLL_SECONDS)
