"""What falls on a system in several processes: kills, pauses, rebalances, and records that come again."""

import asyncio
import json
import os
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from random import Random
from typing import Any

import httpx
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import KafkaError

from deploy.errors import DeployError
from deploy.folder import DataFolder
from deploy.settings import NAMES
from shared.bus.kafka.topics import PARTITIONS, Cluster

SESSION_SECONDS = 10.0
"""After so long without a word a member is out of its group."""
REPEATED = 400
"""How many records of each topic are sent again."""
JOINS = 3
BROKER_SECONDS = 20.0


class BlowWithoutEffectError(DeployError):
    """A blow did not do what it is to do: {what}."""


@dataclass
class Target:
    """The processes of a data folder. `scale` stretches what takes long: 1.0 is for a short run."""

    folder: DataFolder
    random: Random
    scale: float = 1.0

    def processes(self) -> Mapping[str, Mapping[str, int | None]]:
        """Pid and port of each, as they are now."""
        found: dict[str, dict[str, int | None]] = json.loads(self.folder.processes.read_text())
        return found

    @property
    def cluster(self) -> Cluster:
        """Its broker."""
        return Cluster(f"127.0.0.1:{self.processes()['kafka']['port']}")

    def send(self, name: str, number: signal.Signals) -> None:
        """A signal to one of them; one that is just being started again has been hit already."""
        pid = self.processes()[name]["pid"]
        if pid is not None:
            with suppress(ProcessLookupError):
                os.kill(pid, number)

    @asynccontextmanager
    async def paused(self, name: str) -> AsyncIterator[None]:
        """Meanwhile it stands still; its connections stay open."""
        self.send(name, signal.SIGSTOP)
        try:
            yield
        finally:
            self.send(name, signal.SIGCONT)

    async def leaders(self, service: str) -> list[str]:
        """Which relay leads for a service, as they say themselves."""
        found = []
        async with httpx.AsyncClient(trust_env=False, timeout=0.5) as http:
            for name, one in self.processes().items():
                if not name.startswith("relay"):
                    continue
                with suppress(httpx.HTTPError):
                    await http.get(f"http://127.0.0.1:{one['port']}/readyz")
                    told = (await http.get(f"http://127.0.0.1:{one['port']}/metrics")).text
                    if f'jiujin_relay_leads{{service="{service}"}} 1.0' in told:
                        found.append(name)
        return found


Strike = Callable[[Target], Awaitable[str]]
"""Falls, and returns once it is over; gives what it has hit."""


async def kill_service(target: Target) -> str:
    """SIGKILL to a service's process."""
    name = target.random.choice(NAMES)
    target.send(name, signal.SIGKILL)
    return name


async def kill_gateway(target: Target) -> str:
    """SIGKILL to the gateway."""
    target.send("gateway", signal.SIGKILL)
    return "gateway"


async def kill_relay_leader(target: Target) -> str:
    """SIGKILL to a relay that leads; the other takes over."""
    name = await _leading_relay(target)
    target.send(name, signal.SIGKILL)
    return name


async def kill_broker(target: Target) -> str:
    """SIGKILL to Kafka."""
    target.send("kafka", signal.SIGKILL)
    return "kafka"


async def kill_database(target: Target) -> str:
    """SIGKILL to PostgreSQL's postmaster; its children see it and end."""
    target.send("postgres", signal.SIGKILL)
    return "postgres"


async def pause_service(target: Target) -> str:
    """A consumer stands still for longer than its session, then goes on as if it still had its part."""
    name = target.random.choice(NAMES)
    async with target.paused(name):
        await asyncio.sleep(SESSION_SECONDS + 4 * target.scale)
    return name


async def pause_relay_leader(target: Target) -> str:
    """A leader stands still with its connection open, the rival ends it, and it comes back."""
    service = target.random.choice(NAMES)
    name = await _leading_relay(target, service)
    begin = time.monotonic()
    async with target.paused(name):
        while name in (leading := await target.leaders(service)) or not leading:
            await asyncio.sleep(0.1)
            if time.monotonic() - begin > 4 * SESSION_SECONDS:
                raise BlowWithoutEffectError(what=f"nobody took over {service} from {name}")
        seconds = time.monotonic() - begin
    return f"{name}: {leading[0]} led {service} after {seconds:.1f} s"


async def take_broker_away(target: Target) -> str:
    """Kafka answers nobody for a while."""
    async with target.paused("kafka"):
        await asyncio.sleep(BROKER_SECONDS * target.scale)
    return f"kafka, {BROKER_SECONDS * target.scale:.0f} s"


async def revoke_partitions(target: Target) -> str:
    """Another member joins a group in the middle of its work and leaves again: each time all is revoked."""
    name = target.random.choice(NAMES)
    cluster = target.cluster
    for _ in range(JOINS):
        consumer = AIOKafkaConsumer(
            *(cluster.topic(source) for source in NAMES),
            **cluster.client,
            group_id=cluster.group(name),
            enable_auto_commit=False,
        )
        await asyncio.wait_for(consumer.start(), 30)
        try:
            await asyncio.sleep(0.5 + target.random.random())
        finally:
            await asyncio.wait_for(consumer.stop(), 30)
        await asyncio.sleep(0.5)
    return f"{name}, {JOINS} times"


async def rewind_group(target: Target) -> str:
    """A group begins at the first record of every topic again."""
    name = target.random.choice(NAMES)
    cluster = target.cluster
    async with target.paused(name):
        await asyncio.sleep(SESSION_SECONDS + 2)  # a group's place can be moved once nobody is in it
        consumer = AIOKafkaConsumer(**cluster.client, group_id=cluster.group(name), enable_auto_commit=False)
        await consumer.start()
        parts = [TopicPartition(cluster.topic(one), number) for one in NAMES for number in range(PARTITIONS)]
        try:
            consumer.assign(parts)
            await consumer.commit(dict.fromkeys(parts, 0))
        except KafkaError as error:
            raise BlowWithoutEffectError(what=f"the group of {name} was not moved") from error
        finally:
            await consumer.stop()
    return name


async def send_again(target: Target) -> str:
    """Records that were sent long ago come at the ends of their topics once more, byte for byte."""
    cluster = target.cluster
    producer = AIOKafkaProducer(**cluster.client)
    consumer = AIOKafkaConsumer(**cluster.client, enable_auto_commit=False)
    await producer.start()
    await consumer.start()
    sent = 0
    try:
        for source in NAMES:
            parts = [TopicPartition(cluster.topic(source), number) for number in range(PARTITIONS)]
            consumer.assign(parts)
            await consumer.seek_to_beginning(*parts)
            found: Any = await consumer.getmany(timeout_ms=1000, max_records=REPEATED)
            for part, records in found.items():
                for record in records:
                    headers = list(record.headers)
                    await producer.send(part.topic, record.value, key=record.key, headers=headers)
                    sent += 1
        await producer.flush()
    finally:
        await consumer.stop()
        await producer.stop()
    if not sent:
        raise BlowWithoutEffectError(what="there was no record to send again")
    return f"{sent} records"


async def _leading_relay(target: Target, service: str = "intake") -> str:
    """Who leads for a service, as soon as anybody does."""
    while not (found := await target.leaders(service)):  # noqa: ASYNC110  another process has no event
        await asyncio.sleep(0.2)
    return found[0]


BLOWS: Mapping[str, Strike] = {
    "a service killed": kill_service,
    "the gateway killed": kill_gateway,
    "a leading relay killed": kill_relay_leader,
    "the broker killed": kill_broker,
    "PostgreSQL killed": kill_database,
    "a consumer paused past its session": pause_service,
    "a leading relay paused": pause_relay_leader,
    "the broker away": take_broker_away,
    "all partitions revoked in mid-batch": revoke_partitions,
    "a group rewound to the beginning": rewind_group,
    "old records sent again": send_again,
}
"""By what they are, for people."""
