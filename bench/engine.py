"""Ranking among 100,000 helpers, against each judged by the file; and a file put in the place of another."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from random import Random
from uuid import UUID

from bench.ground import Ground
from bench.measure import SHOWN, Line, Scale, Series, Target, alternate
from services.matching.domain.helper_file import Booking, Facts
from services.matching.domain.match_rounds import Need
from services.matching.engine import Engine, Enquiry, HelperFile, Judged, Ranking, Roster
from services.matching.engine.judging import judge, load
from services.matching.engine.lots import lot
from services.matching.engine.slots import Times
from shared.contracts.values import (
    CadreSide,
    HelperKind,
    HelperProfile,
    Point,
    Skill,
    Slot,
    Urgency,
    Weekly,
)

SHOWN_BEST = 20
ENGINE = Engine()
NOW = datetime(2026, 6, 1, 4, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
COMMUNITY_OF = 1_000
"""Helpers a community."""
SKILLS = ("shopping", "meals", "repair", "company", "medical", "law")
PATTERNS = (
    (),
    (Weekly(day=2, start=600, end=1080),),
    (Weekly(day=3, start=480, end=720), Weekly(day=4, start=480, end=720)),
    tuple(Weekly(day=day, start=480, end=1080) for day in range(1, 6)),
)
LIMIT_MS, PUT_LIMIT_US = 1.0, 10.0
SOME = 100
"""Rankings a round."""


def _id(random: Random) -> UUID:
    return UUID(int=random.getrandbits(128))


def _home(random: Random) -> Point:
    return Point.of(129.6 + random.random() / 10, 44.6 + random.random() / 10)


def _slot(random: Random, first_day: int, last_day: int) -> Slot:
    start = NOW + DAY * random.randint(first_day, last_day) + HOUR * random.randint(-4, 7)
    return Slot(start=start, end=start + HOUR)


def _file(random: Random, communities: Sequence[UUID]) -> HelperFile:
    """Two skills, up to three visits in the last weeks, every third one booked."""
    booked = random.random() < 1 / 3
    served = sorted((_slot(random, -34, -1) for _ in range(random.randint(0, 3))), key=lambda one: one.start)
    return HelperFile(
        Facts(
            helper=_id(random),
            kind=HelperKind.VOLUNTEER,
            community=random.choice(communities),
            association="",
            sex=None,
            skills=tuple(Skill(code=code) for code in random.sample(SKILLS, 2)),
            availability=random.choice(PATTERNS),
            capacity=5,
            dialects=(),
            since=None,
            profile=HelperProfile(name="某", home=_home(random)),
            served=tuple(served),
            bookings=(Booking(_id(random), _id(random), _id(random), _slot(random, 0, 7)),) if booked else (),
        )
    )


def _enquiry(random: Random, communities: Sequence[UUID], urgency: Urgency, slot: Slot | None) -> Enquiry:
    need = Need(
        request=_id(random),
        cadre=_id(random),
        community=random.choice(communities),
        service="shopping",
        urgency=urgency,
        skills=("shopping",),
        helper_kinds=(HelperKind.VOLUNTEER,),
        minutes=60,
        slot=slot,
    )
    return Enquiry(need, CadreSide(home=_home(random)), at=NOW, latest=NOW + DAY * 3)


def _by_file(enquiry: Enquiry, files: Sequence[HelperFile]) -> tuple[Judged, ...]:
    times, weights = Times(enquiry), ENGINE.weights
    could = [one for one in files if isinstance(judge(one, enquiry, times, weights, {}), Judged)]
    peers = {HelperKind.VOLUNTEER: sum(load(one, enquiry) for one in could) // max(1, len(could))}
    judged = (judge(one, enquiry, times, weights, peers) for one in could)
    able = [one for one in judged if isinstance(one, Judged)]
    able.sort(key=lambda one: (-one.score, lot(enquiry.need.request, one.helper)))
    return tuple(able[:SHOWN_BEST])


def _milliseconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


async def measure(ground: Ground, scale: Scale) -> list[Line]:  # noqa: ARG001  it needs no database
    """All in memory."""
    random, count = Random(1), scale.pick(100_000, 2_000)  # noqa: S311  no secret
    communities = [_id(random) for _ in range(max(2, count // COMMUNITY_OF))]
    roster = Roster(_file(random, communities) for _ in range(count))
    files = list(roster)
    lines, sound = [], True
    for what, urgency, slot in (
        ("the first free hour in one community", Urgency.ROUTINE, None),
        ("an agreed time in one community", Urgency.ROUTINE, Slot(start=NOW + DAY, end=NOW + DAY + HOUR)),
        ("特急, in all communities", Urgency.RESCUE, None),
    ):
        enquiries = [_enquiry(random, communities, urgency, slot) for _ in range(scale.pick(SOME, 3))]

        async def ranked(enquiries: Sequence[Enquiry] = enquiries) -> float:
            taken = sorted(_milliseconds(partial(ENGINE.rank, one, roster, SHOWN_BEST)) for one in enquiries)
            return taken[len(taken) * 99 // 100]

        async def judged(enquiry: Enquiry = enquiries[0]) -> float:
            return _milliseconds(partial(_by_file, enquiry, files))

        found: Ranking = ENGINE.rank(enquiries[0], roster, SHOWN_BEST)
        sound = sound and found.candidates == _by_file(enquiries[0], files)
        taken = await alternate(scale.rounds, {"ranked": ranked, "judged": judged})
        line = f"the best {SHOWN_BEST} of {count:,}, {what}, p99"
        limit = Series((LIMIT_MS,) * scale.rounds)
        target = SHOWN if urgency is Urgency.RESCUE else Target("at most", 1.0)
        lines += [
            Line(line, taken["ranked"], "the limit", limit, "ms", target, sound=sound),
            Line(line, taken["ranked"], "each judged by the file", taken["judged"], "ms", SHOWN),
        ]
    return [*lines, _put(roster, files, scale)]


def _put_all(roster: Roster, files: Sequence[HelperFile]) -> None:
    for one in files:
        roster.put(one)


def _put(roster: Roster, files: Sequence[HelperFile], scale: Scale) -> Line:
    """Files with another capacity, here and there."""
    some = Random(2).sample(files, min(len(files), 1_000))  # noqa: S311  no secret
    figures = []
    for number in range(scale.rounds):
        changed = [replace(one, facts=replace(one.facts, capacity=6 + number)) for one in some]
        taken = _milliseconds(partial(_put_all, roster, changed))
        figures.append(taken * 1000 / len(changed))
    return Line(
        f"a changed file among {len(files):,}",
        Series(tuple(figures)),
        "the limit",
        Series((PUT_LIMIT_US,) * scale.rounds),
        "µs",
        Target("at most", 1.0),
        "Lower is better, here and above.",
    )
