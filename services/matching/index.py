"""What the engine is given, in memory, folded from this service's own events up to a known position.

Each process keeps its own and tails the events table from the start, so a ranking can say exactly what it
was made from: `explain` folds the same events up to the same position.
"""

import asyncio
import gc
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from weakref import WeakKeyDictionary

from services.matching.engine import Engine, Roster
from services.matching.files import FOLLOWED, Files
from shared.bus import codec
from shared.eventstore.log import Placed
from shared.eventstore.position import START, Position
from shared.eventstore.store import EventStore
from shared.loop import AT_ONCE

BATCH = 500
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
    """Brought up to the head before each use; only new events are read."""

    position: Position = START
    files: Files = field(default_factory=Files)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def snapshot(self) -> Snapshot:
        """As it is now."""
        return Snapshot(self.position, self.files.roster, self.files.engine, self.files.prices)

    async def fresh(self, store: EventStore) -> Snapshot:
        """At the newest position that no open transaction can still precede."""
        async with self._turn:
            head = store.newest if store.exclusive else None
            for _ in range(STALL_WAITS):
                if head is None or self.position < head:
                    last = await self.read(store)
                    head = head or last
                if self.position >= head:
                    break
                await asyncio.sleep(STALL_SECONDS)
            return self.snapshot

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
