"""The cascades that are compared, the targets, and the choice."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import product
from math import inf

from services.matching.study.answering import Answering, Outcome, draw, simulate
from shared.cascades import CASCADES, Cascade
from shared.contracts.values import Urgency
from shared.deadlines import DEFAULT, Stage, Track, WallTime, WorkingDays
from shared.deadlines.workdays import day_length

REQUESTS = 10_000
NEAR = 0.1
"""Within so many offers a request, who is quicker decides."""

ANSWERING: Mapping[Urgency, Answering] = {
    Urgency.RESCUE: Answering(),
    Urgency.URGENT: Answering(),
    Urgency.ROUTINE: Answering(median=30.0),
}
"""Assumed: three minutes until half of them answer, and half an hour when there is no hurry."""


@dataclass(frozen=True, slots=True)
class Target:
    """What a cascade has to reach: minutes at the most, offers a request at the most, a share in time."""

    p50: float = inf
    p90: float = inf
    offers: float = inf
    in_time: float = 0.0

    def met(self, outcome: Outcome) -> bool:
        """Whether all of it is reached."""
        return (
            outcome.p50 <= self.p50
            and outcome.p90 <= self.p90
            and outcome.offers <= self.offers
            and outcome.in_time >= self.in_time
        )


TARGETS: Mapping[Urgency, Target] = {
    Urgency.RESCUE: Target(p50=2.0, p90=5.0),
    Urgency.URGENT: Target(p50=5.0, p90=18.0, offers=5.0),
    Urgency.ROUTINE: Target(in_time=0.95),
}

BEFORE: Mapping[Urgency, Cascade] = {
    urgency: CASCADES.of(urgency).model_copy(
        update={"wave": asked, "at_once": asked, "patience": timedelta(minutes=patience)}
    )
    for urgency, asked, patience in (
        (Urgency.RESCUE, 3, 2.0),
        (Urgency.URGENT, 1, 15.0),
        (Urgency.ROUTINE, 1, 240.0),
    )
}
"""Without waves: as many offers open all the time, a new one only for one that ended."""

_WAVES: Mapping[Urgency, tuple[Sequence[int], Sequence[float], Sequence[float]]] = {
    Urgency.RESCUE: ((3, 4, 5, 6, 8), (1, 1.5, 2, 3), (2, 3, 5)),
    Urgency.URGENT: ((1, 2, 3, 4), (5, 8, 10, 15), (5, 10, 15, 30)),
    Urgency.ROUTINE: ((1, 2, 3), (60, 120, 240), (60, 120, 240)),
}
"""Sizes of a wave; minutes to the next; minutes of patience."""


@dataclass(frozen=True, slots=True)
class Compared:
    """A cascade and what came of it."""

    cascade: Cascade
    outcome: Outcome
    met: bool


def deadline(urgency: Urgency) -> timedelta:
    """Until when somebody must be found, in waking time.

    For 一般 the working hours of one day: from one hour of a day to the same of the next there are more
    waking hours than that, so no request has less time.
    """
    match DEFAULT.span(Track(urgency), Stage.MATCHED):
        case WallTime(amount=amount):
            return amount
        case WorkingDays(days=days):
            return days * day_length(DEFAULT.hours)
        case other:
            raise ValueError(f"no waking time can be told of {other}")


def candidates(urgency: Urgency) -> Iterator[Cascade]:
    """The cascades that are compared: all waves, gaps and patiences, with the limits of the one in use."""
    used = CASCADES.of(urgency)
    for wave, gap, patience in product(*_WAVES[urgency]):
        times = {"gap": timedelta(minutes=gap), "patience": timedelta(minutes=patience)}
        yield used.model_copy(update={"wave": wave, **times})


def compare(
    urgency: Urgency,
    cascades: Iterable[Cascade],
    answering: Answering,
    seed: int,
    requests: int = REQUESTS,
) -> list[Compared]:
    """All of them on the same answers, in the order given."""
    found = list(cascades)
    drawn = draw(answering, requests, max(one.most for one in found), seed)
    due, target = deadline(urgency), TARGETS[urgency]
    outcomes = [simulate(one, drawn, due) for one in found]
    return [Compared(one, told, target.met(told)) for one, told in zip(found, outcomes, strict=True)]


def chosen(compared: Iterable[Compared]) -> Compared | None:
    """Of those that meet the target the one with the fewest offers; of those near it, the quickest at p90."""
    able = [one for one in compared if one.met]
    fewest = min((one.outcome.offers for one in able), default=inf)
    near = [one for one in able if one.outcome.offers <= fewest + NEAR]
    return min(near, key=lambda one: (one.outcome.p90, one.outcome.in_vain), default=None)


def sensitivity(
    urgency: Urgency, cascade: Cascade, seed: int, answering: Answering | None = None
) -> dict[str, Compared]:
    """The same cascade with other helpers than `answering` has: what moves when an assumption is wrong."""
    usual = answering or ANSWERING[urgency]
    cases = {
        "as assumed": usual,
        "accept 0.25": usual.with_accept(0.25),
        "twice as slow": usual.slower(2),
        "both": usual.with_accept(0.25).slower(2),
        "a third never answers": replace(usual, never=1 / 3),
    }
    return {name: compare(urgency, [cascade], one, seed)[0] for name, one in cases.items()}
