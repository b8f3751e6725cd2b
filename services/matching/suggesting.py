"""Whom to pair next: the cadres with the most hardships who have nobody, each with who is close at hand."""

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

import asyncpg

_SUGGESTED = """
WITH alone AS (
    SELECT c.cadre, c.name, c.community, c.home,
        (SELECT count(DISTINCT flag) FROM hardships d WHERE d.cadre = c.cadre AND d.starts <= $2
            AND (d.ends IS NULL OR d.ends >= $2)) AS hardships
    FROM cadres c
    WHERE NOT c.deceased AND c.merged_into IS NULL AND c.community IS NOT NULL
        AND ($1::uuid[] IS NULL OR c.community = ANY ($1))
        AND NOT EXISTS (SELECT FROM pairings p WHERE p.cadre = c.cadre AND p.ended IS NULL)
    ORDER BY hardships DESC, c.cadre LIMIT $3
)
SELECT a.cadre, a.name AS cadre_name, k.name AS community_name, a.hardships, b.helper, b.helper_name,
    b.together, b.pairings, b.metres
FROM alone a LEFT JOIN communities k USING (community), LATERAL (
    SELECT h.helper, h.name AS helper_name, m.metres,
        (SELECT count(*) FROM bookings o WHERE o.helper = h.helper AND o.cadre = a.cadre
            AND o.minutes IS NOT NULL) AS together,
        (SELECT count(*) FROM pairings p WHERE p.helper = h.helper AND p.ended IS NULL) AS pairings
    FROM helpers h, LATERAL (SELECT CASE WHEN h.home ->> 'datum' = a.home ->> 'datum' THEN
        (sqrt(power((h.home ->> 'x')::float - (a.home ->> 'x')::float, 2)
            + power((h.home ->> 'y')::float - (a.home ->> 'y')::float, 2)
            + power((h.home ->> 'z')::float - (a.home ->> 'z')::float, 2)) / 100)::int END AS metres) m
    WHERE h.community = a.community AND h.state = 'Active' AND h.kind = ANY ($4)
        AND NOT EXISTS (SELECT FROM recusals r WHERE r.helper = h.helper AND r.cadre = a.cadre)
        AND NOT EXISTS (SELECT FROM wishes w WHERE w.helper = h.helper AND w.cadre = a.cadre
            AND w.wish IN ('never', 'rather_not'))
    ORDER BY pairings, together DESC, m.metres NULLS LAST, h.helper LIMIT 1
) b
ORDER BY a.hardships DESC, a.cadre
"""


async def suggested(
    db: asyncpg.Pool, communities: Collection[UUID] | None, kinds: Collection[str], on: date, most: int
) -> list[dict[str, Any]]:
    """Of each cadre without a pairing one helper of the community: few pairings, known there, near."""
    rows = await db.fetch(_SUGGESTED, communities, on, most, list(kinds))
    return [dict(row) for row in rows]
