"""Appends a second against the library `eventsourcing` from PyPI, on the same PostgreSQL.

It runs as its documentation has it: its PostgreSQL recorder, a pool of 16 connections, 16 threads. Its rows
are smaller than ours (no header, no hash, no command row); the event's data have the same size.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qs, unquote, urlsplit
from uuid import UUID, uuid4

import asyncpg
from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event
from eventsourcing.persistence import ApplicationRecorder, StoredEvent
from eventsourcing.postgres import PostgresFactory
from eventsourcing.utils import Environment

from bench.append import CONNECTIONS
from bench.ground import Ground
from bench.measure import SHOWN, Line, Round, Scale, Series, Target, alternate
from bench.notes import STREAM_LENGTH, TEXT, Writer, commits, drive, prepared
from shared.eventstore.statement import APPEND_ONE

DATA_BYTES = 190
TARGET = Target("at least", 2.5)


class Note(Aggregate):
    """What the whole path writes: an aggregate with one kind of event."""

    @event("Begun")
    def __init__(self) -> None:
        """Nothing noted yet."""
        self.notes = 0

    @event("Noted")
    def note(self, text: str) -> None:
        """One more."""
        self.notes += bool(text)


class Notes(Application[UUID]):
    """The library's application."""


def environment(dsn: str, *, functions: bool = False) -> dict[str, str]:
    """The library's settings for a database at `dsn`."""
    parts = urlsplit(dsn)
    where = {name: values[0] for name, values in parse_qs(parts.query).items()}
    return {
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        "POSTGRES_DBNAME": parts.path[1:],
        "POSTGRES_HOST": where.get("host") or parts.hostname or "",
        "POSTGRES_PORT": where.get("port") or str(parts.port or 5432),
        "POSTGRES_USER": parts.username or "",
        "POSTGRES_PASSWORD": unquote(parts.password or ""),
        "POSTGRES_POOL_SIZE": str(CONNECTIONS),
        "POSTGRES_MAX_OVERFLOW": "0",
        "POSTGRES_ENABLE_DB_FUNCTIONS": "yes" if functions else "no",
    }


def _insert(recorder: ApplicationRecorder, calls: Sequence[StoredEvent]) -> None:
    for call in calls:
        recorder.insert_events([call])


def _stored(each: int) -> list[StoredEvent]:
    """Events of one thread, in streams as long as ours."""
    streams = [uuid4() for _ in range(each // STREAM_LENGTH + 1)]
    return [
        StoredEvent(streams[n // STREAM_LENGTH], n % STREAM_LENGTH + 1, "bench:Noted", b"x" * DATA_BYTES)
        for n in range(each)
    ]


def _save(app: Notes, each: int) -> None:
    """One event a save, in aggregates as long as our streams."""
    note = Note()
    for count in range(each):
        if count % STREAM_LENGTH == 0:
            note = Note()
        else:
            note.note(TEXT)
        app.save(note)


async def _in_threads(work: Callable[[int], None]) -> float:
    """Run `work(thread)` in 16 threads; gives seconds."""
    with ThreadPoolExecutor(CONNECTIONS) as threads:
        loop = asyncio.get_running_loop()
        began = time.perf_counter()
        await asyncio.gather(*(loop.run_in_executor(threads, work, n) for n in range(CONNECTIONS)))
        return time.perf_counter() - began


async def measure(ground: Ground, scale: Scale) -> list[Line]:
    """Recorder against `store.append_one`, application against `EventStore.commit`."""
    each = scale.pick(300, 60)
    plain = PostgresFactory(Environment("plain", environment(await ground.database())))
    quick = PostgresFactory(Environment("quick", environment(await ground.database(), functions=True)))
    app = Notes(environment(await ground.database()))
    recorders = plain.application_recorder(), quick.application_recorder()
    async with ground.store(CONNECTIONS) as (store, dsn):
        connections = [await asyncpg.connect(dsn) for _ in range(CONNECTIONS)]

        async def function() -> float:
            return await drive(connections, APPEND_ONE, commits(await prepared(store, CONNECTIONS, each)))

        async def write(writer: Writer) -> None:
            for _ in range(each):
                work, answer = writer.work()
                writer.written(await store.commit(work, answer=answer))

        async def whole() -> float:
            began = time.perf_counter()
            await asyncio.gather(*(write(Writer(store)) for _ in range(CONNECTIONS)))
            return CONNECTIONS * each / (time.perf_counter() - began)

        def recording(recorder: ApplicationRecorder) -> Round:
            async def run() -> float:
                calls = [_stored(each) for _ in range(CONNECTIONS)]
                return CONNECTIONS * each / await _in_threads(lambda n: _insert(recorder, calls[n]))

            return run

        async def saving() -> float:
            return CONNECTIONS * each / await _in_threads(lambda _: _save(app, each))

        taken = await alternate(
            scale.rounds,
            {
                "function": function,
                "recorder": recording(recorders[0]),
                "db function": recording(recorders[1]),
                "whole": whole,
                "application": saving,
            },
        )
        for connection in connections:
            await connection.close()
    for part in (plain, quick, app):
        part.close()
    return [_line(*names, taken) for names in PAIRS]


PAIRS = (
    ("function", "recorder", "`store.append_one`", "`eventsourcing`'s PostgreSQL recorder", TARGET),
    ("whole", "application", "`EventStore.commit`", "`eventsourcing`'s `Application.save`", TARGET),
    (
        "function",
        "db function",
        "`store.append_one`",
        "its recorder with POSTGRES_ENABLE_DB_FUNCTIONS, which takes no table lock",
        SHOWN,
    ),
)


def _line(ours: str, theirs: str, what: str, peer: str, target: Target, taken: dict[str, Series]) -> Line:
    return Line(
        what=f"append, 16 connections: {what}",
        ours=taken[ours],
        peer=peer,
        theirs=taken[theirs],
        unit="events/s",
        target=target,
    )
