"""Requests decided one by one as they come, against the best plan of the whole day, known afterwards.

A city from a seed: homes clustered around three centres, communities of unequal size and some of them poor in
helpers, a third of the helpers bound to their own, four rare skills whose owners could as well do what
everybody can. Each request takes who is ranked first, whose time is then gone. In the evening all of the day
is planned at once, which gives the prices of the next. The days are a week apart, so that each begins afresh.

A visit costs what its score lacks to the best score of the day, without any price; one that nobody has costs
all of that.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from random import Random
from statistics import mean
from uuid import UUID

import numpy as np

from bench.ground import Ground
from bench.measure import SHOWN, Line, Scale, Series, Target
from services.matching.domain.helper_file import Booking, Facts
from services.matching.domain.match_rounds import Need
from services.matching.engine import Engine, Enquiry, HelperFile, Record, Roster
from services.matching.engine.deciding import solve
from services.matching.engine.planning import Decision, Planning
from services.matching.engine.visits import Edges, edges_of
from services.matching.rents import Rents
from shared.contracts.values import CadreSide, HelperKind, HelperProfile, Point, Skill, Slot, Urgency

ENGINE = Engine()
FIRST_DAY = datetime(2026, 6, 1, tzinfo=UTC)
HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(days=7)
SKILLS = ("shopping", "company", "meals", "repair", "nursing", "counsel", "law", "sign")
OWNED, ASKED = (75, 55, 50, 20, 9, 6, 5, 4), (30, 21, 15, 8, 10, 6, 6, 4)
"""By how many of 100 helpers, and in how many of 100 requests."""
COMMUNITIES, BOUND = 25, 0.35
Place = tuple[float, float]


def _id(random: Random) -> UUID:
    return UUID(int=random.getrandbits(128))


def _near(random: Random, centre: Place, spread: float) -> Place:
    return random.gauss(centre[0], spread), random.gauss(centre[1], spread)


class Town:
    """Helpers who have one to three visits to give, and cadres who ask."""

    def __init__(self, seed: int, helpers: int, visits: int) -> None:
        """So many helpers, and visits a day."""
        random = self._random = Random(seed)  # noqa: S311  no secret
        towns = [(129.5 + random.random() / 10, 44.5 + random.random() / 14) for _ in range(3)]
        self._centres = [_near(random, random.choice(towns), 0.015) for _ in range(COMMUNITIES)]
        self._ids = [_id(random) for _ in range(COMMUNITIES)]
        cadres = [random.lognormvariate(0, 0.6) for _ in range(COMMUNITIES)]
        members = [many * random.lognormvariate(0, 0.5) for many in cadres]
        self.files = [
            self._helper(number) for number in random.choices(range(COMMUNITIES), members, k=helpers)
        ]
        self._visits = visits
        self._cadres = [
            (_id(random), number, Point.of(*_near(random, self._centres[number], 0.006)))
            for number in random.choices(range(COMMUNITIES), cadres, k=3 * visits)
        ]

    def _helper(self, number: int) -> HelperFile:
        random = self._random
        skills = [one for one, percent in zip(SKILLS, OWNED, strict=True) if random.random() * 100 < percent]
        answered = random.randint(0, 12)
        facts = Facts(
            helper=_id(random),
            kind=HelperKind.VOLUNTEER,
            community=self._ids[number] if random.random() < BOUND else None,
            association="",
            sex=None,
            skills=tuple(Skill(code=skill) for skill in skills or ["shopping"]),
            availability=(),
            capacity=random.choice((1, 1, 2, 2, 3)),
            dialects=(),
            since=None,
            profile=HelperProfile(name="某", home=Point.of(*_near(random, self._centres[number], 0.008))),
        )
        accepted = round(answered * random.betavariate(4, 3))
        return HelperFile(facts, record=Record(accepted=accepted, answered=answered))

    def day(self, number: int) -> list[Enquiry]:
        """The requests of a day in the order in which they come, each for an hour of the next."""
        random, at = self._random, FIRST_DAY + WEEK * number
        enquiries = []
        for cadre, community, home in random.sample(self._cadres, self._visits):
            start = at + DAY + HOUR * random.randint(1, 10)
            (service,) = random.choices(SKILLS, ASKED)
            need = Need(
                request=_id(random),
                cadre=cadre,
                community=self._ids[community],
                service=service,
                urgency=Urgency.ROUTINE,
                skills=(service,),
                helper_kinds=(HelperKind.VOLUNTEER,),
                minutes=60,
                slot=Slot(start=start, end=start + HOUR),
            )
            enquiries.append(Enquiry(need, CadreSide(home=home), at=at, latest=at + DAY * 3))
        return enquiries


def planned(day: Sequence[Enquiry], files: Sequence[HelperFile]) -> Decision:
    """All at once."""
    roster = Roster(files)
    asked = {one.need.request: one for one in day}
    planning = Planning(files, asked, {one: edges_of(asked[one], roster, ENGINE) for one in asked})
    while True:
        laid = planning.problem()
        decision = planning.decided(laid, solve(laid.problem))
        if decision is not None:
            return decision


def one_by_one(day: Sequence[Enquiry], files: Sequence[HelperFile]) -> dict[UUID, int]:
    """By request the row of the helper who was ranked first when it came."""
    roster = Roster(files)
    found = {}
    for one in day:
        for best in ENGINE.rank(one, roster, 1).candidates:
            need = one.need
            file = roster.files[roster.row_of[best.helper]]
            booking = Booking(need.request, need.request, need.cadre, best.slot, one.place)
            bookings = (*file.facts.bookings, booking)
            roster.put(replace(file, facts=replace(file.facts, bookings=bookings)))
            found[need.request] = roster.row_of[best.helper]
    return found


@dataclass
class Prices:
    """As the service keeps them, from plan to plan."""

    of_skills: Mapping[str, int] = field(default_factory=dict)
    rents: Rents = field(default_factory=Rents)

    def told(self, day: Sequence[Enquiry]) -> list[Enquiry]:
        """The same requests at these prices."""
        return [replace(one, prices=self.of_skills) for one in day]

    def known(self, files: Sequence[HelperFile]) -> list[HelperFile]:
        """The same helpers at these prices."""
        return [replace(one, price=self.rents.price(one.helper)) for one in files]

    def learn(self, plan: UUID, decision: Decision) -> None:
        """From a plan."""
        self.of_skills = {one.skill: one.points for one in decision.prices}
        self.rents.begin(plan, decision.bits)
        for request, one in decision.planned.items():
            helper = decision.planning.files[one.row].helper
            self.rents.note(request, helper, one.half_day_price + one.week_price)


@dataclass(frozen=True)
class Outcome:
    """What a day has cost in points, and how many visits nobody has."""

    cost: int
    nobody: int


def outcome(edges: Mapping[UUID, Edges], found: Mapping[UUID, int]) -> Outcome:
    """Of who was found for which request."""
    top = max(int(one.scores.max(initial=0)) for one in edges.values())
    score = sum(
        int(edges[request].scores[np.searchsorted(edges[request].rows, row)])
        for request, row in found.items()
    )
    return Outcome(top * len(edges) - score, len(edges) - len(found))


@dataclass(frozen=True)
class Days:
    """The outcomes of the same days, decided in three ways."""

    best: list[Outcome] = field(default_factory=list)
    priced: list[Outcome] = field(default_factory=list)
    plain: list[Outcome] = field(default_factory=list)
    proven: list[bool] = field(default_factory=list)


def lived(town: Town, days: int, into: Days) -> None:
    """So many days after a first one, which has no prices yet."""
    prices = Prices()
    for number in range(days + 1):
        day = town.day(number)
        best = planned(day, town.files)
        if number:
            edges = best.planning.edges
            into.best.append(outcome(edges, {request: one.row for request, one in best.planned.items()}))
            into.priced.append(outcome(edges, one_by_one(prices.told(day), prices.known(town.files))))
            into.plain.append(outcome(edges, one_by_one(day, town.files)))
            into.proven.append(not best.faults and not best.gap)
        prices.learn(UUID(int=number), best)


async def measure(ground: Ground, scale: Scale) -> list[Line]:  # noqa: ARG001  it needs no database
    """All in memory."""
    days = Days()
    for seed in range(scale.pick(5, 1)):
        lived(Town(seed, scale.pick(600, 60), scale.pick(750, 75)), scale.pick(5, 2), days)
    best = Series(tuple(float(one.cost) for one in days.best))
    lines = []
    for what, found, target in (
        ("with prices", days.priced, Target("at most", 1.15)),
        ("without prices", days.plain, SHOWN),
    ):
        ours = Series(tuple(float(one.cost) for one in found))
        line = Line(
            f"a day decided one by one, {what}", ours, "the whole day at once", best, "points", target
        )
        ratios = line.ratios.figures
        note = (
            f"{mean(ratios):.3f} × on average over {len(ratios)} days, {max(ratios):.3f} × on the worst; "
            f"of a day's visits {mean(one.nobody for one in found):.1f} have nobody, "
            f"{mean(one.nobody for one in days.best):.1f} at the best."
        )
        lines.append(replace(line, note=note, sound=all(days.proven)))
    return lines
