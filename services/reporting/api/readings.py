"""Who has read whose history, when and why."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query

from services.reporting.api.histories import instant
from shared.http.reading import Cursor, Limit, Page, Reading, keys_of, page, small

router = APIRouter(tags=["histories"])
_READINGS = """
SELECT * FROM readings WHERE ($1::uuid IS NULL OR of = $1) AND ($2 = '' OR who = $2)
AND ($3::timestamptz IS NULL OR (recorded, number) > ($3, $4::bigint))
ORDER BY recorded, number LIMIT $5"""
_LATEST = (
    _READINGS.replace("> ($3", "< ($3")
    .replace("number LIMIT", "number DESC LIMIT")
    .replace("BY recorded,", "BY recorded DESC,")
)


@router.get("/readings")
async def readings(
    reading: Reading,
    of: Annotated[UUID | None, Query(description="only those of this person's history")] = None,
    who: Annotated[str, Query(max_length=200, description="only those by this account")] = "",
    cursor: Cursor = None,
    limit: Limit = 100,
    *,
    latest: Annotated[bool, Query(description="the latest first")] = False,
) -> Page[dict[str, Any]]:
    """Who read whose history, when and why, in the order in which it happened, or the latest first."""
    reading.reach("read_readings")
    recorded, number = keys_of(cursor, instant, small)
    sql = _LATEST if latest else _READINGS
    rows = await reading.pool.fetch(sql, of, who.replace("\0", ""), recorded, number, limit + 1)
    return page([dict(row) for row in rows], limit, "recorded", "number")
