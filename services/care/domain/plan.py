"""A care plan: services that recur for one cadre, by risk, until the next review."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from heapq import merge
from itertools import dropwhile, takewhile
from uuid import UUID

from services.care.domain.plan_commands import (
    ActivateFor,
    ActivatePlan,
    AssessFor,
    DayPastError,
    EndForGood,
    EndPlan,
    EndReason,
    Hospital,
    NotActiveError,
    NotAssessedError,
    NotSuspendedError,
    PlanCommand,
    PlanOverError,
    RaiseDue,
    RaiseReview,
    ResumePlan,
    SuspendPlan,
    SuspendReason,
)
from services.care.domain.plan_schedule import Occurrence, occurrence, occurrences, usual_services
from shared.contracts import care
from shared.contracts.event import Event
from shared.contracts.values import PlannedService, Risk
from shared.deadlines import SHANGHAI
from shared.eventstore.decider import Decider, Moment
from shared.roles import Resource

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Facts:
    """Whom a plan is for."""

    plan: UUID
    cadre: UUID
    community: UUID | None
    risk: Risk


@dataclass(frozen=True, slots=True)
class Schedule:
    """What recurs; `raised` is the last day for which a service at an hour was raised."""

    services: tuple[PlannedService, ...]
    starts: date
    review_on: date
    raised: Mapping[tuple[str, int], date] = field(default_factory=dict)

    def to_come(self, service: PlannedService) -> Iterator[Occurrence]:
        """The times of a service that were not raised yet."""
        return occurrences(service, self.starts, self.raised.get((service.service, service.hour)))


@dataclass(frozen=True, slots=True)
class Assessed:
    """The need is known; nothing recurs yet."""

    facts: Facts


@dataclass(frozen=True, slots=True)
class Active:
    """The services recur."""

    facts: Facts
    schedule: Schedule


@dataclass(frozen=True, slots=True)
class ReviewDue:
    """Somebody has to assess anew; meanwhile the services go on."""

    facts: Facts
    schedule: Schedule


@dataclass(frozen=True, slots=True)
class Suspended:
    """Nothing recurs for a while."""

    facts: Facts
    schedule: Schedule
    reason: str


@dataclass(frozen=True, slots=True)
class Ended:
    """Nothing recurs any more."""

    facts: Facts
    reason: str


Plan = Assessed | Active | ReviewDue | Suspended | Ended


def evolve(plan: Plan | None, event: Event) -> Plan:
    """The plan after an event."""
    if isinstance(event, care.PlanAssessed):
        facts = Facts(event.plan, event.cadre, event.community, event.risk)
        return Assessed(facts) if plan is None else replace(plan, facts=facts)
    if plan is None:
        raise ValueError(f"{event.NAME} before the plan was assessed")
    match event:
        case care.PlanActivated():
            raised = {} if isinstance(plan, Assessed | Ended) else plan.schedule.raised
            return Active(plan.facts, Schedule(event.services, event.starts, event.review_on, raised))
        case care.PlanEnded():
            return Ended(plan.facts, event.reason)
    if isinstance(plan, Assessed | Ended):
        return plan
    match event:
        case care.PlannedVisitDue():
            local = event.slot.start.astimezone(SHANGHAI)
            days = {**plan.schedule.raised, (event.service, local.hour): local.date()}
            return replace(plan, schedule=replace(plan.schedule, raised=days))
        case care.PlanReviewDue():
            return ReviewDue(plan.facts, plan.schedule)
        case care.PlanSuspended():
            return Suspended(plan.facts, plan.schedule, event.reason)
        case care.PlanResumed():
            return Active(plan.facts, plan.schedule)
        case _:
            return plan


def decide(plan: Plan | None, command: PlanCommand, moment: Moment) -> Sequence[Event]:
    """What follows from a command; reactions and timers that come too late change nothing."""
    if isinstance(command, AssessFor):
        return [_assessed(plan, command, moment)]
    if plan is None:
        return []
    ids = {"plan": plan.facts.plan, "cadre": plan.facts.cadre}
    match plan, command:
        case Active() | ReviewDue(), RaiseDue():
            return _raised(plan, command, moment)
        case Active(), RaiseReview() if _today(moment) >= plan.schedule.review_on:
            return [care.PlanReviewDue(**ids)]
        case Active() | ReviewDue(), Hospital(admitted=True):
            return [care.PlanSuspended(**ids, reason=SuspendReason.IN_HOSPITAL)]
        case Suspended(reason=SuspendReason.IN_HOSPITAL), Hospital(admitted=False):
            return [care.PlanResumed(**ids), *_after_change(plan, moment)]
        case Assessed() | Active() | ReviewDue() | Suspended(), EndForGood():
            return [care.PlanEnded(**ids, reason=EndReason.DECEASED)]
        case _, RaiseDue() | RaiseReview() | Hospital() | EndForGood():
            return []
        case Ended(), _:
            raise PlanOverError
        case Suspended(), ActivatePlan():
            raise NotAssessedError
        case _, ActivateFor():
            return [_activated(plan, command, moment)]
        case Active() | ReviewDue(), SuspendPlan():
            return [care.PlanSuspended(**ids, reason=command.reason)]
        case _, SuspendPlan():
            raise NotActiveError
        case Suspended(), ResumePlan():
            return [care.PlanResumed(**ids), *_after_change(plan, moment)]
        case _, ResumePlan():
            raise NotSuspendedError
        case _, EndPlan():
            return [care.PlanEnded(**ids, reason=command.reason)]
        case _:
            raise NotAssessedError


def coming(plan: Plan | None, now: datetime) -> Iterator[Occurrence]:
    """What comes after `now` and was not raised yet, the next first: without an end while services recur."""
    if not isinstance(plan, Active | ReviewDue):
        return iter(())
    return merge(
        *(
            dropwhile(lambda one: one.slot.start <= now, plan.schedule.to_come(service))
            for service in plan.schedule.services
        ),
        key=lambda one: one.slot.start,
    )


def next_due(plan: Plan | None, ahead: timedelta, now: datetime) -> datetime | None:
    """When the next planned visit is to be raised; None when nothing recurs."""
    following = next(coming(plan, now), None)
    return following.slot.start - ahead if following else None


def _assessed(plan: Plan | None, command: AssessFor, moment: Moment) -> Event:
    if isinstance(plan, Ended):
        raise PlanOverError
    return care.PlanAssessed(
        plan=moment.aggregate if plan is None else plan.facts.plan,
        cadre=command.cadre if plan is None else plan.facts.cadre,
        community=command.community,
        risk=command.risk,
        note=command.note,
    )


def _activated(plan: Plan, command: ActivateFor, moment: Moment) -> Event:
    starts = command.starts or _today(moment)
    if starts < _today(moment):
        raise DayPastError("starts")
    review_on = command.review_on or starts + command.review_after
    if review_on <= starts:
        raise DayPastError("review_on")
    return care.PlanActivated(
        plan=plan.facts.plan,
        cadre=plan.facts.cadre,
        services=command.services or usual_services(plan.facts.risk, command.category),
        starts=starts,
        review_on=review_on,
    )


def _raised(plan: Active | ReviewDue, command: RaiseDue, moment: Moment) -> Sequence[Event]:
    """What begins within `ahead`; what a suspension or a stop left behind is not made up for."""
    found = [
        one
        for service in plan.schedule.services
        for one in takewhile(
            lambda one: one.slot.start - command.ahead <= moment.at, plan.schedule.to_come(service)
        )
        if one.slot.start > moment.at
    ]
    community = command.community or plan.facts.community
    return [_due(plan.facts, one, community) for one in sorted(found, key=lambda one: one.slot.start)]


def _after_change(plan: Suspended, moment: Moment) -> Sequence[Event]:
    """Back from hospital or away, and at high risk: somebody looks in within a day."""
    if plan.facts.risk is not Risk.HIGH:
        return []
    service, today = plan.schedule.services[0], _today(moment)
    one = occurrence(service, today)
    if one.slot.start <= moment.at:
        one = occurrence(service, today + DAY)
    return [_due(plan.facts, one, plan.facts.community)]


def _due(facts: Facts, one: Occurrence, community: UUID | None) -> Event:
    return care.PlannedVisitDue(
        plan=facts.plan,
        cadre=facts.cadre,
        community=community,
        occurrence=one.id(facts.plan),
        service=one.service,
        slot=one.slot,
    )


def _today(moment: Moment) -> date:
    return moment.at.astimezone(SHANGHAI).date()


def _resource(plan: Plan) -> Resource:
    return Resource(plan.facts.community, plan.facts.cadre)


PLAN: Decider[Plan] = Decider("plan", "care plan", evolve, decide, _resource, by_cadre=False)
