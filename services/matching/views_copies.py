"""Copies of what intake has said, as far as matching shows it or reacts to it."""

from typing import Any
from uuid import UUID

import asyncpg

from services.matching.domain.week import DAY
from services.matching.views_helpers import as_json
from shared.bus.recorded import Recorded
from shared.eventstore.tables import Tables


async def copy_community(db: Tables, recorded: Recorded) -> None:
    """Its name, and where its centre is."""
    event: Any = recorded.event
    await db.execute(
        "INSERT INTO communities VALUES ($1, $2, $3, $4) ON CONFLICT (community)"
        " DO UPDATE SET name = excluded.name, centre = excluded.centre",
        event.community,
        getattr(event, "code", ""),
        event.name,
        as_json(event.centre),
    )


async def copy_service(db: Tables, recorded: Recorded) -> None:
    """Its names."""
    event: Any = recorded.event
    await db.execute(
        "INSERT INTO services VALUES ($1, $2, $3) ON CONFLICT (code)"
        " DO UPDATE SET zh = excluded.zh, en = excluded.en",
        event.code,
        event.zh,
        event.en,
    )


async def copy_cadre(db: Tables, recorded: Recorded) -> None:
    """Who it is and where they live."""
    event: Any = recorded.event
    details = event.details
    await db.execute(
        "INSERT INTO cadres (cadre, community, name, phones, address, home) VALUES ($1, $2, $3, $4, $5, $6)"
        " ON CONFLICT (cadre) DO UPDATE SET community = excluded.community, name = excluded.name,"
        " phones = excluded.phones, address = excluded.address, home = excluded.home",
        event.cadre,
        event.community,
        details.name if details else "",
        list(details.phones) if details else [],
        details.address if details else "",
        as_json(details.home) if details else None,
    )


async def copy_details(db: Tables, recorded: Recorded) -> None:
    """The same, put right."""
    event: Any = recorded.event
    details = event.details
    if details is not None:
        await db.execute(
            "UPDATE cadres SET name = $2, phones = $3, address = $4, home = $5 WHERE cadre = $1",
            event.cadre,
            details.name,
            list(details.phones),
            details.address,
            as_json(details.home),
        )


async def copy_move(db: Tables, recorded: Recorded) -> None:
    """The new home, under whichever file."""
    event: Any = recorded.event
    residence = event.residence
    await db.execute(
        "UPDATE cadres SET community = $2, address = $3, home = $4 WHERE cadre = ANY ($1)",
        await files(db, event.cadre),
        event.community,
        residence.address if residence else "",
        as_json(residence.home) if residence else None,
    )


async def files(db: asyncpg.Pool | Tables, cadre: UUID) -> list[UUID]:
    """The ids of all files that are this person: this one, and those merged into it."""
    rows = await db.fetch(
        "WITH RECURSIVE files (cadre) AS (SELECT $1::uuid UNION"
        " SELECT c.cadre FROM cadres c JOIN files f ON c.merged_into = f.cadre)"
        " SELECT cadre FROM files ORDER BY cadre",
        cadre,
    )
    return [row["cadre"] for row in rows]


async def copy_death(db: Tables, recorded: Recorded) -> None:
    """No more visits, under whichever file."""
    event: Any = recorded.event
    await db.execute(
        "INSERT INTO cadres (cadre, deceased) SELECT unnest($1::uuid[]), true ON CONFLICT (cadre)"
        " DO UPDATE SET deceased = true",
        await files(db, event.cadre),
    )


async def copy_retraction(db: Tables, recorded: Recorded) -> None:
    """Alive after all, under whichever file."""
    event: Any = recorded.event
    await db.execute(
        "INSERT INTO cadres (cadre, deceased) SELECT unnest($1::uuid[]), false ON CONFLICT (cadre)"
        " DO UPDATE SET deceased = false",
        sorted({*await files(db, event.cadre), *event.also}),
    )


async def copy_merge(db: Tables, recorded: Recorded) -> None:
    """Which file goes on."""
    event: Any = recorded.event
    await db.execute(
        "INSERT INTO cadres (cadre, merged_into) VALUES ($1, $2) ON CONFLICT (cadre)"
        " DO UPDATE SET merged_into = excluded.merged_into",
        event.merged,
        event.cadre,
    )


async def copy_request(db: Tables, recorded: Recorded) -> None:
    """Whose it is and, from its receipt, what happened."""
    event: Any = recorded.event
    elements = as_json(getattr(event, "elements", None))
    await db.execute(
        "INSERT INTO requests (request, cadre, elements) VALUES ($1, $2, $3) ON CONFLICT (request) DO UPDATE"
        " SET cadre = excluded.cadre, elements = coalesce(excluded.elements, requests.elements),"
        " ended = false",
        event.request,
        event.cadre,
        elements,
    )


async def copy_end(db: Tables, recorded: Recorded) -> None:
    """It has ended."""
    event: Any = recorded.event
    await db.execute("UPDATE requests SET ended = true WHERE request = $1", event.request)


async def copy_hardship(db: Tables, recorded: Recorded) -> None:
    """From when to when it holds, in the place of what it corrects."""
    event: Any = recorded.event
    await db.execute("DELETE FROM hardships WHERE assessment = $1", event.corrects)
    await db.execute(
        "INSERT INTO hardships (assessment, cadre, flag, starts, ends) VALUES ($1, $2, $3, $4, $5)"
        " ON CONFLICT (assessment) DO UPDATE SET starts = excluded.starts, ends = excluded.ends",
        event.assessment,
        event.cadre,
        event.flag,
        event.validity.valid_from,
        event.validity.valid_to,
    )


async def copy_withdrawal(db: Tables, recorded: Recorded) -> None:
    """It holds no more from a day on."""
    event: Any = recorded.event
    await db.execute(
        "UPDATE hardships SET ends = $2 WHERE assessment = $1", event.assessment, event.until - DAY
    )
