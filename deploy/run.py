"""`./jiujin up`: PostgreSQL, every service, the carrier, the one address, in one process until a signal."""

import asyncio
import socket
from contextlib import AsyncExitStack, suppress
from dataclasses import replace
from datetime import timedelta

import uvloop

from deploy.collector import spare_what_is_loaded
from deploy.control import make_control
from deploy.demo.loading import load_demo
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
from deploy.first import command_of, furnish, open_first_account
from deploy.folder import DataFolder, RunState
from deploy.gateway import Gateway
from deploy.ground import Ground, Plan, Screen, StoppedError
from deploy.postgres import DATABASES, PostgresError
from deploy.postgres.errors import folder_errors
from deploy.ready import ready
from deploy.services import SERVICES
from deploy.system import System, open_system
from services.identity.keys import KeyUnreadableError, load_or_make
from shared.clock import wall_now
from shared.eventstore.opening import Kind, RestoredDataError, begin_epoch
from shared.migrations import NewerDatabaseError
from shared.observe import traces

PAST = timedelta(days=60)
"""How far back a fresh demo begins."""
CARRIER_SECONDS = 20.0


def run(plan: Plan, screen: Screen, door: socket.socket) -> bool:
    """Serve at `door` until a signal, or as planned; gives whether it ended as planned.

    A DeployError when that can't be.
    """
    folder = DataFolder(plan.data)
    before = folder.state()
    if before is None and plan.empty:
        if plan.administrator is None:
            raise NoAdministratorError
        command_of(plan.administrator)
    if before is not None and before.demo and plan.empty:
        raise DemoHereError(data=folder.path)
    if plan.traces:
        traces.start("up", plan.traces)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_Run(plan, screen, folder, before).go(door))


class _Run(Ground):
    def __init__(self, plan: Plan, screen: Screen, folder: DataFolder, before: RunState | None) -> None:
        super().__init__(plan, screen, folder)
        self.before = before
        self.door = Door()
        self.server = Server(self.door)
        self.state: RunState | None = None

    async def go(self, door: socket.socket) -> bool:
        """All of it. The stack is taken down from the door inwards, PostgreSQL last."""
        self.listen_to_signals()
        serving = asyncio.create_task(self.server.serve([door]))
        async with AsyncExitStack() as stack:
            stack.push_async_callback(self._shut, serving)
            with suppress(StoppedError):
                with self.room():
                    await self.start_postgres(stack)
                    system = await self._open(stack)
                    carrying = asyncio.create_task(system.carrier.run())
                    stack.push_async_callback(self._end_carrying, system, carrying)
                    await furnish(system.services["intake"].store, self.say)
                    if self.plan.administrator is not None and self.before is None:
                        store = system.services["identity"].store
                        await open_first_account(store, self.plan.administrator, self.say)
                    spare_what_is_loaded()
                    state = self._serve(system, door)
                stack.push_async_callback(self._shut, serving)
                await self._stay(system, state, {carrying, serving})
            self.say("stopping: finishing what is in flight")
        return not self.stopping.is_set()

    async def _open(self, stack: AsyncExitStack) -> System:
        with folder_errors(self.folder.path):
            try:
                key = load_or_make(self.folder.key)
            except KeyUnreadableError as error:
                raise KeyBrokenError(file=self.folder.key) from error
            self.folder.files.mkdir(exist_ok=True)
        demo = not self.plan.empty
        kind = Kind(demo=demo, virtual=demo and not self.plan.pastless)
        opening = open_system(
            SERVICES,
            self.postgres.dsn,
            self.folder.files,
            key.public_key(),
            kind=kind,
            start=wall_now() - PAST,
            progress=self.say,
        )
        try:
            if self.plan.new_epoch and self.before is not None:
                for name in DATABASES:
                    if name != "vault":
                        await begin_epoch(self.postgres.dsn(name))
            system = await self.or_stopped(opening)
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
        virtual = system.kind.virtual and not self.plan.virtual
        state = self.state = RunState.at(
            door, self.plan.host, demo=system.kind.demo, loading=fresh and virtual
        )
        system.loading = state.loading
        self.folder.remember(state)
        self.door.open(Gateway(system.apps, make_control(system)))
        return state

    async def _stay(self, system: System, state: RunState, until: set[asyncio.Task[None]]) -> None:
        """Until the signal; what ends before that is a fault."""
        telling = asyncio.create_task(self._tell(system, state))
        beside = {
            telling,
            asyncio.create_task(self.watch_postgres()),
            asyncio.create_task(self.stopping.wait()),
        }
        ended, _ = await asyncio.wait(until | beside, return_when=asyncio.FIRST_COMPLETED)
        for task in beside:
            task.cancel()
        await asyncio.gather(*beside, return_exceptions=True)
        if self.stopping.is_set():
            return
        fault = next(iter(ended)).exception()
        if fault is not None or ended != {telling}:
            if isinstance(fault, DeployError):
                raise fault
            raise EndedError(reason=repr(fault), log=self.folder.log)

    async def _tell(self, system: System, state: RunState) -> None:
        """Say what there is to use; make a fresh demo's past, then let its clock turn real."""
        self.screen.serving(state, await ready(self.folder, state))
        if state.loading and await load_demo(self.folder, state.address, self.say):
            await system.turn_real()
            system.loading = False
            state = self.state = replace(state, loading=False)
            self.folder.remember(state)
            self.screen.loaded(state, await ready(self.folder, state))
        if not self.plan.only_begin:
            await self.stopping.wait()

    async def _shut(self, serving: asyncio.Task[None]) -> None:
        self.server.should_exit = True
        self.door.close()
        forced = asyncio.create_task(self.forced.wait())
        await asyncio.wait({serving, forced}, return_when=asyncio.FIRST_COMPLETED)
        self.server.force_exit = self.forced.is_set()
        forced.cancel()
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
