"""The Kafka of a test worker: a container where a Docker engine answers, else the one from Maven's jars.

Each worker has one of its own: tests take it away and bring it back.
"""

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Protocol
from unittest.mock import patch

import pytest
from testcontainers.core.container import DockerContainer

from deploy.kafka import EmbeddedKafka, FetchFailedError, JavaMissingError, MavenMissingError
from deploy.kafka.ready import answers
from deploy.kafka.settings import NODE, SETTINGS
from deploy.ports import HOST, free_port
from deploy.postgres.server import wait_until
from tests.engine import LABEL, why_without_docker

CHOICE = "JIUJIN_TEST_KAFKA"
DOCKER, JARS = "docker", "jars"
IMAGE = "apache/kafka:4.3.0"
INSIDE, OUTSIDE, CONTROLLER = 9094, 9092, 9093
START_SECONDS, STOP_SECONDS = 60, 30
NEEDED = "Kafka: needs Java 17+ and Maven (Debian, Ubuntu: apt install openjdk-17-jre-headless maven)"
NO_SYNC = {"log.flush.interval.messages": str(2**63 - 1)}
"""Nothing outlives the run."""


class Kafka(Protocol):
    """A broker in a test's hands."""

    @property
    def bootstrap(self) -> str:
        """Where clients begin; it stays the same."""

    async def stop(self) -> None:
        """Stop in order, with what is in it."""

    async def start(self) -> None:
        """Bring it back and wait until it takes messages."""


class JarsKafka:
    """The embedded one."""

    def __init__(self, folder: Path) -> None:
        """Nothing runs yet."""
        self._kafka = EmbeddedKafka(folder)

    @property
    def bootstrap(self) -> str:
        """Where clients begin, once opened."""
        return self._kafka.bootstrap

    def open(self) -> None:
        """Start without waiting for the disk at each message."""
        with patch.dict(SETTINGS, NO_SYNC):
            self._kafka.start(lambda _: None)

    async def stop(self) -> None:
        """Stop it."""
        await asyncio.to_thread(self._kafka.stop)

    async def start(self) -> None:
        """Start it again."""
        await asyncio.to_thread(self.open)

    def remove(self) -> None:
        """End it at once: nobody needs what is in it."""
        self._kafka.kill()
        self._kafka.stop()


class ContainerKafka:
    """One in a container of this machine's engine, with the embedded one's settings."""

    def __init__(self) -> None:
        """Nothing runs yet.

        Kafka tells clients its address, so the host's port is chosen here: Docker would choose it too late,
        and another one at each start.
        """
        self._port = free_port()
        inside, outside = f"INSIDE://{HOST}:{INSIDE}", f"OUTSIDE://{HOST}:{self._port}"
        settings = (SETTINGS | NO_SYNC) | {
            "process.roles": "broker,controller",
            "node.id": str(NODE),
            "log.dirs": "/var/lib/kafka/data",
            "listeners": f"OUTSIDE://:{OUTSIDE},{inside},CONTROLLER://{HOST}:{CONTROLLER}",
            "advertised.listeners": f"{outside},{inside}",
            "controller.listener.names": "CONTROLLER",
            "controller.quorum.voters": f"{NODE}@{HOST}:{CONTROLLER}",
            "inter.broker.listener.name": "INSIDE",
            "listener.security.protocol.map": "INSIDE:PLAINTEXT,OUTSIDE:PLAINTEXT,CONTROLLER:PLAINTEXT",
            "heap.opts": "-Xmx512m",
        }
        variables = {f"KAFKA_{name.replace('.', '_').upper()}": value for name, value in settings.items()}
        self._container = (
            DockerContainer(IMAGE)
            .with_envs(**variables)
            .with_bind_ports(OUTSIDE, self._port)
            .with_kwargs(
                labels={LABEL: ""}, user="root"
            )  # a copy built elsewhere may be read-only for its user
        )

    @property
    def bootstrap(self) -> str:
        """Where clients begin."""
        return f"{HOST}:{self._port}"

    def open(self) -> None:
        """Make it and wait until it takes messages."""
        self._container.start()
        self._wait()

    async def stop(self) -> None:
        """Stop it; what is in it stays."""
        await asyncio.to_thread(self._container.get_wrapped_container().stop, timeout=STOP_SECONDS)

    async def start(self) -> None:
        """Start it again."""
        await asyncio.to_thread(self._container.get_wrapped_container().start)
        await asyncio.to_thread(self._wait)

    def remove(self) -> None:
        """End it at once, and remove it and its volumes."""
        self._container.stop()

    def _wait(self) -> None:
        container = self._container.get_wrapped_container()

        def ended() -> bool:
            container.reload()
            return bool(container.status == "exited")

        if not wait_until(lambda: answers(self._port) or ended(), START_SECONDS) or ended():
            raise RuntimeError(f"{IMAGE} does not answer: {container.logs(tail=5).decode()}")


@contextmanager
def running_kafka(folder: Path) -> Iterator[tuple[Kafka, str]]:
    """A started broker, and what a person is told about it; `folder` is for the jars' one.

    Skips where there can be none. Raises ValueError when the one that was chosen can't be had.
    """
    choice = os.environ.get(CHOICE, "")
    if choice not in {"", DOCKER, JARS}:
        raise ValueError(f"{CHOICE} is {DOCKER} or {JARS}, or isn't set")
    without = "" if choice == JARS else why_without_docker(IMAGE)
    if choice == DOCKER and without:
        raise ValueError(f"{CHOICE}={DOCKER}, but {without}")
    server: ContainerKafka | JarsKafka
    if choice == JARS or without:
        server, words = JarsKafka(folder), "4.3.0 from its jars" + (f" ({without})" if without else "")
    else:
        server, words = ContainerKafka(), f"{IMAGE} in Docker"
    try:
        with nullcontext() if choice else skipping(f"{NEEDED}, or Docker"):
            server.open()
        yield server, words
    finally:
        server.remove()


@contextmanager
def skipping(needed: str = NEEDED) -> Iterator[None]:
    """Skip where this machine can't run Kafka's jars, with what to do about it."""
    try:
        yield
    except (JavaMissingError, MavenMissingError):
        pytest.skip(needed)
    except FetchFailedError as refusal:
        pytest.skip(f"Kafka: {refusal}")
