"""The event store of one service on PostgreSQL."""

from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Any
from uuid import UUID

import asyncpg

from shared.bus import codec
from shared.bus.envelope import GENESIS, Envelope, decode
from shared.bus.recorded import Recorded
from shared.clock import Clock
from shared.eventstore.changes import Changes
from shared.eventstore.decider import Decider
from shared.eventstore.log import SQL, EventLog
from shared.eventstore.memory import Memory, Remembered
from shared.eventstore.signals import translated
from shared.eventstore.statement import arguments_of, gated, statement
from shared.eventstore.values import Answer, Claim, Intake, Written
from shared.observe import traces
from shared.observe.metrics import APPENDED
from shared.settings import Settings
from shared.vault import Vault

STREAMS_AT_HAND = 20_000


class EventStore(EventLog):
    """Append to the log, and read it with what is sealed opened."""

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
        super().__init__(source, pool, exclusive=exclusive)
        self.settings = settings or Settings()
        self.vault = vault
        self.clock = clock
        self._memory: Memory[Remembered] = Memory(STREAMS_AT_HAND)

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

    def _note(self, work: Changes, written: Written, place: Sequence[int] | None) -> None:
        APPENDED.labels(self.source).inc(len(written.envelopes))
        self._remember(work, written)
        self.changed(place)

    def _remember(self, work: Changes, written: Written) -> None:
        last = {envelope.stream: envelope for envelope in written.envelopes}
        for stream, envelope in last.items():
            loaded = work.streams[stream]
            self._memory.put(stream, _remembered(loaded.state, envelope, loaded.cadres))

    def _forget(self, work: Changes | None) -> None:
        for stream in work.streams if work else ():
            self._memory.forget(stream)

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
            self._note(work, written, place)
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
                        row = await connection.fetchrow(*gated(arguments, intake.consumer))
                    place = row[-1] if row else None
                    yield connection, written
        except BaseException:
            self._forget(work)
            self.wake()  # who waited for this append to be over
            raise
        if work is not None:
            self._note(work, written, place)

    @contextmanager
    def _appending(self, written: Written) -> Iterator[None]:
        if not written.envelopes:
            yield
            return
        with self.flights.one(), traces.span(f"{self.source} append", written.envelopes[0].traceparent):
            yield

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


def verify(envelopes: Iterable[tuple[Envelope, bytes]]) -> list[int]:
    """The versions of a stream whose stored hash is not the one its bytes give."""
    wrong, previous = [], GENESIS
    for envelope, stored in envelopes:
        if envelope.previous != previous or envelope.hash != stored:
            wrong.append(envelope.stream_version)
        previous = stored
    return wrong
