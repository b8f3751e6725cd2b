"""The system is killed at random moments while people work: nothing acknowledged is lost or done twice."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from deploy.client import Client, Signer
from deploy.demo.traffic.kills import simulate_with_kills
from deploy.demo.traffic.people import ADMIN
from deploy.demo.traffic.simulate import Plan
from deploy.demo.traffic.stored import read_events
from deploy.folder import DataFolder
from tests.ports import free_port

ROOT = Path(__file__).parent.parent.parent
START_SECONDS, STOP_SECONDS = 90.0, 60.0
REQUESTS_A_KILL = 10

pytestmark = [pytest.mark.long, pytest.mark.alone]


@pytest.fixture
def kills(request: pytest.FixtureRequest) -> int:
    """How often to kill."""
    return int(request.config.getoption("--kills"))


def _wait_until_serving(folder: DataFolder) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        state = folder.state()
        with suppress(httpx.TransportError):
            if state and httpx.get(f"{state.address}/readyz", trust_env=False).is_success:
                return
        time.sleep(0.1)  # a poll with a deadline
    raise AssertionError("the system did not start")


@pytest.fixture
def running(data: Path) -> Iterator[DataFolder]:
    """A demo whose clock is virtual, in processes of its own."""
    folder = DataFolder(data)
    words = ["up", "--data", str(data), "--port", str(free_port()), "--virtual"]
    process = subprocess.Popen(  # noqa: S603  our own program
        [sys.executable, "-P", "-m", "cli", *words],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        _wait_until_serving(folder)
        yield folder
    finally:
        _stop(folder, process)


def _stop(folder: DataFolder, first: "subprocess.Popen[bytes]") -> None:
    """Stop whichever process serves now, and wait for the first one."""
    state = folder.state()
    if state is not None and state.pid is not None:
        with suppress(ProcessLookupError):
            os.kill(state.pid, signal.SIGTERM)
    until = time.monotonic() + STOP_SECONDS
    while folder.held() and time.monotonic() < until:
        time.sleep(0.1)  # a poll with a deadline
    with suppress(ProcessLookupError):
        os.killpg(first.pid, signal.SIGKILL)
    first.wait()


async def test_nothing_is_lost_or_done_twice_whatever_dies(running: DataFolder, kills: int) -> None:
    """`--kills` times SIGKILL at a random moment: all checks hold, and offers that were open have expired."""
    state = running.state()
    assert state is not None
    said: list[str] = []
    client = Client(state.address, Signer.of(running.path), patience=90.0)
    plan = Plan(requests=REQUESTS_A_KILL * kills, seed=13)
    report = await simulate_with_kills(client, plan, running, kills, said.append)
    assert report.told["kills"] == kills
    assert report.good, (report.told["checks"], said[-5:])
    assert report.told["repeated"] > 0
    async with Client(state.address, Signer.of(running.path)) as after:
        expired = (await read_events(after, ADMIN, ["matching"])).of("matching.OfferExpired")
    assert expired
    await asyncio.to_thread(_wait_until_serving, running)
