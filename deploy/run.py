"""`./jiujin up`: PostgreSQL, every service, the carrier, the one address, in one process until a signal."""

import asyncio
import logging
import os
import signal
import socket
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import asyncpg
import uvloop

from deploy.collector import spare_what_is_loaded
from deploy.control import make_control
from deploy.demo.loading import load_demo
from deploy.disk import full
from deploy.door import Door, Server
from deploy.errors import (
    DemoHereError,
    DeployError,
    EndedError,
    KeyBrokenError,
    NewerDataError,
    NoAdministratorError,
    RestoredError,
)
from deploy.first import Administrator, command_of, furnish, open_first_account
from deploy.folder import DataFolder, RunState
from deploy.gateway import Gateway
from deploy.log import configure
from deploy.postgres import DATABASES, DiskFull, EmbeddedPostgres, PostgresError
from deploy.postgres.errors import folder_errors
from deploy.ready import Ready, ready
from deploy.services import SERVICES
from deploy.system import System, open_system
from services.identity.keys import KeyUnreadableError, load_or_make
from shared.clock import wall_now
from shared.eventstore.opening import Kind, RestoredDataError, begin_epoch
from shared.migrations import NewerDatabaseError

T = TypeVar("T")
log = logging.getLogger("jiujin.up")
PAST = timedelta(days=60)
"""How far back a fresh demo begins."""
CARRIER_SECONDS = 20.0
LOCAL = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  where the machine itself finds such a door
LOOK_SECONDS = 1.0


@dataclass(frozen=True)
class Plan:
    """What was asked for. `virtual` leaves a fresh demo empty and its clock where it begins."""

    data: Path
    host: str
    empty: bool = False
    administrator: Administrator | None = None
    virtual: bool = False
    new_epoch: bool = False


@dataclass(frozen=True)
class Screen:
    """Who watches: `say` takes a line of progress, the others the state and what is at hand once it is so."""

    say: Callable[[str], None]
    serving: Callable[[RunState, Ready], None]
    loaded: Callable[[RunState, Ready], None]


class StoppedError(Exception):
    """The signal came before everything served."""


def run(plan: Plan, screen: Screen, door: socket.socket) -> None:
    """Serve at `door` until a signal; a DeployError when that can't be."""
    folder = DataFolder(plan.data)
    before = folder.state()
    if before is None and plan.empty:
        if plan.administrator is None:
            raise NoAdministratorError
        command_of(plan.administrator)
    if before is not None and before.demo and plan.empty:
        raise DemoHereError(data=folder.path)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_Run(plan, screen, folder, before).go(door))


class _Run:
    def __init__(self, plan: Plan, screen: Screen, folder: DataFolder, before: RunState | None) -> None:
        self.plan, self.screen, self.folder, self.before = plan, screen, folder, before
        self.postgres = EmbeddedPostgres(folder.path)
        self.stopping = asyncio.Event()
        self.forced = asyncio.Event()
        self.door = Door()
        self.server = Server(self.door)
        self.state: RunState | None = None

    async def go(self, door: socket.socket) -> None:
        """All of it. The stack is taken down from the door inwards, PostgreSQL last."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._signal)
        serving = asyncio.create_task(self.server.serve([door]))
        async with AsyncExitStack() as stack:
            stack.push_async_callback(self._shut, serving)
            with suppress(StoppedError):
                with self._room():
                    await self._start_postgres(stack)
                    system = await self._open(stack)
                    carrying = asyncio.create_task(system.carrier.run())
                    stack.push_async_callback(self._end_carrying, system, carrying)
                    await furnish(system.services["intake"].store, self._say)
                    if self.plan.administrator is not None and self.before is None:
                        store = system.services["identity"].store
                        await open_first_account(store, self.plan.administrator, self._say)
                    spare_what_is_loaded()
                    state = self._serve(system, door)
                stack.push_async_callback(self._shut, serving)
                await self._stay(system, state, {carrying, serving})
            self._say("stopping: finishing what is in flight")

    @contextmanager
    def _room(self) -> Iterator[None]:
        """Whatever goes wrong for want of room on the disk is DiskFull: it shows itself in many ways."""
        try:
            yield
        except (DeployError, StoppedError):
            raise
        except Exception as error:
            lacking = full(self.folder.path, self.postgres.cluster)
            if lacking is None and not isinstance(error, asyncpg.DiskFullError):
                raise
            raise DiskFull(folder=lacking or self.folder.path) from error

    async def _start_postgres(self, stack: AsyncExitStack) -> None:
        self._say("starting PostgreSQL 18")
        stack.push_async_callback(asyncio.to_thread, self.postgres.stop)
        await asyncio.to_thread(self.postgres.start, self._say)
        self._unless_stopping()
        configure(self.folder)

    async def _open(self, stack: AsyncExitStack) -> System:
        with folder_errors(self.folder.path):
            try:
                key = load_or_make(self.folder.key)
            except KeyUnreadableError as error:
                raise KeyBrokenError(file=self.folder.key) from error
            self.folder.files.mkdir(exist_ok=True)
        kind = Kind(demo=not self.plan.empty, virtual=not self.plan.empty)
        opening = open_system(
            SERVICES,
            self.postgres.dsn,
            self.folder.files,
            key.public_key(),
            kind=kind,
            start=wall_now() - PAST,
            progress=self._say,
        )
        try:
            if self.plan.new_epoch and self.before is not None:
                for name in DATABASES:
                    if name != "vault":
                        await begin_epoch(self.postgres.dsn(name))
            system = await self._or_stopped(opening)
        except NewerDatabaseError as error:
            raise NewerDataError(data=self.folder.path, found=error) from error
        except RestoredDataError as error:
            raise RestoredError(data=self.folder.path) from error
        stack.push_async_callback(self._close, system)
        if self.plan.empty and system.kind.demo:
            raise DemoHereError(data=self.folder.path)
        system.services["identity"].extras["private_key"] = key
        return system

    def _serve(self, system: System, door: socket.socket) -> RunState:
        """Open the door. The past of a fresh demo, or of one that was cut short, has still to be made."""
        fresh = self.before is None or self.before.loading
        port, host = door.getsockname()[1], LOCAL.get(self.plan.host, self.plan.host)
        state = self.state = RunState(
            address=f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}",
            port=port,
            pid=os.getpid(),
            demo=system.kind.demo,
            loading=fresh and system.kind.virtual and not self.plan.virtual,
        )
        system.loading = state.loading
        self.folder.remember(state)
        self.door.open(Gateway(system.apps, make_control(system)))
        return state

    async def _stay(self, system: System, state: RunState, until: set[asyncio.Task[None]]) -> None:
        """Until the signal; what ends before that is a fault."""
        beside = {
            asyncio.create_task(self._watch_postgres()),
            asyncio.create_task(self._tell(system, state)),
            asyncio.create_task(self.stopping.wait()),
        }
        ended, _ = await asyncio.wait(until | beside, return_when=asyncio.FIRST_COMPLETED)
        for task in beside:
            task.cancel()
        await asyncio.gather(*beside, return_exceptions=True)
        if not self.stopping.is_set():
            fault = next(iter(ended)).exception()
            if isinstance(fault, DeployError):
                raise fault
            raise EndedError(reason=repr(fault), log=self.folder.log)

    async def _tell(self, system: System, state: RunState) -> None:
        """Say what there is to use; make a fresh demo's past, then let its clock turn real."""
        self.screen.serving(state, await ready(self.folder, state))
        if state.loading and await load_demo(self.folder, state.address, self._say):
            await system.turn_real()
            system.loading = False
            state = self.state = replace(state, loading=False)
            self.folder.remember(state)
            self.screen.loaded(state, await ready(self.folder, state))
        await self.stopping.wait()

    async def _watch_postgres(self) -> None:
        """Start it again should it die; the services wait for it meanwhile, and it for room on the disk."""
        told = False
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            lacking = full(self.folder.path, self.postgres.cluster)
            if lacking and not told:
                self._say(
                    f"the disk of {lacking} is full, or nearly: free some space, and all goes on by itself"
                )
            elif told and not lacking:
                self._say("the disk has room again")
            told = lacking is not None
            if self.postgres.pid is None and not lacking:
                self._say("PostgreSQL has ended; starting it again")
                with suppress(DiskFull):
                    await asyncio.to_thread(self.postgres.restart, self._say)

    async def _shut(self, serving: asyncio.Task[None]) -> None:
        self.server.should_exit = True
        await serving

    async def _end_carrying(self, system: System, carrying: asyncio.Task[None]) -> None:
        system.carrier.stop()
        forced = asyncio.create_task(self.forced.wait())
        await asyncio.wait({carrying, forced}, timeout=CARRIER_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        forced.cancel()
        carrying.cancel()
        await asyncio.gather(carrying, return_exceptions=True)

    async def _close(self, system: System) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(system.close(), CARRIER_SECONDS / 4)
        if self.state is not None:
            with suppress(PostgresError):
                self.folder.remember(replace(self.state, pid=None))

    def _say(self, line: str) -> None:
        log.info(line)
        self.screen.say(line)

    def _signal(self) -> None:
        """The first finishes in order, the second doesn't wait, the third ends at once."""
        if self.forced.is_set():
            os._exit(130)
        if self.stopping.is_set():
            self._say("stopping at once")
            self.forced.set()
            self.server.force_exit = True
        self.stopping.set()

    def _unless_stopping(self) -> None:
        if self.stopping.is_set():
            raise StoppedError

    async def _or_stopped(self, work: Awaitable[T]) -> T:
        task = asyncio.ensure_future(work)
        stopped = asyncio.create_task(self.stopping.wait())
        await asyncio.wait({task, stopped}, return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        if not task.done():
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            raise StoppedError
        return task.result()
