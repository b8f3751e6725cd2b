"""Requests: lists, one request, likely duplicates, the deadline explained."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response

from services.intake.domain.request import REQUEST
from services.intake.domain.request_clock import LEVELS, StageClock, deadline_of
from services.intake.sources import clock_at, likely_requests
from shared.bus.envelope import Actor
from shared.contracts.values import Code, Phone, Urgency
from shared.deadlines import Deadline, explain
from shared.errors import UnknownError
from shared.eventstore.work import Work
from shared.http.reading import Cursor, Limit, Page, ReadContext, Reading, keys_of, moment, page, shown, small
from shared.roles import Resource

router = APIRouter(tags=["requests"])
JSON = ("caller", "elements")
State = Annotated[str, Query(pattern="^[A-Z][A-Za-z]{3,30}$")]

_ROW = """
SELECT r.*, c.name AS cadre_name, c.unit, m.name AS community_name, s.zh AS service_zh, s.en AS service_en
FROM requests r LEFT JOIN cadres c ON c.id = r.cadre LEFT JOIN communities m ON m.id = r.community
LEFT JOIN services s ON s.code = r.service
"""

_WHERE = """
WHERE ($1::uuid[] IS NULL OR r.community = ANY ($1))
  AND ($2::text[] IS NULL OR r.state = ANY ($2))
  AND ($3::boolean IS NULL OR r.open = $3)
  AND ($4::uuid IS NULL OR r.community = $4)
  AND ($5::text IS NULL OR r.urgency = $5)
  AND ($6::uuid IS NULL OR r.cadre = $6 OR r.cadre IN (SELECT o.id FROM cadres o WHERE o.merged_into = $6))
  AND ($7::boolean IS NULL OR $7 = (r.level IS NOT NULL AND r.level <> 'warned'))
  AND ($8::boolean IS NULL OR r.covered = $8)
  AND ($13::text IS NULL OR r.received_by = $13)
  AND ($9::int IS NULL OR (r.weight, r.received_at, r.id) > ($9, $10::timestamptz, $11::uuid))
ORDER BY r.weight, r.received_at, r.id LIMIT $12"""

_COUNTS = """
SELECT count(*) AS "all", count(*) FILTER (WHERE received_by = $2) AS mine,
    count(*) FILTER (WHERE state = 'CallbackDue') AS callback,
    count(*) FILTER (WHERE level IS NOT NULL AND level <> 'warned') AS late,
    count(*) FILTER (WHERE state = 'OnHold') AS hold
FROM requests WHERE open AND ($1::uuid[] IS NULL OR community = ANY ($1))"""

_RECENT = """
WHERE (r.cadre = $1 OR r.cadre IN (SELECT o.id FROM cadres o WHERE o.merged_into = $1))
  AND ($2::uuid[] IS NULL OR r.community = ANY ($2))
ORDER BY r.received_at DESC, r.id LIMIT $3"""


@router.get("/requests")
async def list_requests(  # noqa: PLR0913  each is a filter of the list
    reading: Reading,
    state: Annotated[list[State] | None, Query(description="one or several states")] = None,
    community: UUID | None = None,
    urgency: Urgency | None = None,
    cadre: UUID | None = None,
    *,
    open: bool | None = None,  # noqa: A002  the query's word
    late: bool | None = None,
    covered: bool | None = None,
    mine: bool = False,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[dict[str, Any]]:
    """Requests by urgency, then by time; each with its elements and the moments of its deadline.

    `mine` are those that one has received oneself.
    """
    scope = reading.communities("read_requests")
    weight, received, last = keys_of(cursor, small, moment, UUID)
    rows = await reading.pool.fetch(
        _ROW + _WHERE,
        scope,
        state,
        open,
        community,
        urgency.value if urgency else None,
        cadre,
        late,
        covered,
        weight,
        received,
        last,
        limit + 1,
        reading.principal.sub if mine else None,
    )
    return page([with_deadline(reading, row) for row in rows], limit, "weight", "received_at", "id")


@router.get("/cadres/{cadre}/requests")
async def recent_requests(
    cadre: UUID, reading: Reading, limit: Annotated[int, Query(ge=1, le=20)] = 3
) -> Page[dict[str, Any]]:
    """The last requests of a person under whichever of their files, the newest first, open or not."""
    scope = reading.communities("read_requests")
    rows = await reading.pool.fetch(_ROW + _RECENT, cadre, scope, limit)
    return Page(items=[with_deadline(reading, row) for row in rows])


def with_deadline(reading: ReadContext, row: Any) -> dict[str, Any]:
    """A request with the moments of its deadline."""
    found = shown(row, *JSON)
    clock = StageClock.model_validate_json(found.pop("clock"))
    deadline = deadline_of(reading.running.store.settings.deadlines, clock)
    return found | {"deadline": points(deadline, clock) if deadline else None}


def points(deadline: Deadline, clock: StageClock) -> dict[str, Any]:
    """The moments of a deadline; None for one that a pause keeps from coming."""
    return {
        "stage": deadline.stage.value,
        "start": deadline.start,
        "warn_at": deadline.warn_at,
        "due": deadline.due,
        "urge_at": deadline.urge_at,
        "supervise_at": deadline.supervise_at,
        "extensions": clock.extensions,
        "level": clock.passed.value if clock.passed else None,
    }


@router.get("/requests/likely")
async def list_likely(
    reading: Reading,
    cadre: UUID | None = None,
    phone: Annotated[Phone | None, Query()] = None,
    service: Annotated[Code | None, Query()] = None,
) -> Page[dict[str, Any]]:
    """Open requests of the last 72 hours that a new one would resemble."""
    reading.permit("ReceiveRequest", Resource())
    work = Work(reading.running.store, Actor(reading.principal.sub, reading.principal.role.value))
    return Page(items=await likely_requests(reading.pool, work, cadre, phone, service or ""))


@router.get("/requests/counts")
async def count_requests(reading: Reading) -> dict[str, int]:
    """How many are open: in all, received by oneself, waiting for a callback, late, on hold."""
    scope = reading.communities("read_requests")
    (row,) = await reading.pool.fetch(_COUNTS, scope, reading.principal.sub)
    return dict(row)


@router.get("/requests/{request}")
async def get_request(request: UUID, reading: Reading, response: Response) -> dict[str, Any]:
    """One request."""
    row = await _row(reading, request)
    response.headers["ETag"] = f'"{row["version"]}"'
    return with_deadline(reading, row)


@router.get("/requests/{request}/deadline")
async def explain_deadline(request: UUID, reading: Reading) -> dict[str, Any]:
    """What is due and why then, stretch by stretch and in words; nothing when nothing is due."""
    await _row(reading, request)
    clock = await clock_at(reading.running.store, request)
    deadline = deadline_of(reading.running.store.settings.deadlines, clock)
    if clock is None or deadline is None:
        return {"deadline": None, "stretches": [], "lines": []}
    level = deadline.level_at(reading.running.clock.now())
    return {
        "deadline": points(deadline, clock) | {"level": LEVELS[level].value if level else None},
        "stretches": [
            {
                "begin": stretch.begin,
                "end": stretch.end,
                "kind": stretch.kind,
                "reason": stretch.reason,
            }
            for stretch in deadline.stretches
        ],
        "lines": explain(deadline, reading.language),
    }


async def _row(reading: ReadContext, request: UUID) -> Any:
    reading.reach("read_request")
    row = await reading.pool.fetchrow(f"{_ROW} WHERE r.id = $1", request)
    if row is None:
        raise UnknownError(what=REQUEST.what)
    resource = Resource(community=row["community"], cadre=row["cadre"], unit=row["unit"] or "")
    reading.permit("read_request", resource)
    return row
