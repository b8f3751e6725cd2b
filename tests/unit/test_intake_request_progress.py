"""What the system makes of a request: late news, levels, states that lie over others."""

from datetime import timedelta
from uuid import UUID

import pytest

from services.intake.domain import request_progress as progress
from services.intake.domain import request_states as states
from services.intake.domain.request import REQUEST
from shared.contracts import intake as told
from shared.contracts.command import Command
from shared.contracts.event import Event
from shared.contracts.values import (
    Level,
    ReopenReason,
    Slot,
    Stage,
    Urgency,
)
from tests.request_cases import (
    ASSIGNED,
    ATTEMPT,
    BEGUN,
    DUE,
    ENDINGS,
    ESCALATED,
    FUNDING,
    HELD,
    HELPER,
    OF,
    OTHER,
    REPORTED,
    SERVED,
    SLOT,
    VISITED,
    at,
    extended,
    received,
    triaged,
)
from tests.unit.given import ITSELF, NOON, given

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
