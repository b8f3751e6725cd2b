"""Reads the archive: by cadre, by case, by id."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import orjson

from shared.bus.codec import is_known, read
from shared.bus.envelope import Envelope, decode
from shared.bus.recorded import Recorded
from shared.vault import Vault

MERGED = "intake.CadresMerged"


@dataclass(frozen=True, slots=True)
class Arrival:
    """An envelope as it was kept."""

    number: int
    envelope: Envelope
    header: bytes
    hash: bytes


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries of a history: recorded from and before, of a case, of these types; from a place on."""

    since: datetime | None = None
    until: datetime | None = None
    case: UUID | None = None
    types: Sequence[str] = ()
    after: tuple[datetime, UUID] | None = None


_HISTORY = """
SELECT a.number, a.header, a.data, a.hash FROM (
    SELECT DISTINCT ON (e.recorded, e.id) e.recorded, e.id, e.number FROM view_history.entries e
    WHERE e.cadre = ANY ($1::uuid[])
      AND ($2::timestamptz IS NULL OR e.recorded >= $2)
      AND ($3::timestamptz IS NULL OR e.recorded < $3)
      AND ($4::uuid IS NULL OR e.case_id = $4)
      AND ($5::text[] IS NULL OR e.type = ANY ($5) OR split_part(e.type, '.', 1) = ANY ($5))
      AND ($6::timestamptz IS NULL OR (e.recorded, e.id) > ($6, $7::uuid))
    ORDER BY e.recorded, e.id LIMIT $8
) AS e JOIN archive.arrivals a ON a.number = e.number ORDER BY e.recorded, e.id"""

_FILE = """
SELECT a.number, a.header, a.data, a.hash FROM (
    SELECT e.number FROM view_history.entries e
    WHERE e.cadre = $1 AND ($2::timestamptz IS NULL OR e.recorded <= $2)
    ORDER BY e.number LIMIT $3
) AS e JOIN archive.arrivals a ON a.number = e.number ORDER BY a.number"""


def _arrival(row: Any) -> Arrival:
    return Arrival(row["number"], decode(row["header"], row["data"]), row["header"], row["hash"])


async def family_of(pool: asyncpg.Pool, cadre: UUID) -> list[UUID]:
    """The cadre and all whose files were merged with theirs, directly or through others."""
    family, new = [cadre], [cadre]
    while new:
        rows = await pool.fetch(
            "SELECT a.header FROM view_history.entries e JOIN archive.arrivals a USING (number) "
            "WHERE e.cadre = ANY ($1::uuid[]) AND e.type = $2",
            new,
            MERGED,
        )
        named = {UUID(one) for row in rows for one in orjson.loads(row["header"])["cadres"].split(",")}
        new = sorted(named.difference(family))
        family += new
    return family


async def history(pool: asyncpg.Pool, cadres: Sequence[UUID], wanted: Wanted, limit: int) -> list[Arrival]:
    """Entries of these cadres' histories in the order (recorded, id)."""
    rows = await pool.fetch(
        _HISTORY,
        list(cadres),
        wanted.since,
        wanted.until,
        wanted.case,
        list(wanted.types) or None,
        wanted.after[0] if wanted.after else None,
        wanted.after[1] if wanted.after else None,
        limit,
    )
    return [_arrival(row) for row in rows]


async def of_cadre(
    pool: asyncpg.Pool, cadre: UUID, *, version: int | None = None, known_at: datetime | None = None
) -> list[Arrival]:
    """The first `version` arrivals of a cadre's history, of those that were recorded up to `known_at`."""
    return [_arrival(row) for row in await pool.fetch(_FILE, cadre, known_at, version)]


async def of_case(pool: asyncpg.Pool, case: UUID) -> list[Arrival]:
    """All envelopes of a case."""
    rows = await pool.fetch(
        "SELECT number, header, data, hash FROM archive.arrivals WHERE case_id = $1 ORDER BY number", case
    )
    return [_arrival(row) for row in rows]


async def by_ids(pool: asyncpg.Pool, ids: Sequence[UUID]) -> dict[UUID, Arrival]:
    """The envelopes with these ids, as far as they have arrived."""
    rows = await pool.fetch(
        "SELECT number, header, data, hash FROM archive.arrivals WHERE id = ANY ($1::uuid[])", list(ids)
    )
    return {arrival.envelope.id: arrival for arrival in map(_arrival, rows)}


async def decoded(arrivals: Sequence[Arrival], vault: Vault) -> list[Recorded]:
    """The events of those arrivals whose type this program knows."""
    return await read([one.envelope for one in arrivals if is_known(one.envelope)], vault)
