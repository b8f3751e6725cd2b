"""What may be done with a helper's file and time."""

from datetime import timedelta
from typing import Any

import pytest

from services.matching.domain import helper_commands as c
from services.matching.domain.helper import HELPER
from shared.contracts import matching as m
from shared.contracts.command import Command
from shared.contracts.event import Event
from shared.contracts.values import HelperKind, HelperProfile, Skill, Weekly
from shared.errors import DomainError
from tests.matching_cases import (
    CADRE,
    ELSEWHERE,
    NOON,
    REQUEST,
    booked,
    enrol,
    enrolled,
    enrolment,
    helper_id,
    hours,
    offer_id,
)
from tests.unit.given import given

WHO = helper_id(1)
SUSPENDED = m.HelperSuspended(helper=WHO, reason="complaint")
LEFT = m.HelperLeft(helper=WHO)
BOOK = c.Book(booking=offer_id(2), request=REQUEST, cadre=CADRE, slot=hours(24.5))


def test_somebody_enters_the_file() -> None:
    """Enrolment says all that was told."""
    given(HELPER).when(enrol()).then(enrolled())


def test_nobody_enters_twice() -> None:
    """The file is changed instead."""
    given(HELPER, enrolled()).when(enrol()).refused(c.AlreadyEnrolledError)


def test_a_time_of_the_week_ends_after_it_begins() -> None:
    """In an enrolment and in a change."""
    wrong = (Weekly(day=1, start=600, end=600),)
    given(HELPER).when(enrol(availability=wrong)).refused(c.AvailabilityOrderError)
    change = c.ChangeAvailability(availability=wrong, capacity=3)
    given(HELPER, enrolled()).when(change).refused(c.AvailabilityOrderError)


PROFILE = HelperProfile(name="李明")
CHANGES: list[tuple[Command, Event]] = [
    (c.CorrectHelper(profile=PROFILE), m.HelperCorrected(helper=WHO, sex=None, dialects=(), profile=PROFILE)),
    (
        c.ChangeSkills(skills=(Skill(code="repair"),)),
        m.SkillsChanged(helper=WHO, skills=(Skill(code="repair"),)),
    ),
    (
        c.ChangeAvailability(availability=(), capacity=3),
        m.AvailabilityChanged(helper=WHO, availability=(), capacity=3),
    ),
    (
        c.NoteAbsence(slot_start=NOON, slot_end=NOON + timedelta(days=9)),
        m.AbsenceNoted(helper=WHO, slot_start=NOON, slot_end=NOON + timedelta(days=9)),
    ),
    (
        c.AllocateHelper(community=ELSEWHERE),
        m.HelperAllocated(helper=WHO, community=ELSEWHERE, association=""),
    ),
    (c.SuspendHelper(reason="complaint"), SUSPENDED),
    (c.RecordLeaving(), LEFT),
    (
        c.DeclareRecusal(cadre=CADRE, reason="daughter"),
        m.RecusalDeclared(helper=WHO, cadre=CADRE, reason="daughter"),
    ),
]


@pytest.mark.parametrize(("command", "event"), CHANGES)
def test_the_file_is_changed(command: Command, event: Event) -> None:
    """Each change is told by its own event."""
    given(HELPER, enrolled()).when(command).then(event)


@pytest.mark.parametrize("command", [command for command, _ in CHANGES])
def test_a_closed_file_stays_closed(command: Command) -> None:
    """Who has left comes back by a new enrolment only."""
    given(HELPER, enrolled(), LEFT).when(command).refused(c.HelperGoneError)


def test_who_is_suspended_is_resumed() -> None:
    """And gets offers again."""
    given(HELPER, enrolled(), SUSPENDED).when(c.ResumeHelper()).then(m.HelperResumed(helper=WHO))


REFUSED: list[tuple[tuple[Event, ...], Command, type[DomainError]]] = [
    ((), c.ResumeHelper(), c.NotSuspendedError),
    ((SUSPENDED,), c.SuspendHelper(reason="again"), c.AlreadySuspendedError),
    ((), c.NoteAbsence(slot_start=NOON, slot_end=NOON), c.AbsenceOrderError),
    ((SUSPENDED,), BOOK, c.NotServingError),
    ((LEFT,), BOOK, c.NotServingError),
    ((m.RecusalDeclared(helper=WHO, cadre=CADRE, reason="son"),), BOOK, c.RecusedError),
    ((booked(1, hours(24)),), BOOK, c.OverlapError),
    (
        (m.AbsenceNoted(helper=WHO, slot_start=NOON, slot_end=NOON + timedelta(days=3)),),
        BOOK,
        c.AwayError,
    ),
    ((*(booked(number, hours(26 + number)) for number in range(3, 8)),), BOOK, c.WeekFullError),
]


@pytest.mark.parametrize(("past", "command", "error"), REFUSED)
def test_it_is_refused(past: tuple[Event, ...], command: Command, error: type[DomainError]) -> None:
    """With an error that says what to do."""
    given(HELPER, enrolled(), *past).when(command).refused(error)


def test_a_second_recusal_changes_nothing() -> None:
    """It is declared already."""
    recused = m.RecusalDeclared(helper=WHO, cadre=CADRE, reason="son")
    given(HELPER, enrolled(), recused).when(c.DeclareRecusal(cadre=CADRE, reason="son")).then()


def test_time_is_taken() -> None:
    """A booking takes it."""
    given(HELPER, enrolled()).when(BOOK).then(booked(2, hours(24.5)))


def test_an_organisation_sends_several_at_once() -> None:
    """Its capacity bounds it, not the hour."""
    organisation = enrolled(kind=HelperKind.ORGANISATION)
    given(HELPER, organisation, booked(1, hours(24))).when(BOOK).then(m.BookingMade)


def _released(number: int, reason: str) -> m.BookingReleased:
    return m.BookingReleased(
        helper=WHO, booking=offer_id(number), request=REQUEST, cadre=CADRE, reason=reason
    )


def test_a_visit_done_still_counts_to_its_week() -> None:
    """Capacity is visits a week, not visits at a time."""
    past = [event for number in range(3, 8) for event in (booked(number, hours(20 + number)),)]
    done = [_released(number, "done") for number in range(3, 8)]
    given(HELPER, enrolled(), *past, *done).when(BOOK).refused(c.WeekFullError)


def test_a_visit_cancelled_counts_no_more() -> None:
    """The time and the place in the week are free again."""
    past = [booked(number, hours(24)) for number in range(3, 8)]
    cancelled = [_released(number, "cancelled") for number in range(3, 8)]
    given(HELPER, enrolled(), *past, *cancelled).when(BOOK).then(m.BookingMade)


def test_time_is_given_back_once() -> None:
    """The second time nothing happens."""
    release = c.ReleaseBooking(booking=offer_id(1), reason="done")
    given(HELPER, enrolled(), booked(1, hours(24))).when(release).then(_released(1, "done"))
    given(HELPER, enrolled(), booked(1, hours(24)), _released(1, "done")).when(release).then()


def _move(hour: float, *, anew: bool = False) -> c.MoveBooking:
    return c.MoveBooking(
        booking=offer_id(1), request=REQUEST, cadre=CADRE, visit=offer_id(9), slot=hours(hour), anew=anew
    )


def test_a_booking_moves_over_its_own_time() -> None:
    """Its old time doesn't stand in its way."""
    given(HELPER, enrolled(), booked(1, hours(24))).when(_move(24.5)).then(m.BookingMoved)


@pytest.mark.parametrize(
    ("past", "reason"),
    [
        ((), "released"),
        ((booked(1, hours(24)), booked(2, hours(30))), "booked"),
        ((booked(1, hours(24)), SUSPENDED), "not_serving"),
        (
            (
                booked(1, hours(24)),
                m.AbsenceNoted(helper=WHO, slot_start=NOON, slot_end=NOON + timedelta(days=2)),
            ),
            "absent",
        ),
        (
            (booked(1, hours(24 * 9)), *(booked(number, hours(32 + number)) for number in range(2, 7))),
            "capacity",
        ),
    ],
)
def test_a_move_that_cannot_be_is_answered(past: tuple[Event, ...], reason: str) -> None:
    """Care hears the reason; the booking stays as it was."""

    def refused(event: Event) -> bool:
        return isinstance(event, m.BookingRefused) and event.reason == reason

    given(HELPER, enrolled(), *past).when(_move(30)).then(refused)


TRIED = (booked(1, hours(24)), _released(1, "no_answer"))
"""Somebody came and nobody opened: the time is free again."""


def test_another_try_takes_the_time_anew() -> None:
    """Under the same booking, while the helper has the request; else it stays released."""
    given(HELPER, enrolled(), *TRIED).when(_move(30, anew=True)).then(booked(1, hours(30)), m.BookingMoved)
    given(HELPER, enrolled(), *TRIED).when(_move(30)).then(m.BookingRefused)


@pytest.mark.parametrize(
    ("past", "reason"),
    [
        ((booked(2, hours(30)),), "booked"),
        ((SUSPENDED,), "not_serving"),
        ((m.RecusalDeclared(helper=WHO, cadre=CADRE, reason="son"),), "recused"),
    ],
)
def test_another_try_needs_a_free_helper(past: tuple[Event, ...], reason: str) -> None:
    """The helper's time may have gone to another meanwhile, and the helper too."""

    def refused(event: Event) -> bool:
        return isinstance(event, m.BookingRefused) and event.reason == reason

    given(HELPER, enrolled(), *TRIED, *past).when(_move(30, anew=True)).then(refused)


def test_hours_go_into_the_record() -> None:
    """Whatever has become of the helper."""
    credit = c.CreditHours(booking=offer_id(1), request=REQUEST, cadre=CADRE, minutes=50)
    told = m.HoursCredited(helper=WHO, booking=offer_id(1), request=REQUEST, cadre=CADRE, minutes=50)
    given(HELPER, enrolled(), LEFT).when(credit).then(told)


def _row(fingerprint: str, **changes: Any) -> c.ImportHelper:
    fields = {name: value for name, value in enrolment(**changes).items() if name != "helper"}
    return c.ImportHelper(
        helper=WHO, natural="a" * 64, fingerprint=fingerprint * 64, entry=c.EnrolHelper(**fields)
    )


def _imported(fingerprint: str) -> m.HelperImported:
    return m.HelperImported(helper=WHO, natural="a" * 64, fingerprint=fingerprint * 64)


def test_a_row_enrols() -> None:
    """Who isn't in the file yet."""
    given(HELPER).when(_row("1")).then(enrolled(), _imported("1"))


def test_the_same_row_changes_nothing() -> None:
    """Its fingerprint is known."""
    given(HELPER, enrolled(), _imported("1")).when(_row("1")).then()


def test_another_row_changes_what_differs() -> None:
    """And only that."""
    changed = m.AvailabilityChanged(helper=WHO, availability=(), capacity=7)
    given(HELPER, enrolled(), _imported("1")).when(_row("2", capacity=7)).then(changed, _imported("2"))


def test_every_part_of_a_row_is_taken_over() -> None:
    """Profile, skills, pattern, community."""
    row = _row("2", capacity=7, community=ELSEWHERE, skills=(), profile=PROFILE)
    given(HELPER, enrolled(), _imported("1")).when(row).then(
        m.HelperCorrected, m.SkillsChanged, m.AvailabilityChanged, m.HelperAllocated, m.HelperImported
    )


def test_a_row_about_nobody_known_is_no_booking() -> None:
    """What comes from a reaction about an unknown helper changes nothing."""
    given(HELPER).when(BOOK).then()


def test_a_credit_is_put_right_once() -> None:
    """By the difference, as the event says both; the same minutes again are nothing."""
    of = {"booking": offer_id(2), "request": REQUEST, "cadre": CADRE}
    told = {**of, "corrects": offer_id(3), "credited": NOON}
    credited = m.HoursCredited(helper=WHO, **of, minutes=500)
    past = (enrolled(), credited)
    corrected = m.HoursCorrected(helper=WHO, **told, before=500, minutes=50)
    given(HELPER, *past).when(c.CorrectHours(**told, before=500, minutes=50)).then(corrected)
    given(HELPER, *past, corrected).when(c.CorrectHours(**told, before=50, minutes=50)).then()
    assert HELPER.fold([*past, corrected]) == HELPER.fold(past)
