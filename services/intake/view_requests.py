"""Requests as the lists of operators and coordinators see them."""

from typing import Any

from services.intake.domain.request_clock import StageClock, tick
from shared.bus.recorded import Recorded
from shared.contracts import intake
from shared.contracts.event import Event
from shared.contracts.values import Slot, Urgency
from shared.eventstore.tables import Tables
from shared.eventstore.views import Handler, insert, update

_WEIGHTS = {urgency: weight for weight, urgency in enumerate(Urgency)}
_BASES: dict[type[Event], str] = {
    intake.RequestTriaged: "Triaged",
    intake.MatchingBegun: "Matching",
    intake.RequestAssigned: "Assigned",
    intake.RequestUnassigned: "Matching",
    intake.RequestBegun: "InProgress",
    intake.RequestServiceReported: "ServiceReported",
    intake.CallbackDue: "CallbackDue",
    intake.RequestReopened: "Reopened",
    intake.RequestClosed: "Closed",
    intake.ReferredToEmergencyLine: "ReferredToEmergencyLine",
    intake.MarkedDuplicate: "Duplicate",
    intake.RequestRejected: "Rejected",
    intake.RequestCancelled: "Cancelled",
    intake.RequestWithdrawn: "Withdrawn",
}
_ENDED = {"Closed", "ReferredToEmergencyLine", "Duplicate", "Rejected", "Cancelled", "Withdrawn"}


def weight_of(urgency: Urgency | None) -> int:
    """Where it stands in lists; what nobody has looked at stands with the urgent."""
    return _WEIGHTS[urgency or Urgency.URGENT]


def _slot(slot: Slot | None) -> dict[str, Any]:
    return {"slot_start": slot.start if slot else None, "slot_end": slot.end if slot else None}


async def receive(db: Tables, recorded: Recorded) -> None:
    """A request begins."""
    event: intake.RequestReceived = recorded.event  # type: ignore[assignment]
    clock = tick(None, event, recorded.envelope.happened)
    row: dict[str, Any] = {
        "id": event.request,
        "cadre": event.cadre,
        "community": event.community,
        "base": "Received",
        "covered": event.covered,
        "channel": event.channel.value,
        "service": event.service,
        "urgency": event.urgency.value if event.urgency else None,
        "weight": weight_of(event.urgency),
        **_slot(event.slot),
        "caller": event.caller.model_dump_json() if event.caller else None,
        "caller_phone": event.caller.phone if event.caller else None,
        "elements": event.elements.model_dump_json() if event.elements else None,
        "linked": event.linked,
        "likely": list(event.likely),
        "overruled": event.overruled,
        "received_by": recorded.envelope.actor.sub,
        "clock": clock.model_dump_json() if clock else "",
        "received_at": recorded.envelope.happened,
        "changed_at": recorded.envelope.recorded,
        "version": recorded.envelope.stream_version,
    }
    await insert(db, "requests", row)


async def follow(db: Tables, recorded: Recorded) -> None:
    """Any later event: what it changes, the state, the clock, the version."""
    event: Any = recorded.event
    known = await db.fetchval("SELECT clock FROM requests WHERE id = $1", event.request)
    clock = tick(StageClock.model_validate_json(known), event, recorded.envelope.happened)
    columns = _changes(event) | {
        "clock": clock.model_dump_json() if clock else "",
        "level": clock.passed.value if clock and clock.passed else None,
        "changed_at": recorded.envelope.recorded,
    }
    base = _BASES.get(type(event))
    if base is not None:
        columns |= {"base": base, "open": base not in _ENDED}
    if base in _ENDED:
        columns |= {
            "closed_at": recorded.envelope.recorded,
            "hold_reason": None,
            "hold_until": None,
            "fundings": [],
        }
    await update(db, recorded, "requests", "id", event.request, **columns)
    await _fundings(db, event)


async def suspect(db: Tables, recorded: Recorded) -> None:
    """It resembles more than could be seen when it was received."""
    event: intake.DuplicateSuspected = recorded.event  # type: ignore[assignment]
    await follow(db, recorded)
    await db.execute(
        "UPDATE requests SET likely = likely || $2::uuid[] WHERE id = $1", event.request, list(event.likely)
    )


async def overrule(db: Tables, recorded: Recorded) -> None:
    """It is another matter; what was said when it was received stays."""
    event: intake.DuplicateOverruled = recorded.event  # type: ignore[assignment]
    await follow(db, recorded)
    await db.execute(
        "UPDATE requests SET overruled = concat_ws(E'\\n', nullif(overruled, ''), $2::text) WHERE id = $1",
        event.request,
        event.reason,
    )


async def _fundings(db: Tables, event: Event) -> None:
    match event:
        case intake.RequestEscalated():
            await db.execute(
                "UPDATE requests SET fundings = fundings || $2::uuid WHERE id = $1",
                event.request,
                event.funding,
            )
        case intake.EscalationEnded():
            await db.execute(
                "UPDATE requests SET fundings = array_remove(fundings, $2::uuid) WHERE id = $1",
                event.request,
                event.funding,
            )


def _changes(event: Event) -> dict[str, Any]:
    match event:
        case intake.RequestTriaged():
            return {
                "community": event.community,
                "service": event.service,
                "urgency": event.urgency.value,
                "weight": weight_of(event.urgency),
                "minutes": event.minutes,
                **_slot(event.slot),
            }
        case intake.RequestCorrected():
            elements = event.elements.model_dump_json() if event.elements else None
            return {"elements": elements, **_slot(event.slot)}
        case intake.RequestHandedOver():
            return {"community": event.community}
        case intake.RequestHeld():
            return {"hold_reason": event.reason.value, "hold_until": event.until, "note": event.note}
        case intake.RequestResumed():
            return {"hold_reason": None, "hold_until": None}
        case intake.RequestAssigned():
            return {"helper": event.helper, **(_slot(event.slot) if event.slot else {})}
        case intake.RequestRescheduled():
            return _slot(event.slot)
        case intake.RequestUnassigned():
            return {"helper": None}
        case intake.CallbackDue():
            return {"drawn": event.drawn, "attempts": 0}
        case intake.CallbackAttempted():
            return {"attempts": event.attempt, "note": event.note}
        case intake.CallbackAnswered():
            return {"solved": event.solved, "satisfaction": event.satisfaction, "note": event.note}
        case intake.RequestReopened():
            return {
                "round": event.round,
                "reason": event.reason.value,
                "note": event.note,
                "helper": None,
                "closed_at": None,
            }
        case _:
            return _ending(event)


def _ending(event: Event) -> dict[str, Any]:
    match event:
        case intake.ReferredToEmergencyLine():
            return {"reason": event.line, "note": event.note}
        case intake.MarkedDuplicate():
            return {"duplicate_of": event.of}
        case intake.RequestRejected():
            return {"reason": event.reason.value, "note": event.referred_to}
        case intake.RequestCancelled():
            return {"reason": event.reason.value, "note": event.note}
        case intake.RequestWithdrawn():
            return {"reason": event.reason.value, "replaced_by": event.replaced_by, "note": event.note}
        case _:
            return {}


HANDLERS: dict[type[Event], Handler] = {
    intake.RequestReceived: receive,
    intake.DuplicateSuspected: suspect,
    intake.DuplicateOverruled: overrule,
    **dict.fromkeys(
        (
            *_BASES,
            intake.RequestRescheduled,
            intake.RequestCorrected,
            intake.RequestHeld,
            intake.RequestResumed,
            intake.RequestHandedOver,
            intake.CallbackAttempted,
            intake.CallbackAnswered,
            intake.RequestEscalated,
            intake.EscalationEnded,
            intake.DeadlinePassed,
            intake.DeadlineExtended,
        ),
        follow,
    ),
}
