"""What follows when the report of a visit is put right."""

from typing import Any

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from services.care.domain.visit import VISIT as VISITS
from services.care.domain.visit import Done
from services.care.domain.visit_commands import (
    CompleteVisit,
    CorrectReport,
    NotReportedError,
    SameReportError,
    VisitOverError,
)
from shared.contracts import care
from shared.contracts.event import Event
from tests.care_cases import numbered, of_visit, visit_scheduled
from tests.unit.given import given

REPORT = numbered(0x60)
DONE = of_visit(
    care.VisitDone, minutes=500, solved=True, needs=("meals",), outcome="打扫完毕", medical="血压偏高"
)
TOLD: dict[str, Any] = {"minutes": 500, "outcome": "打扫完毕", "needs": ("meals",), "solved": True}
RIGHT: dict[str, Any] = {"minutes": 50, "outcome": "打扫了厨房", "needs": ("repair",), "solved": False}


def correct(**fields: Any) -> CorrectReport:
    """What was reported was wrong."""
    return CorrectReport(corrects=REPORT, reason="多写了一个零", **fields)


def corrected(**fields: Any) -> Event:
    """It was put right."""
    return of_visit(care.VisitCorrected, corrects=REPORT, reason="多写了一个零", **fields)


def test_a_correction_names_the_report_and_says_what_is_right() -> None:
    """All of it, and which needs are new; the medical notes nobody spoke of stay."""
    wanted = corrected(**RIGHT, added=("repair",))
    given(VISITS, visit_scheduled(), DONE).when(correct(**RIGHT)).then(wanted)


def test_medical_notes_are_put_right_when_they_are_named() -> None:
    """Also to nothing at all."""
    for medical in ("血压正常", ""):
        wanted = corrected(**TOLD, added=(), medical=medical)
        given(VISITS, visit_scheduled(), DONE).when(correct(**TOLD, medical=medical)).then(wanted)


@pytest.mark.parametrize("medical", [None, "血压偏高"])
def test_what_the_report_says_already_is_no_correction(medical: str | None) -> None:
    """Whatever the order in which the needs are named."""
    done = DONE.model_copy(update={"needs": ("meals", "repair")})
    same = correct(**{**TOLD, "needs": ("repair", "meals")}, medical=medical)
    given(VISITS, visit_scheduled(), done).when(same).refused(SameReportError)


def test_a_correction_may_be_put_right_in_turn() -> None:
    """What it is compared with is what holds now."""
    past = (visit_scheduled(), DONE, corrected(**RIGHT, added=("repair",), medical="血压正常"))
    again = {**RIGHT, "needs": ("repair", "meals")}
    given(VISITS, *past).when(correct(**again)).then(corrected(**again, added=("meals",)))
    given(VISITS, *past).when(correct(**RIGHT, medical="血压正常")).refused(SameReportError)
    back = correct(**TOLD, medical="血压偏高")
    given(VISITS, *past).when(back).then(corrected(**TOLD, added=("meals",), medical="血压偏高"))


@pytest.mark.parametrize(
    "past",
    [
        [],
        [of_visit(care.VisitBegun)],
        [of_visit(care.VisitMissed)],
        [of_visit(care.VisitRefused, reason="不需要")],
        [of_visit(care.NoAnswerRecorded, frail=False)],
        [of_visit(care.VisitCancelled, reason="withdrawn")],
    ],
    ids=lambda past: past[0].NAME if past else "scheduled",
)
def test_only_a_visit_reported_as_done_has_a_report(past: list[Event]) -> None:
    """Anything else has effects of its own that a correction couldn't take back."""
    given(VISITS, visit_scheduled(), *past).when(correct(**RIGHT)).refused(NotReportedError)


REPORTS = st.fixed_dictionaries(
    {
        "minutes": st.integers(1, 3),
        "outcome": st.sampled_from(["打扫完毕", "打扫了厨房"]),
        "needs": st.lists(st.sampled_from(["meals", "repair", "nursing"]), unique=True).map(tuple),
        "solved": st.booleans(),
        "medical": st.sampled_from([None, "", "血压正常"]),
    }
)


@drawn(st.lists(REPORTS, max_size=6))
def test_after_any_corrections_the_last_one_holds(reports: list[dict[str, Any]]) -> None:
    """And who follows what is added and what isn't named any more has the same needs."""
    past = [visit_scheduled(), DONE]
    right, listed = {**TOLD, "medical": "血压偏高"}, {"meals"}
    for told in reports:
        try:
            (event,) = given(VISITS, *past).when(correct(**told)).events()
        except SameReportError:
            continue
        assert isinstance(event, care.VisitCorrected)
        past.append(event)
        listed = listed & set(event.needs) | set(event.added)
        right = {**told, "medical": right["medical"] if told["medical"] is None else told["medical"]}
    visit = VISITS.fold(past)
    assert isinstance(visit, Done)
    held = {name: getattr(visit.report, name) for name in right}
    assert held == {**right, "needs": frozenset(right["needs"])}
    assert listed == held["needs"]


def test_a_corrected_visit_is_still_over() -> None:
    """It isn't reported twice."""
    past = (visit_scheduled(), DONE, corrected(**RIGHT, added=("repair",)))
    given(VISITS, *past).when(CompleteVisit(minutes=5, outcome="看望")).refused(VisitOverError)
