"""What follows of a visit."""

from datetime import timedelta

import pytest

from services.care.domain.visit import VISIT as VISITS
from services.care.domain.visit_commands import (
    AnswerMove,
    BeginVisit,
    BookVisit,
    CancelVisit,
    CompleteVisit,
    LetPass,
    MissVisit,
    MoveAskedError,
    NoAnswerAt,
    RefuseVisit,
    RequestMove,
    ScheduleVisit,
    SlotPastError,
    TooEarlyError,
    VisitBegunError,
    VisitNotOverError,
    VisitOverError,
)
from shared.contracts import care
from shared.contracts.command import Command
from shared.contracts.event import Event
from shared.contracts.values import Slot
from tests.care_cases import AFTER, LATER, SLOT, of_visit, visit_scheduled
from tests.unit.given import NOON, given

BEGUN = of_visit(care.VisitBegun)
ASKED = of_visit(care.VisitMoveRequested, slot=LATER, reason="下雨")
MOVED = of_visit(care.VisitMoved, slot=LATER)
NO_ANSWER = of_visit(care.NoAnswerRecorded, frail=False)
COMPLETE = CompleteVisit(minutes=50, outcome="打扫完毕", medical="血压偏高", needs=("meals",))
DONE = of_visit(
    care.VisitDone, minutes=50, solved=True, needs=("meals",), outcome="打扫完毕", medical="血压偏高"
)
MOVE = RequestMove(slot=LATER, reason="下雨")
OVER = [
    DONE,
    of_visit(care.VisitMissed),
    of_visit(care.VisitRefused, reason="不需要"),
    NO_ANSWER,
    of_visit(care.VisitCancelled, reason="withdrawn"),
]


def test_a_booking_puts_the_visit_down() -> None:
    """A booking in matching is a visit here, once."""
    booked = BookVisit(**visit_scheduled().model_dump())
    given(VISITS).when(booked).then(visit_scheduled())
    given(VISITS, visit_scheduled()).when(booked).then()


def test_a_helper_begins_and_completes() -> None:
    """There, then done with its outcome."""
    given(VISITS, visit_scheduled()).when(BeginVisit()).then(BEGUN)
    given(VISITS, visit_scheduled(), BEGUN).when(COMPLETE).then(DONE)
    given(VISITS, visit_scheduled()).when(COMPLETE).then(DONE)


def test_a_begun_visit_is_neither_begun_nor_moved_nor_missed() -> None:
    """Who is there records an outcome."""
    for command in (BeginVisit(), MOVE, MissVisit(reason="没有来")):
        given(VISITS, visit_scheduled(), BEGUN).when(command, at=AFTER).refused(VisitBegunError)


@pytest.mark.parametrize("end", OVER, ids=lambda event: event.NAME)
@pytest.mark.parametrize(
    "command",
    [
        BeginVisit(),
        COMPLETE,
        MissVisit(reason="没有来"),
        RefuseVisit(reason="不需要"),
        NoAnswerAt(frail=True),
        MOVE,
    ],
    ids=lambda command: type(command).__name__,
)
def test_a_visit_that_is_over_takes_nothing_more(end: Event, command: Command) -> None:
    """A visit has one outcome."""
    given(VISITS, visit_scheduled(), end).when(command, at=AFTER).refused(VisitOverError)


def test_no_answer_of_a_frail_cadre_raises_a_check_at_once() -> None:
    """Somebody who lives alone or is bedridden may lie behind the door."""
    recorded = of_visit(care.NoAnswerRecorded, frail=True, note="敲门无人应")
    given(VISITS, visit_scheduled()).when(NoAnswerAt(frail=True, note="敲门无人应")).then(
        recorded, care.WelfareCheckRaised
    )


def test_no_answer_of_others_waits_for_the_coordinator() -> None:
    """No check, and care schedules nothing by itself."""
    given(VISITS, visit_scheduled()).when(NoAnswerAt(frail=False)).then(NO_ANSWER)


def test_the_check_of_a_visit_has_one_id() -> None:
    """The same decision again names the same check."""
    decided = given(VISITS, visit_scheduled()).when(NoAnswerAt(frail=True))
    assert decided.events() == decided.events()


def test_a_refusal_is_recorded() -> None:
    """The cadre didn't want it."""
    refused = of_visit(care.VisitRefused, reason="不需要")
    given(VISITS, visit_scheduled(), BEGUN).when(RefuseVisit(reason="不需要")).then(refused)


def test_nobody_misses_a_visit_before_its_time() -> None:
    """A helper who is still expected hasn't missed it."""
    missed = MissVisit(reason="没有来")
    given(VISITS, visit_scheduled()).when(missed, at=NOON).refused(TooEarlyError)
    given(VISITS, visit_scheduled()).when(missed, at=AFTER).then(of_visit(care.VisitMissed, reason="没有来"))


def test_a_slot_that_passed_silently_is_a_missed_visit() -> None:
    """The timer tells it, unless something was recorded or the visit was moved."""
    given(VISITS, visit_scheduled()).when(LetPass(), at=AFTER).then(of_visit(care.VisitMissed))
    given(VISITS, visit_scheduled(), BEGUN).when(LetPass(), at=AFTER).then()
    given(VISITS, visit_scheduled(), ASKED, MOVED).when(LetPass(), at=AFTER).then()


def test_care_asks_for_a_move_and_matching_answers() -> None:
    """The visit stays at its time until matching says otherwise."""
    given(VISITS, visit_scheduled()).when(MOVE).then(ASKED)
    given(VISITS, visit_scheduled(), ASKED).when(AnswerMove(slot=LATER)).then(MOVED)
    refused = of_visit(care.VisitMoveRefused, reason="booked")
    given(VISITS, visit_scheduled(), ASKED).when(AnswerMove(slot=None, reason="booked")).then(refused)


def test_an_answer_nobody_waits_for_changes_nothing() -> None:
    """The visit was cancelled meanwhile, or never asked."""
    cancelled = of_visit(care.VisitCancelled, reason="withdrawn")
    given(VISITS, visit_scheduled(), ASKED, cancelled).when(AnswerMove(slot=LATER)).then()
    given(VISITS, visit_scheduled()).when(AnswerMove(slot=LATER)).then()


def test_one_move_is_asked_at_a_time() -> None:
    """Two answers could cross."""
    given(VISITS, visit_scheduled(), ASKED).when(MOVE).refused(MoveAskedError)


def test_a_visit_is_not_moved_into_the_past() -> None:
    """The new time must be to come."""
    past = Slot(start=NOON - timedelta(hours=2), end=NOON - timedelta(hours=1))
    given(VISITS, visit_scheduled()).when(RequestMove(slot=past, reason="下雨")).refused(SlotPastError)


def test_another_try_is_asked_of_matching() -> None:
    """After no answer the same visit may be tried again, at matching's word."""
    again = ScheduleVisit(slot=LATER, reason="下雨")
    given(VISITS, visit_scheduled(), NO_ANSWER).when(again).then(ASKED)
    given(VISITS, visit_scheduled(), NO_ANSWER, ASKED).when(AnswerMove(slot=LATER)).then(MOVED)


def test_another_try_that_matching_refuses_may_be_asked_again() -> None:
    """The visit stays as it was and says why; another time may do."""
    again, no = ScheduleVisit(slot=LATER, reason="下雨"), AnswerMove(slot=None, reason="booked")
    given(VISITS, visit_scheduled(), NO_ANSWER, ASKED).when(no).then(care.VisitMoveRefused)
    refused = of_visit(care.VisitMoveRefused, reason="booked")
    given(VISITS, visit_scheduled(), NO_ANSWER, ASKED, refused).when(again).then(ASKED)


def test_a_visit_to_come_is_moved_not_tried_again() -> None:
    """Another try needs a visit that found nobody or wasn't wanted."""
    again = ScheduleVisit(slot=LATER, reason="下雨")
    given(VISITS, visit_scheduled()).when(again).refused(VisitNotOverError)
    given(VISITS, visit_scheduled(), DONE).when(again).refused(VisitOverError)


def test_a_cancelled_visit_stays_cancelled_and_a_done_one_done() -> None:
    """Withdrawn × done: what was done stays."""
    cancel = CancelVisit(reason="withdrawn")
    given(VISITS, visit_scheduled()).when(cancel).then(of_visit(care.VisitCancelled, reason="withdrawn"))
    given(VISITS, visit_scheduled(), DONE).when(cancel).then()
    given(VISITS, visit_scheduled(), NO_ANSWER).when(cancel).then()
    given(VISITS, visit_scheduled(), NO_ANSWER, ASKED).when(cancel).then(care.VisitCancelled)
    given(VISITS, visit_scheduled(), OVER[-1]).when(cancel).then()


def test_a_moved_visit_has_its_new_slot() -> None:
    """What permissions and timers look at is the new time."""
    visit = VISITS.fold([visit_scheduled(), ASKED, MOVED])
    assert visit is not None
    assert (visit.facts.slot, visit.facts.asked) == (LATER, None)
    assert visit.facts.slot != SLOT
