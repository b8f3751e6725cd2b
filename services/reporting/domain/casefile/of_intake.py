"""Requests, as intake's events tell them."""

from services.reporting.domain.casefile.rows import Row, Rows
from shared.contracts import intake


def _request(state: str = "", *, ends: str = "", which: str = "", into: str = "") -> Row:
    return Row("request", "request", state, ends, which, into)


ROWS: Rows = {
    intake.RequestReceived: _request("Received"),
    intake.RequestCorrected: _request(),
    intake.RequestTriaged: _request("Triaged"),
    intake.RequestHandedOver: _request(),
    intake.RequestHeld: _request("OnHold"),
    intake.RequestResumed: _request(ends="OnHold"),
    intake.ReferredToEmergencyLine: _request("ReferredToEmergencyLine"),
    intake.DuplicateSuspected: _request(into="suspicions"),
    intake.DuplicateOverruled: _request(into="suspicions"),
    intake.MarkedDuplicate: _request("Duplicate"),
    intake.RequestRejected: _request("Rejected"),
    intake.RequestCancelled: _request("Cancelled"),
    intake.RequestWithdrawn: _request("Withdrawn"),
    intake.MatchingBegun: _request("Matching"),
    intake.RequestAssigned: _request("Assigned"),
    intake.RequestRescheduled: _request(),
    intake.RequestUnassigned: _request("Matching"),
    intake.RequestBegun: _request("InProgress"),
    intake.RequestServiceReported: _request("ServiceReported"),
    intake.CallbackDue: _request("CallbackDue"),
    intake.CallbackAttempted: _request(into="callbacks"),
    intake.CallbackAnswered: _request(into="callbacks"),
    intake.RequestClosed: _request("Closed"),
    intake.RequestReopened: _request("Reopened"),
    intake.RequestEscalated: _request("Escalated", which="funding"),
    intake.EscalationEnded: _request(ends="Escalated", which="funding"),
    intake.DeadlinePassed: _request(into="deadlines"),
    intake.DeadlineExtended: _request(into="deadlines"),
}
