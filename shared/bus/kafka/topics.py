"""The topics: one a source, 24 partitions, kept for ever, never compacted."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import (
    ClusterAuthorizationFailedError,
    TopicAlreadyExistsError,
    TopicAuthorizationFailedError,
    for_code,
)
from faststream.kafka.security import parse_security
from faststream.security import BaseSecurity

PARTITIONS = 24
"""Never changed: a key's partition, and with it its order, depends on the number."""

CONFIG: Mapping[str, str] = {"cleanup.policy": "delete", "retention.ms": "-1", "retention.bytes": "-1"}
"""Compaction would keep the newest record of each key: of each cadre's history one event."""

SECONDS = 30.0
LOOK_SECONDS = 0.1


class WrongPartitionsError(Exception):
    """A topic has another number of partitions than 24: make it anew, or the order of its keys is lost."""

    def __init__(self, *, topic: str, found: int) -> None:
        """`topic` has `found`."""
        super().__init__(f"{topic} has {found} partitions and must have {PARTITIONS}: make it anew.")


@dataclass(frozen=True)
class Cluster:
    """Where Kafka is, and how this program's topics and groups begin there.

    `security` is how every client gets in; it may hold a password, and isn't shown.
    """

    bootstrap: str
    prefix: str = "jiujin"
    replicas: int = -1
    security: BaseSecurity | None = field(default=None, repr=False)

    def topic(self, source: str) -> str:
        """The topic of a service's events."""
        return f"{self.prefix}.{source}.events"

    def group(self, consumer: str) -> str:
        """The consumer group of a service."""
        return f"{self.prefix}.{consumer}"

    @property
    def client(self) -> dict[str, Any]:
        """What every client is made with."""
        return {"bootstrap_servers": self.bootstrap, **parse_security(self.security)}


async def _check(admin: AIOKafkaAdminClient, names: Sequence[str]) -> None:
    """Wait until all are known to the broker, which takes a moment; they must have the right partitions."""
    for name in names:
        while not (found := len((await admin.describe_topics([name]))[0]["partitions"])):  # noqa: ASYNC110  no event
            await asyncio.sleep(LOOK_SECONDS)
        if found != PARTITIONS:
            raise WrongPartitionsError(topic=name, found=found)


async def make_topics(cluster: Cluster, sources: Iterable[str]) -> None:
    """Make what is missing, if this account may; WrongPartitionsError when one has other partitions."""
    admin = AIOKafkaAdminClient(**cluster.client, request_timeout_ms=int(SECONDS * 1000))
    await admin.start()
    try:
        names = [cluster.topic(source) for source in sources]
        wanted = [NewTopic(name, PARTITIONS, 1, topic_configs=dict(CONFIG)) for name in names]
        for topic in wanted:
            topic.replication_factor = cluster.replicas  # -1, the cluster's own, isn't taken before
        for name, code, *_ in (await admin.create_topics(wanted)).topic_errors:
            error = for_code(code)
            unharmed = (
                TopicAlreadyExistsError,
                TopicAuthorizationFailedError,
                ClusterAuthorizationFailedError,
            )
            if code and not issubclass(error, unharmed):
                raise error(name)
        await asyncio.wait_for(_check(admin, names), SECONDS)
    finally:
        await admin.close()
