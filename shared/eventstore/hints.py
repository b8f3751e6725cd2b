"""Hints between processes that a log has new events: NOTIFY after the commit, many writes in one."""

import asyncio
from contextlib import suppress

import asyncpg
import structlog

from shared.eventstore.log import EventLog, wait_for_hint
from shared.observe.logs import named

log = structlog.get_logger("jiujin.hints")
CHANNEL = "events"
NOTIFY = "SELECT pg_notify($1, '') FROM set_config('synchronous_commit', 'off', true)"
"""A hint need not outlive a crash of the server: no wait for the disk."""
APART_SECONDS = 0.005
"""Between two hints at least: a NOTIFY takes a lock that every commit with one must wait for."""
CHECK_SECONDS = 5.0
"""How often the connection is asked whether it still lives: a dead one says nothing."""
TROUBLE_WAIT = 1.0


class Hints:
    """Passes on what this process has written, and wakes whoever here follows what others write.

    A lost hint costs a poll's wait and nothing else: polling finds everything.
    """

    def __init__(self, log: EventLog) -> None:
        """Of this log, over a connection of its pool."""
        self._log = log
        self._here = asyncio.Event()
        self._told = log.newest
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        """Until `stop`, whatever happens to the database."""
        self._log.listen(self._here)
        try:
            while not self._stopping.is_set():
                try:
                    async with self._log.pool.acquire() as connection:
                        await self._pass_on(connection)
                except Exception as error:  # noqa: BLE001  hints are no more than that; polling goes on
                    log.info("no hints for a while", source=self._log.source, error=named(error))
                    await asyncio.sleep(TROUBLE_WAIT)
        finally:
            self._log.unlisten(self._here)

    def stop(self) -> None:
        """End soon."""
        self._stopping.set()
        self._here.set()

    async def _pass_on(self, connection: asyncpg.pool.PoolConnectionProxy) -> None:
        mine = connection.get_server_pid()

        def hear(_: object, pid: int, __: str, ___: object) -> None:
            if pid != mine:
                self._log.wake()

        await connection.add_listener(CHANNEL, hear)
        try:
            while not self._stopping.is_set():
                await wait_for_hint(self._here, CHECK_SECONDS)
                told = self._here.is_set()
                self._here.clear()
                if self._log.newest > self._told:
                    self._told = self._log.newest
                    await connection.execute(NOTIFY, CHANNEL)
                    await asyncio.sleep(APART_SECONDS)
                elif not told:
                    await connection.fetchval("SELECT 1")
        finally:
            with suppress(asyncpg.InterfaceError):  # the pool has taken a dead one back
                await connection.remove_listener(CHANNEL, hear)
