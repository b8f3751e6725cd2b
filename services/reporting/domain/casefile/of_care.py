"""Cases, visits, plans and funding, as care's events tell them."""

from services.reporting.domain.casefile.rows import Row, Rows
from shared.contracts import care


def _case(state: str = "") -> Row:
    return Row("case", "request", state)


def _visit(state: str = "", into: str = "") -> Row:
    return Row("visit", "visit", state, into=into)


def _plan(state: str = "", into: str = "") -> Row:
    return Row("plan", "plan", state, into=into)


def _funding(state: str = "", into: str = "") -> Row:
    return Row("funding", "funding", state, into=into)


ROWS: Rows = {
    care.CaseOpened: _case("Open"),
    care.CaseReassigned: _case("Open"),
    care.CaseUnassigned: _case("Unassigned"),
    care.ServiceReported: _case("Reported"),
    care.CaseClosed: _case("Closed"),
    care.CaseReopened: _case("Unassigned"),
    care.VisitScheduled: _visit("Scheduled"),
    care.VisitBegun: _visit("Begun"),
    care.VisitDone: _visit("Done"),
    care.VisitCorrected: _visit(into="corrections"),
    care.VisitMissed: _visit("Missed"),
    care.VisitRefused: _visit("Refused"),
    care.NoAnswerRecorded: _visit("NoAnswer"),
    care.PhotoAttached: _visit(into="photos"),
    care.WelfareCheckRaised: _visit(into="welfare_checks"),
    care.VisitMoveRequested: _visit(into="moves"),
    care.VisitMoved: _visit("Scheduled"),
    care.VisitMoveRefused: _visit(into="moves"),
    care.VisitCancelled: _visit("Cancelled"),
    care.PlanAssessed: Row("plan", "plan", "Assessed", only=""),
    care.PlanActivated: _plan("Active"),
    care.PlannedVisitDue: _plan(into="occurrences"),
    care.PlanReviewDue: _plan("ReviewDue"),
    care.PlanSuspended: _plan("Suspended"),
    care.PlanResumed: _plan("Active"),
    care.PlanEnded: _plan("Ended"),
    care.FundingDrafted: _funding("Drafted"),
    care.EvidenceAttached: _funding(into="evidence"),
    care.FundingSubmitted: _funding("Submitted"),
    care.CommunityVerified: _funding("CommunityVerified", "steps"),
    care.UnitConfirmed: _funding("UnitConfirmed", "steps"),
    care.BureauReviewed: _funding("BureauReviewed", "steps"),
    care.FundingApproved: _funding("Approved", "steps"),
    care.FundsReserved: _funding("Reserved"),
    care.FundingDisbursed: _funding("Disbursed", "steps"),
    care.ReceiptConfirmed: _funding("ReceiptConfirmed", "steps"),
    care.FundingClosed: _funding("Closed"),
    care.ReturnedForEvidence: _funding("ReturnedForEvidence", "steps"),
    care.FundingRejected: _funding("Rejected"),
    care.FundingWithdrawn: _funding("Withdrawn"),
    care.FundingLapsed: _funding("Lapsed"),
    care.FundingReversed: _funding("Reversed", "steps"),
    care.FundingRecused: _funding(into="recused"),
    care.FundingStepLate: _funding(into="late"),
}
