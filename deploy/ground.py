"""What every way of running stands on: the data folder, PostgreSQL in it, signals, a screen."""

import asyncio
import logging
import os
import signal
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import asyncpg

from deploy.disk import full
from deploy.errors import DeployError
from deploy.first import Administrator
from deploy.folder import DataFolder, RunState
from deploy.log import configure
from deploy.postgres import DiskFull, EmbeddedPostgres
from deploy.ready import Ready

T = TypeVar("T")
log = logging.getLogger("jiujin.up")
LOOK_SECONDS = 1.0


@dataclass(frozen=True)
class Plan:
    """What was asked for. `virtual` leaves a fresh demo empty and its clock where it begins.

    `pastless` begins a fresh demo now, and empty. `only_begin` ends once new data are there: what a system in
    several processes begins with.
    """

    data: Path
    host: str
    empty: bool = False
    administrator: Administrator | None = None
    virtual: bool = False
    pastless: bool = False
    new_epoch: bool = False
    only_begin: bool = False
    traces: str = ""
    """Where spans are sent; nowhere when it is empty."""


@dataclass(frozen=True)
class Screen:
    """Who watches: `say` takes a line of progress, `process` one of a process that is named first.

    The others take the state and what is at hand once it is so.
    """

    say: Callable[[str], None]
    serving: Callable[[RunState, Ready], None]
    loaded: Callable[[RunState, Ready], None]
    process: Callable[[str, str], None]


class StoppedError(Exception):
    """The signal came before everything served."""


class Ground:
    """Started and stopped in order; the first signal asks for the end, the second for it at once."""

    def __init__(self, plan: Plan, screen: Screen, folder: DataFolder) -> None:
        """Nothing is touched yet."""
        self.plan, self.screen, self.folder = plan, screen, folder
        self.postgres = EmbeddedPostgres(folder.path)
        self.stopping = asyncio.Event()
        self.forced = asyncio.Event()

    def listen_to_signals(self) -> None:
        """From now on."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._signal)

    @contextmanager
    def room(self) -> Iterator[None]:
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

    async def start_postgres(self, stack: AsyncExitStack) -> None:
        """Start it; the stack stops it."""
        self.say("starting PostgreSQL 18")
        stack.push_async_callback(asyncio.to_thread, self.postgres.stop)
        await asyncio.to_thread(self.postgres.start, self.say)
        self.folder.forget_processes()  # of a run that was killed
        self.unless_stopping()
        configure(self.folder)

    async def watch_postgres(self) -> None:
        """Start it again should it die; the services wait for it meanwhile, and it for room on the disk."""
        told = False
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            lacking = full(self.folder.path, self.postgres.cluster)
            if lacking and not told:
                self.say(
                    f"the disk of {lacking} is full, or nearly: free some space, and all goes on by itself"
                )
            elif told and not lacking:
                self.say("the disk has room again")
            told = lacking is not None
            if self.postgres.pid is None and not lacking:
                self.say("PostgreSQL has ended; starting it again")
                with suppress(DiskFull):
                    await asyncio.to_thread(self.postgres.restart, self.say)
                self.changed()

    def changed(self) -> None:
        """Called when a process is another; whoever keeps account of them does so here."""

    def say(self, line: str) -> None:
        """Into the log and onto the screen."""
        log.info(line)
        self.screen.say(line)

    def _signal(self) -> None:
        """The first finishes in order, the second doesn't wait, the third ends at once."""
        if self.forced.is_set():
            os._exit(130)
        if self.stopping.is_set():
            self.say("stopping at once")
            self.forced.set()
        self.stopping.set()

    def unless_stopping(self) -> None:
        """StoppedError after a signal."""
        if self.stopping.is_set():
            raise StoppedError

    async def or_stopped(self, work: Awaitable[T]) -> T:
        """What `work` gives; StoppedError when the signal comes first."""
        task = asyncio.ensure_future(work)
        stopped = asyncio.create_task(self.stopping.wait())
        await asyncio.wait({task, stopped}, return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        if not task.done():
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            raise StoppedError
        return task.result()
