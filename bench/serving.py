"""A server process: the real system, or the bare pipeline that it is compared with, on loopback.

`python -m bench.serving` gets its configuration on the first line of input, answers with its port, and serves
until its input ends.
"""

import asyncio
import socket
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import asyncpg
import orjson
import uvloop
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from starlette.applications import Starlette
from starlette.types import ASGIApp

from bench.bare_kafka import ByProducer, Pipeline, bare_app
from bench.bare_pipeline import BarePipeline
from deploy.collector import spare_what_is_loaded
from deploy.control import make_control
from deploy.door import Door, Server
from deploy.first import furnish
from deploy.gateway import Gateway
from deploy.services import SERVICES
from deploy.system import open_system
from shared.bus.kafka import Cluster
from shared.bus.kafka.topics import make_topics
from shared.clock import wall_now
from shared.eventstore.hints import Hints
from shared.eventstore.log import EventLog
from shared.eventstore.opening import Kind

Config = Mapping[str, Any]


@asynccontextmanager
async def serving(config: Config) -> AsyncIterator[str]:
    """The address of a server process of its own with this configuration."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bench.serving"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdin is not None  # noqa: S101  it is a pipe
    assert process.stdout is not None  # noqa: S101  the same
    try:
        process.stdin.write(orjson.dumps(config) + b"\n")
        yield f"http://127.0.0.1:{int(await process.stdout.readline())}"
    finally:
        process.stdin.close()
        await process.wait()


@asynccontextmanager
async def _system(config: Config) -> AsyncIterator[ASGIApp]:
    """Every service with the local carrier, on a real clock, or on a virtual one that begins `days` ago."""
    days = config.get("days", 0)
    dsns: Mapping[str, str] = config["dsns"]
    system = await open_system(
        SERVICES,
        dsns.__getitem__,
        Path(config["files"]),
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(config["public_key"])),
        kind=Kind(demo=True, virtual=days > 0),
        start=wall_now() - timedelta(days=days),
    )
    carrying = asyncio.create_task(system.carrier.run())
    await furnish(system.services["intake"].store, lambda _: None)
    try:
        yield Gateway(system.apps, make_control(system))
    finally:
        system.carrier.stop()
        await carrying
        await system.close()


@asynccontextmanager
async def _bare(config: Config) -> AsyncIterator[ASGIApp]:
    """The pipeline that only inserts, polls and inserts."""
    async with asyncpg.create_pool(config["dsn"], min_size=2, max_size=8) as pool:
        pipeline = BarePipeline(pool)
        carrying = asyncio.create_task(pipeline.run())
        try:
            yield pipeline.app
        finally:
            carrying.cancel()
            await asyncio.gather(carrying, return_exceptions=True)


@asynccontextmanager
async def _bare_kafka(config: Config) -> AsyncIterator[ASGIApp]:
    """The same through a broker: its API, or what publishes and consumes, which wakes as ours does."""
    async with asyncpg.create_pool(config["dsn"], min_size=2, max_size=8) as pool:
        log = EventLog("bench", pool)
        hints = Hints(log)
        passing = asyncio.create_task(hints.run())
        try:
            if config["kafka"]:
                cluster = Cluster(config["kafka"], prefix=config["prefix"], replicas=1)
                await make_topics(cluster, ["bench"])
                async with Pipeline(pool, cluster, ByProducer(cluster)) as pipeline:
                    log.listen(pipeline.hint)
                    yield Starlette()
            else:
                places = count(1)
                yield bare_app(pool, lambda: log.changed((0, next(places), 0)))  # each newer, as ours
        finally:
            hints.stop()
            await passing


def _standing(config: Config) -> AbstractAsyncContextManager[ASGIApp]:
    if "kafka" in config:
        return _bare_kafka(config)
    return _system(config) if "dsns" in config else _bare(config)


async def _main() -> None:
    config = orjson.loads(await asyncio.to_thread(sys.stdin.readline))
    door = socket.create_server(("127.0.0.1", 0))
    async with _standing(config) as app:
        spare_what_is_loaded()
        behind = Door()
        behind.open(app)
        server = Server(behind)
        served = asyncio.create_task(server.serve([door]))
        sys.stdout.write(f"{door.getsockname()[1]}\n")
        sys.stdout.flush()
        await asyncio.to_thread(sys.stdin.read)
        server.should_exit = True
        await served


if __name__ == "__main__":
    uvloop.run(_main())
