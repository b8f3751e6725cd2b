"""Entries of a history: who, what, when it happened and was recorded, why, caused by what, in which case."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg
import orjson

from services.reporting.stored import Arrival, by_ids, corrections_of
from services.reporting.wording import title
from shared.actors import named
from shared.bus.codec import SEALED, opened
from shared.contracts.event import ERASED, Seal, UnknownTypeError, type_named
from shared.vault import Vault

SHANGHAI = ZoneInfo("Asia/Shanghai")
REASONS = ("why", "reason", "overruled", "purpose", "missing", "note", "label")
"""Fields that say why, the plainest first."""


async def entries_for(
    arrivals: Sequence[Arrival], pool: asyncpg.Pool, vault: Vault, language: str
) -> list[dict[str, Any]]:
    """The entries in plain JSON values, sealed fields opened as far as their keys exist.

    `corrected_by` are the events that have put one right since.
    """
    fields = [orjson.loads(one.envelope.data) for one in arrivals]
    await vault.fetch(
        (UUID(told[f"{SEALED}.of"]), Seal(name)) for told in fields for name in told.get(SEALED) or ()
    )
    here = {one.envelope.id: one for one in arrivals}
    elsewhere = [
        one.envelope.causation
        for one in arrivals
        if one.envelope.causation and one.envelope.causation not in here
    ]
    causes = {**here, **await by_ids(pool, elsewhere)}
    corrections = await corrections_of(pool, {cadre for one in arrivals for cadre in one.envelope.cadres})
    return [
        entry_of(one, opened(told, one.envelope, vault), causes, language)
        | {"corrected_by": corrections.get(str(one.envelope.id), [])}
        for one, told in zip(arrivals, fields, strict=True)
    ]


def entry_of(
    arrival: Arrival, told: Mapping[str, Any], causes: Mapping[UUID, Arrival], language: str
) -> dict[str, Any]:
    """One entry. `told` are the event's fields in the open."""
    envelope = arrival.envelope
    cause = causes.get(envelope.causation) if envelope.causation else None
    details = {name: value for name, value in told.items() if name != "cadre"}
    for name in _erased(arrival, told):
        details[name] = ERASED
    return {
        "number": arrival.number,
        "id": str(envelope.id),
        "type": envelope.type,
        "what": title(envelope.type, language),
        "happened": envelope.happened.isoformat(),
        "recorded": envelope.recorded.isoformat(),
        "by": named(envelope.actor.sub, envelope.actor.role, language),
        "who": envelope.actor.sub,
        "role": envelope.actor.role,
        "on_behalf": envelope.actor.on_behalf,
        "why": next((str(details[name]) for name in REASONS if details.get(name)), ""),
        "cause": str(envelope.causation) if envelope.causation else None,
        "caused_by": title(cause.envelope.type, language) if cause else "",
        "case": str(envelope.case) if envelope.case else None,
        "cadres": [str(cadre) for cadre in envelope.cadres],
        "service": envelope.source,
        "stream": envelope.stream,
        "version": envelope.stream_version,
        "simulated": envelope.simulated,
        "details": details,
    }


def _erased(arrival: Arrival, told: Mapping[str, Any]) -> list[str]:
    """The sealed fields whose key was destroyed."""
    try:
        kind = type_named(arrival.envelope.type, arrival.envelope.version)
    except UnknownTypeError:
        return []
    return [name for names in kind.SEALED.values() for name in names if name not in told]
