"""What people may do with a request, and what follows."""

from datetime import timedelta

import pytest

from services.intake.domain import request_commands as wish
from services.intake.domain import request_refusals as refusal
from services.intake.domain import request_states as states
from services.intake.domain.request import REQUEST
from services.intake.words import STATES
from shared.bus.envelope import Actor
from shared.contracts import intake as told
from shared.contracts.command import Command
from shared.contracts.event import Event
from shared.contracts.values import (
    CadreSide,
    CancelReason,
    Elements,
    HoldReason,
    RejectReason,
    ReopenReason,
    Slot,
    Stage,
    Urgency,
    WithdrawReason,
)
from shared.deadlines import SlotNotExtendedError
from shared.errors import DomainError, UnknownError
from tests.request_cases import (
    ASSIGNED,
    ATTEMPT,
    BEGUN,
    CLOSED,
    ENDINGS,
    ESCALATED,
    HELD,
    OF,
    OTHER,
    SERVED,
    SLOT,
    TERMS,
    at,
    extended,
    opening,
    received,
)
from tests.unit.given import ITSELF, NOON, given

FAR = Slot(start=NOON + timedelta(days=367), end=NOON + timedelta(days=367, hours=1))
COORDINATOR, SUBDISTRICT = Actor("c", "coordinator"), Actor("s", "subdistrict")
AUDITOR = Actor("a", "auditor")
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
