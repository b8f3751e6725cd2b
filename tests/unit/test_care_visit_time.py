"""When a visit may be recorded."""

from datetime import timedelta
from typing import Any

import pytest

from services.care.domain.visit import VISIT as VISITS
from services.care.domain.visit_commands import (
    AtTheDoor,
    BeginVisit,
    CompleteVisit,
    NoAnswerAt,
    NotYetError,
    RefuseVisit,
    VisitOverError,
)
from shared.contracts import care
from tests.care_cases import LATER, SLOT, of_visit, visit_scheduled
from tests.unit.given import NOON, given

EARLY = timedelta(hours=1)
FROM = SLOT.start - EARLY
WHATS: list[Any] = [
    BeginVisit(),
    CompleteVisit(minutes=50, outcome="打扫完毕"),
    RefuseVisit(reason="不需要"),
    NoAnswerAt(frail=False),
]


@pytest.mark.parametrize("what", WHATS, ids=lambda what: type(what).__name__)
def test_a_visit_is_recorded_from_a_while_before_its_time(what: Any) -> None:
    """Not earlier, whatever is recorded."""
    command = AtTheDoor(what=what, early=EARLY)
    before = FROM - timedelta(microseconds=1)
    given(VISITS, visit_scheduled()).when(command, at=before).refused(NotYetError)
    assert len(given(VISITS, visit_scheduled()).when(command, at=FROM).events()) == 1


def test_the_refusal_says_from_when_and_what_to_do() -> None:
    """In the time of Shanghai, in both languages."""
    command = AtTheDoor(what=BeginVisit(), early=EARLY)
    with pytest.raises(NotYetError) as caught:
        given(VISITS, visit_scheduled()).when(command, at=NOON).events()
    assert "agreed for 2026-06-01 14:00" in caught.value.message("en")
    assert "from 2026-06-01 13:00 on" in caught.value.message("en")
    assert "2026-06-01 13:00 起才能登记" in caught.value.message("zh")


def test_what_happened_too_early_is_refused_when_it_is_told_later() -> None:
    """The time that is told counts."""
    command = AtTheDoor(happened=NOON, what=BeginVisit(), early=EARLY)
    given(VISITS, visit_scheduled()).when(command, at=SLOT.start).refused(NotYetError)


def test_the_time_is_that_of_the_moved_visit() -> None:
    """Moved to tomorrow, it can't be recorded today."""
    asked = of_visit(care.VisitMoveRequested, slot=LATER, reason="下雨")
    past = (visit_scheduled(), asked, of_visit(care.VisitMoved, slot=LATER))
    command = AtTheDoor(what=BeginVisit(), early=EARLY)
    given(VISITS, *past).when(command, at=SLOT.start).refused(NotYetError)
    given(VISITS, *past).when(command, at=LATER.start).then(of_visit(care.VisitBegun))


def test_a_begun_visit_is_completed_at_any_time() -> None:
    """Also one that was begun before there was this rule; one that is over isn't."""
    complete = AtTheDoor(what=WHATS[1], early=EARLY)
    begun = of_visit(care.VisitBegun)
    given(VISITS, visit_scheduled(), begun).when(complete).then(care.VisitDone)
    cancelled = of_visit(care.VisitCancelled, reason="withdrawn")
    given(VISITS, visit_scheduled(), cancelled).when(complete).refused(VisitOverError)
