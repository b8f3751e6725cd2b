"""What reactions and timers wish of a request. What no longer applies gives nothing."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from services.intake.domain.request_states import (
    OPEN,
    Assigned,
    Escalated,
    InProgress,
    Matching,
    OnHold,
    Open,
    Received,
    Reopened,
    Request,
    Triaged,
    fundings_of,
    is_held,
    stage_of,
    within,
)
from shared.contracts import intake as told
from shared.contracts.command import Command
from shared.contracts.event import Event
from shared.contracts.values import CancelReason, HoldReason, Ids, Level, Slot, Stage, Urgency
from shared.eventstore.decider import Moment

DRAW_KEY = b"jiujin callback draw"
DRAWN_OF = 10
"""One scheduled request in ten is drawn for a callback."""

_GRAVITY = tuple(Level)


class SystemCommand(Command):
    """A wish of a reaction or a timer."""


class BeginMatching(SystemCommand):
    """Matching has taken it up."""


class Assign(SystemCommand):
    """A helper has it."""

    helper: UUID
    slot: Slot | None


class Reschedule(SystemCommand):
    """This helper comes at another time."""

    helper: UUID
    slot: Slot


class Unassign(SystemCommand):
    """This helper no longer has it."""

    helper: UUID


class Begin(SystemCommand):
    """The helper is there."""


class NoteReport(SystemCommand):
    """The helper says that it is done."""


class Escalate(SystemCommand):
    """The bureau is asked for money."""

    funding: UUID


class EndEscalation(SystemCommand):
    """The bureau's answer is known."""

    funding: UUID
    granted: bool


class CancelForDeath(SystemCommand):
    """The cadre has died."""


class HoldForHospital(SystemCommand):
    """The cadre is in hospital: what isn't urgent waits."""


class ResumeAfterHospital(SystemCommand):
    """The cadre is back."""


class ResumeAtTime(SystemCommand):
    """The time until which it was to wait has come."""


class HandOver(SystemCommand):
    """The cadre has moved to this community."""

    community: UUID | None


class SuspectDuplicate(SystemCommand):
    """It resembles these open requests."""

    likely: Ids


class PassDeadline(SystemCommand):
    """A deadline's moment has come."""

    stage: Stage
    level: Level
    due: datetime


def is_drawn(request: UUID) -> bool:
    """Whether a scheduled request is drawn for a callback: by a keyed hash, so that nobody can choose."""
    mark = hashlib.blake2b(request.bytes, key=DRAW_KEY, digest_size=8).digest()
    return int.from_bytes(mark, "big") % DRAWN_OF == 0


def progress(state: Request | None, command: SystemCommand, _: Moment) -> Sequence[Event]:
    """The events of a system's wish; none when it comes late, twice, or for an ended request."""
    return _open(state, command) if isinstance(state, OPEN) else []


def _open(state: Open, command: SystemCommand) -> Sequence[Event]:
    facts, plain = state.facts, within(state)
    request, cadre = facts.request, facts.cadre
    match command:
        case BeginMatching() if isinstance(plain, Triaged | Reopened):
            return [told.MatchingBegun(request=request, cadre=cadre, round=facts.round)]
        case Assign() if isinstance(plain, Triaged | Matching | Reopened | Assigned):
            if isinstance(plain, Assigned) and plain.helper == command.helper:
                return []
            known = facts.moved is not None and facts.moved[0] == command.helper
            slot = facts.moved[1] if facts.moved and known else command.slot
            return [told.RequestAssigned(request=request, cadre=cadre, helper=command.helper, slot=slot)]
        case Reschedule() if isinstance(plain, Triaged | Matching | Assigned | InProgress):
            helper = plain.helper if isinstance(plain, Assigned | InProgress) else None
            if helper not in (None, command.helper):
                return []
            return [
                told.RequestRescheduled(
                    request=request, cadre=cadre, helper=command.helper, slot=command.slot
                )
            ]
        case Unassign() if isinstance(plain, Assigned | InProgress) and plain.helper == command.helper:
            return [told.RequestUnassigned(request=request, cadre=cadre, helper=command.helper)]
        case Begin() if isinstance(plain, Triaged | Matching | Assigned):
            return [told.RequestBegun(request=request, cadre=cadre)]
        case NoteReport() if isinstance(plain, Triaged | Matching | Assigned | InProgress):
            return _reported(request, cadre, facts.urgency)
        case Escalate() if not isinstance(plain, Received) and command.funding not in fundings_of(state):
            return [told.RequestEscalated(request=request, cadre=cadre, funding=command.funding)]
        case EndEscalation() if command.funding in fundings_of(state):
            return [
                told.EscalationEnded(
                    request=request, cadre=cadre, funding=command.funding, granted=command.granted
                )
            ]
        case CancelForDeath():
            return [told.RequestCancelled(request=request, cadre=cadre, reason=CancelReason.DECEASED)]
        case HandOver() if command.community != facts.community:
            return [
                told.RequestHandedOver(
                    request=request, cadre=cadre, left=facts.community, community=command.community
                )
            ]
        case SuspectDuplicate():
            new = tuple(one for one in command.likely if one not in facts.suspected)
            return [told.DuplicateSuspected(request=request, cadre=cadre, likely=new)] if new else []
        case PassDeadline() if _is_running(state) and command.stage is stage_of(state):
            return _passed(state, command)
        case _:
            return _waiting(state, command)


def _waiting(state: Open, command: SystemCommand) -> Sequence[Event]:
    facts, plain = state.facts, within(state)
    request, cadre = facts.request, facts.cadre
    held = _hold_reason(state)
    match command:
        case HoldForHospital() if (
            held is None and _can_wait(facts.urgency) and not isinstance(plain, InProgress)
        ):
            if stage_of(state) in (None, Stage.CALLBACK):
                return []
            return [told.RequestHeld(request=request, cadre=cadre, reason=HoldReason.IN_HOSPITAL, until=None)]
        case ResumeAfterHospital() if held is HoldReason.IN_HOSPITAL:
            return [told.RequestResumed(request=request, cadre=cadre)]
        case ResumeAtTime() if held is not None:
            return [told.RequestResumed(request=request, cadre=cadre)]
        case _:
            return []


def _is_running(state: Open) -> bool:
    rescue = state.facts.urgency is Urgency.RESCUE
    return rescue or not (is_held(state) or fundings_of(state))


def _can_wait(urgency: Urgency | None) -> bool:
    return urgency in (Urgency.ROUTINE, Urgency.SCHEDULED)


def _hold_reason(state: Open) -> HoldReason | None:
    match state:
        case OnHold():
            return state.reason
        case Escalated():
            return _hold_reason(state.before)
        case _:
            return None


def _reported(request: UUID, cadre: UUID, urgency: Urgency | None) -> Sequence[Event]:
    reported = told.RequestServiceReported(request=request, cadre=cadre)
    drawn = urgency is Urgency.SCHEDULED and is_drawn(request)
    if urgency is Urgency.SCHEDULED and not drawn:
        return [reported, told.RequestClosed(request=request, cadre=cadre, by_callback=False)]
    return [reported, told.CallbackDue(request=request, cadre=cadre, drawn=drawn)]


def _passed(state: Open, command: PassDeadline) -> Sequence[Event]:
    """Each level is told once a stage."""
    facts = state.facts
    if facts.passed is not None and _GRAVITY.index(command.level) <= _GRAVITY.index(facts.passed):
        return []
    return [
        told.DeadlinePassed(
            request=facts.request,
            cadre=facts.cadre,
            stage=command.stage,
            level=command.level,
            due=command.due,
        )
    ]
