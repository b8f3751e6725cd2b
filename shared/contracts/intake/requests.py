"""Events of intake about what people ask for, and what becomes of it at the desk."""

from datetime import datetime
from uuid import UUID

from shared.contracts.event import Event, Personal
from shared.contracts.values import (
    CadreSide,
    Caller,
    CancelReason,
    Channel,
    Elements,
    HelperKind,
    HoldReason,
    Ids,
    RejectReason,
    Slot,
    Urgency,
    WithdrawReason,
)


class RequestReceived(Event, name="intake.RequestReceived", subject="cadre"):
    """Somebody asked for help. `likely` are the open requests it resembles; overruling them has a reason."""

    request: UUID
    cadre: UUID
    community: UUID | None
    covered: bool
    channel: Channel
    service: str
    urgency: Urgency | None
    slot: Slot | None
    linked: UUID | None
    likely: Ids
    caller: Personal[Caller | None]
    elements: Personal[Elements | None]
    overruled: Personal[str] = ""


class RequestCorrected(Event, name="intake.RequestCorrected", subject="cadre"):
    """The five elements, put right."""

    request: UUID
    cadre: UUID
    elements: Personal[Elements | None]
    slot: Slot | None


class RequestTriaged(Event, name="intake.RequestTriaged", subject="cadre"):
    """The service, how urgent it is, who may do it; with the cadre's side as it was then."""

    request: UUID
    cadre: UUID
    community: UUID | None
    service: str
    urgency: Urgency
    skills: tuple[str, ...]
    helper_kinds: tuple[HelperKind, ...]
    minutes: int
    slot: Slot | None
    side: Personal[CadreSide | None]
    triaged_by: str


class RequestHeld(Event, name="intake.RequestHeld", subject="cadre"):
    """It waits; its deadlines pause."""

    request: UUID
    cadre: UUID
    reason: HoldReason
    until: datetime | None
    note: Personal[str] = ""


class RequestResumed(Event, name="intake.RequestResumed"):
    """It goes on where it was."""

    request: UUID
    cadre: UUID


class ReferredToEmergencyLine(Event, name="intake.ReferredToEmergencyLine", subject="cadre"):
    """Handed over to an emergency line."""

    request: UUID
    cadre: UUID
    line: str
    note: Personal[str] = ""


class MarkedDuplicate(Event, name="intake.MarkedDuplicate"):
    """It is the same as another request, which goes on."""

    request: UUID
    cadre: UUID
    of: UUID


class DuplicateSuspected(Event, name="intake.DuplicateSuspected"):
    """It resembles these open requests, too, which nobody could see yet when it was received."""

    request: UUID
    cadre: UUID
    likely: Ids


class DuplicateOverruled(Event, name="intake.DuplicateOverruled", subject="cadre"):
    """It is another matter than the suspected ones, and why."""

    request: UUID
    cadre: UUID
    likely: Ids
    reason: Personal[str]


class RequestRejected(Event, name="intake.RequestRejected", subject="cadre"):
    """Not for us; where the caller was referred to is said."""

    request: UUID
    cadre: UUID
    reason: RejectReason
    referred_to: Personal[str] = ""


class RequestCancelled(Event, name="intake.RequestCancelled", subject="cadre"):
    """No longer needed."""

    request: UUID
    cadre: UUID
    reason: CancelReason
    note: Personal[str] = ""


class RequestWithdrawn(Event, name="intake.RequestWithdrawn", subject="cadre"):
    """The caller or the family took it back, or it was an error; `replaced_by` is the one received anew."""

    request: UUID
    cadre: UUID
    reason: WithdrawReason
    replaced_by: UUID | None = None
    note: Personal[str] = ""
