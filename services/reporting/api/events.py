"""One event of a history, with its whole envelope, what caused it and what it caused."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request

from services.reporting import stored
from services.reporting.entries import entries_for, entry_of
from services.reporting.readings import Why, record
from shared.errors import UnknownError
from shared.http.reading import Reading
from shared.roles import Resource

router = APIRouter(tags=["histories"])


@router.get("/cadres/{cadre}/events/{event}")
async def event(cadre: UUID, event: UUID, reading: Reading, request: Request, why: Why) -> dict[str, Any]:
    """An entry as in the history, every attribute of its envelope, its hash, and its neighbours.

    `holds` says that the hash is the one that the bytes give. Effects are those in this history.
    """
    reading.permit("read_history", Resource(cadre=cadre))
    await record(reading, request, cadre, f"event {event}", why)
    pool, language = reading.pool, reading.language
    family = await stored.family_of(pool, cadre)
    found = (await stored.by_ids(pool, [event])).get(event)
    if found is None or not set(family) & set(found.envelope.cadres):
        raise UnknownError(what="event")
    envelope = found.envelope
    (entry,) = await entries_for([found], pool, reading.running.store.vault, language)
    causes = await stored.by_ids(pool, [envelope.causation] if envelope.causation else [])
    effects = await stored.effects_of(pool, family, envelope)
    return {
        **entry,
        "envelope": envelope.attributes,
        "hash": found.hash.hex(),
        "holds": envelope.hash == found.hash,
        "cause_entry": next((_brief(one, family, language) for one in causes.values()), None),
        "effects": [_brief(one, family, language) for one in effects],
    }


def _brief(arrival: stored.Arrival, family: list[UUID], language: str) -> dict[str, Any]:
    """An entry without its details; `here` when it is in the same history."""
    told = entry_of(arrival, {}, {}, language)
    kept = ("id", "type", "what", "happened", "recorded", "by", "case")
    return {**{name: told[name] for name in kept}, "here": bool({*family} & {*arrival.envelope.cadres})}
