"""Batches of 1,000 events, against COPY of the same rows."""

import time

import asyncpg

from bench.append import BARE
from bench.ground import Ground
from bench.measure import Line, Scale, Target, alternate
from bench.notes import Prepared, prepared
from shared.eventstore.statement import COMMIT
from shared.eventstore.store import EventStore

EVENTS = 1000
COLUMNS = ("stream", "stream_version", "header", "data", "hash")


async def measure(ground: Ground, scale: Scale) -> list[Line]:
    """One connection, one batch after the other, each its own transaction."""
    batches = scale.pick(20, 4)
    async with ground.store(1) as (store, dsn):
        connection = await asyncpg.connect(dsn)
        await connection.execute(BARE)

        async def commit() -> float:
            calls = await _calls(store, batches)
            began = time.perf_counter()
            for call in calls:
                await connection.fetchval(COMMIT, *call.arguments)
            return batches * EVENTS / (time.perf_counter() - began)

        async def copy() -> float:
            records = [call.rows for call in await _calls(store, batches)]
            began = time.perf_counter()
            for batch in records:
                await connection.copy_records_to_table(
                    "events", schema_name="bare", columns=COLUMNS, records=batch
                )
            return batches * EVENTS / (time.perf_counter() - began)

        taken = await alternate(scale.rounds, {"commit": commit, "copy": copy})
        await connection.close()
    return [
        Line(
            what="append of 1,000 events at once: `store.commit`",
            ours=taken["commit"],
            peer="COPY of the same rows",
            theirs=taken["copy"],
            unit="events/s",
            target=Target("at least", 0.60),
        )
    ]


async def _calls(store: EventStore, batches: int) -> list[Prepared]:
    return (await prepared(store, 1, batches, EVENTS))[0]
