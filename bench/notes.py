"""What the store measures write: notes of about 190 bytes of data, one field of them sealed."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import asyncpg

from shared import ids
from shared.bus.envelope import GENESIS, Actor, Envelope
from shared.clock import wall_now
from shared.contracts.event import Event, Personal
from shared.eventstore.changes import Loaded
from shared.eventstore.decider import Decider
from shared.eventstore.statement import statement
from shared.eventstore.store import EventStore
from shared.eventstore.values import Answer, Written
from shared.eventstore.work import Work

TEXT = "knocked 08"
STREAM_LENGTH = 10
"""Events a stream before the next one begins."""
ACTOR = Actor("019c0000-0000-7000-8000-000000000001", "operator")
ANSWER = b'{"id":"019c0000-0000-7000-8000-000000000002","version":1}'


class Noted(Event, name="bench.Noted", subject="cadre"):
    """Something was noted about a cadre."""

    cadre: UUID
    note: Personal[str]


NOTES: Decider[int] = Decider("note", "note", lambda state, _: (state or 0) + 1, lambda *_: ())


@dataclass
class Writer:
    """One caller: notes one event after the other, in streams of its own."""

    store: EventStore
    length: int = STREAM_LENGTH
    stream: UUID = field(default_factory=lambda: ids.draw(wall_now()))
    version: int = 0
    hash: bytes = GENESIS

    def work(self, events: int = 1) -> tuple[Work, Answer]:
        """A command's work of so many new notes, its stream taken as loaded; and the answer kept with it."""
        if self.version >= self.length:
            self.stream, self.version, self.hash = ids.draw(wall_now()), 0, GENESIS
        key = str(ids.draw(wall_now()))
        work = Work(self.store, ACTOR, command=key)
        noted = Noted(cadre=self.stream, note=TEXT)
        loaded = Loaded(
            decider=NOTES,
            aggregate=self.stream,
            state=self.version or None,
            version=self.version,
            hash=self.hash,
            recorded=None,
            key=str(self.stream),
            correlation=None,
            case=None,
            cadres=(self.stream,),
        )
        work.streams[loaded.stream] = loaded
        for index in range(events):
            loaded.added.append((noted, work.at))
            work.order.append((loaded.stream, index))
        return work, Answer(ACTOR.sub, key, bytes(32), 201, ANSWER)

    def written(self, written: Written) -> None:
        """Go on from what was appended."""
        last = written.envelopes[-1]
        self.version, self.hash = last.stream_version, last.hash


@dataclass(frozen=True)
class Prepared:
    """One command, ready to be written: the arguments of `store.commit`, and what is among them."""

    arguments: list[Any]
    envelopes: Sequence[Envelope]
    answer: Answer

    @property
    def rows(self) -> list[tuple[Any, ...]]:
        """The rows of events: stream, version, header, data, hash."""
        return [(one.stream, one.stream_version, one.header, one.data, one.hash) for one in self.envelopes]

    @property
    def bare(self) -> list[Any]:
        """The one event's row and the command's: actor, key, hash of the body, status, answer."""
        told = self.answer
        return [*self.rows[0], told.actor, told.key, told.body_hash, told.status, told.body]


async def prepared(store: EventStore, callers: int, each: int, events: int = 1) -> list[list[Prepared]]:
    """Commands of `events` notes: `each` for every caller, in order."""
    calls: list[list[Prepared]] = []
    for _ in range(callers):
        writer = Writer(store)
        mine = []
        for _ in range(each):
            work, answer = writer.work(events)
            arguments, written = await store.prepare(work, answer=answer)
            writer.written(written)
            mine.append(Prepared(arguments, written.envelopes, answer))
        calls.append(mine)
    return calls


def commits(calls: Sequence[Sequence[Prepared]]) -> list[list[list[Any]]]:
    """Only the arguments of the statement that the store would choose, which is `store.append_one`."""
    return [[list(statement(one.arguments)[1:]) for one in mine] for mine in calls]


async def drive(
    connections: Sequence[asyncpg.Connection], sql: str, calls: Sequence[Sequence[Sequence[Any]]]
) -> float:
    """Each connection makes its calls one after the other, all at once; gives calls a second."""

    async def run(connection: asyncpg.Connection, mine: Sequence[Sequence[Any]]) -> None:
        for arguments in mine:
            await connection.fetchval(sql, *arguments)

    began = time.perf_counter()
    async with asyncio.TaskGroup() as tasks:
        for connection, mine in zip(connections, calls, strict=True):
            tasks.create_task(run(connection, mine))
    return sum(len(mine) for mine in calls) / (time.perf_counter() - began)
