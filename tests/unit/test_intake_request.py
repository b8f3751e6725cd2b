"""What follows in a request."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from services.intake.domain import request_commands as wish
from services.intake.domain import request_progress as progress
from services.intake.domain import request_refusals as refusal
from services.intake.domain import request_states as states
from services.intake.domain.request import REQUEST
from services.intake.domain.service import Terms
from services.intake.words import STATES
from shared.bus.envelope import Actor
from shared.contracts import intake as told
from shared.contracts.command import Command
from shared.contracts.event import Event
from shared.contracts.values import (
    CadreSide,
    CancelReason,
    Channel,
    Elements,
    HelperKind,
    HoldReason,
    Level,
    RejectReason,
    ReopenReason,
    Slot,
    Stage,
    Urgency,
    WithdrawReason,
)
from shared.deadlines import SlotNotExtendedError
from shared.errors import DomainError, UnknownError
from tests.unit.given import ITSELF, NOON, given

CADRE, HELPER, OTHER, FUNDING = (UUID(f"01997000-0000-7000-8000-00000000001{n}") for n in range(4))
OF: dict[str, Any] = {"request": ITSELF, "cadre": CADRE}
SLOT = Slot(start=NOON + timedelta(days=1), end=NOON + timedelta(days=1, hours=1))
FAR = Slot(start=NOON + timedelta(days=367), end=NOON + timedelta(days=367, hours=1))
TERMS = Terms(
    service="repair",
    skills=("repair",),
    helper_kinds=(HelperKind.VOLUNTEER,),
    urgency=Urgency.ROUTINE,
    minutes=60,
)
COORDINATOR, SUBDISTRICT = Actor("c", "coordinator"), Actor("s", "subdistrict")
AUDITOR = Actor("a", "auditor")


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
HOLD = wish.HoldRequest(reason=HoldReason.CALLER_ASKED)
CANCEL = wish.CancelRequest(reason=CancelReason.SERVED_ELSEWHERE)
UNREACHABLE = wish.CancelRequest(reason=CancelReason.UNREACHABLE)
WITHDRAW = wish.WithdrawRequest(reason=WithdrawReason.FAMILY)
EXTEND = wish.ExtendDeadline(reason="等配件")
SOLVED = wish.RecordCallback(outcome=wish.CallbackOutcome.SOLVED, satisfaction=5)
UNSOLVED = wish.RecordCallback(outcome=wish.CallbackOutcome.UNSOLVED)
UNREACHED = wish.RecordCallback(outcome=wish.CallbackOutcome.UNREACHED)
TRIAGE = wish.Triage(community=None, terms=TERMS, urgency=Urgency.ROUTINE, slot=None, side=CadreSide())
EMERGENCY = wish.ReferToEmergencyLine(line="120")
CORRECT = wish.CorrectRequest(elements=Elements(what="暖气漏水"))
REOPEN = wish.Reopen(reason=ReopenReason.RECURS, until=NOON + timedelta(days=1), days=7)


ANSWERED_WELL: list[type[Event]] = [told.CallbackAnswered, told.RequestClosed]
ANSWERED_ILL: list[type[Event]] = [told.CallbackAnswered, told.RequestReopened]


def test_a_call_is_received_or_received_and_triaged() -> None:
    """Service and urgency together triage it at once; a link marks it a duplicate."""
    given(REQUEST).when(opening()).then(told.RequestReceived)
    given(REQUEST).when(opening(terms=TERMS)).then(told.RequestReceived)
    given(REQUEST).when(opening(terms=TERMS, urgency=Urgency.RESCUE)).then(
        told.RequestReceived, told.RequestTriaged
    )
    given(REQUEST).when(opening(terms=TERMS, urgency=Urgency.URGENT, duplicate_of=OTHER)).then(
        told.RequestReceived, told.MarkedDuplicate
    )
    given(REQUEST, *received()).when(opening()).then()


def test_likely_duplicates_must_be_linked_or_overruled() -> None:
    """What was considered is in the event either way."""
    given(REQUEST).when(opening(likely=(OTHER,))).refused(refusal.LikelyDuplicateError)
    given(REQUEST).when(opening(likely=(OTHER,), overruled="另一处")).then(
        lambda event: (
            isinstance(event, told.RequestReceived)
            and event.likely == (OTHER,)
            and event.overruled == "另一处"
        )
    )


@pytest.mark.parametrize(
    ("past", "command", "events"),
    [
        (received(), TRIAGE, [told.RequestTriaged]),
        (received(), CORRECT, [told.RequestCorrected]),
        (received(), HOLD, [told.RequestHeld]),
        (at(HELD), wish.ResumeRequest(), [told.RequestResumed]),
        (at(BEGUN), EMERGENCY, [told.ReferredToEmergencyLine]),
        (at(), wish.MarkDuplicate(of=OTHER), [told.MarkedDuplicate]),
        (at(), wish.RejectRequest(reason=RejectReason.TOO_FEW_FACTS), [told.RequestRejected]),
        (received(covered=False), wish.RejectRequest(reason=RejectReason.NOT_COVERED, referred_to="民政"),
         [told.RequestRejected]),
        (at(BEGUN, ASSIGNED), CANCEL, [told.RequestCancelled]),
        ((*SERVED, *ATTEMPT), UNREACHABLE, [told.RequestCancelled]),
        (at(BEGUN, ASSIGNED), WITHDRAW, [told.RequestWithdrawn]),
        (at(), wish.Replace(replaced_by=OTHER), [told.RequestWithdrawn]),
        (SERVED, SOLVED, ANSWERED_WELL),
        (SERVED, UNSOLVED, ANSWERED_ILL),
        (SERVED, UNREACHED, [told.CallbackAttempted]),
        ((*SERVED, CLOSED), REOPEN, [told.RequestReopened]),
    ],
)  # fmt: skip
def test_each_wish_becomes_its_events(past: list[Event], command: Command, events: list[type[Event]]) -> None:
    """What people do, and what is told of it."""
    given(REQUEST, *past).when(command).then(*events)


@pytest.mark.parametrize(
    ("past", "command", "error"),
    [
        ((), CANCEL, UnknownError),
        (at(), TRIAGE, refusal.NotNowError),
        (received(), TRIAGE.model_copy(update={"urgency": Urgency.SCHEDULED}), refusal.SlotMissingError),
        ((), opening(terms=TERMS, urgency=Urgency.SCHEDULED), refusal.SlotMissingError),
        (at(HELD), HOLD, refusal.NotNowError),
        (at(urgency=Urgency.RESCUE), HOLD, refusal.RescueNotHeldError),
        (at(), HOLD.model_copy(update={"until": NOON}), refusal.HoldPastError),
        (at(), HOLD.model_copy(update={"until": NOON + timedelta(367)}), refusal.HoldPastError),
        ((), opening(slot=FAR), refusal.SlotFarError),
        (received(), TRIAGE.model_copy(update={"slot": FAR}), refusal.SlotFarError),
        (at(), CORRECT.model_copy(update={"slot": FAR}), refusal.SlotFarError),
        (at(), wish.ResumeRequest(), refusal.NotNowError),
        (at(), wish.MarkDuplicate(of=ITSELF), refusal.NotOpenDuplicateError),
        (at(), wish.RejectRequest(reason=RejectReason.NOT_COVERED, referred_to="民政"), refusal.CoveredError),
        (at(), wish.RejectRequest(reason=RejectReason.OUTSIDE_JURISDICTION), refusal.ReferralMissingError),
        (at(BEGUN, ASSIGNED), wish.RejectRequest(reason=RejectReason.ABUSE), refusal.NotNowError),
        (SERVED, CANCEL, refusal.CallbackFirstError),
        (SERVED, UNREACHABLE, refusal.CallbackFirstError),
        ((*SERVED, *ATTEMPT), CANCEL, refusal.CallbackFirstError),
        (SERVED, WITHDRAW, refusal.CallbackFirstError),
        (at(), SOLVED, refusal.NotNowError),
        ((*SERVED, ESCALATED), SOLVED, refusal.NotNowError),
        (at(), REOPEN, refusal.NotNowError),
        ((*SERVED, CLOSED), REOPEN.model_copy(update={"until": NOON - timedelta(1)}),
         refusal.ReopenTooLateError),
        ((*SERVED, CLOSED), REOPEN.model_copy(update={"reason": ReopenReason.AUDIT_FINDING}),
         refusal.AuditorOnlyError),
    ],
)  # fmt: skip
def test_each_rule_refuses(past: list[Event], command: Command, error: type[DomainError]) -> None:
    """With a message in both languages."""
    given(REQUEST, *past).when(command).refused(error)


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("command", [CANCEL, WITHDRAW, HOLD, TRIAGE, SOLVED, EXTEND, CORRECT])
def test_an_ended_request_refuses_everything(ending: str, command: Command) -> None:
    """It names the state in which it ended."""
    given(REQUEST, *at(ENDINGS[ending])).when(command).refused(refusal.EndedError)
    assert type(REQUEST.fold([*at(ENDINGS[ending])])).__name__ == ending


def test_every_state_has_a_chinese_name() -> None:
    """Messages use them."""
    every = {kind.__name__ for kind in states.OPEN} | set(ENDINGS)
    assert every == set(STATES)


def test_an_audit_reopens_after_any_time() -> None:
    """A new round begins."""
    late = wish.Reopen(reason=ReopenReason.AUDIT_FINDING, until=NOON - timedelta(400), days=7)
    given(REQUEST, *SERVED, CLOSED).when(late, by=AUDITOR).then(
        told.RequestReopened(**OF, reason=ReopenReason.AUDIT_FINDING, round=2)
    )


def test_extensions_are_the_coordinators_then_the_subdistricts() -> None:
    """Two in all, none for an agreed time, none while it waits; a new stage begins anew."""
    given(REQUEST, *at()).when(EXTEND, by=SUBDISTRICT).refused(refusal.FirstExtensionError)
    given(REQUEST, *at()).when(EXTEND, by=COORDINATOR).then(extended(1))
    given(REQUEST, *at(extended(1))).when(EXTEND, by=COORDINATOR).refused(refusal.SecondExtensionError)
    given(REQUEST, *at(extended(1))).when(EXTEND, by=SUBDISTRICT).then(extended(2))
    twice = at(extended(1), extended(2))
    given(REQUEST, *twice).when(EXTEND, by=SUBDISTRICT).refused(refusal.ExtensionsUsedError)
    given(REQUEST, *twice, BEGUN, ASSIGNED).when(EXTEND, by=COORDINATOR).then(extended(1, Stage.FINISHED))
    given(REQUEST, *at(HELD)).when(EXTEND, by=COORDINATOR).refused(refusal.NoDeadlineNowError)
    scheduled = at(urgency=Urgency.SCHEDULED, slot=SLOT)
    given(REQUEST, *scheduled).when(EXTEND, by=COORDINATOR).refused(SlotNotExtendedError)


REPORT = progress.NoteReport()


@pytest.mark.parametrize(
    ("past", "command", "events"),
    [
        (at(), progress.BeginMatching(), [told.MatchingBegun]),
        (at(BEGUN), progress.BeginMatching(), []),
        (at(BEGUN), progress.Assign(helper=HELPER, slot=SLOT), [told.RequestAssigned]),
        (at(BEGUN, ASSIGNED), progress.Assign(helper=HELPER, slot=SLOT), []),
        (at(BEGUN, ASSIGNED), progress.Unassign(helper=HELPER), [told.RequestUnassigned]),
        (at(BEGUN, ASSIGNED), progress.Unassign(helper=OTHER), []),
        (at(BEGUN, ASSIGNED), progress.Begin(), [told.RequestBegun]),
        (at(BEGUN, ASSIGNED, VISITED), progress.Begin(), []),
        (at(BEGUN, ASSIGNED), REPORT, [told.RequestServiceReported, told.CallbackDue]),
        (at(), REPORT, [told.RequestServiceReported, told.CallbackDue]),
        (SERVED, REPORT, []),
        (received(), REPORT, []),
        (at(HELD), REPORT, [told.RequestServiceReported, told.CallbackDue]),
        (at(), progress.Escalate(funding=FUNDING), [told.RequestEscalated]),
        (at(ESCALATED), progress.Escalate(funding=FUNDING), []),
        (at(ESCALATED), progress.EndEscalation(funding=FUNDING, granted=True), [told.EscalationEnded]),
        (at(), progress.EndEscalation(funding=FUNDING, granted=True), []),
        (SERVED, progress.CancelForDeath(), [told.RequestCancelled]),
        (at(), progress.HoldForHospital(), [told.RequestHeld]),
        (at(urgency=Urgency.URGENT), progress.HoldForHospital(), []),
        (at(HELD), progress.HoldForHospital(), []),
        (at(BEGUN, ASSIGNED, VISITED), progress.HoldForHospital(), []),
        (SERVED, progress.HoldForHospital(), []),
        (at(HELD), progress.ResumeAfterHospital(), []),
        (at(HELD), progress.ResumeAtTime(), [told.RequestResumed]),
        (at(), progress.ResumeAtTime(), []),
        (at(), progress.HandOver(community=OTHER), [told.RequestHandedOver]),
        (at(), progress.HandOver(community=None), []),
    ],
)
def test_the_systems_wishes(past: list[Event], command: Command, events: list[type[Event]]) -> None:
    """What no longer applies gives nothing."""
    given(REQUEST, *past).when(command).then(*events)


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize(
    "command",
    [
        progress.BeginMatching(),
        progress.Assign(helper=HELPER, slot=SLOT),
        progress.Unassign(helper=HELPER),
        progress.Begin(),
        REPORT,
        progress.Escalate(funding=FUNDING),
        progress.EndEscalation(funding=FUNDING, granted=False),
        progress.CancelForDeath(),
        progress.HoldForHospital(),
        progress.ResumeAfterHospital(),
        progress.ResumeAtTime(),
        progress.HandOver(community=OTHER),
        progress.PassDeadline(stage=Stage.MATCHED, level=Level.LATE, due=NOON),
    ],
)
def test_an_ended_request_takes_late_news_in_silence(ending: str, command: Command) -> None:
    """No crossing raises."""
    given(REQUEST, *at(ENDINGS[ending])).when(command).then()


LATER = Slot(start=NOON + timedelta(days=3), end=NOON + timedelta(days=3, hours=1))
MOVED = told.RequestRescheduled(**OF, helper=HELPER, slot=LATER)


def test_another_time_is_followed() -> None:
    """While that helper has it; another's late news changes nothing."""
    theirs = progress.Reschedule(helper=HELPER, slot=LATER)
    given(REQUEST, *at(BEGUN, ASSIGNED)).when(theirs).then(MOVED)
    given(REQUEST, *at(BEGUN, ASSIGNED, VISITED)).when(theirs).then(MOVED)
    given(REQUEST, *at(BEGUN, ASSIGNED)).when(progress.Reschedule(helper=OTHER, slot=LATER)).then()
    given(REQUEST, *SERVED).when(theirs).then()


def test_another_time_may_be_known_before_the_assignment() -> None:
    """Care's word overtook matching's: the assignment is to the new time, unless it is another helper's."""
    theirs = told.RequestAssigned(**OF, helper=HELPER, slot=LATER)
    given(REQUEST, *at(BEGUN, MOVED)).when(progress.Assign(helper=HELPER, slot=SLOT)).then(theirs)
    others = told.RequestAssigned(**OF, helper=OTHER, slot=SLOT)
    given(REQUEST, *at(BEGUN, MOVED)).when(progress.Assign(helper=OTHER, slot=SLOT)).then(others)


def test_one_scheduled_request_in_ten_is_drawn_and_the_others_close() -> None:
    """The draw hangs on the id alone."""
    scheduled = at(urgency=Urgency.SCHEDULED, slot=SLOT)
    drawn = progress.is_drawn(ITSELF)
    outcome = told.CallbackDue if drawn else told.RequestClosed
    given(REQUEST, *scheduled, BEGUN, ASSIGNED).when(REPORT).then(told.RequestServiceReported, outcome)
    share = sum(progress.is_drawn(UUID(int=number)) for number in range(5000))
    assert 400 < share < 600


def test_each_level_is_told_once_a_stage() -> None:
    """Graver ones follow; not while it waits, not for another stage."""
    warned = progress.PassDeadline(stage=Stage.MATCHED, level=Level.WARNED, due=NOON)
    late = warned.model_copy(update={"level": Level.LATE})
    passed = told.DeadlinePassed(**OF, stage=Stage.MATCHED, level=Level.LATE, due=NOON)
    given(REQUEST, *at()).when(late).then(passed)
    given(REQUEST, *at(passed)).when(warned).then()
    given(REQUEST, *at(passed)).when(late).then()
    given(REQUEST, *at(HELD)).when(late).then()
    given(REQUEST, *at(ESCALATED)).when(late).then()
    given(REQUEST, *at(BEGUN, ASSIGNED)).when(late).then()


def test_a_hold_and_an_escalation_lie_over_what_goes_on() -> None:
    """Whichever ends first, the state beneath comes to light."""
    state = REQUEST.fold([*at(BEGUN, HELD, ESCALATED), ASSIGNED])
    assert isinstance(state, states.OnHold)
    resumed = REQUEST.fold([told.RequestResumed(**OF)], state)
    assert isinstance(resumed, states.Escalated)
    ended = REQUEST.fold([told.EscalationEnded(**OF, funding=FUNDING, granted=True)], resumed)
    assert isinstance(ended, states.Assigned)


def test_two_fundings_must_both_be_answered() -> None:
    """The first answer isn't the last."""
    second = told.RequestEscalated(**OF, funding=OTHER)
    state = REQUEST.fold([*at(ESCALATED, second), told.EscalationEnded(**OF, funding=FUNDING, granted=False)])
    assert isinstance(state, states.Escalated)
    assert state.fundings == (OTHER,)


def test_evolve_takes_every_event_in_every_state() -> None:
    """Total: whatever order events come in, a request is a request."""
    events: list[Event] = [
        BEGUN, ASSIGNED, VISITED, REPORTED, DUE, HELD, ESCALATED, ATTEMPT[0], extended(1),
        told.RequestResumed(**OF),
        told.EscalationEnded(**OF, funding=FUNDING, granted=True),
        told.RequestReopened(**OF, reason=ReopenReason.RECURS, round=2),
        *ENDINGS.values(),
    ]  # fmt: skip
    for first in events:
        for second in events:
            state = REQUEST.fold([*triaged(), first, second])
            assert isinstance(state, (*states.OPEN, *(type(REQUEST.fold(at(e))) for e in ENDINGS.values())))
