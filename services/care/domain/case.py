"""A case: from the first assignment of a request until its callback closes it, round by round."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from shared.contracts import care
from shared.contracts.command import Command
from shared.contracts.event import Event
from shared.contracts.values import Urgency
from shared.eventstore.decider import Decider, Moment
from shared.roles import Resource


@dataclass(frozen=True, slots=True)
class Facts:
    """What stays the same through all rounds."""

    request: UUID
    cadre: UUID
    community: UUID | None
    service: str
    urgency: Urgency


@dataclass(frozen=True, slots=True)
class Open:
    """A helper has it; `visit` is the one that came with the assignment."""

    facts: Facts
    round: int
    helper: UUID
    visit: UUID | None


@dataclass(frozen=True, slots=True)
class Unassigned:
    """Nobody has it at the moment: matching looks for somebody."""

    facts: Facts
    round: int


@dataclass(frozen=True, slots=True)
class Reported:
    """The helper of `visit` says that it is done; the callback asks whether it was solved."""

    facts: Facts
    round: int
    helper: UUID
    visit: UUID


@dataclass(frozen=True, slots=True)
class Closed:
    """Solved, or ended in another way."""

    facts: Facts
    round: int
    helper: UUID | None
    reason: str


Case = Open | Unassigned | Reported | Closed


class AssignCase(Command):
    """Matching found a helper. Nothing follows from an assignment of a round that is over."""

    request: UUID
    cadre: UUID
    community: UUID | None
    helper: UUID
    service: str
    urgency: Urgency
    round: int
    visit: UUID


class UnassignCase(Command):
    """The helper of this visit no longer has it; nothing follows when somebody has it anew."""

    visit: UUID


class ReportService(Command):
    """The helper's visit is done."""

    visit: UUID
    helper: UUID


class CloseCase(Command):
    """The callback said that it was solved; only a case whose service was reported can be meant."""


class EndCase(Command):
    """The request ended in another way: withdrawn, cancelled, a duplicate. `reason` is a code."""

    reason: str


class ReopenCase(Command):
    """It was not solved: back to matching."""

    round: int


CaseCommand = AssignCase | UnassignCase | ReportService | CloseCase | EndCase | ReopenCase

SOLVED = "solved"


def evolve(case: Case | None, event: Event) -> Case:
    """The case after an event."""
    if isinstance(event, care.CaseOpened):
        facts = Facts(event.request, event.cadre, event.community, event.service, event.urgency)
        return Open(facts, event.round, event.helper, event.visit)
    if case is None:
        raise ValueError(f"{event.NAME} before the case was opened")
    match event:
        case care.CaseReassigned():
            return Open(case.facts, event.round, event.helper, event.visit)
        case care.CaseUnassigned():
            return Unassigned(case.facts, case.round)
        case care.ServiceReported():
            return Reported(case.facts, case.round, event.helper, event.visit)
        case care.CaseClosed():
            helper = None if isinstance(case, Unassigned) else case.helper
            return Closed(case.facts, case.round, helper, event.reason)
        case care.CaseReopened():
            return Unassigned(case.facts, case.round)
        case _:
            return case


def decide(case: Case | None, command: CaseCommand, _: Moment) -> Sequence[Event]:
    """What follows. All commands come from reactions and visits, so one that is too late changes nothing."""
    match case, command:
        case None, AssignCase():
            return [
                care.CaseOpened(
                    request=command.request,
                    cadre=command.cadre,
                    community=command.community,
                    helper=command.helper,
                    service=command.service,
                    urgency=command.urgency,
                    round=command.round,
                    visit=command.visit,
                )
            ]
        case Open() | Unassigned() | Reported() | Closed(), AssignCase():
            return _reassigned(case, command)
        case Open(), UnassignCase() if case.visit == command.visit:
            return [care.CaseUnassigned(**_ids(case), helper=case.helper)]
        case Open(), ReportService():
            return [care.ServiceReported(**_ids(case), visit=command.visit, helper=command.helper)]
        case Reported(), CloseCase():
            return [care.CaseClosed(**_ids(case), reason=SOLVED)]
        case Open() | Unassigned() | Reported(), EndCase():
            return [care.CaseClosed(**_ids(case), reason=command.reason)]
        case Reported() | Closed(), ReopenCase():
            return [care.CaseReopened(**_ids(case), round=command.round)]
        case _:
            return []


def _reassigned(case: Case, command: AssignCase) -> Sequence[Event]:
    """A case that was reported or closed only takes an assignment of a later round."""
    stale = command.round < case.round or (
        command.round == case.round and isinstance(case, Reported | Closed)
    )
    if stale or (isinstance(case, Open) and case.visit == command.visit):
        return []
    return [
        care.CaseReassigned(**_ids(case), helper=command.helper, round=command.round, visit=command.visit)
    ]


def _ids(case: Case) -> dict[str, UUID]:
    return {"request": case.facts.request, "cadre": case.facts.cadre}


def helpers_of(case: Case | None) -> frozenset[UUID]:
    """Whose own case it is."""
    helper = None if case is None or isinstance(case, Unassigned) else case.helper
    return frozenset({helper} if helper else ())


def _resource(case: Case) -> Resource:
    return Resource(case.facts.community, case.facts.cadre, helpers_of(case))


CASE: Decider[Case] = Decider("case", "case", evolve, decide, _resource)
