"""Offers, for those who are asked: what they need to know, and where to go once they have accepted."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query

from shared.errors import UnknownError
from shared.http.reading import Cursor, Limit, Page, Reading, keys_of, moment, page, shown
from shared.roles import Resource

router = APIRouter(tags=["offers"])

_TOLD = (
    "SELECT o.offer, o.request, o.state, o.reason, o.starts, o.ends, o.made, o.expires, o.parallel, o.metres,"
    " m.version, m.service, s.zh AS service_zh, s.en AS service_en, m.urgency,"
    " coalesce(c.community, m.community) AS community,"
    " k.name AS community_name, going.yes AS going,"
    " CASE WHEN going.yes THEN c.name END AS cadre_name,"
    " CASE WHEN going.yes THEN c.phones END AS cadre_phones,"
    " CASE WHEN going.yes THEN c.address END AS address,"
    " CASE WHEN going.yes THEN c.home END AS home,"
    " CASE WHEN going.yes THEN r.elements END AS elements"
    " FROM offers o JOIN matches m USING (request)"
    " LEFT JOIN services s ON s.code = m.service LEFT JOIN cadres c ON c.cadre = o.cadre"
    " LEFT JOIN communities k ON k.community = coalesce(c.community, m.community)"
    " LEFT JOIN requests r ON r.request = o.request,"
    " LATERAL (SELECT o.state = 'Accepted' AND m.state = 'Assigned' AND m.helper = o.helper"
    " AND m.round = o.round AS yes) AS going"
)
JSON = ("home", "elements")


@router.get("/offers")
async def list_offers(
    reading: Reading,
    state: Annotated[str | None, Query(pattern="^(Open|Accepted|Declined|Expired|Revoked)$")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[dict[str, Any]]:
    """One's own offers, the newest first. Name, phone and address stand in those one has accepted."""
    reading.reach("read_offers")
    made, last = keys_of(cursor, moment, UUID)
    rows = await reading.pool.fetch(
        f"{_TOLD} WHERE o.helper = $1 AND ($2::text IS NULL OR o.state = $2)"
        " AND ($3::timestamptz IS NULL OR (o.made, o.offer) < ($3, $4::uuid))"
        " ORDER BY o.made DESC, o.offer DESC LIMIT $5",
        reading.principal.helper,
        state,
        made,
        last,
        limit + 1,
    )
    return page([shown(row, *JSON) for row in rows], limit, "made", "offer")


@router.get("/offers/{offer}")
async def get_offer(offer: UUID, reading: Reading) -> dict[str, Any]:
    """One of one's own offers."""
    reading.reach("read_offers")
    helper = await reading.pool.fetchval("SELECT helper FROM offers WHERE offer = $1", offer)
    if helper is None:
        raise UnknownError(what="offer")
    reading.permit("read_offers", Resource(helpers=frozenset({helper})))
    row = await reading.pool.fetchrow(f"{_TOLD} WHERE o.offer = $1", offer)
    return shown(row, *JSON) if row else {}
