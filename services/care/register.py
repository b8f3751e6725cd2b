"""What care asks its own copy of the register."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

import asyncpg

from shared.contracts import intake
from shared.contracts.event import Event
from shared.contracts.values import Category, Flag
from shared.eventstore.tables import Tables

FRAIL = frozenset({Flag.LIVING_ALONE, Flag.BEDRIDDEN})
"""For whom nobody at the door is an alarm."""

ENDINGS: dict[type[Event], str] = {
    intake.RequestWithdrawn: "withdrawn",
    intake.RequestCancelled: "cancelled",
    intake.RequestRejected: "rejected",
    intake.MarkedDuplicate: "duplicate",
    intake.ReferredToEmergencyLine: "emergency_line",
}
"""How a request may end without a callback, and the code for it."""


@dataclass(frozen=True, slots=True)
class Person:
    """A cadre as care knows them; the defaults are those of somebody care has not heard of yet."""

    community: UUID | None = None
    unit: str = ""
    category: Category | None = None
    admitted: bool = False
    deceased: bool = False
    family_reads_medical: bool = False


async def person(pool: asyncpg.Pool, cadre: UUID) -> Person | None:
    """What care knows of a cadre; None when it has not heard of them."""
    row = await pool.fetchrow(
        "SELECT community, unit, category, admitted, deceased, family_reads_medical"
        " FROM people WHERE cadre = $1",
        cadre,
    )
    if row is None:
        return None
    known = dict(row)
    return Person(**{**known, "category": Category(known["category"]) if known["category"] else None})


async def files(db: asyncpg.Pool | Tables, cadre: UUID) -> list[UUID]:
    """The ids of all files that are this person, this one among them."""
    rows = await db.fetch(
        "WITH RECURSIVE files (cadre) AS (SELECT $1::uuid UNION"
        " SELECT m.other FROM merged m JOIN files f ON m.cadre = f.cadre) SELECT cadre FROM files ORDER BY 1",
        cadre,
    )
    return [row["cadre"] for row in rows]


async def flags(pool: asyncpg.Pool, cadre: UUID, day: date) -> list[Flag]:
    """The hardships that hold on this day, by this file or one merged with it."""
    rows = await pool.fetch(
        "SELECT DISTINCT flag FROM hardships WHERE valid_from <= $2 AND (valid_to IS NULL OR valid_to >= $2)"
        " AND cadre = ANY ($1) ORDER BY flag",
        await files(pool, cadre),
        day,
    )
    return [Flag(row["flag"]) for row in rows]


async def is_frail(pool: asyncpg.Pool, cadre: UUID, day: date) -> bool:
    """Whether the cadre lives alone or is bedridden on this day."""
    return not FRAIL.isdisjoint(await flags(pool, cadre, day))


async def has_ended(pool: asyncpg.Pool, request: UUID) -> bool:
    """Whether intake has said that the request ended, which may come before its assignment."""
    found: bool = await pool.fetchval(
        "SELECT EXISTS (SELECT FROM ended_requests WHERE request = $1)", request
    )
    return found
