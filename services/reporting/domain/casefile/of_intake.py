"""Requests, as intake's events tell them."""

from services.reporting.domain.casefile.rows import BACK, Row, Rows
from shared.contracts import intake


def _request(state: str = "", *, pause: bool = False, into: str = "") -> Row:
    return Row("request", "request", state, pause, into)


ROWS: Rows = {
    intake.RequestReceived: _request("received"),
    intake.RequestCorrected: _request(),
    intake.RequestTriaged: _request("triaged"),
    intake.RequestHandedOver: _request(),
    intake.RequestHeld: _request("on_hold", pause=True),
    intake.RequestResumed: _request(BACK),
    intake.ReferredToEmergencyLine: _request("referred_to_emergency_line"),
    intake.DuplicateSuspected: _request(into="suspicions"),
    intake.DuplicateOverruled: _request(into="suspicions"),
    intake.MarkedDuplicate: _request("duplicate"),
    intake.RequestRejected: _request("rejected"),
    intake.RequestCancelled: _request("cancelled"),
    intake.RequestWithdrawn: _request("withdrawn"),
    intake.MatchingBegun: _request("matching"),
    intake.RequestAssigned: _request("assigned"),
    intake.RequestRescheduled: _request(),
    intake.RequestUnassigned: _request("matching"),
    intake.RequestBegun: _request("in_progress"),
    intake.RequestServiceReported: _request("service_reported"),
    intake.CallbackDue: _request("callback_due"),
    intake.CallbackAttempted: _request(into="callbacks"),
    intake.CallbackAnswered: _request(into="callbacks"),
    intake.RequestClosed: _request("closed"),
    intake.RequestReopened: _request("reopened"),
    intake.RequestEscalated: _request("escalated", pause=True),
    intake.EscalationEnded: _request(BACK),
    intake.DeadlinePassed: _request(into="deadlines"),
    intake.DeadlineExtended: _request(into="deadlines"),
}
