"""The register: search and one file."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response

from services.intake.api.showing import may, today
from services.intake.sought import sought
from shared.contracts.values import Flag
from shared.errors import UnknownError
from shared.http.reading import Cursor, Limit, Page, ReadContext, Reading, keys_of, page, shown
from shared.roles import Resource, Role

router = APIRouter(tags=["cadres"])
LAST = "\U0010ffff"
"""Sorts behind every continuation of a word."""

_LIST = """
SELECT c.id, c.state, c.community, m.name AS community_name, c.name, c.pinyin, c.unit, c.merged_into,
    c.deceased_on, c.standing, c.details, c.version,
    ARRAY(SELECT DISTINCT a.flag FROM assessments a WHERE a.cadre = c.id AND a.state <> 'corrected'
          AND a.valid_from <= $1 AND (a.valid_to IS NULL OR a.valid_to >= $1) ORDER BY a.flag) AS flags,
    (SELECT count(*) FROM requests r WHERE r.cadre = c.id AND r.open) AS open_requests
FROM cadres c LEFT JOIN communities m ON m.id = c.community
WHERE ($2::uuid[] IS NULL OR c.community = ANY ($2))
  AND ($3::text IS NULL OR EXISTS (SELECT FROM cadre_words w
       WHERE w.cadre = c.id AND w.word >= $3 AND w.word < $4))
  AND ($5::uuid IS NULL OR c.community = $5)
  AND ($6::text IS NULL OR c.state = $6)
  AND ($7::text IS NULL OR EXISTS (SELECT FROM assessments a WHERE a.cadre = c.id AND a.flag = $7
       AND a.state <> 'corrected' AND a.valid_from <= $1 AND (a.valid_to IS NULL OR a.valid_to >= $1)))
  AND ($8::text IS NULL OR (c.pinyin, c.id) > ($8, $9::uuid))
ORDER BY c.pinyin, c.id LIMIT $10"""

_ONE = """
SELECT c.*, m.name AS community_name,
    ARRAY(SELECT o.id FROM cadres o WHERE o.merged_into = c.id ORDER BY o.id) AS also,
    (SELECT count(*) FROM requests r WHERE r.cadre = c.id AND r.open) AS open_requests
FROM cadres c LEFT JOIN communities m ON m.id = c.community WHERE c.id = $1"""

_PAIRED = """
SELECT p.pairing, p.helper, h.name, h.phone, p.began FROM pairings p JOIN helpers h USING (helper)
WHERE p.cadre = $1 OR p.cadre IN (SELECT o.id FROM cadres o WHERE o.merged_into = $1)
ORDER BY p.began, p.pairing"""

Word = Annotated[
    str | None,
    Query(
        max_length=60,
        description="the beginning of a name, pinyin, initials, phone, ID number or piece of an address",
    ),
]


@router.get("/cadres")
async def list_cadres(
    reading: Reading,
    q: Word = None,
    community: UUID | None = None,
    state: Annotated[str | None, Query(pattern="^[A-Z][A-Za-z]{3,30}$")] = None,
    flag: Flag | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[dict[str, Any]]:
    """The register in the order of pinyin."""
    scope = reading.communities("read_cadres")
    name, last = keys_of(cursor, str, UUID)
    wanted = sought(q)
    rows = await reading.pool.fetch(
        _LIST,
        today(reading),
        scope,
        wanted,
        None if wanted is None else wanted + LAST,
        community,
        state,
        flag.value if flag else None,
        name,
        last,
        limit + 1,
    )
    return page([shown(row, "standing", "details") for row in rows], limit, "pinyin", "id")


@router.get("/cadres/{cadre}")
async def get_cadre(cadre: UUID, reading: Reading, response: Response) -> dict[str, Any]:
    """One file: facts with their validity, guarantors, moves; medical texts for those who may read them."""
    row = await reading.pool.fetchrow(_ONE, cadre)
    if row is None:
        reading.reach("read_cadre")
        raise UnknownError(what="cadre")
    resource = Resource(community=row["community"], cadre=cadre, unit=row["unit"])
    reading.permit("read_cadre", resource)
    found = shown(row, "standing", "details", "guarantors", "guarantee")
    found["assessments"] = await _assessments(reading, cadre)
    found["residences"] = [
        dict(one)
        for one in await reading.pool.fetch(
            "SELECT community, address, valid_from, recorded FROM residences"
            " WHERE cadre = $1 ORDER BY recorded",
            cadre,
        )
    ]
    if not _reads_medical(reading, resource, consented=row["family_reads_medical"]):
        found["hospital"] = ""
        for assessment in found["assessments"]:
            assessment["note"] = ""
    response.headers["ETag"] = f'"{row["version"]}"'
    return found


@router.get("/cadres/{cadre}/pairings")
async def list_pairings(cadre: UUID, reading: Reading) -> Page[dict[str, Any]]:
    """The helpers with a standing bond to somebody, and how to reach them."""
    row = await reading.pool.fetchrow("SELECT community, unit FROM cadres WHERE id = $1", cadre)
    if row is None:
        reading.reach("read_pairings")
        raise UnknownError(what="cadre")
    resource = Resource(community=row["community"], cadre=cadre, unit=row["unit"])
    reading.permit("read_pairings", resource)
    return Page(items=[dict(one) for one in await reading.pool.fetch(_PAIRED, cadre)])


async def _assessments(reading: ReadContext, cadre: UUID) -> list[dict[str, Any]]:
    day = today(reading)
    rows = await reading.pool.fetch(
        "SELECT id, flag, assessor, valid_from, valid_to, note, state, state <> 'corrected'"
        " AND valid_from <= $2 AND (valid_to IS NULL OR valid_to >= $2) AS holds"
        " FROM assessments WHERE cadre = $1 ORDER BY valid_from DESC, id",
        cadre,
        day,
    )
    return [dict(row) for row in rows]


def _reads_medical(reading: ReadContext, resource: Resource, *, consented: bool) -> bool:
    """Family only when the cadre agrees."""
    if reading.principal.role is Role.FAMILY:
        return consented
    return may(reading, "read_medical", resource)
