"""The system as `./jiujin up --kafka` runs it, each service on its own: asking, taking over, memory.

Its PostgreSQL and Kafka are its own; the bare pipeline that is compared with it publishes through the same
broker. Without Java or Maven nothing is measured.
"""

import asyncio
import json
import os
import re
import secrets
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import httpx

from bench.asking import Asked, Bare, City
from bench.bare_kafka import BARE, FIND
from bench.ground import Ground
from bench.measure import Line, Scale, Series, Target
from bench.serving import serving
from deploy.client import Client, Signer
from deploy.folder import DataFolder
from deploy.kafka import JavaMissingError, MavenMissingError
from deploy.kafka.place import settle
from deploy.ports import free_port
from deploy.settings import NAMES

ROOT = Path(__file__).parent.parent
START_SECONDS, LOOK_SECONDS = 180.0, 0.05
REST_SECONDS = 5.0
"""How long the system is left alone before its memory is looked at, and before a leader is killed."""
TAKE_OVER_LIMIT, MEMORY_LIMIT = 5.0, 120.0


@dataclass
class _Several:
    """A running system of several processes."""

    folder: DataFolder
    client: Client

    def process(self, name: str) -> dict[str, int]:
        """Its number and port."""
        found: dict[str, int] = json.loads(self.folder.processes.read_bytes())[name]
        return found

    def memory(self) -> float:
        """Resident megabytes of the largest process of a service."""
        return max(_resident(self.process(name)["pid"]) for name in NAMES)

    def at(self, name: str) -> Client:
        """To a service itself, past the gateway."""
        return Client(f"http://127.0.0.1:{self.process(name)['port']}", Signer.of(self.folder.path))

    async def leader(self) -> str:
        """The relay's process that leads for intake."""
        async with httpx.AsyncClient(trust_env=False) as http:
            while True:
                for name in ("relay-1", "relay-2"):
                    with suppress(httpx.TransportError):
                        port = self.process(name)["port"]
                        told = (await http.get(f"http://127.0.0.1:{port}/metrics")).text
                        if re.search(r'^jiujin_relay_leads\{service="intake"\} 1', told, re.MULTILINE):
                            return name
                await asyncio.sleep(LOOK_SECONDS)

    async def take_over(self, city: City) -> float:
        """Seconds from the kill of the leader until what was asked for right after it is ranked."""
        await asyncio.sleep(REST_SECONDS)
        os.kill(self.process(await self.leader())["pid"], signal.SIGKILL)
        return await city.ask() / 1000


@asynccontextmanager
async def _several(folder: Path) -> AsyncIterator[_Several]:
    """Up from nothing, with the demo's people and without their past."""
    data = DataFolder(folder)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "cli", "up", "--kafka", "--pastless"),
        *("--data", str(folder), "--port", str(free_port())),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    try:
        async with asyncio.timeout(START_SECONDS):
            while not data.processes.exists() or not await _ready(data):
                if process.returncode is not None:
                    raise RuntimeError("`jiujin up` has ended: it has said why")
                await asyncio.sleep(LOOK_SECONDS)
        state = data.state()
        assert state is not None  # noqa: S101  it serves
        async with Client(state.address, Signer.of(data.path)) as client:
            yield _Several(data, client)
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def _ready(data: DataFolder) -> bool:
    state = data.state()
    if state is None:
        return False
    async with httpx.AsyncClient(trust_env=False) as http:
        with suppress(httpx.TransportError):
            return (await http.get(f"{state.address}/readyz")).is_success
    return False


def _resident(pid: int) -> float:
    told = Path(f"/proc/{pid}/status").read_text()
    found = re.search(r"VmRSS:\s+(\d+) kB", told)
    return int(found[1]) / 1024 if found else 0.0


@asynccontextmanager
async def _bare(ground: Ground, port: int) -> AsyncIterator[Bare]:
    """The bare pipeline through the broker at this port, its API in another process."""
    dsn = await ground.database()
    connection: Any = await asyncpg.connect(dsn)
    await connection.execute(BARE + FIND)
    await connection.close()
    pipeline = {"dsn": dsn, "kafka": f"127.0.0.1:{port}", "prefix": f"b{secrets.token_hex(4)}"}
    async with (
        serving(pipeline),
        serving({"dsn": dsn, "kafka": ""}) as address,
        httpx.AsyncClient(base_url=address, trust_env=False) as http,
    ):
        yield Bare(http)


async def measure(ground: Ground, scale: Scale) -> list[Line]:
    """Memory first, while nobody has asked for anything."""
    try:
        await asyncio.to_thread(settle, lambda _: None)
    except (JavaMissingError, MavenMissingError) as error:
        sys.stderr.write(f"no Kafka, nothing measured: {error}\n")
        return []
    asked = Asked(
        scale,
        "POST → bare insert → publish → consume → insert → readable, in two processes",
        2.0,
        "both wake by NOTIFY between processes",
        ways=2,
    )
    kills = scale.pick(5, 1)
    async with _several(ground.folder / "several") as several:
        await asyncio.sleep(REST_SECONDS)
        idle = several.memory()
        async with (
            _bare(ground, several.process("kafka")["port"]) as bare,
            several.at("intake") as intake,
            several.at("matching") as matching,
        ):
            city = City(several.client, (intake, matching))
            await city.fill(asked.helpers, asked.cadres + kills)
            lines = await asked.compare(city, bare)
        took = [await several.take_over(city) for _ in range(kills)]
        busy = several.memory()
    return [
        *lines,
        Line(
            "kill -9 of the relay's leader → asked for right after it and ranked",
            Series(tuple(took)),
            "the limit",
            Series((TAKE_OVER_LIMIT,) * kills),
            "s",
            Target("at most", 1.0),
        ),
        Line(
            "resident memory of the largest of the services' processes, idle since its start",
            Series((idle,)),
            "the limit",
            Series((MEMORY_LIMIT,)),
            "MB",
            Target("at most", 1.0),
            f"{busy:.0f} MB at the end: the readings of characters are loaded with the first name.",
        ),
    ]
