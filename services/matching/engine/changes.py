"""What would have to be otherwise for a helper to be the first: each change alone is enough."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.matching.domain.weights import Weights
from services.matching.engine.judging import ASSUMED, ASSUMED_YES
from services.matching.engine.lots import lot
from services.matching.engine.values import Judged


@dataclass(frozen=True, slots=True)
class Change:
    """The part of a score that is to change, and by how much at the least.

    By metres nearer, minutes fewer served or booked (`load`, `fairness`), open offers fewer, bad visits here
    fewer (`poorly`), hours sooner (`waiting`), visits here more (`continuity`), offers more accepted of those
    answered (`reliability`), all `drop_outs` fewer; a `pairing`, the `dialect`, gladness (`glad`) and the
    cadre's `wish` for this helper are had or not.
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
    for name, per_unit, unit, most in (
        ("load", weights.load_an_hour, 60, 0),
        ("fairness", weights.fairness_an_hour, 60, weights.fairness_most),
        ("offers", weights.offer, 1, 0),
        ("poorly", weights.poorly, 1, 0),
        ("waiting", weights.waiting_an_hour, 1, 0),
    ):
        if parts[name][0] < most and wanted[name] <= most and per_unit:
            fewer = parts[name][1] - wanted[name] * unit // per_unit
            if name != "fairness" or fewer <= parts["load"][1]:
                yield Change(name, fewer)
    if weights.continuity and wanted["continuity"] <= weights.continuity_most:
        yield Change("continuity", -(-wanted["continuity"] // weights.continuity) - visits)
    accepted, answered = map(int, parts["reliability"][1].split("/"))
    if weights.reliability:
        enough = -(-wanted["reliability"] * (answered + ASSUMED) // weights.reliability) - ASSUMED_YES
        if enough <= answered:
            yield Change("reliability", enough - accepted)
    if parts["drop_outs"][0] < 0 and wanted["drop_outs"] <= 0:
        yield Change("drop_outs", parts["drop_outs"][1])
    for name, points, can in (
        ("pairing", weights.pairing, True),
        ("dialect", weights.dialect, bool(parts["dialect"][1])),
        ("glad", weights.glad, True),
        ("wish", weights.wish_again, True),
    ):
        if can and parts[name][0] < points and wanted[name] <= points:
            yield Change(name, 1)
