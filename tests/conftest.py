"""What every test may use: each worker's own PostgreSQL and Kafka, an empty database, a running city."""

import secrets
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import hypothesis
import pytest

from deploy.kafka import place
from shared import access
from tests import toy
from tests.harness import City, running_city
from tests.kafka import Kafka, running_kafka, skipping
from tests.postgres import Postgres, running_postgres

pytest_plugins = ["tests.notes"]

# How long an example takes says nothing on a machine that does other things as well.
hypothesis.settings.register_profile("jiujin", deadline=None)
hypothesis.settings.load_profile("jiujin")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--kills`."""
    parser.addoption("--kills", type=int, default=20, help="how often the chaos tests kill the system")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the long tests out unless they are asked for."""
    if config.getoption("--require-all") or "long" in config.getoption("-m"):
        return
    long = [item for item in items if item.get_closest_marker("long")]
    if long:
        config.hook.pytest_deselected(items=long)
        items[:] = [item for item in items if not item.get_closest_marker("long")]


@pytest.fixture(scope="session")
def open_folder() -> Iterator[Path]:
    """A folder which the user who runs PostgreSQL can enter; pytest's own are for one user only."""
    folder = Path(tempfile.mkdtemp(prefix="jiujin-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def data(open_folder: Path) -> Path:
    """A data folder that isn't there yet."""
    return open_folder / secrets.token_hex(4)


@pytest.fixture(scope="session")
def postgres(open_folder: Path, tell_postgres: Callable[[str], None]) -> Iterator[Postgres]:
    """A PostgreSQL that runs as long as the worker does; without fsync, as nothing outlives it."""
    with running_postgres(open_folder / "session") as (server, words):
        tell_postgres(words)
        yield server


@pytest.fixture(scope="session")
def kafka(open_folder: Path, tell_kafka: Callable[[str], None]) -> Iterator[Kafka]:
    """A Kafka that runs as long as the worker does, from its first use on."""
    with running_kafka(open_folder / "kafka") as (server, words):
        tell_kafka(words)
        yield server


@pytest.fixture(scope="session")
def kafka_jars() -> Path:
    """The folder of the embedded Kafka's jars, checked, for tests of just that one; else they are skipped."""
    with skipping():
        place.settle(lambda _: None)
    return place.cache()


@pytest.fixture
async def database(postgres: Postgres) -> AsyncIterator[str]:
    """The superuser's address of a fresh, empty database, dropped afterwards with whoever is still in it."""
    name = f"test_{secrets.token_hex(6)}"
    admin = await asyncpg.connect(postgres.superuser_dsn)
    try:
        await admin.execute(f"CREATE DATABASE {name}")
        yield urlunsplit(urlsplit(postgres.superuser_dsn)._replace(path=f"/{name}"))
        await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    finally:
        await admin.close()


@pytest.fixture
async def toy_city(
    postgres: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[City]:
    """The two toy services, with operators who may do all they offer."""
    for action, roles in toy.TABLE.items():
        monkeypatch.setitem(cast("dict[str, Any]", access.TABLE), action, roles)
    async with running_city(postgres.superuser_dsn, tmp_path, [toy.COUNTING, toy.HEARING]) as running:
        yield running
    toy.Faults.clear()


@pytest.fixture
async def city(postgres: Postgres, tmp_path: Path) -> AsyncIterator[City]:
    """The whole system on a virtual clock that begins on a Monday at nine."""
    async with running_city(postgres.superuser_dsn, tmp_path) as running:
        yield running
