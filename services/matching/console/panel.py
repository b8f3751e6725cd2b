"""A request as its panel shows it: what is asked for, who was asked, who could be, what happened last."""

from typing import Any, NamedTuple
from uuid import UUID

from fastapi import Response

from services.matching.api.matches import get_match
from services.matching.console.forms import new_key
from services.matching.domain.match import MATCH
from shared.bus.envelope import Envelope
from shared.console.session import VisitContext
from shared.contracts.values import DeclineReason

WIDE = 1000
"""The whole bar, in units of its drawing."""
LATEST = 6
"""Events that are shown."""


class Piece(NamedTuple):
    """A part of a score: where its piece of the bar begins, and how long it is."""

    name: str
    points: int
    fact: str
    begin: int
    length: int


class Happened(NamedTuple):
    """An event of the match's stream, without what it says of people."""

    at: Any
    name: str
    sub: str
    role: str


async def panel_of(visit: VisitContext, request: UUID, **more: Any) -> dict[str, Any]:
    """All that the panel's template is given."""
    match = await get_match(request, visit.reading, Response())
    asked = {str(one["helper"]) for one in match["offers"] if one["round"] == match["round"]}
    ranked = match["ranking"]["ranked"] if match["ranking"] else []
    return {
        "match": match,
        "candidates": [(one, _pieces(one, ranked)) for one in ranked],
        "asked": asked,
        "past": [one for one in match["offers"] if one["state"] != "Open"],
        "waiting": [one for one in match["offers"] if one["state"] == "Open"],
        "latest": await happened(visit, request, match["version"] - LATEST),
        "declining": [reason.value for reason in DeclineReason],
        "key": new_key,
        "wave": visit.running.store.settings.cascades.of(match["urgency"]).wave,
        "did": "",
        "stale": None,
        "why": None,
        "out": None,
        **more,
    }


async def happened(visit: VisitContext, request: UUID, after: int) -> list[Happened]:
    """What has happened to a match behind a version, the newest first."""
    found = await visit.running.store.read_stream_raw(MATCH.stream(request), max(after, 0))
    return [_told(envelope) for envelope, _ in reversed(found)]


def _told(envelope: Envelope) -> Happened:
    return Happened(envelope.recorded, envelope.type, envelope.actor.sub, envelope.actor.role)


def _pieces(candidate: dict[str, Any], ranked: list[dict[str, Any]]) -> list[Piece]:
    """What speaks for somebody from the left, then what speaks against; all bars at one scale."""
    whole = max(sum(abs(part["points"]) for part in one["parts"]) for one in ranked) or 1
    pieces, begin = [], 0
    for part in sorted(candidate["parts"], key=lambda one: -one["points"]):
        length = abs(part["points"]) * WIDE // whole
        if part["points"]:
            pieces.append(Piece(part["name"], part["points"], part["fact"], begin, length))
        begin += length
    return pieces
