"""What care does when something happens anywhere, or when its time has come."""

from collections.abc import Mapping

from services.care.domain.plan_commands import EndForGood, Hospital
from services.care.reactions_cases import (
    IN_HOSPITAL,
    PASSED,
    cancel_visits,
    close_case,
    end_case,
    end_unmatched,
    keep_visit,
    let_pass,
    move_visit,
    open_case,
    reopen_case,
    take_from_helper,
)
from services.care.reactions_funding import (
    LAPSES,
    LATE,
    begin_step,
    funding_lapses,
    funding_late,
    lapse_fundings,
    watch_funding,
)
from services.care.reactions_plans import (
    PLANNED,
    REVIEW,
    begin_plan,
    each_plan,
    raise_planned,
    raise_review,
    stop_plan,
)
from shared.bus.effect import Reaction
from shared.contracts import care, intake, matching
from shared.contracts.event import Event
from shared.eventstore.timers import TimerHandler
from shared.eventstore.work import Work


async def end_all(event: intake.CadreDeceased, work: Work) -> None:
    """A cadre has died: nothing recurs, nothing is paid. Visits end with their requests, see `end_case`."""
    await each_plan(event.cadre, EndForGood(), work)
    await lapse_fundings(event.cadre, work)


async def rest(event: intake.CadreAdmitted, work: Work) -> None:
    """A cadre is in hospital: nobody finds them at home."""
    await cancel_visits(event.cadre, IN_HOSPITAL, work)
    await each_plan(event.cadre, Hospital(admitted=True), work)


async def take_up(event: intake.CadreDischarged, work: Work) -> None:
    """A cadre is back from hospital."""
    await each_plan(event.cadre, Hospital(admitted=False), work)


REACTIONS: Mapping[type[Event], Reaction] = {
    matching.HelperAssigned: open_case,
    matching.AssignmentDropped: take_from_helper,
    matching.NoShowRecorded: take_from_helper,
    matching.AssignmentWithdrawn: take_from_helper,
    matching.MatchClosed: end_unmatched,
    matching.BookingMoved: move_visit,
    matching.BookingRefused: keep_visit,
    intake.RequestClosed: close_case,
    intake.RequestReopened: reopen_case,
    intake.RequestWithdrawn: end_case,
    intake.RequestCancelled: end_case,
    intake.RequestRejected: end_case,
    intake.MarkedDuplicate: end_case,
    intake.ReferredToEmergencyLine: end_case,
    intake.CadreDeceased: end_all,
    intake.CadreAdmitted: rest,
    intake.CadreDischarged: take_up,
    care.PlanActivated: begin_plan,
    care.PlanResumed: begin_plan,
    care.PlanSuspended: stop_plan,
    care.PlanEnded: stop_plan,
    care.FundingDrafted: watch_funding,
    care.EvidenceAttached: watch_funding,
    care.FundingSubmitted: begin_step,
    care.CommunityVerified: begin_step,
    care.UnitConfirmed: begin_step,
    care.BureauReviewed: begin_step,
    care.FundingApproved: watch_funding,
    care.FundsReserved: watch_funding,
    care.ReturnedForEvidence: begin_step,
    care.FundingDisbursed: watch_funding,
    care.FundingRejected: watch_funding,
    care.FundingWithdrawn: watch_funding,
    care.FundingLapsed: watch_funding,
}

TIMERS: Mapping[str, TimerHandler] = {
    PASSED: let_pass,
    PLANNED: raise_planned,
    REVIEW: raise_review,
    LAPSES: funding_lapses,
    LATE: funding_late,
}
