"""`./jiujin up --kafka`: PostgreSQL and Kafka, and each service, relay and the gateway a process of its own.

What a new system begins with, a demo's past or the first administrator, is made in one process before: the
relays then send it all, and no consumer lets it have an effect twice.
"""

import asyncio
import socket
from contextlib import AsyncExitStack, suppress
from dataclasses import replace

import httpx
import uvloop
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from deploy import run as one_process
from deploy.disk import full
from deploy.errors import DeployError, KeyBrokenError
from deploy.folder import DataFolder, RunState
from deploy.ground import LOOK_SECONDS, Ground, Plan, Screen, StoppedError
from deploy.kafka import EmbeddedKafka
from deploy.kafka.place import settle
from deploy.ports import free_port
from deploy.postgres import DiskFull, PostgresError
from deploy.processes.child import Child
from deploy.ready import ready
from deploy.settings import NAMES
from services.identity.keys import KeyUnreadableError, load

HOST = "127.0.0.1"
RELAYS = 2
START_SECONDS = 120.0


class NotBegunError(DeployError):
    """The data in {data} were not made to the end: read {log}, then start again."""


class SlowStartError(DeployError):
    """Not all processes were ready after {seconds} s: read the logs in {folder}, then start again."""


def run_several(plan: Plan, screen: Screen, door: socket.socket) -> None:
    """Serve at `door` until a signal; a DeployError when that can't be."""
    settle(screen.say)  # without Java or Maven nothing is begun
    folder = DataFolder(plan.data)
    before = folder.state()
    if before is None or before.loading or plan.new_epoch:
        screen.say("making what a new system begins with, in one process")
        quiet = replace(screen, serving=lambda *_: None, loaded=lambda *_: None)
        if not one_process.run(replace(plan, only_begin=True), quiet, door.dup()):
            return
        before = folder.state()
    if before is None or before.loading:
        raise NotBegunError(data=folder.path, log=folder.log)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_Several(plan, screen, folder, before).go(door))


class _Several(Ground):
    def __init__(self, plan: Plan, screen: Screen, folder: DataFolder, before: RunState) -> None:
        super().__init__(plan, screen, folder)
        self.before = before
        self.kafka = EmbeddedKafka(folder.path / "kafka")
        self.children: list[Child] = []
        self.state: RunState | None = None

    async def go(self, door: socket.socket) -> None:
        """All of it. The stack is taken down from the door inwards, Kafka and PostgreSQL last."""
        self.listen_to_signals()
        async with AsyncExitStack() as stack:
            with suppress(StoppedError):
                with self.room():
                    await self.start_postgres(stack)
                    stack.push_async_callback(asyncio.to_thread, self.kafka.stop)
                    self.say("starting Apache Kafka")
                    await asyncio.to_thread(self.kafka.start, self.say)
                    self.unless_stopping()
                    self._make_children(door)
                running = {asyncio.create_task(child.run(), name=child.name) for child in self.children}
                stack.push_async_callback(self._end, running)
                await self._stay(door, running)
            self.say("stopping: finishing what is in flight")

    def _make_children(self, door: socket.socket) -> None:
        ports = {name: free_port() for name in NAMES}
        common = self._environment(door)
        for name in NAMES:
            own = {"JIUJIN_PORT": str(ports[name]), "JIUJIN_MEMBER": name}
            self._add(name, name, {**common, **own})
        for number in range(1, RELAYS + 1):
            self._add(f"relay-{number}", "relay", {**common, "JIUJIN_PORT": str(free_port())})
        urls = {f"JIUJIN_{name.upper()}_URL": f"http://{HOST}:{port}" for name, port in ports.items()}
        self._add("gateway", "gateway", {**common, **urls}, door.fileno())

    def _add(self, name: str, kind: str, environment: dict[str, str], door: int | None = None) -> None:
        log = self.folder.log.with_name(f"{name}.log")
        self.children.append(Child(name, kind, environment, log, self.screen.process, self.changed, door))

    def _environment(self, door: socket.socket) -> dict[str, str]:
        """What all processes are told."""
        try:
            key = load(self.folder.key).public_key()
        except (OSError, KeyUnreadableError) as error:
            raise KeyBrokenError(file=self.folder.key) from error
        public = self.folder.key.with_name("identity.pub")
        public.write_bytes(key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
        return {
            "JIUJIN_DEMO": str(self.before.demo),
            "JIUJIN_DATABASE_URL": self.postgres.url,
            "JIUJIN_DATABASE_PASSWORD_FILE": str(self.postgres.password_file("{database}")),
            "JIUJIN_KAFKA_URL": f"kafka://{self.kafka.bootstrap}",
            "JIUJIN_KAFKA_REPLICAS": "1",
            "JIUJIN_PUBLIC_KEY_FILE": str(public),
            "JIUJIN_PRIVATE_KEY_FILE": str(self.folder.key),
            "JIUJIN_FILES": str(self.folder.files),
            "JIUJIN_TRACES_URL": self.plan.traces,
            "JIUJIN_ADDRESS": RunState.at(door, self.plan.host, demo=self.before.demo).address,
        }

    async def _stay(self, door: socket.socket, running: set[asyncio.Task[None]]) -> None:
        """Until the signal; a process that can't start is a fault."""
        beside = {
            asyncio.create_task(self.watch_postgres()),
            asyncio.create_task(self._watch_kafka()),
            asyncio.create_task(self._tell(door)),
            asyncio.create_task(self.stopping.wait()),
        }
        ended, _ = await asyncio.wait(running | beside, return_when=asyncio.FIRST_COMPLETED)
        for task in beside:
            task.cancel()
        await asyncio.gather(*beside, return_exceptions=True)
        if not self.stopping.is_set():
            raise next(iter(ended)).exception() or RuntimeError("ended by itself")

    async def _tell(self, door: socket.socket) -> None:
        """Once all serve, say what there is to use."""
        self.state = RunState.at(door, self.plan.host, demo=self.before.demo)
        try:
            async with asyncio.timeout(START_SECONDS):
                await _until_ready(self.state.address)
        except TimeoutError as error:
            raise SlowStartError(seconds=round(START_SECONDS), folder=self.folder.log.parent) from error
        self.folder.remember(self.state)
        self.screen.serving(self.state, await ready(self.folder, self.state))
        await self.stopping.wait()

    async def _watch_kafka(self) -> None:
        """Start it again should it die; the relays and consumers wait for it meanwhile."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            if self.kafka.pid is None and not full(self.folder.path):
                self.say("Kafka has ended; starting it again")
                with suppress(DiskFull):
                    await asyncio.to_thread(self.kafka.restart, self.say)
                self.changed()

    def changed(self) -> None:
        """Write down which process is which."""
        ours = {child.name: {"pid": child.pid, "port": child.port} for child in self.children}
        kafka = {"pid": self.kafka.pid, "port": int(self.kafka.bootstrap.rpartition(":")[2])}
        postgres = {"pid": self.postgres.pid, "port": None}
        self.folder.keep_processes({**ours, "kafka": kafka, "postgres": postgres})

    async def _end(self, running: set[asyncio.Task[None]]) -> None:
        """The gateway first, so that nothing new comes in; the relays last: they send what is written."""
        forcing = asyncio.create_task(self._force())
        for kinds in ({"gateway"}, set(NAMES), {"relay"}):
            await asyncio.gather(*(child.stop() for child in self.children if child.kind in kinds))
        forcing.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        self.folder.forget_processes()
        if self.state is not None:
            with suppress(PostgresError):
                self.folder.remember(replace(self.state, pid=None))

    async def _force(self) -> None:
        await self.forced.wait()
        for child in self.children:
            child.kill()


async def _until_ready(address: str) -> None:
    async with httpx.AsyncClient(base_url=address, trust_env=False) as http:
        while True:
            with suppress(httpx.TransportError):
                if (await http.get("/readyz")).is_success:
                    return
            await asyncio.sleep(LOOK_SECONDS / 4)
