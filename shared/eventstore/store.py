"""The event store of one service on PostgreSQL."""

from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import ExitStack, asynccontextmanager, contextmanager
from typing import Any
from uuid import UUID

import asyncpg

from shared.bus import codec
from shared.bus.envelope import GENESIS, Envelope, decode
from shared.bus.recorded import Recorded
from shared.clock import Clock
from shared.eventstore.changes import Changes, Loaded
from shared.eventstore.decider import Decider
from shared.eventstore.log import SQL, EventLog
from shared.eventstore.memory import Memory, Remembered
from shared.eventstore.signals import translated
from shared.eventstore.statement import arguments_of, gated, statement
from shared.eventstore.values import Answer, Claim, Intake, Written
from shared.loop import in_turns
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
        known = self.remembered(stream)
        if known is not None and self.exclusive:
            return known
        past = await self.read_stream(stream, known.version if known else 0)
        if past:
            last = past[-1].envelope
            cadres = known.cadres if known else past[0].envelope.cadres if decider.by_cadre else ()
            state = known.state if known else None
            async for recorded in in_turns(past):
                state = decider.evolve(state, recorded.event)
            known = _remembered(state, last, cadres)
            self._memory.put(stream, known)
        return known

    def remembered(self, stream: str) -> Remembered | None:
        """A stream as this object has last seen it; None when it isn't at hand."""
        return self._memory.get(stream)

    def _note(self, works: Sequence[Changes], written: Written, place: Sequence[int] | None) -> None:
        if not works:
            return
        APPENDED.labels(self.source).inc(len(written.envelopes))
        last = {envelope.stream: envelope for envelope in written.envelopes}
        for stream, loaded in _streams(works).items():
            if stream in last:
                self._memory.put(stream, _remembered(loaded.state, last[stream], loaded.cadres))
        self.changed(place)

    def _forget(self, works: Sequence[Changes]) -> None:
        for stream in _streams(works):
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
        return await self._write([work], *await self.prepare(work, answer=answer, claim=claim))

    async def take(self, works: Sequence[Changes], intake: Intake) -> Written:
        """The same for a consumer that has no view to bring up to date, and any number of works."""
        return await self._write(works, *await self.prepare(*works, intake=intake))

    async def _write(self, works: Sequence[Changes], arguments: Sequence[Any], written: Written) -> Written:
        try:
            with self._appending(written), translated():
                place = await self.pool.fetchval(*statement(arguments))
        except BaseException:
            self._forget(works)
            self.wake()  # who waited for this append to be over
            raise
        self._note(works, written, place)
        return written

    @asynccontextmanager
    async def taking_in(
        self, works: Sequence[Changes], intake: Intake
    ) -> AsyncIterator[tuple[asyncpg.pool.PoolConnectionProxy, Written]]:
        """A transaction that has written works and their inbox rows; views are brought up to date in it."""
        arguments, written = await self.prepare(*works, intake=intake)
        try:
            with self._appending(written):
                async with self.pool.acquire() as connection, connection.transaction():
                    with translated():
                        row = await connection.fetchrow(*gated(arguments, intake.consumer))
                    place = row[-1] if row else None
                    yield connection, written
        except BaseException:
            self._forget(works)
            self.wake()  # who waited for this append to be over
            raise
        self._note(works, written, place)

    @contextmanager
    def _appending(self, written: Written) -> Iterator[None]:
        if not written.envelopes:
            yield
            return
        with self.flights.one(), ExitStack() as spans:
            for trace in dict.fromkeys(envelope.traceparent for envelope in written.envelopes):
                spans.enter_context(traces.span(f"{self.source} append", trace))
            yield

    async def prepare(
        self,
        *works: Changes,
        answer: Answer | None = None,
        intake: Intake | None = None,
        claim: Claim | None = None,
    ) -> tuple[list[Any], Written]:
        """The arguments of `store.commit` and the envelopes among them."""
        written = Written()
        streams = _streams(works)
        made = [
            (one, place) for work in works for one, place in zip(work.envelopes(), work.order, strict=True)
        ]
        await self.vault.fetch(
            (name for (event, _), __ in made for name in codec.keys_needed(event)), make=True
        )
        last: dict[str, bytes] = {}
        async for (event, envelope_after), (stream, _) in in_turns(made):
            envelope = codec.write(
                event, envelope_after(last.get(stream) or streams[stream].hash), self.vault
            )
            last[stream] = envelope.hash
            written.envelopes.append(envelope)
        expected = {
            name: loaded.version for name, loaded in streams.items() if loaded.added or loaded.recalled
        }
        return arguments_of(works, written, expected, answer, intake, claim), written


def _streams(works: Sequence[Changes]) -> dict[str, Loaded]:
    """The streams that these works have loaded: each works on those of the one before it."""
    return works[-1].streams if works else {}


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
