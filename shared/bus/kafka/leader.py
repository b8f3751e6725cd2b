"""One leader at a time: a session advisory lock, and a lease that shows whether its holder still lives."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

import asyncpg

from shared.eventstore.log import RELAY, SQL
from shared.eventstore.tables import Connection

RENEW_SECONDS = 1.0
"""How often a leader says that it is there, and a rival looks."""


class GivenUpError(Exception):
    """This process is to stop, and did not come to lead."""


@asynccontextmanager
async def leading(
    pool: asyncpg.Pool,
    stopping: asyncio.Event,
    name: str = RELAY,
    others_turn: Callable[[], None] = lambda: None,
) -> AsyncIterator[Connection]:
    """Wait to become the leader of this database; gives the connection that the lock is on.

    GivenUpError once `stopping` is set and another still leads; `others_turn` is called while one does.

    A leader that was stopped keeps its connection: a rival ends it three seconds after its last word. So all
    that only a leader may write goes over this connection, and fails once another leads.
    """
    async with pool.acquire() as connection:
        while not await connection.fetchval(SQL.try_to_lead.sql, name):
            if stopping.is_set():
                raise GivenUpError
            others_turn()
            if await connection.fetch(SQL.end_silent_leader.sql, name):
                continue  # its session has ended, and the lock with it
            with suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), RENEW_SECONDS)
        try:
            await renew(connection, name)
            yield connection
        finally:
            with suppress(asyncpg.InterfaceError, asyncpg.PostgresError, OSError):  # the lock ends with it
                await connection.execute(SQL.stop_leading.sql, name)


async def renew(connection: Connection, name: str = RELAY) -> None:
    """Say that the leader is there."""
    await connection.execute(SQL.renew_lease.sql, name)
