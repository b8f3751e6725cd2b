"""Communities."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response

from services.intake.domain.community import COMMUNITY, CorrectCommunity, RegisterCommunity, community_id
from shared.errors import UnknownError
from shared.eventstore.decider import Decider
from shared.eventstore.work import Work
from shared.http.call import Call, Written
from shared.http.reading import Cursor, Limit, Page, Reading, keys_of, page, shown
from shared.roles import Resource

router = APIRouter(tags=["communities"])


@router.get("/communities")
async def list_communities(
    reading: Reading, limit: Limit = 100, cursor: Cursor = None
) -> Page[dict[str, Any]]:
    """The communities by code."""
    reading.reach("read_communities")
    (code,) = keys_of(cursor, str)
    rows = await reading.pool.fetch(
        "SELECT * FROM communities WHERE $1::text IS NULL OR code > $1 ORDER BY code LIMIT $2",
        code,
        limit + 1,
    )
    return page([shown(row, "centre") for row in rows], limit, "code")


@router.get("/communities/{community}")
async def get_community(community: UUID, reading: Reading, response: Response) -> dict[str, Any]:
    """A community's file."""
    reading.reach("read_communities")
    row = await reading.pool.fetchrow("SELECT * FROM communities WHERE id = $1", community)
    if row is None:
        raise UnknownError(what="community")
    response.headers["ETag"] = f'"{row["version"]}"'
    return shown(row, "centre")


@router.post("/communities", status_code=201, response_model=Written)
async def register_community(command: RegisterCommunity, call: Call) -> Response:
    """Register a community under a code of its own."""
    community = community_id(command.code)

    async def do(work: Work) -> tuple[Decider[Any], UUID]:
        call.permit(command, Resource(community=community))
        await work.execute(COMMUNITY, community, command)
        return COMMUNITY, community

    return await call.perform(command, do, status=201)


@router.post("/communities/{community}/correct", response_model=Written)
async def correct_community(community: UUID, command: CorrectCommunity, call: Call) -> Response:
    """Put the file right."""
    return await call.execute(COMMUNITY, community, command)
