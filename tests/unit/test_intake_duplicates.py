"""A request that turns out to resemble one which nobody could see yet."""

from typing import Any

from services.intake.domain import request_commands as wish
from services.intake.domain import request_progress as progress
from services.intake.domain import request_refusals as refusal
from services.intake.domain.request import REQUEST
from shared.contracts import intake as told
from shared.contracts.values import CancelReason
from tests.request_cases import CADRE, FUNDING, OTHER, received, triaged
from tests.unit.given import ITSELF, given

OF: dict[str, Any] = {"request": ITSELF, "cadre": CADRE}
SUSPECT = progress.SuspectDuplicate(likely=(OTHER,))
SUSPECTED = told.DuplicateSuspected(**OF, likely=(OTHER,))
OVERRULE = wish.OverruleDuplicate(reason="另一处水管")
OVERRULED = told.DuplicateOverruled(**OF, likely=(OTHER,), reason="另一处水管")


def test_each_likely_one_is_suspected_once() -> None:
    """A second look tells only what is new; no likely ones are no event."""
    given(REQUEST, *triaged()).when(SUSPECT).then(SUSPECTED)
    given(REQUEST, *triaged(), SUSPECTED).when(SUSPECT).then()
    more = progress.SuspectDuplicate(likely=(OTHER, FUNDING))
    given(REQUEST, *triaged(), SUSPECTED).when(more).then(told.DuplicateSuspected(**OF, likely=(FUNDING,)))
    given(REQUEST, *triaged()).when(progress.SuspectDuplicate(likely=())).then()


def test_an_ended_request_is_suspected_of_nothing() -> None:
    """It was linked in the same step, or cancelled meanwhile."""
    given(REQUEST, *received(duplicate_of=OTHER)).when(SUSPECT).then()
    cancelled = told.RequestCancelled(**OF, reason=CancelReason.SERVED_ELSEWHERE)
    given(REQUEST, *triaged(), cancelled).when(SUSPECT).then()


def test_another_matter_is_said_with_a_reason() -> None:
    """Of all that were suspected; nothing is left to overrule then."""
    given(REQUEST, *triaged(), SUSPECTED).when(OVERRULE).then(OVERRULED)
    given(REQUEST, *triaged()).when(OVERRULE).refused(refusal.NothingSuspectedError)
    given(REQUEST, *triaged(), SUSPECTED, OVERRULED).when(OVERRULE).refused(refusal.NothingSuspectedError)


def test_it_may_be_marked_as_a_duplicate() -> None:
    """By the command there is."""
    marked = told.MarkedDuplicate(**OF, of=OTHER)
    given(REQUEST, *triaged(), SUSPECTED).when(wish.MarkDuplicate(of=OTHER)).then(marked)
