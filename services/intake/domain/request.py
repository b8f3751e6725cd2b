"""A request for help: what people may do with it. States stand in `request_states`."""

from collections.abc import Sequence
from typing import Any

from services.intake.domain import request_commands as wish
from services.intake.domain import request_refusals as refusal
from services.intake.domain.request_evolve import evolve
from services.intake.domain.request_opening import FARTHEST, check_near, open_request, triaged
from services.intake.domain.request_progress import SystemCommand, progress
from services.intake.domain.request_states import (
    OPEN,
    Assigned,
    CallbackDue,
    Closed,
    Facts,
    InProgress,
    Matching,
    Open,
    Received,
    Reopened,
    Request,
    Triaged,
    is_held,
    stage_of,
    within,
)
from services.intake.words import STATES
from shared.contracts import intake as told
from shared.contracts.command import Command
from shared.contracts.event import Event
from shared.contracts.values import CancelReason, RejectReason, ReopenReason, Stage, Urgency, WithdrawReason
from shared.deadlines import SlotNotExtendedError
from shared.errors import UnknownError
from shared.eventstore.decider import Decider, Moment
from shared.roles import Resource, Role

UNSERVED = (Received, Triaged, Matching, Assigned, InProgress, Reopened)
BEFORE_A_HELPER = (Received, Triaged, Matching, Reopened)
ELSEWHERE = (RejectReason.NOT_COVERED, RejectReason.OUTSIDE_JURISDICTION)


def decide(state: Request | None, command: Command, moment: Moment) -> Sequence[Event]:
    """The events of a command; a domain error when a rule forbids it, nothing when the system comes late."""
    if isinstance(command, SystemCommand):
        return progress(state, command, moment)
    if isinstance(command, wish.OpenRequest):
        return [] if state is not None else open_request(command, moment)
    if state is None:
        raise UnknownError(what="request")
    if isinstance(command, wish.Reopen):
        if not isinstance(state, Closed):
            raise refusal.NotNowError(**names_of(state))
        return [_reopened(state.facts, command, moment)]
    if not isinstance(state, OPEN):
        raise refusal.EndedError(**names_of(state))
    match command:
        case wish.RecordCallback():
            return _called_back(state, command)
        case wish.CancelRequest():
            return [_cancelled(state, command)]
        case wish.ExtendDeadline():
            return [_extended(state, command, moment)]
        case wish.OverruleDuplicate():
            return [_overruled(state, command)]
        case wish.ResumeRequest():
            if not is_held(state):
                raise refusal.NotNowError(**names_of(state))
            return [told.RequestResumed(**_of(state))]
        case _ if not isinstance(within(state), UNSERVED):
            raise refusal.CallbackFirstError
        case _:
            return _unserved(state, command, moment)


def _unserved(state: Open, command: Command, moment: Moment) -> Sequence[Event]:
    facts = state.facts
    match command:
        case wish.CorrectRequest():
            if (command.elements, command.slot) == (facts.elements, facts.slot):
                return []
            check_near(command.slot, moment)
            return [told.RequestCorrected(**_of(state), elements=command.elements, slot=command.slot)]
        case wish.Triage():
            return [_triaged(state, command, moment)]
        case wish.HoldRequest():
            return [_held(state, command, moment)]
        case wish.ReferToEmergencyLine():
            return [told.ReferredToEmergencyLine(**_of(state), line=command.line, note=command.note)]
        case wish.MarkDuplicate():
            if command.of == facts.request:
                raise refusal.NotOpenDuplicateError("of")
            return [told.MarkedDuplicate(**_of(state), of=command.of)]
        case wish.RejectRequest():
            return [_rejected(state, command)]
        case wish.WithdrawRequest():
            return [told.RequestWithdrawn(**_of(state), reason=command.reason, note=command.note)]
        case wish.Replace():
            return [
                told.RequestWithdrawn(
                    **_of(state),
                    reason=WithdrawReason.ERROR,
                    replaced_by=command.replaced_by,
                    note=command.note,
                )
            ]
        case _:
            raise UnknownError(what="command")


def _triaged(state: Open, command: wish.Triage, moment: Moment) -> Event:
    if not isinstance(within(state), Received):
        raise refusal.NotNowError(**names_of(state))
    slot = command.slot or state.facts.slot
    check_near(slot, moment)
    return triaged(_of(state), command, command.terms, command.urgency, slot, moment)


def _held(state: Open, command: wish.HoldRequest, moment: Moment) -> Event:
    if is_held(state):
        raise refusal.NotNowError(**names_of(state))
    if state.facts.urgency is Urgency.RESCUE:
        raise refusal.RescueNotHeldError
    if command.until is not None and not moment.at < command.until <= moment.at + FARTHEST:
        raise refusal.HoldPastError("until")
    return told.RequestHeld(**_of(state), reason=command.reason, until=command.until, note=command.note)


def _overruled(state: Open, command: wish.OverruleDuplicate) -> Event:
    suspected = state.facts.suspected
    if not suspected:
        raise refusal.NothingSuspectedError
    return told.DuplicateOverruled(**_of(state), likely=suspected, reason=command.reason)


def _rejected(state: Open, command: wish.RejectRequest) -> Event:
    if not isinstance(within(state), BEFORE_A_HELPER):
        raise refusal.NotNowError(**names_of(state))
    if command.reason is RejectReason.NOT_COVERED and state.facts.covered:
        raise refusal.CoveredError("reason")
    if command.reason in ELSEWHERE and not command.referred_to:
        raise refusal.ReferralMissingError("referred_to")
    return told.RequestRejected(**_of(state), reason=command.reason, referred_to=command.referred_to)


def _cancelled(state: Open, command: wish.CancelRequest) -> Event:
    """After the report only who can't be reached: whoever was served is asked first."""
    plain = within(state)
    if not isinstance(plain, UNSERVED):
        tried = isinstance(plain, CallbackDue) and plain.attempts >= wish.ATTEMPTS
        if not tried or command.reason is not CancelReason.UNREACHABLE:
            raise refusal.CallbackFirstError
    return told.RequestCancelled(**_of(state), reason=command.reason, note=command.note)


def _called_back(state: Open, command: wish.RecordCallback) -> Sequence[Event]:
    if not isinstance(state, CallbackDue):
        raise refusal.NotNowError(**names_of(state))
    of = _of(state)
    if command.outcome is wish.CallbackOutcome.UNREACHED:
        return [told.CallbackAttempted(**of, attempt=state.attempts + 1, note=command.note)]
    solved = command.outcome is wish.CallbackOutcome.SOLVED
    answered = told.CallbackAnswered(
        **of, solved=solved, satisfaction=command.satisfaction, note=command.note
    )
    if solved:
        return [answered, told.RequestClosed(**of, by_callback=True)]
    again = told.RequestReopened(
        **of, reason=ReopenReason.UNSOLVED, round=state.facts.round + 1, note=command.note
    )
    return [answered, again]


def _reopened(facts: Facts, command: wish.Reopen, moment: Moment) -> Event:
    """An audit's finding has no end; anything else is within some days of closing."""
    if command.reason is ReopenReason.AUDIT_FINDING:
        if moment.by.role != Role.AUDITOR:
            raise refusal.AuditorOnlyError("reason")
    elif moment.at > command.until:
        raise refusal.ReopenTooLateError(days=command.days)
    return told.RequestReopened(
        request=facts.request,
        cadre=facts.cadre,
        reason=command.reason,
        round=facts.round + 1,
        note=command.note,
    )


def _extended(state: Open, command: wish.ExtendDeadline, moment: Moment) -> Event:
    facts, stage = state.facts, stage_of(state)
    if stage is None or is_held(state):
        raise refusal.NoDeadlineNowError
    if facts.urgency is Urgency.SCHEDULED and stage in (Stage.MATCHED, Stage.FINISHED):
        raise SlotNotExtendedError
    if facts.extensions == 0 and moment.by.role != Role.COORDINATOR:
        raise refusal.FirstExtensionError
    if facts.extensions > 0 and moment.by.role != Role.SUBDISTRICT:
        raise refusal.SecondExtensionError
    if facts.extensions > 1:
        raise refusal.ExtensionsUsedError
    return told.DeadlineExtended(**_of(state), stage=stage, count=facts.extensions + 1, reason=command.reason)


def names_of(state: Request) -> dict[str, Any]:
    """The state's name in both languages, for messages."""
    name = type(state).__name__
    return {"state": name, "state_zh": STATES[name]}


def _of(state: Request) -> dict[str, Any]:
    return {"request": state.facts.request, "cadre": state.facts.cadre}


REQUEST: Decider[Request] = Decider(
    "request",
    "request",
    evolve,
    decide,
    lambda state: Resource(community=state.facts.community, cadre=state.facts.cadre),
)
