"""The PostgreSQL of a test worker: a container where a Docker engine answers, else the one from the wheel.

Each worker has one of its own: tests stop it and cut its connections.
"""

import os
import secrets
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol
from unittest.mock import patch

from testcontainers.community.postgres import PostgresContainer
from testcontainers.core.wait_strategies import ExecWaitStrategy

from deploy.postgres import EmbeddedPostgres
from deploy.postgres.place import Progress
from deploy.postgres.server import SETTINGS
from tests.engine import LABEL, why_without_docker
from tests.ports import free_port

CHOICE = "JIUJIN_TEST_POSTGRES"
DOCKER, WHEEL = "docker", "wheel"
IMAGE = "postgres:18"
PORT = 5432
NO_SYNC = {"fsync": "off"}
"""Nothing outlives the run. PostgreSQL takes this at its start only from those who start it."""


class Postgres(Protocol):
    """A server in a test's hands."""

    @property
    def superuser_dsn(self) -> str:
        """The address of the database `postgres` as superuser; a restart keeps it."""

    def start(self, progress: Progress, /) -> None:
        """Start and wait until it accepts connections."""

    def stop(self) -> None:
        """Stop in order, with what is in it."""


class WheelPostgres(EmbeddedPostgres):
    """The embedded one."""

    def start(self, progress: Progress) -> None:
        """Start without fsync."""
        with patch.dict(SETTINGS, NO_SYNC):
            super().start(progress)

    def remove(self) -> None:
        """End it at once: nobody needs what is in it."""
        if self.pid is not None:
            os.kill(self.pid, signal.SIGQUIT)
        self.stop()


class ContainerPostgres:
    """One in a container, with the embedded one's settings."""

    def __init__(self) -> None:
        """Nothing runs yet. The host's port is chosen here: Docker would choose another at each start."""
        settings = [word for item in (SETTINGS | NO_SYNC).items() for word in ("-c", "=".join(item))]
        self._container = (
            PostgresContainer(
                IMAGE,
                username="postgres",
                password=secrets.token_hex(16),  # Docker opens the port to the network
                dbname="postgres",
                driver=None,
            )
            .with_command(["postgres", *settings])
            .with_bind_ports(PORT, free_port())
            .with_kwargs(labels={LABEL: ""})
        )
        self._started = False

    @property
    def superuser_dsn(self) -> str:
        """The address, once started."""
        return self._container.get_connection_url()

    def start(self, _: Progress, /) -> None:
        """Start it, or start it again."""
        if self._started:
            self._container.get_wrapped_container().start()
            ready = ["pg_isready", "-h", "127.0.0.1", "-p", str(PORT)]
            ExecWaitStrategy(ready).with_poll_interval(0.05).wait_until_ready(self._container)
        else:
            self._container.start()
            self._started = True

    def stop(self) -> None:
        """Sessions are cut, all is kept."""
        container = self._container.get_wrapped_container()
        container.kill(signal.SIGINT.name)
        container.wait()

    def remove(self) -> None:
        """End it at once, and remove it and its volume."""
        self._container.stop()


@contextmanager
def running_postgres(folder: Path) -> Iterator[tuple[Postgres, str]]:
    """A started server, and what a person is told about it; `folder` is the wheel's. Raises ValueError."""
    choice = os.environ.get(CHOICE, "")
    if choice not in {"", DOCKER, WHEEL}:
        raise ValueError(f"{CHOICE} is {DOCKER} or {WHEEL}, or isn't set")
    server: ContainerPostgres | WheelPostgres
    without = "" if choice == WHEEL else why_without_docker(IMAGE)
    if choice == DOCKER and without:
        raise ValueError(f"{CHOICE}={DOCKER}, but {without}")
    if choice == WHEEL or without:
        server, words = WheelPostgres(folder), "18 from the wheel" + (f" ({without})" if without else "")
    else:
        server, words = ContainerPostgres(), f"{IMAGE} in Docker"
    try:
        server.start(lambda _: None)
        yield server, words
    finally:
        server.remove()
