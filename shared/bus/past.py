"""All that services have ever recorded, wherever it is read from: for a view that is built anew."""

from collections.abc import AsyncIterator, Collection, Hashable, Iterable, Mapping
from typing import NamedTuple, Protocol

from shared.bus.envelope import Envelope
from shared.eventstore.log import SQL, EventLog
from shared.eventstore.position import START, Position
from shared.eventstore.tables import Connection

READ = 1000

Cursors = Mapping[Hashable, tuple[int, ...]]
"""How far a consumer is, by log: up to and with this place. A log that it has not begun isn't there."""


class Read(NamedTuple):
    """An envelope, and where it was read: in which log, or part of one, and at which place of it."""

    envelope: Envelope
    log: Hashable
    place: tuple[int, ...]


class Reader(Protocol):
    """Goes through the past of some services."""

    def more(self) -> AsyncIterator[Read]:
        """What lies between where it stands and the present, oldest first as far as that is known.

        Order per source and key is kept. It can be asked again for what has come since.
        """

    async def cursors(self, db: Connection) -> Cursors:
        """How far the consumer is that it reads for, as far as that is written down; `db` is its database.

        Its own events need not be among it: of those it takes in every one.
        """

    async def close(self) -> None:
        """Give back what it reads with."""


class Past(Protocol):
    """Where the past can be read."""

    @property
    def names(self) -> Collection[str]:
        """The services whose past it has."""

    def reader(self, sources: Collection[str], consumer: str) -> Reader:
        """A reader of these services' past, from the beginning, for this consumer."""


class _Log:
    """One log's envelopes, a batch at hand."""

    def __init__(self, events: EventLog, after: Position) -> None:
        self._events = events
        self._place = after
        self._batch: list[Read] = []

    async def peek(self) -> Read | None:
        """The next of it; None at the end."""
        if not self._batch:
            placed = await self._events.read_all(self._place, READ)
            if placed:
                self._place = placed[-1].position
                source = self._events.source
                self._batch = [Read(one.envelope, source, one.position) for one in reversed(placed)]
        return self._batch[-1] if self._batch else None

    def take(self) -> None:
        """Go past it."""
        self._batch.pop()


class LogReader:
    """Reads the logs themselves, which are all within reach."""

    def __init__(self, logs: Iterable[EventLog], consumer: str, after: Position = START) -> None:
        """These, for a consumer, from their beginning or behind a place."""
        self._logs = [_Log(one, after) for one in logs]
        self._consumer = consumer

    async def more(self) -> AsyncIterator[Read]:
        """See `Reader.more`."""
        while True:
            heads = [(await log.peek(), log) for log in self._logs]
            ready = [(read.envelope.recorded, place) for place, (read, _) in enumerate(heads) if read]
            if not ready:
                return
            read, log = heads[min(ready)[1]]
            log.take()
            if read is not None:
                yield read

    async def cursors(self, db: Connection) -> Cursors:
        """See `Reader.cursors`."""
        rows = await db.fetch(SQL.cursors_of.sql, self._consumer)
        return {row["source"]: Position(*row[1:]) for row in rows}

    async def close(self) -> None:
        """Nothing was opened."""


class LogsPast:
    """The past in logs within reach."""

    def __init__(self, logs: Mapping[str, EventLog]) -> None:
        """By service."""
        self._logs = logs

    @property
    def names(self) -> Collection[str]:
        """All of them."""
        return self._logs.keys()

    def reader(self, sources: Collection[str], consumer: str) -> LogReader:
        """Of those of these services."""
        return LogReader((log for name, log in self._logs.items() if name in sources), consumer)
