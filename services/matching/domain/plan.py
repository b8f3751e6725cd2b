"""A plan: many visits decided together, reviewed by coordinators, then asked pair by pair."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime
from typing import assert_never
from uuid import UUID

from services.matching.domain.plan_states import Closed, Facts, Pair, Plan, Proposed, Visit, evolve
from shared.contracts import matching as m
from shared.contracts.command import Command
from shared.contracts.event import Event
from shared.errors import RefusedError, UnknownError
from shared.eventstore.decider import Decider, Moment
from shared.roles import Resource


class Propose(Command):
    """Record what was decided together: the first time, or anew after something was pinned or forbidden."""

    day: date
    at: datetime
    epoch: int
    xid: int
    seq: int
    rules_version: str
    weights_version: str
    model_version: str
    gap: int
    prices: tuple[m.Price, ...]
    lacking: tuple[m.Lacking, ...]
    digest: str
    bits: int
    decided: tuple[tuple[Visit, Pair | None], ...]
    """Each visit with its pair; None for whom nobody can be had."""


class PinPair(Command):
    """This helper shall have this visit."""

    request: UUID
    helper: UUID


class ForbidPair(Command):
    """This helper shall not have this visit."""

    request: UUID
    helper: UUID


class FreePair(Command):
    """Neither pin nor forbid these two any more."""

    request: UUID
    helper: UUID


class AcceptPlan(Command):
    """Ask the planned helpers of these requests; of all that are open and the caller's, without any."""

    requests: tuple[UUID, ...] = ()


class ReturnVisits(Command):
    """Take these requests out of the plan, each to be matched by itself; all that are open, without any."""

    requests: tuple[UUID, ...] = ()


Change = PinPair | ForbidPair | FreePair
PlanCommand = Propose | Change | AcceptPlan | ReturnVisits


class PlanOverError(RefusedError):
    """Every visit of this plan is decided. Look at the requests themselves."""

    zh = "该计划的每次服务都已决定。请查看各项求助。"


class VisitDecidedError(RefusedError):
    """This visit is decided already. Look at the request itself."""

    zh = "这次服务已经决定。请查看该求助。"


def decide(plan: Plan | None, command: PlanCommand, moment: Moment) -> Sequence[Event]:
    """What follows from the command."""
    if isinstance(command, Propose):
        return list(_proposed(plan, command, moment))
    if plan is None:
        return []
    if isinstance(plan, Closed):
        raise PlanOverError
    facts = plan.facts
    match command:
        case PinPair() | ForbidPair() | FreePair():
            return _change(facts, command)
        case AcceptPlan():
            return _end(facts, [_accepted(facts, one) for one in _named(facts, command.requests)])
        case ReturnVisits():
            return _end(facts, [_returned(facts, one) for one in _named(facts, command.requests)])
    assert_never(command)


def _proposed(plan: Plan | None, command: Propose, moment: Moment) -> Iterator[Event]:
    """The header, an event for each visit that isn't as it was, and one for each that has dropped out."""
    facts = plan.facts if plan else None
    revision = facts.revision + 1 if facts else 1
    about = {name: getattr(command, name) for name in m.PlanProposed.model_fields if name in _TOLD}
    pairs = [pair for _, pair in command.decided if pair]
    known = {visit.request for visit, _ in command.decided}
    yield m.PlanProposed(
        plan=moment.aggregate,
        revision=revision,
        visits=len(command.decided),
        unplanned=len(command.decided) - len(pairs),
        score=sum(pair.score for pair in pairs),
        **about,
    )
    if facts is not None:
        yield from (_returned(facts, facts.visits[one]) for one in facts.open if one not in known)
    for visit, pair in command.decided:
        if facts and facts.visits.get(visit.request) == visit and facts.pairs[visit.request] == pair:
            continue
        told = {"plan": moment.aggregate, "revision": revision, **dict(visit)}
        yield m.PairPlanned(**told, **dict(pair)) if pair else m.VisitUnplanned(**told)


_TOLD = frozenset(Propose.model_fields) - {"decided", "happened"}


def _change(facts: Facts, command: Change) -> Sequence[Event]:
    visit = _open(facts, command.request)
    two = (command.request, command.helper)
    about = {"plan": facts.plan, "request": visit.request, "cadre": visit.cadre, "helper": command.helper}
    match command:
        case PinPair():
            others = [
                m.PairFreed(**{**about, "helper": helper})
                for request, helper in sorted(facts.pinned)
                if request == visit.request and helper != command.helper
            ]
            freed = [m.PairFreed(**about)] if two in facts.forbidden else []
            return [] if two in facts.pinned else [*others, *freed, m.PairPinned(**about)]
        case ForbidPair():
            freed = [m.PairFreed(**about)] if two in facts.pinned else []
            return [] if two in facts.forbidden else [*freed, m.PairForbidden(**about)]
        case FreePair():
            return [m.PairFreed(**about)] if two in facts.pinned | facts.forbidden else []
    assert_never(command)


def _named(facts: Facts, requests: Collection[UUID]) -> list[Visit]:
    return [_open(facts, request) for request in sorted(set(requests) or facts.open)]


def _open(facts: Facts, request: UUID) -> Visit:
    if request not in facts.visits:
        raise UnknownError(what="visit")
    if request in facts.accepted | facts.returned:
        raise VisitDecidedError
    return facts.visits[request]


def _accepted(facts: Facts, visit: Visit) -> Event:
    pair = facts.pairs[visit.request]
    if pair is None:
        return _returned(facts, visit)
    return m.PairAccepted(
        plan=facts.plan, request=visit.request, cadre=visit.cadre, helper=pair.helper, slot=pair.slot
    )


def _returned(facts: Facts, visit: Visit) -> Event:
    return m.VisitReturned(plan=facts.plan, request=visit.request, cadre=visit.cadre)


def _end(facts: Facts, events: list[Event]) -> Sequence[Event]:
    """With the plan's end behind them, where they leave nothing open."""
    if len(events) < len(facts.open):
        return events
    accepted = len(facts.accepted) + sum(isinstance(one, m.PairAccepted) for one in events)
    closed = m.PlanClosed(plan=facts.plan, accepted=accepted, returned=len(facts.visits) - accepted)
    return [*events, closed]


def resource(plan: Plan) -> Resource:
    """A plan belongs to the whole city; who may decide its visits depends on their communities."""
    del plan
    return Resource()


PLAN: Decider[Plan] = Decider("dayplan", "plan", evolve, decide, resource, by_cadre=False)
__all__ = ["PLAN", "Closed", "Pair", "Plan", "Proposed", "Visit"]
