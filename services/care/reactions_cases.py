"""What happens to cases and visits when matching, intake or the clock says something."""

from uuid import UUID

from services.care import register
from services.care.domain.case import (
    CASE,
    AssignCase,
    CloseCase,
    Closed,
    EndCase,
    Open,
    ReopenCase,
    UnassignCase,
)
from services.care.domain.visit import VISIT, Scheduled, visit_of
from services.care.domain.visit_commands import AnswerMove, BookVisit, CancelVisit, LetPass
from shared.contracts import intake, matching
from shared.eventstore.work import Work

PASSED = "visit-passed"
UNASSIGNED = "unassigned"
IN_HOSPITAL = "in_hospital"


async def open_case(event: matching.HelperAssigned, work: Work) -> None:
    """A helper was assigned: open the case or give it to them, and put the visit down.

    Whether it is still needed is said of each request, also when the cadre has died: the news of a death and
    of its retraction may come before or after that of the assignment.
    """
    if await register.has_ended(work.db, event.request):
        return
    visit = visit_of(event.booking)
    assigned = await work.execute(
        CASE,
        event.request,
        AssignCase(
            request=event.request,
            cadre=event.cadre,
            community=event.community,
            helper=event.helper,
            service=event.service,
            urgency=event.urgency,
            round=event.round,
            visit=visit,
        ),
    )
    if not assigned:
        return
    booked = BookVisit(
        visit=visit,
        request=event.request,
        cadre=event.cadre,
        community=event.community,
        helper=event.helper,
        booking=event.booking,
        service=event.service,
        urgency=event.urgency,
        slot=event.slot,
    )
    if await work.execute(VISIT, visit, booked):
        work.set_timer(PASSED, visit, event.slot.end + work.settings.visit_grace)


async def take_from_helper(
    event: matching.AssignmentDropped | matching.NoShowRecorded | matching.AssignmentWithdrawn, work: Work
) -> None:
    """The helper no longer has it."""
    visit = visit_of(event.booking)
    await _cancel(visit, UNASSIGNED, work)
    await work.execute(CASE, event.request, UnassignCase(visit=visit))


async def end_unmatched(event: matching.MatchClosed, work: Work) -> None:
    """Matching closed the match: a case that still has a visit to come has lost it."""
    case = await work.load(CASE, event.request)
    if not isinstance(case, Open) or case.visit is None:
        return
    visit = await work.load(VISIT, case.visit)
    if isinstance(visit, Scheduled):
        await _cancel(case.visit, "match_closed", work)
        await work.execute(CASE, event.request, UnassignCase(visit=case.visit))


async def close_case(event: intake.RequestClosed, work: Work) -> None:
    """The callback said that it was solved."""
    await work.execute(CASE, event.request, CloseCase())


async def end_case(
    event: intake.RequestWithdrawn
    | intake.RequestCancelled
    | intake.RequestRejected
    | intake.MarkedDuplicate
    | intake.ReferredToEmergencyLine,
    work: Work,
) -> None:
    """The request ended in another way: nobody needs to come."""
    case = await work.load(CASE, event.request)
    if case is None or isinstance(case, Closed):
        return
    reason = register.ENDINGS[type(event)]
    if isinstance(case, Open) and case.visit is not None:
        await _cancel(case.visit, reason, work)
    await work.execute(CASE, event.request, EndCase(reason=reason))


async def reopen_case(event: intake.RequestReopened, work: Work) -> None:
    """It was not solved."""
    await work.execute(CASE, event.request, ReopenCase(round=event.round))


async def move_visit(event: matching.BookingMoved, work: Work) -> None:
    """Matching could move the booking."""
    if await work.execute(VISIT, event.visit, AnswerMove(slot=event.slot)):
        work.set_timer(PASSED, event.visit, event.slot.end + work.settings.visit_grace)


async def keep_visit(event: matching.BookingRefused, work: Work) -> None:
    """Matching couldn't."""
    await work.execute(VISIT, event.visit, AnswerMove(slot=None, reason=event.reason))


async def let_pass(about: UUID, _: bytes, work: Work) -> None:
    """The slot and the grace after it are over: the helper didn't come, and matching opens a new round."""
    for missed in await work.execute(VISIT, about, LetPass()):
        await work.execute(CASE, missed.request, UnassignCase(visit=about))  # type: ignore[attr-defined]


async def cancel_visits(cadre: UUID, reason: str, work: Work) -> None:
    """Cancel every visit of a cadre that is to come, under whichever of their files."""
    rows = await work.db.fetch(
        "SELECT visit FROM visits WHERE cadre = ANY ($1) AND state = 'Scheduled' ORDER BY visit",
        await register.files(work.db, cadre),
    )
    for row in rows:
        visit = await work.load(VISIT, row["visit"])
        if isinstance(visit, Scheduled):
            await _cancel(row["visit"], reason, work)
            await work.execute(CASE, visit.facts.request, UnassignCase(visit=row["visit"]))


async def _cancel(visit: UUID, reason: str, work: Work) -> None:
    await work.execute(VISIT, visit, CancelVisit(reason=reason))
    work.drop_timer(PASSED, visit)
