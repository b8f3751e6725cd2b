"""The event store of one service on PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import aiosql
import asyncpg

from shared.bus import codec
from shared.bus.envelope import GENESIS, Envelope, decode
from shared.bus.recorded import Recorded
from shared.clock import Clock
from shared.eventstore.changes import Changes
from shared.eventstore.decider import Decider
from shared.eventstore.flights import Flights
from shared.eventstore.memory import Memory, Remembered
from shared.eventstore.position import START, Position
from shared.eventstore.signals import translated
from shared.eventstore.statement import arguments_of, statement
from shared.eventstore.values import Answer, Claim, Intake, Written
from shared.settings import Settings
from shared.vault import Vault

SQL = aiosql.from_path(Path(__file__).with_name("queries.sql"), "asyncpg", mandatory_parameters=False)
POLL_SECONDS = 0.5
STREAMS_AT_HAND = 20_000


class Placed(NamedTuple):
    """An envelope with its place in the store it was read from."""

    position: Position
    envelope: Envelope


class EventStore:
    """Append, read a stream, read all from a cursor, be told of new events."""

    def __init__(
        self,
        source: str,
        pool: asyncpg.Pool,
        vault: Vault,
        clock: Clock,
        settings: Settings | None = None,
        *,
        exclusive: bool = False,
    ) -> None:
        """The store of service `source`, reached by `pool`.

        `exclusive` when nobody but this object writes to it: what it remembers of a stream needs no asking.
        An append that relied on a wrong memory conflicts, so being wrong costs time, never truth.
        """
        self.settings = settings or Settings()
        self.source = source
        self.pool = pool
        self.vault = vault
        self.clock = clock
        self.flights = Flights()
        self.changes = 0
        self.exclusive = exclusive
        self._memory: Memory[Remembered] = Memory(STREAMS_AT_HAND)
        self._listeners: set[asyncio.Event] = set()

    async def read_stream(self, stream: str, after: int = 0) -> list[Recorded]:
        """A stream's events behind version `after`, in order."""
        rows = await self.pool.fetch(SQL.read_stream.sql, stream, after)
        return await codec.read([decode(row["header"], row["data"]) for row in rows], self.vault)

    async def recall(self, decider: Decider[Any], aggregate: UUID) -> Remembered | None:
        """The aggregate's stream, folded: from memory, and what has been appended since; None without one."""
        stream = decider.stream(aggregate)
        known = self._memory.get(stream)
        if known is not None and self.exclusive:
            return known
        past = await self.read_stream(stream, known.version if known else 0)
        if past:
            last = past[-1].envelope
            cadres = known.cadres if known else past[0].envelope.cadres if decider.by_cadre else ()
            state = decider.fold([recorded.event for recorded in past], known.state if known else None)
            known = _remembered(state, last, cadres)
            self._memory.put(stream, known)
        return known

    def _remember(self, work: Changes, written: Written) -> None:
        last = {envelope.stream: envelope for envelope in written.envelopes}
        for stream, envelope in last.items():
            loaded = work.streams[stream]
            self._memory.put(stream, _remembered(loaded.state, envelope, loaded.cadres))

    def _forget(self, work: Changes | None) -> None:
        for stream in work.streams if work else ():
            self._memory.forget(stream)

    async def read_stream_raw(
        self, stream: str, after: int = 0, limit: int | None = None
    ) -> list[tuple[Envelope, bytes]]:
        """A stream's envelopes with their stored hashes, unread: for checking and for showing as they are."""
        rows = await self.pool.fetch(
            f"{SQL.read_stream.sql.rstrip().rstrip(';')} LIMIT $3", stream, after, limit
        )
        return [(decode(row["header"], row["data"]), row["hash"]) for row in rows]

    async def read_all(self, after: Position, limit: int = 500) -> list[Placed]:
        """Up to `limit` envelopes behind `after`, none of which an open transaction can still precede."""
        horizon = self.flights.horizon() if self.exclusive else START
        rows = await self.pool.fetch(SQL.read_all.sql, *after, limit, *horizon)
        return [
            Placed(Position(row["epoch"], row["xid"], row["seq"]), decode(row["header"], row["data"]))
            for row in rows
        ]

    @property
    def newest(self) -> Position:
        """The place of the newest event that this process knows of."""
        return self.flights.newest

    async def head(self) -> Position:
        """The place of the newest event, whoever wrote it; START when there is none."""
        row = await self.pool.fetchrow(SQL.head.sql)
        self.flights.landed(Position(*row) if row else START)
        return self.newest

    async def subscribe(
        self, after: Position, *, limit: int = 500, poll: float = POLL_SECONDS
    ) -> AsyncIterator[list[Placed]]:
        """Batches of envelopes for ever. The hint only shortens the wait: polling finds everything."""
        hint = asyncio.Event()
        self.listen(hint)
        try:
            while True:
                hint.clear()
                batch = await self.read_all(after, limit)
                if batch:
                    after = batch[-1].position
                    yield batch
                else:
                    await wait_for_hint(hint, poll)
        finally:
            self.unlisten(hint)

    def listen(self, hint: asyncio.Event) -> None:
        """Set `hint` whenever this process has appended."""
        self._listeners.add(hint)

    def unlisten(self, hint: asyncio.Event) -> None:
        """No longer."""
        self._listeners.discard(hint)

    def wake(self) -> None:
        """Tell everyone who waits that something may be new."""
        for listener in self._listeners:
            listener.set()

    def changed(self, place: Sequence[int] | None = None) -> None:
        """Note a write of this process, the last event at `place`: `newest` and `changes` are its marks.

        They shorten waits and spare queries; what other processes write is found by polling.
        """
        self.changes += 1
        if place:
            self.flights.landed(Position(*place))
        self.wake()

    async def find_answer(self, actor: str, key: str) -> Answer | None:
        """The first answer to a command, if it was given."""
        row = await self.pool.fetchrow(SQL.find_command.sql, actor, key)
        return Answer(actor, key, *row) if row else None

    async def commit(
        self, work: Changes, *, answer: Answer | None = None, claim: Claim | None = None
    ) -> Written:
        """Write all of a work in one transaction and one round trip.

        VersionConflictError when a stream has moved on: decide again.
        """
        return await self._write(work, *await self.prepare(work, answer=answer, claim=claim))

    async def take(self, work: Changes | None, intake: Intake) -> Written:
        """The same for a consumer that has no view to bring up to date."""
        return await self._write(work, *await self.prepare(work, intake=intake))

    async def _write(self, work: Changes | None, arguments: Sequence[Any], written: Written) -> Written:
        try:
            with self._appending(written), translated():
                place = await self.pool.fetchval(*statement(arguments))
        except BaseException:
            self._forget(work)
            self.wake()  # who waited for this append to be over
            raise
        if work is not None:
            self._remember(work, written)
            self.changed(place)
        return written

    @asynccontextmanager
    async def taking_in(
        self, work: Changes | None, intake: Intake
    ) -> AsyncIterator[tuple[asyncpg.pool.PoolConnectionProxy, Written]]:
        """A transaction that has written a work and its inbox rows; views are brought up to date in it."""
        arguments, written = await self.prepare(work, intake=intake)
        try:
            with self._appending(written):
                async with self.pool.acquire() as connection, connection.transaction():
                    with translated():
                        place = await connection.fetchval(*statement(arguments))
                    yield connection, written
        except BaseException:
            self._forget(work)
            self.wake()  # who waited for this append to be over
            raise
        if work is not None:
            self._remember(work, written)
            self.changed(place)

    def _appending(self, written: Written) -> AbstractContextManager[None]:
        return self.flights.one() if written.envelopes else nullcontext()

    async def prepare(
        self,
        work: Changes | None,
        *,
        answer: Answer | None = None,
        intake: Intake | None = None,
        claim: Claim | None = None,
    ) -> tuple[list[Any], Written]:
        """The arguments of `store.commit` and the envelopes among them."""
        written = Written()
        touched = {}
        if work is not None:
            made = work.envelopes()
            await self.vault.fetch(
                (name for event, _ in made for name in codec.keys_needed(event)), make=True
            )
            last: dict[str, bytes] = {}
            for (event, envelope_after), (stream, _) in zip(made, work.order, strict=True):
                previous = last.get(stream) or work.streams[stream].hash
                envelope = codec.write(event, envelope_after(previous), self.vault)
                last[stream] = envelope.hash
                written.envelopes.append(envelope)
            touched = {name: loaded.version for name, loaded in work.streams.items() if loaded.added}
        return arguments_of(work, written, touched, answer, intake, claim), written


def _remembered(state: Any, last: Envelope, cadres: tuple[UUID, ...]) -> Remembered:
    return Remembered(
        state,
        last.stream_version,
        last.hash,
        last.recorded,
        last.key,
        last.correlation,
        last.case,
        cadres,
    )


async def wait_for_hint(hint: asyncio.Event, seconds: float) -> None:
    """Wait for the hint, `seconds` at most."""
    try:
        await asyncio.wait_for(hint.wait(), seconds)
    except TimeoutError:
        return


def verify(envelopes: Iterable[tuple[Envelope, bytes]]) -> list[int]:
    """The versions of a stream whose stored hash is not the one its bytes give."""
    wrong, previous = [], GENESIS
    for envelope, stored in envelopes:
        if envelope.previous != previous or envelope.hash != stored:
            wrong.append(envelope.stream_version)
        previous = stored
    return wrong
