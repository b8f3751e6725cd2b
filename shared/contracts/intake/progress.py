"""Events of intake about how a request goes on elsewhere, its callback and its deadlines."""

from datetime import datetime
from uuid import UUID

from shared.contracts.event import Event, Personal
from shared.contracts.values import (
    Level,
    ReopenReason,
    Slot,
    Stage,
)


class RequestHandedOver(Event, name="intake.RequestHandedOver"):
    """The cadre has moved: another community is responsible from now on."""

    request: UUID
    cadre: UUID
    left: UUID | None
    community: UUID | None


class MatchingBegun(Event, name="intake.MatchingBegun"):
    """Matching has taken it up."""

    request: UUID
    cadre: UUID
    round: int


class RequestAssigned(Event, name="intake.RequestAssigned"):
    """A helper has it."""

    request: UUID
    cadre: UUID
    helper: UUID
    slot: Slot | None


class RequestRescheduled(Event, name="intake.RequestRescheduled"):
    """The helper comes at another time."""

    request: UUID
    cadre: UUID
    helper: UUID
    slot: Slot


class RequestUnassigned(Event, name="intake.RequestUnassigned"):
    """The helper no longer has it; it is being matched again."""

    request: UUID
    cadre: UUID
    helper: UUID


class RequestBegun(Event, name="intake.RequestBegun"):
    """The helper has begun."""

    request: UUID
    cadre: UUID


class RequestServiceReported(Event, name="intake.RequestServiceReported"):
    """The helper says that it is done."""

    request: UUID
    cadre: UUID


class CallbackDue(Event, name="intake.CallbackDue"):
    """Somebody has to call back and ask."""

    request: UUID
    cadre: UUID
    drawn: bool


class CallbackAttempted(Event, name="intake.CallbackAttempted", subject="cadre"):
    """A callback that reached nobody."""

    request: UUID
    cadre: UUID
    attempt: int
    note: Personal[str] = ""


class CallbackAnswered(Event, name="intake.CallbackAnswered", subject="cadre"):
    """The cadre said whether it was solved, and how satisfied they are (1 to 5)."""

    request: UUID
    cadre: UUID
    solved: bool
    satisfaction: int | None
    note: Personal[str] = ""


class RequestClosed(Event, name="intake.RequestClosed"):
    """Solved. A scheduled one that was not drawn for a callback closes on its report."""

    request: UUID
    cadre: UUID
    by_callback: bool


class RequestReopened(Event, name="intake.RequestReopened", subject="cadre"):
    """It goes back to matching."""

    request: UUID
    cadre: UUID
    reason: ReopenReason
    round: int
    note: Personal[str] = ""


class RequestEscalated(Event, name="intake.RequestEscalated"):
    """The bureau is asked for money."""

    request: UUID
    cadre: UUID
    funding: UUID


class EscalationEnded(Event, name="intake.EscalationEnded"):
    """The bureau's answer is known; the request goes on where it was."""

    request: UUID
    cadre: UUID
    funding: UUID
    granted: bool


class DeadlinePassed(Event, name="intake.DeadlinePassed"):
    """A deadline came near, was missed, or was missed so far that the next level is told."""

    request: UUID
    cadre: UUID
    stage: Stage
    level: Level
    due: datetime


class DeadlineExtended(Event, name="intake.DeadlineExtended", subject="cadre"):
    """More time was given: once by a coordinator, a second time by the subdistrict."""

    request: UUID
    cadre: UUID
    stage: Stage
    count: int
    reason: Personal[str]
