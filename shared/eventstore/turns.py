"""What only one process at a time may do with a service's database; the others wait for their turn."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import asyncpg

from shared.eventstore.log import SQL


@asynccontextmanager
async def turn(pool: asyncpg.Pool, name: str) -> AsyncIterator[None]:
    """Wait for one's turn at `name`; a process that dies gives it up with its connection."""
    async with pool.acquire() as connection:
        await connection.execute(SQL.wait_to_lead.sql, name)
        try:
            yield
        finally:
            with suppress(asyncpg.InterfaceError, asyncpg.PostgresError, OSError):  # the turn ends with it
                await connection.execute(SQL.stop_leading.sql, name)
