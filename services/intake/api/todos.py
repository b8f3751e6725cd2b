"""What somebody has to look at."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query

from shared.http.reading import Cursor, Limit, Page, Reading, keys_of, moment, page, shown

router = APIRouter(tags=["todos"])

_LIST = """
SELECT t.kind, t.about, t.detail, t.cadre, t.request, t.since, c.name AS cadre_name, c.community,
    m.name AS community_name, CASE WHEN t.kind = 'death_retracted' THEN (
        SELECT coalesce(jsonb_agg(jsonb_build_object('kind', e.kind, 'id', e.about,
            'detail', coalesce(r.service, e.detail)) ORDER BY e.since, e.about), '[]')
        FROM ended_by_death e LEFT JOIN requests r ON r.id = e.about
        WHERE e.cadre = ANY (t.files)) ELSE '[]' END AS ended
FROM todos t LEFT JOIN cadres c ON c.id = t.cadre LEFT JOIN communities m ON m.id = c.community
WHERE ($1::uuid[] IS NULL OR c.community = ANY ($1))
  AND ($2::text IS NULL OR t.kind = $2)
  AND ($8::uuid IS NULL OR t.cadre = $8)
  AND c.state IS DISTINCT FROM 'Deceased'
  AND ($3::timestamptz IS NULL OR (t.since, t.kind, t.about, t.detail) > ($3, $4, $5::uuid, $6))
ORDER BY t.since, t.kind, t.about, t.detail LIMIT $7"""


@router.get("/todos")
async def list_todos(
    reading: Reading,
    kind: Annotated[str | None, Query(pattern="^[a-z_]{2,40}$")] = None,
    cadre: UUID | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[dict[str, Any]]:
    """Provisional persons, expired hardships, callbacks that reached nobody, needs seen on a visit.

    Also requests that resemble the one in `detail`, and retracted deaths with what they had `ended`: requests
    (`detail` is the service), plans, grants, pairings (`detail` is the helper).
    """
    scope = reading.communities("read_todos")
    since, of_kind, about, detail = keys_of(cursor, moment, str, UUID, str)
    rows = await reading.pool.fetch(_LIST, scope, kind, since, of_kind, about, detail, limit + 1, cadre)
    return page([shown(row, "ended") for row in rows], limit, "since", "kind", "about", "detail")
