"""A request and what may have happened to it."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from services.intake.domain import request_commands as wish
from services.intake.domain.request import REQUEST
from services.intake.domain.service import Terms
from shared.contracts import intake as told
from shared.contracts.event import Event
from shared.contracts.values import (
    CadreSide,
    CancelReason,
    Channel,
    Elements,
    HelperKind,
    HoldReason,
    RejectReason,
    Slot,
    Stage,
    Urgency,
    WithdrawReason,
)
from tests.unit.given import ITSELF, NOON, given

CADRE, HELPER, OTHER, FUNDING = (UUID(f"01997000-0000-7000-8000-00000000001{n}") for n in range(4))
OF: dict[str, Any] = {"request": ITSELF, "cadre": CADRE}
SLOT = Slot(start=NOON + timedelta(days=1), end=NOON + timedelta(days=1, hours=1))
TERMS = Terms(
    service="repair",
    skills=("repair",),
    helper_kinds=(HelperKind.VOLUNTEER,),
    urgency=Urgency.ROUTINE,
    minutes=60,
)


def opening(**more: Any) -> wish.OpenRequest:
    """What the API makes of a call."""
    told_: dict[str, Any] = {
        "cadre": CADRE,
        "community": None,
        "covered": True,
        "channel": Channel.PHONE,
        "service": "repair",
        "elements": Elements(what="水管漏水"),
        "side": CadreSide(),
    }
    return wish.OpenRequest(**(told_ | more))


def received(**more: Any) -> list[Event]:
    """A request, received only."""
    return given(REQUEST).when(opening(**more)).events()


def triaged(urgency: Urgency = Urgency.ROUTINE, **more: Any) -> list[Event]:
    """Received and triaged in one step."""
    return received(terms=TERMS, urgency=urgency, **more)


BEGUN = told.MatchingBegun(**OF, round=1)
ASSIGNED = told.RequestAssigned(**OF, helper=HELPER, slot=SLOT)
VISITED = told.RequestBegun(**OF)
REPORTED = told.RequestServiceReported(**OF)
DUE = told.CallbackDue(**OF, drawn=False)
CLOSED = told.RequestClosed(**OF, by_callback=True)
HELD = told.RequestHeld(**OF, reason=HoldReason.CALLER_ASKED, until=None)
ESCALATED = told.RequestEscalated(**OF, funding=FUNDING)
ATTEMPT = [told.CallbackAttempted(**OF, attempt=number) for number in (1, 2, 3)]


def extended(count: int, stage: Stage = Stage.MATCHED) -> Event:
    """More time was given."""
    return told.DeadlineExtended(**OF, stage=stage, count=count, reason="等配件")


def at(*later: Event, urgency: Urgency = Urgency.ROUTINE, **more: Any) -> tuple[Event, ...]:
    """A triaged request to which this has happened."""
    return (*triaged(urgency, **more), *later)


SERVED = at(BEGUN, ASSIGNED, VISITED, REPORTED, DUE)
ENDINGS: dict[str, Event] = {
    "Closed": CLOSED,
    "ReferredToEmergencyLine": told.ReferredToEmergencyLine(**OF, line="120"),
    "Duplicate": told.MarkedDuplicate(**OF, of=OTHER),
    "Rejected": told.RequestRejected(**OF, reason=RejectReason.ABUSE),
    "Cancelled": told.RequestCancelled(**OF, reason=CancelReason.SERVED_ELSEWHERE),
    "Withdrawn": told.RequestWithdrawn(**OF, reason=WithdrawReason.CALLER),
}
