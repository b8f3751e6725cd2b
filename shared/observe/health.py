"""Whether a service is ready: what it needs answers, and what it does moves."""

import asyncio

import asyncpg

from shared.bus.outage import is_outage
from shared.eventstore.log import RELAY, SQL
from shared.service import Running

ANSWER_SECONDS = 2.0
SILENT_SECONDS = 10.0
"""A relay's leader speaks each second, and another takes over after four."""


async def unready(running: Running) -> list[str]:
    """What is wrong, in words; nothing when all is well. A parked event is no such thing: others flow."""
    return [
        *await store_unready(running.store.pool, sends=running.carrier.sends),
        *await running.carrier.unready(running.consumer),
    ]


async def store_unready(pool: asyncpg.Pool, *, sends: bool = True) -> list[str]:
    """Whether a store's database answers, and somebody sends what is recorded in it, if anybody is to."""
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            silent = await pool.fetchval(SQL.leader.sql, RELAY)
    except Exception as error:
        if isinstance(error, TimeoutError) or is_outage(error):
            return ["the database does not answer"]
        raise
    if sends and (silent is None or silent > SILENT_SECONDS):
        return ["no relay leads: what is recorded here reaches nobody"]
    return []
