"""Events of care's cases: who looks after a request."""

from uuid import UUID

from shared.contracts.event import Event
from shared.contracts.values import Urgency


class CaseOpened(Event, name="care.CaseOpened"):
    """A helper was assigned: the case of this request is open."""

    request: UUID
    cadre: UUID
    community: UUID | None
    helper: UUID
    service: str
    urgency: Urgency
    round: int = 1
    visit: UUID | None = None


class CaseReassigned(Event, name="care.CaseReassigned"):
    """Another helper has it, or the same one again in a new round."""

    request: UUID
    cadre: UUID
    helper: UUID
    round: int
    visit: UUID | None = None


class CaseUnassigned(Event, name="care.CaseUnassigned"):
    """Nobody has it at the moment."""

    request: UUID
    cadre: UUID
    helper: UUID


class ServiceReported(Event, name="care.ServiceReported"):
    """The helper says that it is done."""

    request: UUID
    cadre: UUID
    visit: UUID
    helper: UUID


class CaseClosed(Event, name="care.CaseClosed"):
    """The callback said that it was solved, or the request ended in another way."""

    request: UUID
    cadre: UUID
    reason: str


class CaseReopened(Event, name="care.CaseReopened"):
    """It was not solved."""

    request: UUID
    cadre: UUID
    round: int
