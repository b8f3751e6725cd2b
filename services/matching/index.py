"""The helpers' files in memory, folded from this service's own events up to a known position.

Each process keeps its own and tails the events table from the start, so a ranking can say exactly what it
was made from: `explain` folds the same events up to the same position.
"""

import asyncio
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

from services.matching.domain.helper import HELPER
from services.matching.domain.helper_file import Active, Helper, Left
from services.matching.engine import HelperFile, Roster
from shared.bus import codec
from shared.contracts import matching as m
from shared.contracts.event import Event
from shared.eventstore.log import Placed
from shared.eventstore.position import START, Position
from shared.eventstore.store import EventStore

HELPER_EVENTS = (
    m.HelperEnrolled,
    m.HelperCorrected,
    m.SkillsChanged,
    m.AvailabilityChanged,
    m.AbsenceNoted,
    m.HelperAllocated,
    m.HelperSuspended,
    m.HelperResumed,
    m.HelperLeft,
    m.RecusalDeclared,
    m.BookingMade,
    m.BookingMoved,
    m.BookingReleased,
    m.HoursCredited,
)
OFFER_ENDS = (m.OfferAccepted, m.OfferDeclined, m.OfferExpired, m.OfferRevoked)
FOLLOWED = frozenset(
    kind.NAME for kind in (*HELPER_EVENTS, *OFFER_ENDS, m.OfferMade, m.PairingBegun, m.PairingEnded)
)
BATCH = 500
STALL_WAITS, STALL_SECONDS = 20, 0.005
"""How often and how long to wait for events that a transaction still open elsewhere keeps from readers."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The files as all own events up to and including `position` make them, until something is awaited."""

    position: Position
    roster: Roster


@dataclass
class HelperIndex:
    """Brought up to the head before each use; only new events are read."""

    position: Position = START
    _helpers: dict[UUID, Helper] = field(default_factory=dict)
    _paired: dict[UUID, set[UUID]] = field(default_factory=lambda: defaultdict(set))
    _offers: dict[UUID, dict[UUID, UUID]] = field(default_factory=lambda: defaultdict(dict))
    _roster: Roster = field(default_factory=Roster)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def fresh(self, store: EventStore) -> Snapshot:
        """The files at the newest position that no open transaction can still precede."""
        async with self._turn:
            head = store.newest if store.exclusive else await store.head()
            for _ in range(STALL_WAITS):
                if self.position < head:
                    await self._read(store)
                if self.position >= head:
                    break
                await asyncio.sleep(STALL_SECONDS)
            return Snapshot(self.position, self._roster)

    @classmethod
    async def at(cls, store: EventStore, position: Position) -> Snapshot:
        """The files as they were at a position that a ranking recorded."""
        past = cls()
        await past._read(store, position)
        return Snapshot(position, past._roster)

    def offers_to(self, helper: UUID) -> list[tuple[UUID, UUID]]:
        """The open offers of a helper: request and offer."""
        return [(request, offer) for offer, request in self._offers[helper].items()]

    def paired_with(self, cadre: UUID) -> list[UUID]:
        """The helpers who have a live pairing with a cadre."""
        return sorted(helper for helper, cadres in self._paired.items() if cadre in cadres)

    def paired_to(self, helper: UUID) -> list[UUID]:
        """The cadres a helper has a live pairing with."""
        return sorted(self._paired[helper])

    async def _read(self, store: EventStore, until: Position | None = None) -> None:
        while batch := await store.read_all(self.position, BATCH):
            wanted = [placed for placed in batch if until is None or placed.position <= until]
            await self._take(store, wanted)
            if wanted:
                self.position = wanted[-1].position
            if len(wanted) < len(batch) or len(batch) < BATCH:
                return

    async def _take(self, store: EventStore, batch: list[Placed]) -> None:
        envelopes = [placed.envelope for placed in batch if placed.envelope.type in FOLLOWED]
        changed = {self._follow(recorded.event) for recorded in await codec.read(envelopes, store.vault)}
        for helper in changed:
            state = self._helpers.get(helper)
            if state is not None:
                self._roster.put(
                    HelperFile(
                        facts=state.facts,
                        active=isinstance(state, Active),
                        left=isinstance(state, Left),
                        paired=frozenset(self._paired[helper]),
                        offers=frozenset(self._offers[helper]),
                    )
                )

    def _follow(self, event: Event) -> UUID:
        """Fold one event; gives the helper whose file has changed."""
        told: Any = event
        helper: UUID = told.helper
        match event:
            case m.PairingBegun():
                self._paired[helper].add(event.cadre)
            case m.PairingEnded():
                self._paired[helper].discard(event.cadre)
            case m.OfferMade():
                self._offers[helper][event.offer] = event.request
            case m.OfferAccepted() | m.OfferDeclined() | m.OfferExpired() | m.OfferRevoked():
                self._offers[helper].pop(event.offer, None)
            case _:
                self._helpers[helper] = HELPER.evolve(self._helpers.get(helper), event)
        return helper


_INDEXES: WeakKeyDictionary[EventStore, HelperIndex] = WeakKeyDictionary()


def index_of(store: EventStore) -> HelperIndex:
    """This process's index of a store."""
    return _INDEXES.setdefault(store, HelperIndex())
