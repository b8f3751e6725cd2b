"""What follows in a care plan."""

from datetime import UTC, date, datetime, timedelta
from itertools import islice

import pytest
from hypothesis import given as every
from hypothesis import strategies as some

from services.care.domain.plan import PLAN, coming, next_due
from services.care.domain.plan_commands import (
    ActivateFor,
    AssessFor,
    DayPastError,
    EndForGood,
    EndPlan,
    EndReason,
    Hospital,
    NotActiveError,
    NotAssessedError,
    NotSuspendedError,
    PlanOverError,
    RaiseDue,
    RaiseReview,
    ResumePlan,
    SuspendPlan,
    SuspendReason,
)
from services.care.domain.plan_schedule import usual_services
from shared.contracts import care
from shared.contracts.event import Event
from shared.contracts.values import Category, PlannedService, Risk
from tests.care_cases import CADRE, COMMUNITY
from tests.unit.given import ITSELF, NOON, given

AHEAD = timedelta(days=2)
RAISE = RaiseDue(ahead=AHEAD, community=COMMUNITY)
WEEKLY = PlannedService(service="visit", every_days=7)
IDS = {"plan": ITSELF, "cadre": CADRE}
ENDED = care.PlanEnded(**IDS, reason="not_needed")
REST = care.PlanSuspended(**IDS, reason="in_hospital")


def assessed(risk: Risk = Risk.HIGH) -> care.PlanAssessed:
    """The need."""
    return care.PlanAssessed(**IDS, community=COMMUNITY, risk=risk, note="术后")


def activated(*services: PlannedService) -> care.PlanActivated:
    """From 1 June, to be reviewed on 1 December."""
    return care.PlanActivated(
        **IDS, services=services or (WEEKLY,), starts=date(2026, 6, 1), review_on=date(2026, 12, 1)
    )


def activate(**changes: object) -> ActivateFor:
    """With the bureau's defaults."""
    return ActivateFor(**{"category": None, "review_after": timedelta(days=180), **changes})


def at(day: int, hour: int = 12, month: int = 6) -> datetime:
    """An hour of a day of 2026 in Shanghai."""
    return datetime(2026, month, day, hour - 8, tzinfo=UTC)


def raised(*past: Event, now: datetime) -> list[datetime]:
    """When the visits begin that are raised now."""
    events = given(PLAN, assessed(), activated(), *past).when(RAISE, at=now).events()
    return [event.slot.start for event in events if isinstance(event, care.PlannedVisitDue)]


def test_a_need_is_assessed() -> None:
    """The plan begins with the need."""
    command = AssessFor(cadre=CADRE, risk=Risk.HIGH, note="术后", community=COMMUNITY)
    given(PLAN).when(command).then(assessed())


def test_a_plan_without_services_gets_those_usual_for_the_risk() -> None:
    """High risk is visited weekly."""
    expected = care.PlanActivated(
        **IDS, services=(WEEKLY,), starts=date(2026, 6, 1), review_on=date(2026, 11, 28)
    )
    given(PLAN, assessed()).when(activate()).then(expected)


@pytest.mark.parametrize(("risk", "days"), [(Risk.HIGH, 7), (Risk.KEY, 30), (Risk.GENERAL, 91)])
def test_risk_says_how_often(risk: Risk, days: int) -> None:
    """Weekly, monthly, quarterly."""
    assert [one.every_days for one in usual_services(risk, Category.TUIXIU)] == [days]


def test_lixiu_have_a_monthly_call_a_quarterly_visit_and_a_half_yearly_talk() -> None:
    """By rule, whatever the risk; a higher risk only visits more often."""
    assert sorted(one.every_days for one in usual_services(Risk.GENERAL, Category.LIXIU)) == [30, 91, 182]
    assert sorted(one.every_days for one in usual_services(Risk.HIGH, Category.LIXIU)) == [7, 30, 182]


def test_a_plan_neither_begins_in_the_past_nor_is_reviewed_before_it_begins() -> None:
    """The days must be in order."""
    given(PLAN, assessed()).when(activate(starts=date(2026, 5, 31))).refused(DayPastError)
    given(PLAN, assessed()).when(activate(review_on=date(2026, 6, 1))).refused(DayPastError)


def test_a_visit_is_raised_when_it_comes_near() -> None:
    """Two days ahead, at nine in Shanghai."""
    assert raised(now=at(5)) == []
    assert raised(now=at(6, 9)) == [at(8, 9)]


def test_an_occurrence_never_doubles() -> None:
    """What was raised isn't raised again, and its id hangs on plan and day alone."""
    first = given(PLAN, assessed(), activated()).when(RAISE, at=at(6, 9)).events()
    later = given(PLAN, assessed(), activated()).when(RAISE, at=at(7, 9)).events()
    assert [event.occurrence for event in first if isinstance(event, care.PlannedVisitDue)] == [
        event.occurrence for event in later if isinstance(event, care.PlannedVisitDue)
    ]
    assert raised(*first, now=at(7)) == []


def test_what_a_rest_left_behind_is_not_made_up_for() -> None:
    """After three weeks only the next visit is raised."""
    resumed = care.PlanResumed(**IDS)
    assert raised(REST, resumed, now=at(27, 9)) == [at(29, 9)]


def test_the_next_time_is_two_days_before_the_next_visit() -> None:
    """Of all services, the first that is to come; none when the plan rests."""
    plan = PLAN.fold([assessed(), activated(WEEKLY, PlannedService(service="counselling", every_days=3))])
    assert next_due(plan, AHEAD, at(1)) == at(2, 9)
    assert next_due(PLAN.fold([assessed(), activated(), REST]), AHEAD, at(1)) is None


@every(
    some.lists(
        some.builds(
            PlannedService,
            service=some.sampled_from(("visit", "meals")),
            every_days=some.integers(1, 40),
            hour=some.integers(6, 20),
        ),
        min_size=1,
        max_size=4,
    ),
    some.integers(1, 28),
    some.integers(8, 23),
)
def test_what_comes_is_in_order_and_not_over(services: list[PlannedService], day: int, hour: int) -> None:
    """Each service at its next times, none before now, the nearest first; nothing while the plan rests."""
    now = at(day, hour, month=7)
    plan = PLAN.fold([assessed(), activated(*services)])
    found = list(islice(coming(plan, now), 12))
    starts = [one.slot.start for one in found]
    assert len(found) == 12
    assert starts == sorted(starts)
    assert starts[0] > now
    assert next_due(plan, AHEAD, now) == starts[0] - AHEAD
    assert next(coming(PLAN.fold([assessed(), activated(*services), REST]), now), None) is None


def test_a_plan_that_rests_raises_nothing() -> None:
    """Nor one that is only assessed, nor one that has ended."""
    for past in ([assessed()], [assessed(), activated(), REST], [assessed(), activated(), ENDED]):
        given(PLAN, *past).when(RAISE, at=at(6, 9)).then()


def test_the_review_comes_on_its_day_and_visits_go_on() -> None:
    """Nobody is forgotten because somebody is late with the review."""
    due = care.PlanReviewDue(**IDS)
    given(PLAN, assessed(), activated()).when(RaiseReview(), at=at(30, 12, 11)).then()
    given(PLAN, assessed(), activated()).when(RaiseReview(), at=at(1, 9, 12)).then(due)
    assert raised(due, now=at(6, 9)) == [at(8, 9)]


def test_hospital_suspends_and_discharge_resumes() -> None:
    """And somebody of high risk is visited within a day of coming back."""
    given(PLAN, assessed(), activated()).when(Hospital(admitted=True)).then(REST)
    events = given(PLAN, assessed(), activated(), REST).when(Hospital(admitted=False), at=at(10)).events()
    assert [type(event) for event in events] == [care.PlanResumed, care.PlannedVisitDue]
    assert isinstance(events[1], care.PlannedVisitDue)
    assert at(10) < events[1].slot.start <= at(11)


def test_discharge_does_not_resume_what_rests_for_another_reason() -> None:
    """Who is away stays away."""
    away = care.PlanSuspended(**IDS, reason="away")
    given(PLAN, assessed(), activated(), away).when(Hospital(admitted=False)).then()


def test_death_ends_a_plan_in_any_state_once() -> None:
    """Deceased × anything."""
    ended = care.PlanEnded(**IDS, reason="deceased")
    for past in ([], [activated()], [activated(), REST]):
        given(PLAN, assessed(), *past).when(EndForGood()).then(ended)
    given(PLAN, assessed(), ended).when(EndForGood()).then()


def test_the_community_suspends_resumes_and_ends() -> None:
    """Each with its reason, in its order."""
    suspend, end = SuspendPlan(reason=SuspendReason.AWAY), EndPlan(reason=EndReason.NOT_NEEDED)
    given(PLAN, assessed(), activated()).when(suspend).then(care.PlanSuspended(**IDS, reason="away"))
    given(PLAN, assessed()).when(suspend).refused(NotActiveError)
    given(PLAN, assessed(), activated()).when(ResumePlan()).refused(NotSuspendedError)
    given(PLAN, assessed(Risk.KEY), activated(), REST).when(ResumePlan()).then(care.PlanResumed(**IDS))
    given(PLAN, assessed()).when(end).then(ENDED)
    given(PLAN, assessed(), ENDED).when(end).refused(PlanOverError)


def test_a_suspended_plan_is_resumed_before_it_changes() -> None:
    """Else it would silently begin again."""
    given(PLAN, assessed(), activated(), REST).when(activate()).refused(NotAssessedError)


def test_an_ended_plan_is_neither_assessed_nor_activated() -> None:
    """Another plan begins."""
    again = AssessFor(cadre=CADRE, risk=Risk.KEY, community=COMMUNITY)
    given(PLAN, assessed(), ENDED).when(again).refused(PlanOverError)
    given(PLAN, assessed(), ENDED).when(activate()).refused(PlanOverError)


def test_a_plan_that_is_activated_anew_keeps_what_was_raised() -> None:
    """A change of services doesn't raise the same visit twice."""
    first = given(PLAN, assessed(), activated()).when(RAISE, at=at(6, 9)).events()
    assert raised(*first, activated(), now=at(6, 10)) == []
    assert at(1) == NOON
