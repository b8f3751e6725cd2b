"""What a plan is: visits decided together, each open until it is accepted or goes its own way."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from uuid import UUID

from shared.contracts import matching as m
from shared.contracts.event import Event, Frozen
from shared.contracts.values import HelperKind, Slot


class Visit(Frozen):
    """A visit to plan, from which version of its match; one without a time ends by `latest`."""

    request: UUID
    cadre: UUID
    community: UUID | None
    match_version: int
    latest: datetime


class Pair(Frozen):
    """Who shall come, when, how good that is, and the prices that prove it."""

    helper: UUID
    helper_kind: HelperKind
    slot: Slot
    score: int
    visit_price: int
    half_day_price: int
    week_price: int


Two = tuple[UUID, UUID]
"""A request and a helper."""


@dataclass(frozen=True, slots=True)
class Facts:
    """Every visit with its pair, or None; what was pinned and forbidden; what is decided."""

    plan: UUID
    day: date
    revision: int
    score: int
    visits: Mapping[UUID, Visit] = field(default_factory=dict)
    pairs: Mapping[UUID, Pair | None] = field(default_factory=dict)
    pinned: frozenset[Two] = frozenset()
    forbidden: frozenset[Two] = frozenset()
    accepted: frozenset[UUID] = frozenset()
    returned: frozenset[UUID] = frozenset()

    @property
    def open(self) -> tuple[UUID, ...]:
        """The requests that aren't decided, in order."""
        return tuple(sorted(self.visits.keys() - self.accepted - self.returned))


@dataclass(frozen=True, slots=True)
class Proposed:
    """Coordinators may change and accept it."""

    facts: Facts


@dataclass(frozen=True, slots=True)
class Closed:
    """Every visit is decided."""

    facts: Facts


Plan = Proposed | Closed


def evolve(plan: Plan | None, event: Event) -> Plan:
    """The plan after this event."""
    if isinstance(event, m.PlanProposed):
        if plan is None:
            return Proposed(Facts(event.plan, event.day, event.revision, event.score))
        return Proposed(replace(plan.facts, revision=event.revision, score=event.score))
    if plan is None:
        raise ValueError(f"{event.NAME} before the plan was proposed")
    if isinstance(event, m.PlanClosed):
        return Closed(plan.facts)
    return replace(plan, facts=_evolve_facts(plan.facts, event))


def _evolve_facts(facts: Facts, event: Event) -> Facts:
    match event:
        case m.PairPlanned():
            pair = Pair(**{name: getattr(event, name) for name in Pair.model_fields})
            return _planned(facts, event, pair)
        case m.VisitUnplanned():
            return _planned(facts, event, None)
        case m.PairPinned():
            return replace(facts, pinned=facts.pinned | {(event.request, event.helper)})
        case m.PairForbidden():
            return replace(facts, forbidden=facts.forbidden | {(event.request, event.helper)})
        case m.PairFreed():
            two = (event.request, event.helper)
            return replace(facts, pinned=facts.pinned - {two}, forbidden=facts.forbidden - {two})
        case m.PairAccepted():
            return replace(facts, accepted=facts.accepted | {event.request})
        case m.VisitReturned():
            return replace(facts, returned=facts.returned | {event.request})
    return facts


def _planned(facts: Facts, event: m.PairPlanned | m.VisitUnplanned, pair: Pair | None) -> Facts:
    visit = Visit(**{name: getattr(event, name) for name in Visit.model_fields})
    return replace(
        facts,
        visits={**facts.visits, event.request: visit},
        pairs={**facts.pairs, event.request: pair},
    )
