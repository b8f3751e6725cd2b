"""How events make a request what it is."""

from dataclasses import replace

from services.intake.domain.request_states import (
    OPEN,
    Assigned,
    CallbackDue,
    Cancelled,
    Closed,
    Duplicate,
    Ended,
    Escalated,
    Facts,
    InProgress,
    Matching,
    OnHold,
    Open,
    Plain,
    Received,
    ReferredToEmergencyLine,
    Rejected,
    Reopened,
    Request,
    ServiceReported,
    Triaged,
    Withdrawn,
)
from shared.contracts import intake as told
from shared.contracts.event import Event
from shared.contracts.values import Urgency
from shared.errors import UnknownError


def evolve(state: Request | None, event: Event) -> Request:
    """The request after this event."""
    if isinstance(event, told.RequestReceived):
        return Received(_received(event)) if state is None else state
    if state is None:
        raise UnknownError(what="request")
    ended = _ended(state.facts, event)
    if ended is not None:
        return ended
    match state, event:
        case OnHold(), told.RequestResumed():
            return state.before
        case Escalated(), told.EscalationEnded():
            left = tuple(one for one in state.fundings if one != event.funding)
            return replace(state, fundings=left) if left else state.before
        case Escalated(), told.RequestEscalated():
            return replace(state, fundings=(*state.fundings, event.funding))
        case OnHold() | Escalated(), _:
            before = evolve(state.before, event)
            return replace(state, before=before) if isinstance(before, OPEN) else before
        case _, told.RequestReopened():
            return Reopened(replace(_fresh(state.facts), round=event.round))
        case (
            Received()
            | Triaged()
            | Matching()
            | Assigned()
            | InProgress()
            | ServiceReported()
            | CallbackDue()
            | Reopened(),
            _,
        ):
            return _moved_on(state, event)
        case _:
            return state


def _moved_on(state: Plain, event: Event) -> Open:
    facts = state.facts
    match event:
        case told.RequestTriaged():
            known = replace(
                _fresh(facts),
                community=event.community,
                service=event.service,
                urgency=event.urgency,
                slot=event.slot,
            )
            return Triaged(known)
        case told.RequestHeld():
            return OnHold(state, event.reason)
        case told.RequestEscalated():
            return Escalated(state, (event.funding,))
        case told.MatchingBegun():
            return Matching(facts)
        case told.RequestAssigned():
            return Assigned(_fresh(facts), event.helper)
        case told.RequestUnassigned():
            return Matching(_fresh(facts))
        case told.RequestBegun():
            helper = state.helper if isinstance(state, Assigned) else None
            return InProgress(facts if isinstance(state, Assigned) else _fresh(facts), helper)
        case told.RequestServiceReported():
            return ServiceReported(_fresh(facts))
        case told.CallbackDue():
            return CallbackDue(_fresh(facts))
        case told.CallbackAttempted() if isinstance(state, CallbackDue):
            return replace(state, attempts=event.attempt)
        case _:
            return replace(state, facts=_amended(facts, event))


def _amended(facts: Facts, event: Event) -> Facts:
    match event:
        case told.RequestCorrected():
            return replace(facts, elements=event.elements, slot=event.slot)
        case told.RequestHandedOver():
            return replace(facts, community=event.community)
        case told.RequestRescheduled():
            passed = None if facts.urgency is Urgency.SCHEDULED else facts.passed
            return replace(facts, moved=(event.helper, event.slot), passed=passed)
        case told.DuplicateSuspected():
            return replace(facts, suspected=(*facts.suspected, *event.likely))
        case told.DuplicateOverruled():
            return replace(facts, suspected=())
        case told.DeadlinePassed():
            return replace(facts, passed=event.level)
        case told.DeadlineExtended():
            return replace(facts, passed=None, extensions=event.count)
        case _:
            return facts


def _ended(facts: Facts, event: Event) -> Ended | None:
    match event:
        case told.RequestClosed():
            return Closed(facts)
        case told.ReferredToEmergencyLine():
            return ReferredToEmergencyLine(facts)
        case told.MarkedDuplicate():
            return Duplicate(facts, event.of)
        case told.RequestRejected():
            return Rejected(facts)
        case told.RequestCancelled():
            return Cancelled(facts)
        case told.RequestWithdrawn():
            return Withdrawn(facts, event.replaced_by)
        case _:
            return None


def _received(event: told.RequestReceived) -> Facts:
    return Facts(
        event.request,
        event.cadre,
        event.community,
        event.covered,
        event.channel,
        event.service,
        event.urgency,
        event.slot,
        event.caller,
        event.elements,
    )


def _fresh(facts: Facts) -> Facts:
    """A new stage begins: nothing of its deadline has passed."""
    return replace(facts, passed=None, extensions=0, moved=None)
