"""How soon somebody takes a request, by the cascades in use: simulated, against the targets."""

from math import isfinite

from bench.ground import Ground
from bench.measure import SHOWN, Line, Scale, Series, Target
from services.matching.study import ANSWERING, BEFORE, TARGETS, Outcome, compare
from shared.cascades import CASCADES, Cascade
from shared.contracts.values import Urgency

AT_MOST, AT_LEAST = Target("at most", 1.0), Target("at least", 1.0)
NAMES = {Urgency.RESCUE: "特急", Urgency.URGENT: "紧急", Urgency.ROUTINE: "一般"}
FIGURES = (
    ("p50", "until somebody takes it, p50", "min", AT_MOST),
    ("p90", "until somebody takes it, p90", "min", AT_MOST),
    ("offers", "offers a request", "offers", AT_MOST),
    ("in_time", "share taken in time", "of 1", AT_LEAST),
)


async def measure(ground: Ground, scale: Scale) -> list[Line]:  # noqa: ARG001  it needs no database
    """A round is a seed: figures differ by the lot, not by the machine. Without waves is shown beside."""
    lines = []
    for urgency, wanted in TARGETS.items():
        told = _outcomes(urgency, CASCADES.of(urgency), scale)
        before = _outcomes(urgency, BEFORE[urgency], scale)
        for name, words, unit, side in FIGURES:
            what, ours = f"{NAMES[urgency]}, {words}", _series(told, name)
            limit = getattr(wanted, name)
            if limit and isfinite(limit):
                target = Series((limit,) * scale.rounds)
                lines.append(Line(what, ours, "the target", target, unit, side, "Simulated."))
            lines.append(Line(what, ours, "without waves", _series(before, name), unit, SHOWN))
    return lines


def _outcomes(urgency: Urgency, cascade: Cascade, scale: Scale) -> list[Outcome]:
    requests = scale.pick(10_000, 1_000)
    seeds = range(1, scale.rounds + 1)
    return [compare(urgency, [cascade], ANSWERING[urgency], seed, requests)[0].outcome for seed in seeds]


def _series(told: list[Outcome], name: str) -> Series:
    return Series(tuple(getattr(one, name) for one in told))
