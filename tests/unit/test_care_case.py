"""What follows in a case."""

from services.care.domain.case import (
    CASE,
    CloseCase,
    EndCase,
    ReopenCase,
    ReportService,
    UnassignCase,
    helpers_of,
)
from shared.contracts import care
from tests.care_cases import CADRE, HELPER, OTHER_HELPER, REQUEST, VISIT, assign, case_opened, numbered
from tests.unit.given import given

REASSIGNED = care.CaseReassigned(
    request=REQUEST, cadre=CADRE, helper=OTHER_HELPER, round=2, visit=numbered(0x51)
)
UNASSIGNED = care.CaseUnassigned(request=REQUEST, cadre=CADRE, helper=HELPER)
REPORTED = care.ServiceReported(request=REQUEST, cadre=CADRE, visit=VISIT, helper=HELPER)
CLOSED = care.CaseClosed(request=REQUEST, cadre=CADRE, reason="solved")
AGAIN = assign(helper=OTHER_HELPER, round=2, visit=numbered(0x51))


def test_an_assignment_opens_the_case() -> None:
    """The first assignment of a request opens its case with the helper's visit."""
    given(CASE).when(assign()).then(case_opened())


def test_the_same_assignment_again_changes_nothing() -> None:
    """An assignment that was taken in already is not taken in twice."""
    given(CASE, case_opened()).when(assign()).then()


def test_another_helper_gets_an_unassigned_case() -> None:
    """After the first helper left, the next one has it."""
    given(CASE, case_opened(), UNASSIGNED).when(AGAIN).then(REASSIGNED)


def test_an_assignment_of_an_earlier_round_is_stale() -> None:
    """An assignment of a round that is over changes nothing."""
    given(CASE, case_opened(), REASSIGNED, REPORTED).when(assign(visit=numbered(0x52))).then()


def test_a_closed_case_takes_only_a_later_round() -> None:
    """The reopening may arrive after the assignment it led to; the same round stays closed."""
    given(CASE, case_opened(), REPORTED, CLOSED).when(AGAIN).then(REASSIGNED)
    given(CASE, case_opened(), REPORTED, CLOSED).when(assign(visit=numbered(0x52))).then()


def test_a_visit_that_fell_away_leaves_the_case_without_a_helper() -> None:
    """The helper dropped out, didn't come, or was taken off it."""
    given(CASE, case_opened()).when(UnassignCase(visit=VISIT)).then(UNASSIGNED)


def test_a_late_drop_does_not_take_the_case_from_the_next_helper() -> None:
    """What falls away is the first helper's visit, not the next one's."""
    given(CASE, case_opened(), REASSIGNED).when(UnassignCase(visit=VISIT)).then()


def test_a_done_visit_reports_the_service_once() -> None:
    """The helper's report is told once."""
    report = ReportService(visit=VISIT, helper=HELPER)
    given(CASE, case_opened()).when(report).then(REPORTED)
    given(CASE, case_opened(), REPORTED).when(report).then()


def test_only_the_callback_closes_a_reported_case() -> None:
    """A callback's answer closes what was reported, and nothing else."""
    given(CASE, case_opened(), REPORTED).when(CloseCase()).then(CLOSED)


def test_a_late_closing_does_not_close_the_next_round() -> None:
    """Reopened × closed: the closing of the first round arrives while the second is open."""
    given(CASE, case_opened(), REPORTED, REASSIGNED).when(CloseCase()).then()


def test_a_withdrawn_request_ends_its_case_in_any_state() -> None:
    """Nobody has to come any more."""
    ended = care.CaseClosed(request=REQUEST, cadre=CADRE, reason="withdrawn")
    for past in ([], [UNASSIGNED], [REPORTED]):
        given(CASE, case_opened(), *past).when(EndCase(reason="withdrawn")).then(ended)
    given(CASE, case_opened(), ended).when(EndCase(reason="withdrawn")).then()


def test_a_case_that_was_never_opened_cannot_end() -> None:
    """A request that ends before anybody was assigned has no case."""
    given(CASE).when(EndCase(reason="withdrawn")).then()


def test_an_unsolved_case_goes_back_to_matching() -> None:
    """Reopened from closed, or at the callback itself."""
    reopened = care.CaseReopened(request=REQUEST, cadre=CADRE, round=2)
    given(CASE, case_opened(), REPORTED, CLOSED).when(ReopenCase(round=2)).then(reopened)
    given(CASE, case_opened(), REPORTED).when(ReopenCase(round=2)).then(reopened)


def test_a_reopening_after_its_assignment_changes_nothing() -> None:
    """The next helper has it already."""
    given(CASE, case_opened(), REPORTED, REASSIGNED).when(ReopenCase(round=2)).then()


def test_a_case_is_its_present_helpers_own() -> None:
    """Who had it before doesn't see it any more."""
    assert helpers_of(CASE.fold([case_opened()])) == {HELPER}
    assert helpers_of(CASE.fold([case_opened(), UNASSIGNED])) == frozenset()
    assert helpers_of(CASE.fold([case_opened(), UNASSIGNED, REASSIGNED])) == {OTHER_HELPER}
