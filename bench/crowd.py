"""A city's helpers and what is asked of them, from a seed, with a real city's skew.

Few have the rare skills, communities differ in size, homes lie around the communities' centres and these
around few towns; most have one of few weekly patterns, some one of their own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import accumulate
from random import Random
from typing import TypeVar
from uuid import UUID

from services.matching.domain.helper_file import Booking, Facts
from services.matching.domain.match_rounds import Need
from services.matching.engine import Enquiry, HelperFile, Record
from shared.contracts.values import (
    CadreSide,
    HelperKind,
    HelperProfile,
    Point,
    Sex,
    Skill,
    Slot,
    Urgency,
    Weekly,
    Wish,
)

NOW = datetime(2026, 6, 1, 4, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
COMMUNITY_OF = 1_000
"""Helpers a community, on average."""
SKILLS = {"shopping": 50, "company": 35, "meals": 20, "repair": 10, "medical": 4, "law": 2, "psychology": 1}
"""How common each is."""
NEEDED = {"shopping": 50, "company": 20, "meals": 10, "repair": 10, "medical": 5, "law": 3, "psychology": 2}
PRICES = {"medical": 40, "law": 80, "psychology": 120}
KINDS = {HelperKind.VOLUNTEER: 90, HelperKind.STAFF: 7, HelperKind.ORGANISATION: 2, HelperKind.INSTITUTION: 1}
DIALECTS = {(): 70, ("东北话",): 26, ("朝鲜语",): 2, ("东北话", "朝鲜语"): 2}
SKILL_COUNTS = (1, 1, 2, 2, 2, 3)
WEEKS = (0, 1, 20)
PATTERNS = 200
DEGREES = 0.004
"""How wide a community is, about 400 m; a town is wider by the root of its communities."""


T = TypeVar("T")


def some_id(random: Random) -> UUID:
    """Any."""
    return UUID(int=random.getrandbits(128))


@cache
def slot_of(hours: int, length: int = 1) -> Slot:
    """A slot that begins so many hours from now."""
    start = NOW + HOUR * hours
    return Slot(start=start, end=start + HOUR * length)


@cache
def skill(code: str, weeks: int) -> Skill:
    """With a certificate for so many weeks; 0 for one that needs none."""
    return Skill(code=code, until=date(2026, 5, 30) + timedelta(weeks=weeks) if weeks else None)


def _drawn(random: Random, weights: Mapping[T, int]) -> T:
    return random.choices(tuple(weights), tuple(weights.values()))[0]


@dataclass
class Crowd:
    """A city for so many helpers; what is drawn from it is the same for the same seed."""

    helpers: int
    random: Random = field(default_factory=lambda: Random(1))  # noqa: S311  no secret

    def __post_init__(self) -> None:
        """Towns, communities and weekly patterns."""
        random, count = self.random, max(2, self.helpers // COMMUNITY_OF)
        wide = DEGREES * count**0.5
        towns = [(129 + random.random() * 4 * wide, 44 + random.random() * 4 * wide) for _ in range(5)]
        self._communities = [some_id(random) for _ in range(count)]
        self._sizes = list(accumulate(random.lognormvariate(0, 0.5) for _ in range(count)))
        self._centres = [self._near(random.choice(towns), wide) for _ in range(count)]
        self._patterns = [(), tuple(Weekly(day=day, start=480, end=1080) for day in range(1, 6))]
        self._patterns += [self._pattern() for _ in range(PATTERNS - 2)]
        self._usual = list(accumulate(1 / (place + 1) for place in range(PATTERNS)))

    def _near(self, centre: tuple[float, float], spread: float) -> tuple[float, float]:
        return self.random.gauss(centre[0], spread), self.random.gauss(centre[1], spread)

    def _pattern(self) -> tuple[Weekly, ...]:
        random = self.random
        begins = {day: 60 * random.randint(7, 17) for day in random.sample(range(1, 8), random.randint(1, 5))}
        return tuple(Weekly(day=day, start=begin, end=begin + 240) for day, begin in sorted(begins.items()))

    def _place(self) -> int:
        """A community, the larger the likelier."""
        return self.random.choices(range(len(self._communities)), cum_weights=self._sizes)[0]

    def _home(self, place: int) -> Point:
        return Point.of(*self._near(self._centres[place], DEGREES))

    def _skills(self) -> tuple[Skill, ...]:
        """One in three certificates of a medical skill is about to run out or has."""
        random = self.random
        codes = {_drawn(random, SKILLS) for _ in range(random.choice(SKILL_COUNTS))}
        return tuple(skill(code, random.choice(WEEKS) if code == "medical" else 0) for code in sorted(codes))

    def booking(self, place: int) -> Booking:
        """Of an hour of the next week, in a community."""
        random = self.random
        slot = slot_of(24 * random.randint(0, 7) + random.randint(-4, 7))
        return Booking(some_id(random), some_id(random), some_id(random), slot, self._home(place))

    def file(self) -> HelperFile:
        """Up to six visits in the last weeks; two of five have something booked; one in twenty is away."""
        random, place = self.random, self._place()
        days = sorted(random.randint(-34, -1) for _ in range(random.randint(0, 6)))
        booked = tuple(self.booking(place) for _ in range(random.choice((0, 0, 0, 1, 2))))
        away = slot_of(24 * random.randint(-3, 5), 24)
        answered = random.randint(0, 12)
        facts = Facts(
            helper=some_id(random),
            kind=_drawn(random, KINDS),
            community=self._communities[place],
            association="",
            sex=random.choice((None, *Sex)),
            skills=self._skills(),
            availability=random.choices(self._patterns, cum_weights=self._usual)[0],
            capacity=random.randint(2, 6),
            dialects=_drawn(random, DIALECTS),
            since=None,
            profile=HelperProfile(name="某", home=self._home(place)),
            absences=((away.start, away.end),) if random.random() < 1 / 20 else (),
            served=tuple(slot_of(24 * day + random.randint(-4, 7)) for day in days),
            bookings=booked,
            glad=("shopping",) if random.random() < 1 / 10 else (),
        )
        return HelperFile(
            facts,
            active=random.random() < 0.97,  # noqa: PLR2004
            offers=frozenset({some_id(random)}) if random.random() < 1 / 20 else frozenset(),
            record=Record(
                accepted=random.randint(0, answered),
                answered=answered,
                faults=(NOW - DAY * random.randint(1, 200),) if random.random() < 1 / 12 else (),
            ),
        )

    def enquiry(self, urgency: Urgency) -> Enquiry:
        """For a cadre somewhere; half of them at an agreed time, some with a language, a sex or prices."""
        random, place = self.random, self._place()
        service = _drawn(random, NEEDED)
        at = NOW + timedelta(minutes=random.randint(0, 360))
        agreed = slot_of(24 * random.randint(1, 3) + random.randint(-4, 7))
        need = Need(
            request=some_id(random),
            cadre=some_id(random),
            community=self._communities[place],
            service=service,
            urgency=urgency,
            skills=(service,),
            helper_kinds=(HelperKind.VOLUNTEER, HelperKind.STAFF),
            minutes=random.choice((30, 60, 60, 90)),
            slot=agreed if random.random() < 1 / 2 and urgency is not Urgency.RESCUE else None,
        )
        side = CadreSide(
            home=self._home(place),
            dialect=random.choice(("", "", "东北话", "朝鲜语")),
            preferred_sex=random.choice((None, None, None, Sex.FEMALE)),
        )
        prices = PRICES if random.random() < 1 / 2 else {}
        return Enquiry(need, side, at=at, latest=at + DAY * 3, prices=prices)

    def tied(self, enquiry: Enquiry, files: Sequence[HelperFile]) -> list[HelperFile]:
        """Some files of these as they are when a few of the helpers know the cadre."""
        cadre, changed = enquiry.need.cadre, []
        for number, one in enumerate(self.random.sample(files, min(4, len(files)))):
            facts = replace(one.facts, visits={**one.facts.visits, cadre: 1 + number})
            if number == 1:
                facts = replace(facts, wishes={**facts.wishes, cadre: Wish.AGAIN})
            changed.append(
                replace(one, facts=facts, paired=one.paired | {cadre} if not number else one.paired)
            )
        return changed
