"""All that services have ever recorded, wherever it is read from: for a view that is built anew."""

from collections.abc import AsyncIterator, Collection, Iterable, Mapping
from typing import Protocol

from shared.bus.envelope import Envelope
from shared.eventstore.log import EventLog
from shared.eventstore.position import START, Position

READ = 1000


class Reader(Protocol):
    """Goes through the past of some services."""

    def more(self) -> AsyncIterator[Envelope]:
        """What lies between where it stands and the present, oldest first as far as that is known.

        Order per source and key is kept. It can be asked again for what has come since.
        """

    async def close(self) -> None:
        """Give back what it reads with."""


class Past(Protocol):
    """Where the past can be read."""

    @property
    def names(self) -> Collection[str]:
        """The services whose past it has."""

    def reader(self, sources: Collection[str]) -> Reader:
        """A reader of these services' past, from the beginning."""


class _Log:
    """One log's envelopes, a batch at hand."""

    def __init__(self, events: EventLog, after: Position) -> None:
        self._events = events
        self._place = after
        self._batch: list[Envelope] = []

    async def peek(self) -> Envelope | None:
        """The next envelope; None at the end."""
        if not self._batch:
            placed = await self._events.read_all(self._place, READ)
            if placed:
                self._place = placed[-1].position
                self._batch = [one.envelope for one in reversed(placed)]
        return self._batch[-1] if self._batch else None

    def take(self) -> None:
        """Go past it."""
        self._batch.pop()


class LogReader:
    """Reads the logs themselves, which are all within reach."""

    def __init__(self, logs: Iterable[EventLog], after: Position = START) -> None:
        """These, from their beginning or behind a place."""
        self._logs = [_Log(one, after) for one in logs]

    async def more(self) -> AsyncIterator[Envelope]:
        """See `Reader.more`."""
        while True:
            heads = [(await log.peek(), log) for log in self._logs]
            ready = [(envelope.recorded, place) for place, (envelope, _) in enumerate(heads) if envelope]
            if not ready:
                return
            envelope, log = heads[min(ready)[1]]
            log.take()
            if envelope is not None:
                yield envelope

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

    def reader(self, sources: Collection[str]) -> LogReader:
        """Of those of these services."""
        return LogReader(log for name, log in self._logs.items() if name in sources)
