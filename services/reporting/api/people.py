"""Finding whose history to read. Nobody is named: a name is shown with the history, for a reason."""

import re
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request

from services.reporting.readings import record_list
from services.reporting.view_people import ENDING
from shared.http.reading import Cursor, Limit, Page, ReadContext, Reading, keys_of, page

router = APIRouter(tags=["histories"])
_ID = re.compile(r"[0-9a-f]{8}(?:-?[0-9a-f]{4}){3}-?[0-9a-f]{12}")
_END = re.compile(rf"…?([0-9a-f]{{{ENDING}}})")
_FOUND = """
SELECT p.cadre, p.ending, p.category, p.community, c.name AS community_name,
    h.events, h.last FROM people p LEFT JOIN communities c ON c.id = p.community,
LATERAL (SELECT count(*) AS events, max(recorded) AS last FROM view_history.entries e
         WHERE e.cadre = p.cadre) AS h
WHERE ($1::uuid[] IS NULL OR p.cadre = ANY ($1)) AND ($2::text IS NULL OR p.ending = $2)
  AND ($3::text IS NULL OR starts_with(p.name, $3)) AND ($4::uuid IS NULL OR p.community = $4)
  AND ($5::uuid IS NULL OR p.cadre > $5)
ORDER BY p.cadre LIMIT $6"""
_ABOUT = """
SELECT DISTINCT e.cadre FROM archive.arrivals a JOIN view_history.entries e USING (number)
WHERE a.case_id = $1 OR a.id = $1"""

Words = Annotated[
    str,
    Query(max_length=100, description="a name or its beginning; an id of a cadre, case or event, or its end"),
]


@router.get("/people")
async def people(
    reading: Reading,
    request: Request,
    q: Words = "",
    community: UUID | None = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[dict[str, Any]]:
    """Those whose histories there are: id, community, category, how many events.

    The search is recorded, but not what was typed: it may be a name.
    """
    reading.reach("read_history")
    await record_list(reading, request, "people", hidden=("q",))
    words = "".join(q.replace("\0", "").split()).lower()
    exact, end, name = await _meant(reading, words)
    (place,) = keys_of(cursor, UUID)
    rows = await reading.pool.fetch(_FOUND, exact, end, name, community, place, limit + 1)
    return page(rows, limit, "cadre")


async def _meant(reading: ReadContext, words: str) -> tuple[list[UUID] | None, str | None, str | None]:
    """An id of whatever is theirs, the end of an id, or a name."""
    if _ID.fullmatch(words):
        one = UUID(words)
        rows = await reading.pool.fetch(_ABOUT, one)
        return [one, *(row["cadre"] for row in rows)], None, None
    if found := _END.fullmatch(words):
        return None, found[1], None
    return None, None, words or None
