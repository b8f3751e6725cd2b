"""What matching asks its own copy of the register."""

from dataclasses import dataclass, replace
from uuid import UUID

import asyncpg

from services.matching.domain.match import MATCH
from services.matching.domain.match_rounds import Match
from shared.contracts.values import Point
from shared.roles import Resource


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where a cadre lives; nothing of what is not known."""

    community: UUID | None = None
    home: Point | None = None


async def whereabouts(db: asyncpg.Pool, cadre: UUID) -> Whereabouts:
    """Where the cadre lives now, as far as matching has heard."""
    row = await db.fetchrow("SELECT community, home FROM cadres WHERE cadre = $1", cadre)
    if row is None:
        return Whereabouts()
    home = Point.model_validate_json(row["home"]) if row["home"] else None
    return Whereabouts(row["community"], home)


async def scope(db: asyncpg.Pool, match: Match) -> Resource:
    """What permissions look at: a cadre who moved is looked after by the new community.

    The community of the match itself is the one that its round was ranked for.
    """
    resource = MATCH.resource(match)
    lives = await whereabouts(db, match.facts.need.cadre)
    return replace(resource, community=lives.community or resource.community)
