"""Maps of our own: where a cadre lives and who could come, over the communities' areas."""

from collections import Counter
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from services.matching.api.matches import get_match
from services.matching.console.board import PAGES
from shared.console.areas import areas
from shared.console.session import Visit, VisitContext
from shared.contracts.values import Point

router = APIRouter()
_HOMES = (
    "SELECT h.helper::text, h.name, h.home, k.name AS community FROM helpers h"
    " LEFT JOIN communities k USING (community) WHERE h.helper = ANY ($1)"
    " AND ($2::uuid[] IS NULL OR h.community = ANY ($2))"
)


@router.get("/areas.json")
async def city(visit: Visit) -> Mapping[str, Any]:
    """GeoJSON: of each community what lies nearest to its centre. They are no official boundaries."""
    visit.reading.reach("read_matches")
    rows = await visit.reading.pool.fetch("SELECT name, centre FROM communities WHERE centre IS NOT NULL")
    return areas({row["name"]: Point.model_validate_json(row["centre"]).degrees for row in rows})


@router.get("/requests/{request_id}/map")
async def map_page(request: Request, request_id: UUID, visit: Visit) -> Response:
    """The cadre's home, and those of the ranking who live in one's communities."""
    match = await get_match(request_id, visit.reading, Response())
    home = await visit.reading.pool.fetchval("SELECT home FROM cadres WHERE cadre = $1", match["cadre"])
    ranked = match["ranking"]["ranked"] if match["ranking"] else []
    helpers = await _homes(visit, ranked)
    return PAGES.answer(
        request,
        "map.html",
        visit,
        match=match,
        home=_at(home),
        helpers=helpers,
        by_community=Counter(one["community"] for one in helpers if one["community"]),
    )


async def _homes(visit: VisitContext, ranked: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """In the order of the ranking."""
    scope = visit.reading.communities("read_helpers")
    found = await visit.reading.pool.fetch(_HOMES, [UUID(one["helper"]) for one in ranked], scope)
    known = {row["helper"]: row for row in found}
    return [
        {
            **dict(known[one["helper"]]),
            "at": _at(known[one["helper"]]["home"]),
            "score": one["score"],
            "metres": one["metres"],
        }
        for one in ranked
        if one["helper"] in known
    ]


def _at(home: str | None) -> str:
    """Longitude and latitude as the map reads them; empty when they aren't known."""
    if home is None:
        return ""
    longitude, latitude = Point.model_validate_json(home).degrees
    return f"{longitude},{latitude}"
