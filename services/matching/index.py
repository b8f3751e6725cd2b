"""What the engine is given, in memory, folded from this service's own events up to a known position.

Each process keeps its own and tails the events table from the start, so a ranking can say exactly what it
was made from: `explain` folds the same events up to the same position.
"""

import asyncio
import gc
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from weakref import WeakKeyDictionary

import structlog

from services.matching.engine import Engine, Roster
from services.matching.files import FOLLOWED, Files
from shared.bus import codec
from shared.eventstore.log import POLL_SECONDS, Placed, wait_for_hint
from shared.eventstore.position import START, Position
from shared.eventstore.store import EventStore
from shared.loop import AT_ONCE
from shared.observe.logs import named

log = structlog.get_logger("jiujin.index")
BATCH = 500
TAIL_SECONDS = 0.02
"""After a hint: much is written together, and who has just ranked is about to be asked for it."""
STALL_WAITS, STALL_SECONDS = 50, 0.002
"""How often and how long to wait for events that a transaction still open elsewhere keeps from readers."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """As all own events up to and including `position` make it, until something is awaited."""

    position: Position
    roster: Roster
    engine: Engine
    prices: Mapping[str, int]


@dataclass
class HelperIndex:
    """Brought up to date before each use; only new events are read."""

    position: Position = START
    files: Files = field(default_factory=Files)
    news: asyncio.Event | None = None
    """Set when there may be something new; None where nobody tells, so that each use must look."""
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def snapshot(self) -> Snapshot:
        """As it is now."""
        return Snapshot(self.position, self.files.roster, self.files.engine, self.files.prices)

    async def fresh(self, store: EventStore) -> Snapshot:
        """With all that this process has written; with what others write as soon as there are news of it."""
        async with self._turn:
            if self.news is None:
                await self._catch_up(store)
            elif self.news.is_set():
                self.news.clear()
                caught_up = False
                try:
                    caught_up = await self._catch_up(store)
                finally:
                    if not caught_up:
                        self.news.set()
            return self.snapshot

    async def _catch_up(self, store: EventStore) -> bool:
        """Up to the newest position that no open transaction can still precede; False if one hides more."""
        head = store.newest if store.exclusive else None
        for _ in range(STALL_WAITS):
            if head is None or self.position < head:
                last = await self.read(store)
                head = head or last
            if self.position >= head:
                return True
            await asyncio.sleep(STALL_SECONDS)
        return False

    @classmethod
    async def at(cls, store: EventStore, position: Position) -> Snapshot:
        """As it was at a position that a ranking recorded."""
        past = cls()
        await past.read(store, position)
        return replace(past.snapshot, position=position)

    async def read(self, store: EventStore, until: Position | None = None) -> Position:
        """Go on to a position, or to the newest event; gives the place of the last that is there."""
        while True:
            look = await store.look(self.position, BATCH)
            wanted = [placed for placed in look.placed if until is None or placed.position <= until]
            for first in range(0, len(wanted), AT_ONCE):
                some = wanted[first : first + AT_ONCE]
                await self._take(store, some)
                self.position = some[-1].position
                await asyncio.sleep(0)
            if len(wanted) < BATCH:
                return look.last
            gc.freeze()  # so many files stay: to look through them for garbage stalls the loop

    async def _take(self, store: EventStore, batch: Sequence[Placed]) -> None:
        envelopes = [placed.envelope for placed in batch if placed.envelope.type in FOLLOWED]
        self.files.take(await codec.read(envelopes, store.vault))


_INDEXES: WeakKeyDictionary[EventStore, HelperIndex] = WeakKeyDictionary()


def index_of(store: EventStore) -> HelperIndex:
    """This process's index of a store."""
    return _INDEXES.setdefault(store, HelperIndex())


class IndexTail:
    """Keeps a process's index up to date beside its work, so that who ranks seldom has to look first."""

    def __init__(self, store: EventStore) -> None:
        """That of this store, which others may write to as well."""
        self._store = store
        self._index = index_of(store)
        self._news = asyncio.Event()
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        """Until `stop`. Hints shorten the wait, polling finds everything."""
        self._news.set()
        self._store.listen(self._news)
        self._index.news = self._news
        try:
            while not self._stopping.is_set():
                await wait_for_hint(self._news, POLL_SECONDS)
                await wait_for_hint(self._stopping, TAIL_SECONDS)
                self._news.set()
                try:
                    await self._index.fresh(self._store)
                except Exception as error:  # noqa: BLE001  whatever it is, who ranks meets it, too
                    log.debug("index not brought up to date", error=named(error))
                    await wait_for_hint(self._stopping, POLL_SECONDS)
        finally:
            self._index.news = None
            self._store.unlisten(self._news)

    def stop(self) -> None:
        """End soon."""
        self._stopping.set()
        self._news.set()
