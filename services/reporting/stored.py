"""Reads the archive: by cadre, by case, by id."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import orjson

from shared.bus.codec import is_known, read
from shared.bus.envelope import Envelope, decode
from shared.bus.recorded import Recorded
from shared.contracts.event import event_types
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
    """Which entries of a history: recorded from and before, of a case, of these types, by this actor.

    Those behind `place`; when `backwards` the nearest before it, or the last ones of all.
    """

    since: datetime | None = None
    until: datetime | None = None
    case: UUID | None = None
    types: Sequence[str] = ()
    who: str = ""
    place: tuple[datetime, UUID] | None = None
    backwards: bool = False


_HISTORY = """
SELECT a.number, a.header, a.data, a.hash FROM (
    SELECT DISTINCT ON (e.recorded, e.id) e.recorded, e.id, e.number FROM view_history.entries e
    WHERE e.cadre = ANY ($1::uuid[])
      AND ($2::timestamptz IS NULL OR e.recorded >= $2)
      AND ($3::timestamptz IS NULL OR e.recorded < $3)
      AND ($4::uuid IS NULL OR e.case_id = $4)
      AND ($5::text[] IS NULL OR e.type = ANY ($5) OR split_part(e.type, '.', 1) = ANY ($5))
      AND ($6::bytea IS NULL OR EXISTS (
          SELECT FROM archive.arrivals w WHERE w.number = e.number AND position($6 IN w.header) > 0))
      AND ($7::timestamptz IS NULL OR (e.recorded, e.id) > ($7, $8::uuid))
    ORDER BY e.recorded, e.id LIMIT $9
) AS e JOIN archive.arrivals a ON a.number = e.number ORDER BY e.recorded, e.id"""
_BACKWARDS = _HISTORY.replace("(e.recorded, e.id) > ", "(e.recorded, e.id) < ").replace(
    "ORDER BY e.recorded, e.id LIMIT", "ORDER BY e.recorded DESC, e.id DESC LIMIT"
)
"""Headers are canonical JSON: an attribute stands in their bytes in one way only."""

_FILE = """
SELECT a.number, a.header, a.data, a.hash FROM (
    SELECT e.number FROM view_history.entries e
    WHERE e.cadre = $1 AND ($2::timestamptz IS NULL OR e.recorded <= $2)
    ORDER BY e.number LIMIT $3
) AS e JOIN archive.arrivals a ON a.number = e.number ORDER BY a.number"""

_EFFECTS = """
SELECT DISTINCT ON (e.recorded, e.id) a.number, a.header, a.data, a.hash
FROM view_history.entries e JOIN archive.arrivals a ON a.number = e.number
WHERE e.cadre = ANY ($1::uuid[]) AND (e.recorded, e.id) > ($2, $3::uuid)
  AND position($4::bytea IN a.header) > 0
ORDER BY e.recorded, e.id LIMIT 100"""

_CORRECTIONS = """
SELECT DISTINCT ON (e.recorded, e.id) a.number, a.header, a.data, a.hash
FROM view_history.entries e JOIN archive.arrivals a ON a.number = e.number
WHERE e.cadre = ANY ($1::uuid[]) AND e.type = ANY ($2::text[]) ORDER BY e.recorded, e.id"""
CORRECTING = [kind.NAME for kind in event_types() if "corrects" in kind.model_fields]
"""Events that may name another that they correct."""


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
    recorded, last = wanted.place or (None, None)
    rows = await pool.fetch(
        _BACKWARDS if wanted.backwards else _HISTORY,
        list(cadres),
        wanted.since,
        wanted.until,
        wanted.case,
        list(wanted.types) or None,
        attribute("actor", wanted.who) if wanted.who else None,
        recorded,
        last,
        limit,
    )
    return [_arrival(row) for row in rows]


def attribute(name: str, value: str) -> bytes:
    """How an attribute stands in the bytes of a header."""
    return orjson.dumps({name: value})[1:-1]


async def effects_of(pool: asyncpg.Pool, cadres: Sequence[UUID], cause: Envelope) -> list[Arrival]:
    """What this event caused in these cadres' histories, in the order (recorded, id): the first hundred."""
    rows = await pool.fetch(
        _EFFECTS, list(cadres), cause.recorded, cause.id, attribute("causationid", str(cause.id))
    )
    return [_arrival(row) for row in rows]


async def corrections_of(pool: asyncpg.Pool, cadres: Iterable[UUID]) -> dict[str, list[str]]:
    """By the id of what was put right in these cadres' histories, the ids of what did so, in order."""
    found: dict[str, list[str]] = {}
    for arrival in map(_arrival, await pool.fetch(_CORRECTIONS, list(cadres), CORRECTING)):
        corrected = orjson.loads(arrival.envelope.data).get("corrects")
        if corrected:
            found.setdefault(corrected, []).append(str(arrival.envelope.id))
    return found


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
