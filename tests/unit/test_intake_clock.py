"""When a request's stages begin, what pauses them, what is told next."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from services.intake.domain.request_clock import StageClock, clock_of, deadline_of, next_level
from shared.contracts import intake as told
from shared.contracts.event import Event
from shared.contracts.values import HoldReason, Level, ReopenReason, Slot, Stage, Urgency
from shared.deadlines import DEFAULT
from tests.request_cases import (
    ASSIGNED,
    BEGUN,
    CLOSED,
    DUE,
    ESCALATED,
    FUNDING,
    HELPER,
    OF,
    REPORTED,
    SLOT,
    VISITED,
    extended,
    received,
    triaged,
)
from tests.unit.given import NOON

MINUTE = timedelta(minutes=1)
UNASSIGNED = told.RequestUnassigned(**OF, helper=HELPER)
REOPENED = told.RequestReopened(**OF, reason=ReopenReason.UNSOLVED, round=2)


def clock(*events: Event, urgency: Urgency = Urgency.URGENT, **more: Any) -> StageClock:
    """The clock of a triaged request after these events, ten minutes after one another."""
    begun = triaged(urgency, **more)
    history = [(event, NOON) for event in begun]
    history += [(event, NOON + 10 * MINUTE * nth) for nth, event in enumerate(events, start=1)]
    found = clock_of(history)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("events", "stage", "start"),
    [
        ((), Stage.MATCHED, 0),
        ((BEGUN,), Stage.MATCHED, 0),
        ((BEGUN, ASSIGNED), Stage.FINISHED, 0),
        ((BEGUN, ASSIGNED, VISITED), Stage.FINISHED, 0),
        ((BEGUN, ASSIGNED, UNASSIGNED), Stage.MATCHED, 30),
        ((BEGUN, ASSIGNED, REPORTED, DUE), Stage.CALLBACK, 40),
        ((BEGUN, ASSIGNED, REPORTED, DUE, REOPENED), Stage.MATCHED, 50),
        ((BEGUN, ASSIGNED, REPORTED, DUE, REOPENED, ASSIGNED), Stage.FINISHED, 50),
        ((CLOSED,), None, 10),
    ],
)
def test_each_stage_counts_from_its_beginning(
    events: tuple[Event, ...], stage: Stage | None, start: int
) -> None:
    """In minutes after the call."""
    found = clock(*events)
    assert (found.stage, found.start) == (stage, NOON + start * MINUTE)


def test_an_untriaged_call_counts_as_urgent() -> None:
    """A quarter of an hour for the first action."""
    found = clock_of([(received()[0], NOON)])
    deadline = deadline_of(DEFAULT, found)
    assert deadline is not None
    assert deadline.due == NOON + 15 * MINUTE


def test_a_rescue_is_kept_once_the_helper_is_there() -> None:
    """Arrival within twenty minutes; after it nothing is due until the callback."""
    on_the_way = deadline_of(DEFAULT, clock(BEGUN, ASSIGNED, urgency=Urgency.RESCUE))
    assert on_the_way is not None
    assert on_the_way.due == NOON + 20 * MINUTE
    assert deadline_of(DEFAULT, clock(BEGUN, ASSIGNED, VISITED, urgency=Urgency.RESCUE)) is None


@pytest.mark.parametrize(
    ("stop", "go"),
    [
        (
            told.RequestHeld(**OF, reason=HoldReason.WEATHER, until=None),
            told.RequestResumed(**OF),
        ),
        (ESCALATED, told.EscalationEnded(**OF, funding=FUNDING, granted=True)),
    ],
)
def test_a_hold_and_an_escalation_stop_the_clock(stop: Event, go: Event) -> None:
    """While it stands there is no due moment; afterwards it is later by the pause."""
    standing = deadline_of(DEFAULT, clock(stop))
    assert standing is not None
    assert standing.due is None
    going = deadline_of(DEFAULT, clock(stop, go))
    assert going is not None
    assert going.due == NOON + 70 * MINUTE


def test_an_extension_gives_half_the_time_once_more() -> None:
    """And what has passed is told anew."""
    late = told.DeadlinePassed(**OF, stage=Stage.MATCHED, level=Level.LATE, due=NOON)
    found = clock(late, extended(1))
    deadline = deadline_of(DEFAULT, found)
    assert deadline is not None
    assert deadline.due == NOON + 90 * MINUTE
    assert found.passed is None


def test_the_next_level_is_the_first_that_was_not_told() -> None:
    """Also when its moment was missed; none after the gravest."""

    def level(passed: Level) -> tuple[datetime, Level] | None:
        event = told.DeadlinePassed(**OF, stage=Stage.MATCHED, level=passed, due=NOON)
        found = clock(event)
        deadline = deadline_of(DEFAULT, found)
        assert deadline is not None
        return next_level(found, deadline)

    assert level(Level.WARNED) == (NOON + 60 * MINUTE, Level.LATE)
    assert level(Level.URGED) == (NOON + 120 * MINUTE, Level.SUPERVISED)
    assert level(Level.SUPERVISED) is None


def test_a_scheduled_request_is_due_by_its_time() -> None:
    """Matched a day before; without a time there is nothing to reckon from."""
    found = clock(urgency=Urgency.SCHEDULED, slot=SLOT)
    deadline = deadline_of(DEFAULT, found)
    assert deadline is not None
    assert deadline.due == max(NOON, SLOT.start - timedelta(days=1))
    assert deadline_of(DEFAULT, found.model_copy(update={"slot": None})) is None


def test_another_time_moves_the_deadline_of_a_scheduled_request() -> None:
    """What had passed of the old time is told anew; a deadline that isn't by the time stays as it is."""
    late = told.DeadlinePassed(**OF, stage=Stage.FINISHED, level=Level.LATE, due=SLOT.start)
    moved = told.RequestRescheduled(
        **OF,
        helper=HELPER,
        slot=Slot(start=SLOT.start + timedelta(days=1), end=SLOT.end + timedelta(days=1)),
    )
    before = deadline_of(DEFAULT, clock(BEGUN, ASSIGNED, urgency=Urgency.SCHEDULED, slot=SLOT))
    scheduled = clock(BEGUN, ASSIGNED, late, moved, urgency=Urgency.SCHEDULED, slot=SLOT)
    after = deadline_of(DEFAULT, scheduled)
    assert before is not None
    assert before.due is not None
    assert after is not None
    assert after.due == before.due + timedelta(days=1)
    assert scheduled.passed is None
    routine = clock(BEGUN, ASSIGNED, late, moved, urgency=Urgency.ROUTINE)
    assert routine.passed is Level.LATE


def test_a_clock_survives_being_written_down() -> None:
    """The list keeps it as JSON."""
    found = clock(BEGUN, ESCALATED)
    assert StageClock.model_validate_json(found.model_dump_json()) == found
