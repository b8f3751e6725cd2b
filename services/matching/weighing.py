"""The weights there have been, and what past rankings would have been under others."""

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from services.matching.arranging import enquiry_of
from services.matching.domain.match import MATCH
from services.matching.domain.match_rounds import Match
from services.matching.domain.weights import BUILT_IN, WEIGHTS, WEIGHTS_ID, Weights, version_of, weights_of
from services.matching.engine import Engine, Enquiry, Judged
from services.matching.index import BATCH, HelperIndex
from shared.bus import codec
from shared.contracts.event import event_types
from shared.contracts.matching import CandidatesRanked, MatchOpened
from shared.errors import InvalidError
from shared.eventstore.position import START, Position
from shared.eventstore.store import EventStore

OF_MATCHES = frozenset(kind.NAME for kind in event_types() if kind.__module__ == MatchOpened.__module__)


class WeightsMalformedError(InvalidError):
    """`{text}` is no version of the weights, and not NAME=VALUE,… with names and values that there are."""

    zh = "“{text}”既不是权重版本，也不是有效的“名称=数值”，多项用英文逗号隔开。"


@dataclass(frozen=True, slots=True)
class Past:
    """A ranking as it was asked for, and the position that it was made from."""

    position: Position
    enquiry: Enquiry


@dataclass
class Firsts:
    """Who would have been ranked first, of so many rankings, and how they are on average."""

    version: str
    metres: list[int] = field(default_factory=list)
    minutes_above: list[int] = field(default_factory=list)
    paired: int = 0
    known: int = 0
    nobody: int = 0

    def add(self, first: Judged | None) -> None:
        """One more ranking's."""
        if first is None:
            self.nobody += 1
            return
        figures: dict[str, Any] = {name: fact for name, _, fact in first.weighed}
        self.paired += any(name == "pairing" and points for name, points, _ in first.weighed)
        self.known += bool(figures["continuity"])
        self.minutes_above.append(figures["fairness"])
        if first.metres is not None:
            self.metres.append(first.metres)

    @property
    def told(self) -> dict[str, Any]:
        """In whole numbers."""
        return {
            "version": self.version,
            "mean_metres": _mean(self.metres),
            "mean_minutes_above_peers": _mean(self.minutes_above),
            "paired": self.paired,
            "visited_before": self.known,
            "nobody": self.nobody,
        }


async def versions(store: EventStore) -> dict[str, Weights]:
    """All weights that there are or were, by version; the last one counts."""
    past: list[Any] = [recorded.event for recorded in await store.read_stream(WEIGHTS.stream(WEIGHTS_ID))]
    return {**BUILT_IN, **{version_of(event.number): weights_of(event.weights) for event in past}}


def engine_named(text: str, known: Mapping[str, Weights]) -> Engine:
    """The engine of a version, or of the last one but for `NAME=VALUE,…`. WeightsMalformedError."""
    if text in known:
        return Engine(known[text], text)
    last = [*known.values()][-1]
    try:
        changed = {name.strip(): int(value) for name, value in (one.split("=") for one in text.split(","))}
        return Engine(Weights.model_validate({**last.model_dump(), **changed}), text)
    except ValueError as error:
        raise WeightsMalformedError("weights", text=text) from error


async def differences(
    store: EventStore, one: Engine, other: Engine, since: datetime, most: int
) -> dict[str, Any]:
    """The newest rankings since a moment, at most so many, under two engines.

    `changed` are those with another first, by either; `firsts` how those are on average.
    """
    past = await _past(store, since, most)
    index, changed = HelperIndex(), []
    firsts = [Firsts(one.version), Firsts(other.version)]
    for ranking in sorted(past, key=lambda found: found.position):
        await index.read(store, ranking.position)
        enquiry = replace(ranking.enquiry, prices=index.files.prices)
        best = [
            next(iter(engine.rank(enquiry, index.files.roster, 1).candidates), None)
            for engine in (one, other)
        ]
        for kept, first in zip(firsts, best, strict=True):
            kept.add(first)
        if len({first and first.helper for first in best}) > 1:
            changed.append(_change(ranking, best))
    return {"rankings": len(past), "changed": changed, "firsts": [kept.told for kept in firsts]}


def _change(ranking: Past, best: Iterable[Judged | None]) -> dict[str, Any]:
    need = ranking.enquiry.need
    return {
        "request": need.request,
        "at": ranking.enquiry.at,
        "service": need.service,
        "urgency": need.urgency,
        "firsts": [first and first.told() for first in best],
    }


async def _past(store: EventStore, since: datetime, most: int) -> deque[Past]:
    """The rankings since then, from this service's own events; the newest, if there are more."""
    matches: dict[UUID, Match] = {}
    found: deque[Past] = deque(maxlen=most)
    place = START
    while batch := await store.read_all(place, BATCH):
        place = batch[-1].position
        wanted = [placed.envelope for placed in batch if placed.envelope.type in OF_MATCHES]
        for recorded in await codec.read(wanted, store.vault):
            event: Any = recorded.event
            match = matches.get(event.request)
            if isinstance(event, CandidatesRanked) and match is not None and event.at >= since:
                enquiry = enquiry_of(match.facts, event.side, event.at, event.latest, {})
                found.append(Past(Position(event.epoch, event.xid, event.seq), enquiry))
            matches[event.request] = MATCH.evolve(match, event)
    return found


def _mean(figures: list[int]) -> int | None:
    return sum(figures) // len(figures) if figures else None
