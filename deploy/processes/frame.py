"""What every process is: a door that answers from the start, parts behind it, and an end in order."""

import asyncio
import logging
import signal
import socket
import sys
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, suppress

import structlog
from starlette.types import ASGIApp

from deploy.collector import spare_what_is_loaded
from deploy.door import Door, Server
from deploy.settings import Process
from shared.bus.outage import is_outage
from shared.observe.logs import named
from shared.service import Part

log = structlog.get_logger("jiujin.process")
WRONG = 2
"""The exit code of what a new start can't cure."""
OUTAGE_WAIT = 1.0
STOP_SECONDS = 20.0
BACKLOG = 2048


class Opened:
    """What a process opens with: what the door leads to, and what works beside it."""

    def __init__(self, app: ASGIApp, parts: Sequence[Part] = ()) -> None:
        """`parts` begin once the process serves."""
        self.app, self.parts = app, parts


Open = Callable[[AsyncExitStack], Awaitable[Opened]]


class EndedError(Exception):
    """A part of the process ended by itself."""


async def live(settings: Process, opening: Open, *, door: int | None = None, parent: bool = False) -> None:
    """Serve and work until a signal. What a database that is away keeps from opening is tried again.

    `door` is a listening socket that the parent has opened; with `parent` its end is a signal, too.
    """
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopping.set)
    if parent:
        # Nothing is ever written to the pipe: it becomes readable when the parent has ended.
        loop.add_reader(sys.stdin.fileno(), stopping.set)
    shut = Door()
    server = Server(shut, settings.trusted_proxies)
    serving = asyncio.create_task(server.serve([_listen(settings, door)]))
    async with AsyncExitStack() as stack:
        stack.push_async_callback(_shut, server, shut, serving)
        opened = await _opened(stack, opening, stopping)
        if opened is None:
            return
        working = [asyncio.create_task(part.run()) for part in opened.parts]
        stack.push_async_callback(_end, opened.parts, working)
        stack.push_async_callback(_shut, server, shut, serving)
        spare_what_is_loaded()
        shut.open(opened.app)
        log.info("serving")
        signalled = asyncio.create_task(stopping.wait())
        ended, _ = await asyncio.wait({*working, serving, signalled}, return_when=asyncio.FIRST_COMPLETED)
        if signalled not in ended:
            raise EndedError(next(iter(ended)).get_name()) from next(iter(ended)).exception()
        log.info("stopping")


async def _opened(stack: AsyncExitStack, opening: Open, stopping: asyncio.Event) -> Opened | None:
    """Open; None when the signal came first."""
    while not stopping.is_set():
        attempt = AsyncExitStack()
        task = asyncio.ensure_future(opening(attempt))
        signalled = asyncio.create_task(stopping.wait())
        await asyncio.wait({task, signalled}, return_when=asyncio.FIRST_COMPLETED)
        signalled.cancel()
        if not task.done():
            task.cancel()
        try:
            opened = await task
        except asyncio.CancelledError:
            await attempt.aclose()
        except Exception as error:
            await attempt.aclose()
            if not is_outage(error):
                raise
            log.warning("waiting for the database", error=named(error))
            with suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), OUTAGE_WAIT)
        else:
            stack.push_async_callback(attempt.aclose)
            return opened
    return None


def _listen(settings: Process, door: int | None) -> socket.socket:
    return listen(settings.host, settings.port) if door is None else socket.socket(fileno=door)


def listen(host: str, port: int) -> socket.socket:
    """A socket that takes calls there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=BACKLOG)


async def _shut(server: Server, door: Door, serving: asyncio.Task[None]) -> None:
    """Finish the requests that are in flight, take no others."""
    server.should_exit = True
    door.close()
    await asyncio.gather(serving, return_exceptions=True)


async def _end(parts: Sequence[Part], working: Sequence[asyncio.Task[None]]) -> None:
    for part in parts:
        part.stop()
    if working:
        await asyncio.wait(working, timeout=STOP_SECONDS)
    for task in working:
        task.cancel()
    for outcome in await asyncio.gather(*working, return_exceptions=True):
        if isinstance(outcome, Exception):
            logging.getLogger("jiujin.process").error("ended with an error", exc_info=outcome)
