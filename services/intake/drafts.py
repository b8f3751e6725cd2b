"""What an operator has typed and not saved yet: sealed, for some days, and in no event.

Kept here, since a browser may crash and a network may be away; sealed with the key of the person that it is
about, so that it is unreadable once that person's data are erased.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson

from shared.clock import wall_now
from shared.contracts.event import Seal
from shared.eventstore.store import EventStore

KEPT = timedelta(days=3)
"""How long a call that nobody goes on with is kept."""

Fields = Mapping[str, str]

_SAVE = """
INSERT INTO drafts.drafts (operator, about, person, sealed, saved_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (operator, about) DO UPDATE SET person = excluded.person, sealed = excluded.sealed,
    saved_at = excluded.saved_at"""


@dataclass(frozen=True, slots=True)
class Draft:
    """A call begun, and when the server last had something new of it."""

    about: UUID
    fields: Fields
    saved_at: datetime


async def save(store: EventStore, operator: str, about: UUID, person: UUID, fields: Fields) -> datetime:
    """Keep this in place of what there was; those that are too old go at the same time. Gives the time."""
    now = wall_now()
    name = (person, Seal.PERSONAL)
    await store.vault.fetch([name], make=True)
    sealed = store.vault.seal(name, orjson.dumps(dict(fields)), _header(operator, about))
    await store.pool.execute("DELETE FROM drafts.drafts WHERE saved_at < $1", now - KEPT)
    await store.pool.execute(_SAVE, operator, about, person, sealed, now)
    return now


async def load(store: EventStore, operator: str, about: UUID) -> Draft | None:
    """What was kept; None when there is nothing, or nothing that can be read any more."""
    row = await store.pool.fetchrow(
        "SELECT * FROM drafts.drafts WHERE operator = $1 AND about = $2 AND saved_at >= $3",
        operator,
        about,
        wall_now() - KEPT,
    )
    return None if row is None else await _opened(store, row)


async def unfinished(store: EventStore, operator: str) -> list[Draft]:
    """All of an operator's, the newest first."""
    rows = await store.pool.fetch(
        "SELECT * FROM drafts.drafts WHERE operator = $1 AND saved_at >= $2 ORDER BY saved_at DESC, about",
        operator,
        wall_now() - KEPT,
    )
    found = [await _opened(store, row) for row in rows]
    return [draft for draft in found if draft is not None]


async def drop(store: EventStore, operator: str, about: UUID) -> None:
    """It was saved, or given up."""
    await store.pool.execute("DELETE FROM drafts.drafts WHERE operator = $1 AND about = $2", operator, about)


async def _opened(store: EventStore, row: Any) -> Draft | None:
    name = (row["person"], Seal.PERSONAL)
    await store.vault.fetch([name])
    plain = store.vault.open(name, row["sealed"], _header(row["operator"], row["about"]))
    return None if plain is None else Draft(row["about"], orjson.loads(plain), row["saved_at"])


def _header(operator: str, about: UUID) -> bytes:
    return f"draft/{operator}/{about}".encode()
