"""What would have to be otherwise for a helper to be the first: each change alone is enough."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.matching.engine.judging import Weights
from services.matching.engine.lots import lot
from services.matching.engine.values import Judged


@dataclass(frozen=True, slots=True)
class Change:
    """The part of a score that is to change, and by how much at the least.

    By metres nearer, minutes of load fewer, offers fewer, hours sooner, visits more; `pairing` and `dialect`
    are had or not.
    """

    what: str
    by: int


def changes(judged: Judged, first: Judged, request: UUID, weights: Weights) -> tuple[Change, ...]:
    """What would lift one who could come above the first, all else the same; nothing for the first."""
    if judged.helper == first.helper:
        return ()
    wins_ties = lot(request, judged.helper) < lot(request, first.helper)
    lacking = first.score - judged.score + (0 if wins_ties else 1)
    parts = {name: (points, fact) for name, points, fact in judged.weighed}
    return tuple(_changes(parts, lacking, weights))


def _changes(parts: Mapping[str, tuple[int, Any]], lacking: int, weights: Weights) -> Iterator[Change]:
    wanted = {name: points + lacking for name, (points, _) in parts.items()}
    metres, visits = parts["distance"][1], parts["continuity"][1]
    if metres is not None and wanted["distance"] <= weights.distance:
        enough = (weights.distance - wanted["distance"] + 1) * weights.metres_a_point - 1
        yield Change("distance", metres - enough)
    for name, per_unit, unit in (
        ("load", weights.load_an_hour, 60),
        ("offers", weights.offer, 1),
        ("waiting", weights.waiting_an_hour, 1),
    ):
        if parts[name][0] < 0 and wanted[name] <= 0:
            yield Change(name, parts[name][1] - wanted[name] * unit // per_unit)
    if wanted["continuity"] <= weights.continuity_most:
        yield Change("continuity", -(-wanted["continuity"] // weights.continuity) - visits)
    if not parts["pairing"][0] and wanted["pairing"] <= weights.pairing:
        yield Change("pairing", 1)
    if parts["dialect"][1] and not parts["dialect"][0] and wanted["dialect"] <= weights.dialect:
        yield Change("dialect", 1)
