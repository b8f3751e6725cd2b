"""The whole system by `docker compose`: from nothing, under blows, in several of a service, and again."""

import asyncio
import json
import os
import secrets
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from deploy.client import Client, Signer
from deploy.demo.traffic.people import ADMIN
from deploy.demo.traffic.simulate import Plan, Report, simulate
from deploy.demo.traffic.stored import read_events
from tests.browser import SCRIPT, Browser
from tests.command_line import ROOT
from tests.ports import free_port

pytestmark = [pytest.mark.long, pytest.mark.alone]

Blows = asyncio.Task[None] | None
OURS = ("intake", "matching", "care", "reporting", "identity")
ALL = (*OURS, "relay", "gateway", "front", "kafka", "postgres")
MEGABYTE = 1_000_000
SECONDS = 600.0
READY_SECONDS = 120.0


@dataclass
class Compose:
    """One system under a project name of its own."""

    folder: Path
    name: str = field(default_factory=lambda: f"jiujin-test-{secrets.token_hex(3)}")
    port: int = field(default_factory=free_port)

    @property
    def environment(self) -> dict[str, str]:
        """What the files ask for."""
        return {
            **os.environ,
            "JIUJIN_SECRETS": str(self.folder),
            "JIUJIN_IMAGE": "jiujin:test",
            "JIUJIN_MATCHING_IMAGE": "jiujin-matching:test",
            "JIUJIN_FRONT_IMAGE": "jiujin-front:test",
            "JIUJIN_PUBLISH": f"127.0.0.1:{self.port}",
            "JIUJIN_PUBLISH_TLS": f"127.0.0.1:{free_port()}",
        }

    def run(self, *words: str) -> str:
        """`docker compose` to its end; gives what it prints."""
        done = subprocess.run(  # noqa: S603  our own words
            ["docker", "compose", "-p", self.name, *_files(), *words],  # noqa: S607  the machine's
            check=False,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            cwd=ROOT,
            env=self.environment,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout

    def up(self, *words: str) -> None:
        """Bring it up, or what lacks of it, and wait until it is healthy."""
        self.run("up", "-d", "--wait", "--no-build", *words)

    async def ready(self) -> None:
        """Until every part says through the front that it is ready."""
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{self.port}", trust_env=False) as http:
            async with asyncio.timeout(READY_SECONDS):
                while True:
                    with suppress(httpx.TransportError):
                        if (await http.get("/readyz")).is_success:
                            return
                    await asyncio.sleep(0.2)

    def containers(self, service: str) -> list[dict[str, Any]]:
        """Those of a service."""
        return [json.loads(line) for line in self.run("ps", "--format", "json", service).splitlines()]

    @asynccontextmanager
    async def client(self) -> AsyncIterator[Client]:
        """Somebody who signs what a demo takes."""
        key = load_pem_private_key((self.folder / "identity.key").read_bytes(), None)
        assert isinstance(key, Ed25519PrivateKey)
        async with Client(f"http://127.0.0.1:{self.port}", Signer(key), patience=120.0) as client:
            yield client

    async def simulate(self, requests: int, seed: int, meanwhile: Blows = None) -> Report:
        """People at work through the front; then every check."""
        async with self.client() as client:
            try:
                return await simulate(client, Plan(requests, seed), meanwhile=meanwhile)
            except Exception as error:
                error.add_note(self.last_words())
                raise

    def last_words(self) -> str:
        """What our services have logged last, and which of all parts stand."""
        names = [one["Name"] for service in OURS for one in self.containers(service)]
        logs = [line for name in names for line in _docker("logs", "--tail", "40", name).splitlines()]
        return "\n".join([*logs, self.run("ps")])


def _files() -> list[str]:
    return ["-f", "docker-compose.yml", "-f", "docker-compose.test.yml"]


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Compose]:
    """Built, and up from nothing."""
    folder = tmp_path_factory.mktemp("secrets")
    subprocess.run([ROOT / "deploy" / "make-secrets", folder], check=True, capture_output=True)  # noqa: S603  our own
    found = Compose(folder)
    found.run("build", "-q")
    try:
        found.up()
        yield found
    finally:
        found.run("down", "-v", "--timeout", "5")


def test_the_image_holds_what_it_needs_and_no_more(system: Compose) -> None:
    """Small, without tools to build with, for a user without rights, on a root that can't be written."""
    for image, most in (("jiujin:test", 300), ("jiujin-matching:test", 450)):
        size = _docker("image", "inspect", "-f", "{{.Size}}", image)
        assert int(size) <= most * MEGABYTE
    for service in OURS:
        (container,) = system.containers(service)
        name = container["Name"]
        assert _docker("exec", name, "id", "-u") == "10001"
        tools = "command -v pip pip3 uv gcc cc make git curl || true"
        assert _docker("exec", name, "sh", "-c", tools) == ""
        assert _docker("exec", name, "sh", "-c", "touch /opt/jiujin/x 2>/dev/null || echo no") == "no"
        assert _docker("inspect", "-f", "{{.HostConfig.ReadonlyRootfs}} {{.HostConfig.CapDrop}}", name) == (
            "true [ALL]"
        )


def test_only_the_front_is_reached_from_outside(system: Compose) -> None:
    """It publishes the only ports, and tells nobody the figures."""
    for service in ALL:
        published = [
            one for it in system.containers(service) for one in it["Publishers"] or () if one["PublishedPort"]
        ]
        assert bool(published) == (service == "front")
    with httpx.Client(base_url=f"http://127.0.0.1:{system.port}", trust_env=False) as http:
        assert http.get("/readyz").json() == {"ready": True, "unready": []}
        assert http.get("/metrics").status_code == 404


async def test_people_come_in_by_the_front(system: Compose) -> None:
    """By the address alone, and in a role of the demo to its work; a foreign page sends nothing."""
    async with Browser(base_url=f"http://127.0.0.1:{system.port}") as one:
        assert (await one.open("/")).url.path == "/identity/sign-in"
        work = await one.submit("/identity/demo", role="auditor")
        assert work.url.path == "/reporting/"
        for origin, status in ((str(one.base_url), 200), ("http://elsewhere", 403)):
            headers = {"Origin": origin.rstrip("/")}
            sent = await one.post("/identity/demo", data={"role": "operator"}, headers=headers)
            assert sent.status_code == status


async def test_a_board_is_told_at_once_behind_the_front(system: Compose) -> None:
    """The front holds nothing back: what a line begins with comes though it doesn't end, then what moves."""
    async with Browser(base_url=f"http://127.0.0.1:{system.port}", timeout=READY_SECONDS) as one:
        await one.open("/identity/sign-in")
        assert (await one.submit("/identity/demo", role="coordinator")).url.path == "/matching/"
        async with (
            one.stream("GET", "/matching/stream", headers=SCRIPT) as line,
            asyncio.timeout(READY_SECONDS),
        ):
            heard = line.aiter_text()
            assert await anext(heard)
            moving = asyncio.create_task(system.simulate(1, 15))
            while "event: some" not in await anext(heard):
                pass
        await moving


async def test_everything_holds_whatever_dies(system: Compose) -> None:
    """People work while each container is killed and started again, one after the other."""
    seconds: dict[str, float] = {}

    async def blows() -> None:
        for service in ALL:
            begin = time.monotonic()
            await asyncio.to_thread(system.run, "kill", service)
            await asyncio.to_thread(system.run, "up", "-d", "--no-build", "--no-deps", service)
            await system.ready()
            seconds[service] = round(time.monotonic() - begin, 1)

    report = await system.simulate(40, 11, asyncio.create_task(blows()))
    assert report.good, _said(report, seconds)
    assert report.told["repeated"] > 0


async def test_a_database_that_vanishes_without_a_word_is_given_up(system: Compose) -> None:
    """Its network is cut before it dies: no end of a connection is ever told, and care waits for one."""
    postgres = system.containers("postgres")[0]["Name"]
    network = f"{system.name}_inside"

    async def blow() -> None:
        await asyncio.sleep(1)
        lock = "BEGIN; LOCK TABLE store.events IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(600)"
        words = ["docker", "exec", postgres, "psql", "-U", "postgres", "-d", "jiujin_care", "-c", lock]
        holding = await asyncio.create_subprocess_exec(*words, stdout=asyncio.subprocess.DEVNULL)
        await asyncio.sleep(8)
        for verb in (["network", "disconnect", network, postgres], ["kill", postgres]):
            await asyncio.to_thread(_docker, *verb)
        await holding.wait()
        await asyncio.to_thread(_docker, "network", "connect", "--alias", "postgres", network, postgres)
        await asyncio.to_thread(_docker, "start", postgres)
        await system.ready()

    await system.simulate(5, 13)
    report = await system.simulate(15, 14, asyncio.create_task(blow()))
    assert report.good, _said(report)


async def test_several_of_a_service_share_the_work(system: Compose) -> None:
    """Three processes of matching have partitions each, and everything holds."""
    system.up("--scale", "matching=3")
    report = await system.simulate(15, 12)
    assert report.good, _said(report)
    shares = []
    for container in system.containers("matching"):
        lines = _docker("logs", container["Name"]).splitlines()
        assigned = [json.loads(line) for line in lines if "partitions assigned" in line]
        shares.append(assigned[-1]["count"])
    assert len(shares) == 3
    assert all(shares)
    assert sum(shares) == 3 * 24  # of intake, care and identity; its own events need no broker
    system.up("--scale", "matching=1")


async def test_down_and_up_again_loses_nothing(system: Compose) -> None:
    """Volumes stay: the same events afterwards, and everything goes on."""
    async with system.client() as client:
        before = await read_events(client, ADMIN)
    system.run("down", "--timeout", "45")
    system.up()
    async with system.client() as client:
        after = await read_events(client, ADMIN)
    for service, events in before.by_service.items():
        assert [one.id for one in after.by_service[service]][: len(events)] == [one.id for one in events]
    report = await system.simulate(10, 13)
    assert report.good, _said(report)


def _said(report: Report, seconds: dict[str, float] | None = None) -> str:
    """What was found wrong, which ways the requests took, and how long each blow was felt."""
    wrong = [check for check in report.told["checks"] if check["wrong"]]
    return json.dumps([wrong, report.told["branches"], seconds], ensure_ascii=False, indent=1)


def _docker(*words: str) -> str:
    done = subprocess.run(["docker", *words], check=False, capture_output=True, text=True)  # noqa: S603, S607  our own words, the machine's docker
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()
