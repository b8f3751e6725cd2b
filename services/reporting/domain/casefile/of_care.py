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


def _approved(event: care.FundingApproved) -> str:
    return "approved" if event.final else "first_approval"


ROWS: Rows = {
    care.CaseOpened: _case("open"),
    care.CaseReassigned: _case("open"),
    care.CaseUnassigned: _case("unassigned"),
    care.ServiceReported: _case("service_reported"),
    care.CaseClosed: _case("closed"),
    care.CaseReopened: _case("reopened"),
    care.VisitScheduled: _visit("scheduled"),
    care.VisitBegun: _visit("begun"),
    care.VisitDone: _visit("done"),
    care.VisitMissed: _visit("missed"),
    care.VisitRefused: _visit("refused"),
    care.NoAnswerRecorded: _visit("no_answer"),
    care.WelfareCheckRaised: _visit(into="welfare_checks"),
    care.VisitMoveRequested: _visit(into="moves"),
    care.VisitMoved: _visit(),
    care.VisitMoveRefused: _visit(into="moves"),
    care.VisitCancelled: _visit("cancelled"),
    care.PlanAssessed: _plan("assessed"),
    care.PlanActivated: _plan("active"),
    care.PlannedVisitDue: _plan(into="occurrences"),
    care.PlanReviewDue: _plan("review_due"),
    care.PlanSuspended: _plan("suspended"),
    care.PlanResumed: _plan("active"),
    care.PlanEnded: _plan("ended"),
    care.FundingDrafted: _funding("drafted"),
    care.EvidenceAttached: _funding(into="evidence"),
    care.FundingSubmitted: _funding("submitted"),
    care.CommunityVerified: _funding("community_verified", "steps"),
    care.UnitConfirmed: _funding("unit_confirmed", "steps"),
    care.BureauReviewed: _funding("bureau_reviewed", "steps"),
    care.FundingApproved: Row("funding", "funding", _approved, into="steps"),
    care.FundsReserved: _funding("reserved"),
    care.FundingDisbursed: _funding("disbursed", "steps"),
    care.ReceiptConfirmed: _funding("receipt_confirmed", "steps"),
    care.FundingClosed: _funding("closed"),
    care.ReturnedForEvidence: _funding("returned_for_evidence", "steps"),
    care.FundingRejected: _funding("rejected"),
    care.FundingWithdrawn: _funding("withdrawn"),
    care.FundingLapsed: _funding("lapsed"),
    care.FundingReversed: _funding("reversed", "steps"),
    care.FundingRecused: _funding(into="recused"),
    care.FundingStepLate: _funding(into="late"),
}
