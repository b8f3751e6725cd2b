"""Cases: where each request's service stands."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response

from services.care.api.acting import reads_medical, resource_of
from shared.errors import UnknownError
from shared.http.reading import Cursor, Limit, Page, Reading, keys_of, moment, page

router = APIRouter(tags=["cases"])

ONE = """
SELECT c.request, c.cadre, coalesce(p.community, c.community) AS community, c.helper, c.service, c.urgency,
       c.round, c.state, c.reason, c.opened, c.changed, c.version, p.unit, p.name AS cadre_name,
       s.zh AS service_zh, s.en AS service_en
FROM cases c LEFT JOIN people p USING (cadre) LEFT JOIN services s ON s.code = c.service"""
LIST = f"""{ONE}
WHERE ($1::uuid[] IS NULL OR coalesce(p.community, c.community) = ANY ($1))
  AND ($2::text IS NULL OR c.state = $2) AND ($3::uuid IS NULL OR c.cadre = $3)
  AND ($4::timestamptz IS NULL OR (c.changed, c.request) < ($4, $5))
ORDER BY c.changed DESC, c.request DESC LIMIT $6"""
VISITS = "SELECT * FROM visits WHERE request = $1 ORDER BY slot_start, visit"

State = Literal["Open", "Unassigned", "Reported", "Closed"]


@router.get("/cases")
async def list_cases(
    reading: Reading,
    state: Annotated[State | None, Query(description="only those in this state")] = None,
    cadre: UUID | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[dict[str, Any]]:
    """Cases, the last changed first. `Unassigned` wait for matching, `Reported` for the callback."""
    communities = reading.communities("read_cases")
    at, key = keys_of(cursor, moment, UUID)
    rows = await reading.pool.fetch(LIST, communities, state, cadre, at, key, limit + 1)
    return page([dict(row) for row in rows], limit, "changed", "request")


@router.get("/cases/{request}")
async def get_case(request: UUID, reading: Reading, response: Response) -> dict[str, Any]:
    """A case with its visits; medical notes only for those who may read them."""
    row = await reading.pool.fetchrow(f"{ONE} WHERE c.request = $1", request)
    reading.reach("read_case")
    if row is None:
        raise UnknownError(what="case")
    reading.permit("read_case", resource_of(row))
    visits = []
    for visit in await reading.pool.fetch(VISITS, request):
        shown = {**dict(visit), "community": row["community"]}
        if not await reads_medical(reading, shown):
            del shown["medical"]
        visits.append(shown)
    response.headers["ETag"] = f'"{row["version"]}"'
    return {**dict(row), "visits": visits}
