"""What a match is: the need, the rounds with their offers, and where it stands, folded from events."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from shared import ids
from shared.contracts import matching as m
from shared.contracts.event import Event, Frozen
from shared.contracts.values import CadreSide, HelperKind, Slot, Urgency

HELD = "held"
"""The reason of an offer taken back because the request waits: who had it may be asked again."""


class Outcome(StrEnum):
    """What became of an offer."""

    OPEN = "Open"
    ACCEPTED = "Accepted"
    DECLINED = "Declined"
    EXPIRED = "Expired"
    REVOKED = "Revoked"
    HELD = "Held"


class Need(Frozen):
    """What is asked for."""

    request: UUID
    cadre: UUID
    community: UUID | None
    service: str
    urgency: Urgency
    skills: tuple[str, ...]
    helper_kinds: tuple[HelperKind, ...]
    minutes: int
    slot: Slot | None


@dataclass(frozen=True, slots=True)
class Offer:
    """A helper who was asked."""

    offer: UUID
    helper: UUID
    kind: HelperKind
    slot: Slot
    expires: datetime
    round: int
    outcome: Outcome = Outcome.OPEN


@dataclass(frozen=True, slots=True)
class Facts:
    """The need and what was tried: `barred` are out for good, `last` had the request last."""

    need: Need
    side: CadreSide | None
    round: int
    barred: frozenset[UUID] = frozenset()
    offers: tuple[Offer, ...] = ()
    ranked: tuple[UUID, ...] = ()
    last: UUID | None = None

    @property
    def open(self) -> tuple[Offer, ...]:
        """The offers that wait for an answer."""
        return tuple(one for one in self.offers if one.outcome is Outcome.OPEN)

    @property
    def asked(self) -> frozenset[UUID]:
        """The helpers asked in this round; whose offer was taken back by a hold may be asked again."""
        return frozenset(
            one.helper for one in self.offers if one.round == self.round and one.outcome is not Outcome.HELD
        )

    @property
    def begun(self) -> datetime | None:
        """When the first offer of this round was made that no hold took back, to the millisecond."""
        made = (
            ids.time_of(one.offer)
            for one in self.offers
            if one.round == self.round and one.outcome is not Outcome.HELD
        )
        return min(made, default=None)

    @property
    def decliners(self) -> frozenset[UUID]:
        """The helpers who said no in this round."""
        return frozenset(
            one.helper for one in self.offers if one.round == self.round and one.outcome is Outcome.DECLINED
        )

    def offer(self, offer: UUID) -> Offer | None:
        """The offer with this id."""
        return next((one for one in self.offers if one.offer == offer), None)


@dataclass(frozen=True, slots=True)
class Opened:
    """Somebody is needed, nobody is asked."""

    facts: Facts


@dataclass(frozen=True, slots=True)
class Offering:
    """At least one offer is open."""

    facts: Facts


@dataclass(frozen=True, slots=True)
class Assigned:
    """A helper has it, with this booking."""

    facts: Facts
    helper: UUID
    booking: UUID


@dataclass(frozen=True, slots=True)
class Exhausted:
    """Nobody is left to ask: a coordinator has to act."""

    facts: Facts


@dataclass(frozen=True, slots=True)
class Held:
    """The request waits."""

    facts: Facts


@dataclass(frozen=True, slots=True)
class Closed:
    """Nobody is needed any more."""

    facts: Facts


Match = Opened | Offering | Assigned | Exhausted | Held | Closed


def evolve(match: Match | None, event: Event) -> Match:
    """The match after this event."""
    if isinstance(event, m.MatchOpened):
        return Opened(_opened(match, event))
    if match is None:
        raise ValueError(f"{event.NAME} before the match was opened")
    facts = match.facts
    match event:
        case m.CandidatesRanked():
            ranked = replace(facts, ranked=tuple(one.helper for one in event.ranked))
            return Opened(ranked) if isinstance(match, Held) else replace(match, facts=ranked)
        case m.OfferMade():
            made = Offer(event.offer, event.helper, event.helper_kind, event.slot, event.expires, facts.round)
            return Offering(replace(facts, offers=(*facts.offers, made)))
        case m.OfferAccepted():
            return _answered(match, event.offer, Outcome.ACCEPTED)
        case m.OfferDeclined():
            return _answered(match, event.offer, Outcome.DECLINED)
        case m.OfferExpired():
            return _answered(match, event.offer, Outcome.EXPIRED)
        case m.OfferRevoked():
            held = event.reason == HELD
            return _answered(match, event.offer, Outcome.HELD if held else Outcome.REVOKED)
        case m.HelperAssigned():
            return Assigned(replace(facts, last=event.helper), event.helper, event.booking)
        case m.AssignmentDropped() | m.NoShowRecorded() | m.AssignmentWithdrawn():
            return Opened(facts)
        case m.MatchExhausted():
            return Exhausted(facts)
        case m.MatchReopened():
            return Opened(_reopened(facts, event))
        case m.MatchHeld():
            return Held(facts)
        case m.MatchClosed():
            return Closed(facts)
    return match


def _opened(match: Match | None, event: m.MatchOpened) -> Facts:
    need = Need(**{name: getattr(event, name) for name in Need.model_fields})
    if match is None:
        return Facts(need, event.side, event.round)
    return replace(match.facts, need=need, side=event.side, round=event.round, ranked=())


def _reopened(facts: Facts, event: m.MatchReopened) -> Facts:
    return replace(
        facts,
        need=facts.need.model_copy(update={"community": event.community}),
        side=event.side or facts.side,
        round=event.round,
        barred=facts.barred | frozenset(event.barred),
        ranked=(),
    )


def _answered(match: Match, offer: UUID, outcome: Outcome) -> Match:
    offers = tuple(replace(one, outcome=outcome) if one.offer == offer else one for one in match.facts.offers)
    facts = replace(match.facts, offers=offers)
    if isinstance(match, Offering) and not facts.open:
        return Opened(facts)
    return replace(match, facts=facts)
