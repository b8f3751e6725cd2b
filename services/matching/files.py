"""The helpers' files, the weights and the prices, folded from this service's own events."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from services.matching.domain.helper import HELPER
from services.matching.domain.helper_file import Active, Helper, Left
from services.matching.domain.weights import BUILT_IN, DEFAULT, version_of, weights_of
from services.matching.engine import Engine, HelperFile, Record, Roster
from services.matching.rents import Rents
from shared.bus.recorded import Recorded
from shared.contracts import matching as m
from shared.contracts.event import Event
from shared.contracts.values import ReopenReason

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
    m.PreferencesChanged,
    m.WishRecorded,
    m.BookingMade,
    m.BookingMoved,
    m.BookingReleased,
    m.HoursCredited,
)
OTHERS = (
    m.OfferMade,
    m.OfferAccepted,
    m.OfferDeclined,
    m.OfferExpired,
    m.OfferRevoked,
    m.AssignmentDropped,
    m.NoShowRecorded,
    m.MatchReopened,
    m.PairingBegun,
    m.PairingEnded,
    m.WeightsChanged,
    m.PlanProposed,
    m.PairPlanned,
)
FOLLOWED = frozenset(kind.NAME for kind in (*HELPER_EVENTS, *OTHERS))
KEPT = timedelta(days=450)
"""Late drop-outs are kept so long before the newest one: by then they count nothing."""


@dataclass
class Files:
    """What the engine is given. An event changes a few files, which then take their place in the roster."""

    engine: Engine = field(default_factory=lambda: Engine(BUILT_IN[DEFAULT], DEFAULT))
    prices: Mapping[str, int] = field(default_factory=dict)
    """Of skills, by the last plan, in points."""
    roster: Roster = field(default_factory=Roster)
    _helpers: dict[UUID, Helper] = field(default_factory=dict)
    _paired: defaultdict[UUID, set[UUID]] = field(default_factory=lambda: defaultdict(set))
    _offers: defaultdict[UUID, dict[UUID, UUID]] = field(default_factory=lambda: defaultdict(dict))
    _records: defaultdict[UUID, Record] = field(default_factory=lambda: defaultdict(Record))
    _rents: Rents = field(default_factory=Rents)

    def offers_to(self, helper: UUID) -> list[tuple[UUID, UUID]]:
        """The open offers of a helper: request and offer."""
        return [(request, offer) for offer, request in self._offers[helper].items()]

    def paired_with(self, cadre: UUID) -> list[UUID]:
        """The helpers who have a live pairing with a cadre."""
        return sorted(helper for helper, cadres in self._paired.items() if cadre in cadres)

    def paired_to(self, helper: UUID) -> list[UUID]:
        """The cadres a helper has a live pairing with."""
        return sorted(self._paired[helper])

    def take(self, events: Iterable[Recorded]) -> None:
        """Fold these, in order."""
        changed: set[UUID] = set()
        for recorded in events:
            changed.update(self._follow(recorded.event, recorded.envelope.happened))
        for helper in sorted(changed):
            state = self._helpers.get(helper)
            if state is not None:
                self.roster.put(self._file(helper, state))

    def _file(self, helper: UUID, state: Helper) -> HelperFile:
        return HelperFile(
            facts=state.facts,
            active=isinstance(state, Active),
            left=isinstance(state, Left),
            paired=frozenset(self._paired[helper]),
            offers=frozenset(self._offers[helper]),
            record=self._records[helper],
            price=self._rents.price(helper),
        )

    def _follow(self, event: Event, at: datetime) -> Collection[UUID]:
        """Fold one event; gives the helpers whose files have changed."""
        match event:
            case m.WeightsChanged():
                self.engine = Engine(weights_of(event.weights), version_of(event.number))
                return ()
            case m.PlanProposed():
                self.prices = {price.skill: price.points for price in event.prices}
                return self._rents.begin(event.plan, event.bits)
            case m.PairPlanned():
                return self._rents.note(event.request, event.helper, event.half_day_price + event.week_price)
            case m.MatchReopened():
                if event.reason != ReopenReason.POOR_QUALITY:
                    return ()
                for helper in event.barred:
                    self._note_poor(helper, event.cadre)
                return event.barred
            case m.PairingBegun():
                self._paired[event.helper].add(event.cadre)
                return (event.helper,)
            case m.PairingEnded():
                self._paired[event.helper].discard(event.cadre)
                return (event.helper,)
            case m.AssignmentDropped():
                if event.late:
                    self._note_fault(event.helper, at)
                return (event.helper,)
            case m.NoShowRecorded():
                self._note_fault(event.helper, at)
                self._note_poor(event.helper, event.cadre)
                return (event.helper,)
            case m.OfferMade() | m.OfferAccepted() | m.OfferDeclined() | m.OfferExpired() | m.OfferRevoked():
                self._note_offer(event)
                return (event.helper,)
        return self._follow_helper(event)

    def _follow_helper(self, event: Event) -> tuple[UUID, ...]:
        helper: UUID = getattr(event, "helper")  # noqa: B009  all events of a helper's stream have one
        self._helpers[helper] = HELPER.evolve(self._helpers.get(helper), event)
        return (helper,)

    def _note_offer(
        self, event: m.OfferMade | m.OfferAccepted | m.OfferDeclined | m.OfferExpired | m.OfferRevoked
    ) -> None:
        if isinstance(event, m.OfferMade):
            self._offers[event.helper][event.offer] = event.request
            return
        self._offers[event.helper].pop(event.offer, None)
        if isinstance(event, m.OfferRevoked):
            return
        record = self._records[event.helper]
        self._records[event.helper] = replace(
            record,
            accepted=record.accepted + isinstance(event, m.OfferAccepted),
            answered=record.answered + 1,
        )

    def _note_fault(self, helper: UUID, at: datetime) -> None:
        record = self._records[helper]
        faults = (*record.faults, at)
        recent = tuple(one for one in faults if one >= max(faults) - KEPT)
        self._records[helper] = replace(record, faults=recent)

    def _note_poor(self, helper: UUID, cadre: UUID) -> None:
        record = self._records[helper]
        poorly = {**record.poorly, cadre: record.poorly.get(cadre, 0) + 1}
        self._records[helper] = replace(record, poorly=poorly)
