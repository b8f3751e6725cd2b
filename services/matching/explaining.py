"""A past ranking explained: why somebody stood where they stood, and whom a rule excluded.

Rebuilt from the position that the ranking recorded, by the engine that made it.
"""

from collections.abc import Collection
from typing import Any, NamedTuple
from uuid import UUID

from services.matching.arranging import engine_of, enquiry_of
from services.matching.domain.match import MATCH
from services.matching.domain.travel import walking_minutes
from services.matching.engine import Engine, Enquiry, Rule
from services.matching.index import HelperIndex, Snapshot
from shared.bus.recorded import Recorded
from shared.contracts.matching import CandidatesRanked
from shared.errors import UnknownError
from shared.eventstore.position import Position
from shared.eventstore.store import EventStore


class Ranked(NamedTuple):
    """A ranking of a match with all that it was made from."""

    recorded: Recorded
    snapshot: Snapshot
    engine: Engine
    enquiry: Enquiry


async def _ranked(store: EventStore, request: UUID, version: int | None) -> Ranked:
    """The last ranking of a match, or the one at `version` of its stream."""
    past = await store.read_stream(MATCH.stream(request))
    found = [
        (place, recorded)
        for place, recorded in enumerate(past)
        if isinstance(recorded.event, CandidatesRanked)
        and version in (None, recorded.envelope.stream_version)
    ]
    if not found:
        raise UnknownError(what="ranking")
    place, recorded = found[-1]
    told: Any = recorded.event
    before = MATCH.fold([one.event for one in past[:place]])
    if before is None:
        raise UnknownError(what="match")
    snapshot = await HelperIndex.at(store, Position(told.epoch, told.xid, told.seq))
    enquiry = enquiry_of(before.facts, told.side, told.at, told.latest, snapshot.prices)
    return Ranked(recorded, snapshot, engine_of(told, snapshot), enquiry)


async def explain(store: EventStore, request: UUID, helper: UUID, version: int | None) -> dict[str, Any]:
    """Why this helper stood where they stood."""
    recorded, snapshot, engine, enquiry = await _ranked(store, request, version)
    told: Any = recorded.event
    file = snapshot.roster.of(helper)
    if file is None:
        raise UnknownError(what="helper")
    judged = engine.judge(enquiry, snapshot.roster, file)
    candidate, excluded = (None, judged) if isinstance(judged, Rule) else (judged, None)
    metres = candidate.metres if candidate else None
    return {
        "request": request,
        "helper": helper,
        "ranking": recorded.envelope.stream_version,
        "at": told.at,
        "rules_version": told.rules_version,
        "weights_version": told.weights_version,
        "position": snapshot.position._asdict(),
        "considered": len(snapshot.roster),
        "rank": candidate and engine.place(enquiry, snapshot.roster, candidate),
        "candidate": candidate and candidate.told(),
        "walking_minutes": None if metres is None else walking_minutes(metres),
        "changes": engine.changes(enquiry, snapshot.roster, candidate) if candidate else (),
        "excluded": excluded,
    }


async def excluded_by(
    store: EventStore, request: UUID, rule: Rule, version: int | None, among: Collection[UUID] | None
) -> list[UUID]:
    """Whom this rule excluded, of the helpers who served `among` these communities then; None is all."""
    _, snapshot, engine, enquiry = await _ranked(store, request, version)
    files = [file for file in snapshot.roster if among is None or file.facts.community in among]
    return engine.excluded_by(rule, enquiry, files)
