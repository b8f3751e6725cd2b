"""The lists behind the bureau's figures: requests, grants, helpers. They name no person served."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request

from services.reporting.api.histories import instant
from services.reporting.domain.casefile.rows import OVER
from services.reporting.readings import record_list
from shared.http.reading import Cursor, Limit, Page, Reading, keys_of, page

router = APIRouter(prefix="/figures/lists", tags=["figures"])

_REQUESTS = """
SELECT r.request, r.community, c.name AS community_name, r.service, r.urgency, r.state,
    coalesce(r.received, 'epoch'::timestamptz) AS received, r.assigned, r.closed,
    ARRAY(SELECT d.stage || ' ' || d.level FROM figure_deadlines d WHERE d.request = r.request
          ORDER BY d.stage, d.level) AS deadlines
FROM figure_requests r LEFT JOIN communities c ON c.id = r.community
WHERE ($1::text IS NULL OR r.state = $1) AND ($2::text IS NULL OR r.service = $2)
  AND ($3::text IS NULL OR r.urgency = $3)
  AND ($4::uuid IS NULL OR r.community = $4)
  AND (NOT $5 OR r.state <> ALL ($6::text[])) AND (NOT $7 OR r.assigned IS NOT NULL)
  AND (NOT $8 OR EXISTS (
      SELECT FROM figure_deadlines d WHERE d.request = r.request AND d.level <> 'warned'))
  AND ($9 = '' OR EXISTS (
      SELECT FROM figure_deadlines d WHERE d.request = r.request AND d.stage = $9
      AND ($10 = '' OR d.level = $10)))
  AND ($11::timestamptz IS NULL OR (coalesce(r.received, 'epoch'::timestamptz), r.request) < ($11, $12::uuid))
ORDER BY coalesce(r.received, 'epoch'::timestamptz) DESC, r.request DESC LIMIT $13"""
_GRANTS = """
SELECT g.funding, g.community, c.name AS community_name, g.fund, g.year, g.state, g.amount
FROM figure_funding g LEFT JOIN communities c ON c.id = g.community
WHERE ($1 = '' OR g.fund = $1) AND ($2::int IS NULL OR g.year = $2) AND ($3 = '' OR g.state = $3)
  AND ($4::uuid IS NULL OR g.funding > $4)
ORDER BY g.funding LIMIT $5"""
_HELPERS = """
SELECT helper, sum(minutes)::bigint AS minutes, sum(visits)::bigint AS visits FROM figure_hours
WHERE ($1::date IS NULL OR month = $1) AND ($2::uuid IS NULL OR helper > $2)
GROUP BY helper ORDER BY helper LIMIT $3"""

NONE = "-"
Code = Annotated[str, Query(max_length=60, pattern=r"^[^\x00]*$")]


@dataclass(frozen=True, slots=True)
class Requests:
    """Which requests: of a state, service, urgency, community; near or past a deadline of a stage.

    A code that is `-` asks for those that have none.
    """

    state: Code = ""
    service: Code = ""
    urgency: Code = ""
    community: UUID | None = None
    stage: Code = ""
    level: Code = ""
    still_open: Annotated[bool, Query(alias="open")] = False
    matched: bool = False
    late: Annotated[bool, Query(description="a deadline of theirs was missed")] = False


@router.get("/requests")
async def requests(
    reading: Reading,
    request: Request,
    asked: Annotated[Requests, Depends()],
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Page[dict[str, Any]]:
    """The requests behind a number, the newest first."""
    reading.reach("read_figures")
    await record_list(reading, request, "requests")
    received, last = keys_of(cursor, instant, UUID)
    rows = await reading.pool.fetch(
        _REQUESTS,
        _meant(asked.state),
        _meant(asked.service),
        _meant(asked.urgency),
        asked.community,
        asked.still_open,
        sorted(OVER),
        asked.matched,
        asked.late,
        asked.stage,
        asked.level,
        received,
        last,
        limit + 1,
    )
    return page(rows, limit, "received", "request")


@router.get("/grants")
async def grants(
    reading: Reading,
    request: Request,
    fund: Code = "",
    year: Annotated[int | None, Query(ge=1900, le=2200)] = None,
    state: Code = "",
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Page[dict[str, Any]]:
    """The grants behind a number, amounts in fen."""
    reading.reach("read_figures")
    await record_list(reading, request, "grants")
    (last,) = keys_of(cursor, UUID)
    return page(await reading.pool.fetch(_GRANTS, fund, year, state, last, limit + 1), limit, "funding")


@router.get("/helpers")
async def helpers(
    reading: Reading,
    request: Request,
    month: Annotated[date | None, Query(description="its first day; without one all months")] = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Page[dict[str, Any]]:
    """The helpers behind the hours of a month."""
    reading.reach("read_figures")
    await record_list(reading, request, "helpers")
    (last,) = keys_of(cursor, UUID)
    return page(await reading.pool.fetch(_HELPERS, month, last, limit + 1), limit, "helper")


def _meant(code: str) -> str | None:
    """What is looked for; None when it is anything."""
    return None if not code else "" if code == NONE else code
