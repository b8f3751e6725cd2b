"""Standing between two batches of a consumer's views, in whichever process they are applied."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import asyncpg

from shared.eventstore.statement import gate_of
from shared.eventstore.tables import Connection


@asynccontextmanager
async def between_batches(connection: Connection, consumer: str) -> AsyncIterator[None]:
    """Meanwhile no view of the consumer changes; who dies in here lets it go on.

    Its batches wait with connections in their hands: what is done in here must need no other of the pool.
    """
    await connection.execute("SELECT pg_advisory_lock($1)", gate_of(consumer))
    try:
        yield
    finally:
        with suppress(asyncpg.InterfaceError, asyncpg.PostgresError, OSError):  # it ends with the connection
            await connection.execute("SELECT pg_advisory_unlock($1)", gate_of(consumer))
