"""Visits: what a helper has to do, and what became of it."""

from datetime import UTC, datetime, time, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response

from services.care import register
from services.care.api.acting import Full, act, permits, reads_medical, resource_of
from services.care.domain.case import CASE, Open, Reported, ReportService, UnassignCase
from services.care.domain.visit import VISIT, Visit
from services.care.domain.visit_commands import (
    AtTheDoor,
    BeginVisit,
    CompleteVisit,
    CorrectReport,
    CorrectVisit,
    MissVisit,
    NoAnswerAt,
    NotReportedError,
    RecordNoAnswer,
    RefuseVisit,
    ReportStandsError,
    RequestMove,
    ScheduleVisit,
    VisitOverError,
)
from shared import access
from shared.contracts import care
from shared.contracts.command import Command
from shared.deadlines import SHANGHAI
from shared.errors import UnknownError
from shared.eventstore.work import Work
from shared.http.call import Call
from shared.http.reading import Cursor, Limit, Page, Reading, keys_of, moment, page, shown
from shared.roles import Reach

router = APIRouter(tags=["visits"])

Which = Literal["all", "open", "today", "overdue", "waiting"]

ONE = """
SELECT v.visit, v.request, v.cadre, coalesce(p.community, v.community) AS community, v.helper, v.booking,
       v.service, v.urgency, v.slot_start, v.slot_end, v.state, v.asked_start, v.asked_end, v.refusal,
       v.begun, v.ended, v.minutes, v.solved, v.needs, v.frail, v.outcome, v.medical, v.reason, v.corrected,
       v.version, c.state AS case_state, coalesce(c.reported = v.visit, false) AS correctable,
       s.zh AS service_zh, s.en AS service_en, going.yes AS going,
       CASE WHEN v.state NOT IN ('Missed', 'Cancelled') THEN p.name END AS cadre_name,
       CASE WHEN going.yes THEN p.phones END AS cadre_phones,
       CASE WHEN going.yes THEN p.address END AS address,
       CASE WHEN going.yes THEN p.home END AS home,
       CASE WHEN going.yes THEN p.guarantors END AS guarantors,
       CASE WHEN going.yes THEN r.elements END AS elements
FROM visits v LEFT JOIN people p USING (cadre) LEFT JOIN cases c USING (request)
LEFT JOIN services s ON s.code = v.service LEFT JOIN requests r USING (request),
LATERAL (SELECT v.state IN ('Scheduled', 'Begun')
    OR v.state IN ('NoAnswer', 'Refused') AND c.state = 'Open' AND c.helper = v.helper AS yes) AS going"""
CORRECTIONS = """
SELECT c.at, c.by, c.role, a.name, c.reason, c.minutes, c.solved, c.outcome
FROM corrections c LEFT JOIN accounts a ON a.account = c.by WHERE c.visit = $1 ORDER BY c.version"""
PHOTOS = "SELECT sha256, label, located, attached FROM photos WHERE visit = $1 ORDER BY attached, sha256"
JSON = ("home", "guarantors", "elements")
LIST = f"""{ONE}
WHERE ($1::uuid[] IS NULL OR coalesce(p.community, v.community) = ANY ($1))
  AND ($2::uuid IS NULL OR v.helper = $2) AND ($3::uuid IS NULL OR v.cadre = $3)
  AND CASE $4
      WHEN 'open' THEN v.state IN ('Scheduled', 'Begun')
      WHEN 'today' THEN v.slot_start >= $5 AND v.slot_start < $6 AND v.state <> 'Cancelled'
      WHEN 'overdue' THEN v.state IN ('Scheduled', 'Begun') AND v.slot_end < $7
      WHEN 'waiting' THEN v.state IN ('NoAnswer', 'Refused') AND v.asked_start IS NULL
          AND c.state = 'Open'
      ELSE true END
  AND ($8::timestamptz IS NULL OR (v.slot_start, v.visit) > ($8, $9))
ORDER BY v.slot_start, v.visit LIMIT $10"""


@router.get("/visits")
async def list_visits(
    reading: Reading,
    which: Annotated[
        Which, Query(description="`waiting` found nobody or weren't wanted: a coordinator decides")
    ] = "all",
    cadre: UUID | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[dict[str, Any]]:
    """Visits by their time: a helper's own, or those of one's communities.

    Phones and the address stand in those that somebody has still to see to.
    """
    own = reading.reach("read_visits") is Reach.OWN
    now = reading.running.store.clock.now()
    begin = datetime.combine(now.astimezone(SHANGHAI).date(), time(), SHANGHAI).astimezone(UTC)
    at, key = keys_of(cursor, moment, UUID)
    if own and reading.principal.helper is None:
        return Page(items=[])
    rows = await reading.pool.fetch(
        LIST,
        None if own else reading.communities("read_visits"),
        reading.principal.helper if own else None,
        cadre,
        which,
        begin,
        begin + timedelta(days=1),
        now,
        at,
        key,
        limit + 1,
    )
    return page(
        [shown(row, *JSON, hidden=("medical", *JSON[1:])) for row in rows], limit, "slot_start", "visit"
    )


@router.get("/visits/{visit}")
async def get_visit(visit: UUID, reading: Reading, response: Response) -> dict[str, Any]:
    """A visit, and what to know for it: hardships, what was asked for, who guarantees.

    Medical notes only for those who may read them.
    """
    reading.reach("read_visits")
    row = await reading.pool.fetchrow(f"{ONE} WHERE v.visit = $1", visit)
    if row is None:
        raise UnknownError(what="visit")
    reading.permit("read_visits", resource_of(row))
    response.headers["ETag"] = f'"{row["version"]}"'
    day = reading.running.clock.now().astimezone(SHANGHAI).date()
    flags = await register.flags(reading.pool, row["cadre"], day) if row["going"] else []
    hidden = () if await reads_medical(reading, row) else ("medical",)
    photos = await reading.pool.fetch(PHOTOS, visit) if permits(reading, "read_photos", row) else []
    corrections = await reading.pool.fetch(CORRECTIONS, visit) if row["corrected"] else []
    return {
        **shown(row, *JSON, hidden=hidden),
        "flags": flags,
        "photos": [dict(one) for one in photos],
        "corrections": [dict(one) for one in corrections],
    }


def _at_the_door(what: BeginVisit | CompleteVisit | RefuseVisit | NoAnswerAt) -> Full:
    """What is recorded there, with how early that may be."""

    async def full(work: Work, _: Visit) -> Command:
        return AtTheDoor(happened=what.happened, what=what, early=work.settings.visit_early)

    return full


@router.post("/visits/{visit}/begin")
async def begin_visit(visit: UUID, body: BeginVisit, call: Call) -> Response:
    """The helper is there: at the agreed time, or a little earlier."""
    return await act(call, VISIT, visit, body, full=_at_the_door(body))


@router.post("/visits/{visit}/complete")
async def complete_visit(visit: UUID, body: CompleteVisit, call: Call) -> Response:
    """What was done; with it the service is reported."""

    async def report(work: Work, events: Any) -> None:
        for done in events:
            await work.execute(CASE, done.request, ReportService(visit=visit, helper=done.helper))

    return await act(call, VISIT, visit, body, full=_at_the_door(body), also=report)


@router.post("/visits/{visit}/correct")
async def correct_visit(visit: UUID, body: CorrectVisit, call: Call) -> Response:
    """What was reported was wrong: this is right, until the callback was made or the request has ended.

    Hours credited follow. Medical notes that are left out stay; only who may read them changes them.
    """

    async def of_reported_case(work: Work, state: Visit) -> Command:
        if body.medical is not None:
            access.check(call.principal, "care.read_medical", VISIT.resource(state))
        history = await work.store.read_stream(VISIT.stream(visit))
        reports = [one.envelope.id for one in history if isinstance(one.event, care.VisitDone)]
        case = await work.load(CASE, state.facts.request)
        if not reports:
            raise NotReportedError
        if not isinstance(case, Reported) or case.visit != visit:
            raise ReportStandsError
        return CorrectReport(**dict(body), corrects=reports[-1])

    return await act(call, VISIT, visit, body, full=of_reported_case)


@router.post("/visits/{visit}/miss")
async def miss_visit(visit: UUID, body: MissVisit, call: Call) -> Response:
    """The helper didn't come: matching looks for another."""

    async def unassign(work: Work, events: Any) -> None:
        for missed in events:
            await work.execute(CASE, missed.request, UnassignCase(visit=visit))

    return await act(call, VISIT, visit, body, also=unassign)


@router.post("/visits/{visit}/refuse")
async def refuse_visit(visit: UUID, body: RefuseVisit, call: Call) -> Response:
    """The cadre didn't want it: a coordinator decides what next."""
    return await act(call, VISIT, visit, body, full=_at_the_door(body))


@router.post("/visits/{visit}/no-answer")
async def record_no_answer(visit: UUID, body: RecordNoAnswer, call: Call) -> Response:
    """Nobody opened the door; for somebody who lives alone or is bedridden a welfare check is raised."""

    async def with_frailty(work: Work, state: Visit) -> Command:
        day = (body.happened or work.at).astimezone(SHANGHAI).date()
        frail = await register.is_frail(work.db, state.facts.cadre, day)
        return await _at_the_door(NoAnswerAt(**dict(body), frail=frail))(work, state)

    return await act(call, VISIT, visit, body, full=with_frailty)


@router.post("/visits/{visit}/move")
async def request_move(visit: UUID, body: RequestMove, call: Call) -> Response:
    """Ask for another time; the answer comes from matching and shows on the visit."""
    return await act(call, VISIT, visit, body)


@router.post("/visits/{visit}/again")
async def schedule_visit(visit: UUID, body: ScheduleVisit, call: Call) -> Response:
    """Ask for another try of a visit that found nobody or wasn't wanted; matching answers."""

    async def of_open_case(work: Work, state: Visit) -> Command:
        case = await work.load(CASE, state.facts.request)
        if not isinstance(case, Open) or case.visit != visit:
            raise VisitOverError
        return body

    return await act(call, VISIT, visit, body, full=of_open_case)
