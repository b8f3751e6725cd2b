"""Rankings of matches explained: why somebody stood where they stood, and whom a rule excluded."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query

from services.matching.api.matches import permitted
from services.matching.engine import Rule
from services.matching.explaining import excluded_by, explain
from shared.http.reading import Cursor, Limit, Page, Reading, keys_of, page

router = APIRouter(tags=["matches"])
Version = Annotated[int | None, Query(ge=1, le=2_000_000_000)]


@router.get("/matches/{request}/explain")
async def explain_match(
    request: UUID,
    helper: UUID,
    reading: Reading,
    ranking: Version = None,
) -> dict[str, Any]:
    """Why a helper stood where they stood: rank and parts, or the rule that excluded them.

    `changes` are what would have made them the first, each alone: so many metres nearer, minutes of load
    or open offers fewer, hours sooner (`waiting`), visits to this cadre more (`continuity`), a pairing, the
    cadre's dialect.

    Rebuilt from the recorded position; `ranking` is the version of the ranking's event, the last by default.
    """
    await permitted(request, reading)
    return await explain(reading.running.store, request, helper, ranking)


@router.get("/matches/{request}/excluded")
async def list_excluded(
    request: UUID,
    rule: Rule,
    reading: Reading,
    ranking: Version = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[dict[str, Any]]:
    """Whom a rule excluded, by pinyin: of all that the ranking counts those whose files the caller may read.

    Rebuilt from the recorded position; `ranking` is the version of the ranking's event, the last by default.
    """
    await permitted(request, reading)
    name, last = keys_of(cursor, str, UUID)
    communities = reading.communities("read_helpers")
    found = await excluded_by(reading.running.store, request, rule, ranking, communities)
    rows = await reading.pool.fetch(
        "SELECT helper, name, kind, state, pinyin FROM helpers WHERE helper = ANY ($1)"
        " AND ($2::uuid[] IS NULL OR community = ANY ($2))"
        " AND ($3::text IS NULL OR (pinyin, helper) > ($3, $4::uuid)) ORDER BY pinyin, helper LIMIT $5",
        found,
        communities,
        name,
        last,
        limit + 1,
    )
    return page(rows, limit, "pinyin", "helper")
