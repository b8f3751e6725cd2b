"""The outline of a history: how much there is of what, by which one chooses what to read."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
from fastapi import APIRouter

from services.reporting import stored
from services.reporting.wording import title
from shared.actors import named
from shared.errors import UnknownError
from shared.http.reading import ReadContext, Reading
from shared.roles import Resource

router = APIRouter(tags=["histories"])
_KINDS = """
SELECT type, count(DISTINCT id) AS events FROM view_history.entries WHERE cadre = ANY ($1::uuid[])
GROUP BY type ORDER BY type"""
_CASES = """
SELECT e.case_id AS case, count(DISTINCT e.id) AS events, min(e.recorded) AS began,
    f.service, f.urgency, f.state
FROM view_history.entries e LEFT JOIN figure_requests f ON f.request = e.case_id
WHERE e.cadre = ANY ($1::uuid[]) AND e.case_id IS NOT NULL
GROUP BY e.case_id, f.service, f.urgency, f.state ORDER BY began, e.case_id"""
_ACTORS = """
SELECT who, role, count(DISTINCT id) AS events FROM (
    SELECT e.id, told.header ->> 'actor' AS who, told.header ->> 'actorrole' AS role
    FROM view_history.entries e JOIN archive.arrivals a USING (number),
    LATERAL (SELECT convert_from(a.header, 'UTF8')::json AS header) AS told
    WHERE e.cadre = ANY ($1::uuid[])) AS acts
GROUP BY who, role ORDER BY count(DISTINCT id) DESC, who, role LIMIT 100"""
_POINTS = """
SELECT DISTINCT recorded FROM view_history.entries WHERE cadre = ANY ($1::uuid[]) ORDER BY recorded"""


@dataclass(frozen=True, slots=True)
class Outline:
    """What there is: events by type, by case, by actor (the hundred busiest), and who the person is."""

    events: int
    kinds: list[dict[str, Any]]
    cases: list[dict[str, Any]]
    actors: list[dict[str, Any]]
    merged: list[UUID]

    @property
    def services(self) -> list[str]:
        """Those whose events there are."""
        return sorted({one["type"].split(".")[0] for one in self.kinds})


@router.get("/cadres/{cadre}/outline")
async def outline(cadre: UUID, reading: Reading) -> dict[str, Any]:
    """How many events of which type, case and actor; it names nobody and tells no content."""
    return asdict(await outline_of(reading, cadre))


@router.get("/cadres/{cadre}/points")
async def points(cadre: UUID, reading: Reading) -> list[datetime]:
    """Every instant at which something of this history was recorded, in order."""
    reading.permit("read_history", Resource(cadre=cadre))
    return await points_of(reading.pool, cadre)


async def points_of(pool: asyncpg.Pool, cadre: UUID) -> list[datetime]:
    """The instants at which the case file may have changed."""
    return [row["recorded"] for row in await pool.fetch(_POINTS, [cadre])]


async def outline_of(reading: ReadContext, cadre: UUID) -> Outline:
    """The outline, for whoever may read the history; UnknownError."""
    reading.permit("read_history", Resource(cadre=cadre))
    pool, language = reading.pool, reading.language
    family = await stored.family_of(pool, cadre)
    kinds = [
        {**row, "what": title(row["type"], language)} for row in map(dict, await pool.fetch(_KINDS, family))
    ]
    if not kinds:
        raise UnknownError(what="cadre")
    actors = [
        {**row, "by": named(row["who"], row["role"], language)}
        for row in map(dict, await pool.fetch(_ACTORS, family))
    ]
    cases = [dict(row) for row in await pool.fetch(_CASES, family)]
    return Outline(sum(one["events"] for one in kinds), kinds, cases, actors, family[1:])
