"""What every test may use: `--require-all`, a PostgreSQL of its own for each worker, an empty database."""

import os
import secrets
import shutil
import signal
import tempfile
from collections.abc import AsyncIterator, Generator, Iterator
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest

from deploy.postgres import EmbeddedPostgres
from shared import access
from tests import toy
from tests.harness import City, running_city


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--require-all`."""
    parser.addoption("--require-all", action="store_true", help="run long tests; a skip is a failure")
    parser.addoption("--kills", type=int, default=20, help="how often the chaos tests kill the system")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the long tests out unless they are asked for."""
    if config.getoption("--require-all") or "long" in config.getoption("-m"):
        return
    long = [item for item in items if item.get_closest_marker("long")]
    if long:
        config.hook.pytest_deselected(items=long)
        items[:] = [item for item in items if not item.get_closest_marker("long")]


def _fail_if_skipped(config: pytest.Config, report: pytest.TestReport | pytest.CollectReport) -> None:
    if config.getoption("--require-all") and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped, which --require-all forbids: {report.longrepr}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Under `--require-all` a skipped test has failed."""
    report = yield
    _fail_if_skipped(item.config, report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Under `--require-all` a skipped module has failed."""
    report = yield
    _fail_if_skipped(collector.config, report)
    return report


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
async def postgres(open_folder: Path) -> AsyncIterator[EmbeddedPostgres]:
    """A PostgreSQL that runs as long as the worker does; without fsync, as nothing outlives it."""
    server = EmbeddedPostgres(open_folder / "session")
    server.start(lambda _: None)
    admin = await asyncpg.connect(server.superuser_dsn)
    await admin.execute("ALTER SYSTEM SET fsync = off")
    await admin.execute("SELECT pg_reload_conf()")
    await admin.close()
    yield server
    if server.pid is not None:
        os.kill(server.pid, signal.SIGQUIT)  # at once: nobody needs what is in it
    server.stop()


@pytest.fixture
async def database(postgres: EmbeddedPostgres) -> AsyncIterator[str]:
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
    postgres: EmbeddedPostgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[City]:
    """The two toy services, with operators who may do all they offer."""
    for action, roles in toy.TABLE.items():
        monkeypatch.setitem(cast("dict[str, Any]", access.TABLE), action, roles)
    async with running_city(postgres.superuser_dsn, tmp_path, [toy.COUNTING, toy.HEARING]) as running:
        yield running
    toy.Faults.clear()


@pytest.fixture
async def city(postgres: EmbeddedPostgres, tmp_path: Path) -> AsyncIterator[City]:
    """The whole system on a virtual clock that begins on a Monday at nine."""
    async with running_city(postgres.superuser_dsn, tmp_path) as running:
        yield running
