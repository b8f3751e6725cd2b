"""Appends a second on 16 connections, one event each, against a bare INSERT with a sequence."""

import asyncio
import time
from dataclasses import dataclass, field

import asyncpg

from bench.ground import Ground
from bench.measure import SHOWN, Line, Scale, Target, alternate
from bench.notes import Prepared, Writer, commits, drive, prepared
from bench.tail import Seen, tailing
from shared.eventstore.statement import APPEND_ONE
from shared.eventstore.store import EventStore

CONNECTIONS = 16

BARE = """
CREATE SCHEMA bare;
CREATE SEQUENCE bare.seq CACHE 1;
CREATE TABLE bare.events (LIKE store.events INCLUDING ALL);
CREATE TABLE bare.commands (LIKE store.commands INCLUDING ALL);
ALTER TABLE bare.events ALTER epoch SET DEFAULT 1, ALTER xid SET DEFAULT pg_current_xact_id(),
    ALTER seq SET DEFAULT nextval('bare.seq');
"""
"""The same tables and indexes, without the function."""

INSERT = """
WITH command AS (
    INSERT INTO bare.commands (actor, key, body_hash, status, answer) VALUES ($6, $7, $8, $9, $10)
)
INSERT INTO bare.events (stream, stream_version, header, data, hash) VALUES ($1, $2, $3, $4, $5)
"""


@dataclass
class _Bench:
    store: EventStore
    dsn: str
    connections: list[asyncpg.Connection]
    each: int
    tails: dict[str, list[Seen]] = field(default_factory=lambda: {"store": [], "bare": []})

    async def function(self) -> float:
        """`store.append_one`, its arguments prepared beforehand."""
        calls = commits(await self._prepared())
        async with tailing(self.dsn, "store") as seen:
            self.tails["store"].append(seen)
            return await drive(self.connections, APPEND_ONE, calls)

    async def _prepared(self) -> list[list[Prepared]]:
        return await prepared(self.store, CONNECTIONS, self.each)

    async def bare(self) -> float:
        """One INSERT of the same event and command row."""
        calls = [[one.bare for one in mine] for mine in await self._prepared()]
        async with tailing(self.dsn, "bare") as seen:
            self.tails["bare"].append(seen)
            return await drive(self.connections, INSERT, calls)

    async def whole(self) -> float:
        """`EventStore.commit` from a decided event on: encode, seal, hash, borrow a connection, append."""
        async with tailing(self.dsn, "store") as seen:
            self.tails["store"].append(seen)
            began = time.perf_counter()
            async with asyncio.TaskGroup() as tasks:
                for _ in range(CONNECTIONS):
                    tasks.create_task(self._write(Writer(self.store)))
            return CONNECTIONS * self.each / (time.perf_counter() - began)

    async def _write(self, writer: Writer) -> None:
        for _ in range(self.each):
            work, answer = writer.work()
            writer.written(await self.store.commit(work, answer=answer))


async def measure(ground: Ground, scale: Scale) -> list[Line]:
    """Two levels: the SQL function alone, and the whole path through Python."""
    async with ground.store(CONNECTIONS) as (store, dsn):
        connections = [await asyncpg.connect(dsn) for _ in range(CONNECTIONS)]
        await connections[0].execute(BARE)
        bench = _Bench(store, dsn, connections, scale.pick(1000, 100))
        taken = await alternate(
            scale.rounds, {"function": bench.function, "bare": bench.bare, "whole": bench.whole}
        )
        for connection in connections:
            await connection.close()
    seen = bench.tails["store"]
    missed, inverted = sum(one.missed for one in seen), sum(one.inverted for one in seen)
    events = sum(one.events for one in seen)
    tail = f"A tailing reader saw {events:,} events: {missed} missed, {inverted} inverted."
    return [
        Line(
            what="append, 16 connections: `store.append_one`",
            ours=taken["function"],
            peer="bare INSERT with a sequence",
            theirs=taken["bare"],
            unit="events/s",
            target=Target("at least", 0.70),
            note=tail,
            sound=missed == inverted == 0,
        ),
        Line(
            what="append, 16 connections: `EventStore.commit` with encoding, sealing, hashing",
            ours=taken["whole"],
            peer="bare INSERT with a sequence",
            theirs=taken["bare"],
            unit="events/s",
            target=SHOWN,
            sound=missed == inverted == 0,
        ),
    ]
