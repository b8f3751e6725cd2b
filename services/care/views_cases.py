"""The lists of cases and visits."""

from typing import Any
from uuid import UUID

from services.care.register import ENDINGS
from shared.bus.recorded import Recorded
from shared.contracts import care, intake
from shared.contracts.event import Event
from shared.eventstore.tables import Tables
from shared.eventstore.views import Handler, update

CASE = """
UPDATE cases
SET state = $2, helper = $3, round = coalesce($4, round), reason = $5, changed = $6, version = $7,
    reported = $8
WHERE request = $1"""
MISSING_CASE = """
INSERT INTO cases
    (request, cadre, community, helper, service, urgency, round, state, opened, changed, version)
VALUES ($1, $2, $3, $4, $5, $6, $7, 'Open', $8, $8, $9)"""

CORRECTION = """
INSERT INTO corrections
SELECT visit, $2, $3, $4, $5, $6, minutes, solved, outcome FROM visits WHERE visit = $1"""


async def _case_opened(db: Tables, recorded: Recorded) -> None:
    event, envelope = recorded.event, recorded.envelope
    if isinstance(event, care.CaseOpened):
        await db.execute(
            MISSING_CASE,
            event.request,
            event.cadre,
            event.community,
            event.helper,
            event.service,
            event.urgency,
            event.round,
            envelope.recorded,
            envelope.stream_version,
        )


async def _case_changed(db: Tables, recorded: Recorded) -> None:
    envelope, reported = recorded.envelope, None
    change: tuple[UUID, str, UUID | None, int | None, str]
    match recorded.event:
        case care.CaseReassigned() as event:
            change = (event.request, "Open", event.helper, event.round, "")
        case care.CaseUnassigned() as event:
            change = (event.request, "Unassigned", None, None, "")
        case care.ServiceReported() as event:
            change, reported = (event.request, "Reported", event.helper, None, ""), event.visit
        case care.CaseReopened() as event:
            change = (event.request, "Unassigned", None, None, "reopened")
        case care.CaseClosed() as event:
            helper = await db.fetchval("SELECT helper FROM cases WHERE request = $1", event.request)
            change = (event.request, "Closed", helper, None, event.reason)
        case _:
            return
    await db.execute(CASE, *change, envelope.recorded, envelope.stream_version, reported)


async def _request_ended(db: Tables, recorded: Recorded) -> None:
    request = recorded.event.of_case()
    await db.execute("INSERT INTO ended_requests VALUES ($1) ON CONFLICT DO NOTHING", request)


async def _request_reopened(db: Tables, recorded: Recorded) -> None:
    await db.execute("DELETE FROM ended_requests WHERE request = $1", recorded.event.of_case())


CASES: dict[type[Event], Handler] = {
    care.CaseOpened: _case_opened,
    care.CaseReassigned: _case_changed,
    care.CaseUnassigned: _case_changed,
    care.ServiceReported: _case_changed,
    care.CaseReopened: _case_changed,
    care.CaseClosed: _case_changed,
    **dict.fromkeys(ENDINGS, _request_ended),
    intake.RequestReopened: _request_reopened,
}


async def _visit_scheduled(db: Tables, recorded: Recorded) -> None:
    event = recorded.event
    if isinstance(event, care.VisitScheduled):
        await db.execute(
            "INSERT INTO visits (visit, request, cadre, community, helper, booking, service, urgency,"
            " slot_start, slot_end, state, version)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'Scheduled', $11)",
            event.visit,
            event.request,
            event.cadre,
            event.community,
            event.helper,
            event.booking,
            event.service,
            event.urgency,
            event.slot.start,
            event.slot.end,
            recorded.envelope.stream_version,
        )


async def _visit_changed(db: Tables, recorded: Recorded) -> None:
    happened = recorded.envelope.happened
    change: dict[str, Any]
    match recorded.event:
        case care.VisitBegun() as event:
            change = {"state": "Begun", "begun": happened}
        case care.VisitDone() as event:
            change = {
                "state": "Done",
                "ended": happened,
                "minutes": event.minutes,
                "solved": event.solved,
                "needs": list(event.needs),
                "outcome": event.outcome,
                "medical": event.medical,
            }
        case care.VisitMissed() as event:
            change = {"state": "Missed", "ended": happened, "reason": event.reason}
        case care.VisitRefused() as event:
            change = {"state": "Refused", "ended": happened, "reason": event.reason}
        case care.NoAnswerRecorded() as event:
            change = {"state": "NoAnswer", "ended": happened, "frail": event.frail, "reason": event.note}
        case care.VisitCancelled() as event:
            change = {"state": "Cancelled", "ended": happened, "reason": event.reason}
        case care.VisitMoveRequested() as event:
            change = {"asked_start": event.slot.start, "asked_end": event.slot.end, "refusal": ""}
        case care.VisitMoved() as event:
            change = {
                "state": "Scheduled",
                "ended": None,
                "slot_start": event.slot.start,
                "slot_end": event.slot.end,
                "asked_start": None,
                "asked_end": None,
            }
        case care.VisitMoveRefused() as event:
            change = {"asked_start": None, "asked_end": None, "refusal": event.reason}
        case _:
            return
    await update(db, recorded, "visits", "visit", event.visit, **change)


async def _visit_corrected(db: Tables, recorded: Recorded) -> None:
    event, envelope = recorded.event, recorded.envelope
    if isinstance(event, care.VisitCorrected):
        actor = envelope.actor
        await db.execute(
            CORRECTION,
            event.visit,
            envelope.stream_version,
            actor.sub,
            actor.role,
            envelope.happened,
            event.reason,
        )
        right = {"minutes": event.minutes, "solved": event.solved, "outcome": event.outcome}
        medical = {} if event.medical is None else {"medical": event.medical}
        change = {**right, **medical, "needs": list(event.needs), "corrected": envelope.happened}
        await update(db, recorded, "visits", "visit", event.visit, **change)


async def _photo_attached(db: Tables, recorded: Recorded) -> None:
    event = recorded.event
    if isinstance(event, care.PhotoAttached):
        await db.execute(
            "INSERT INTO photos VALUES ($1, $2, $3, $4, $5)",
            event.visit,
            event.sha256,
            event.label,
            event.located,
            recorded.envelope.happened,
        )
        await update(db, recorded, "visits", "visit", event.visit)


VISITS: dict[type[Event], Handler] = {
    care.VisitScheduled: _visit_scheduled,
    care.VisitCorrected: _visit_corrected,
    care.PhotoAttached: _photo_attached,
    **dict.fromkeys(
        (
            care.VisitBegun,
            care.VisitDone,
            care.VisitMissed,
            care.VisitRefused,
            care.NoAnswerRecorded,
            care.VisitCancelled,
            care.VisitMoveRequested,
            care.VisitMoved,
            care.VisitMoveRefused,
        ),
        _visit_changed,
    ),
}
