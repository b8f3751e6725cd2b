"""What goes into a ranking and what comes out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from services.matching.domain.helper_file import Facts
from services.matching.domain.match_rounds import Need
from services.matching.domain.travel import place_to_reach
from shared.contracts.matching import Candidate, Excluded, Part
from shared.contracts.values import CadreSide, HelperKind, Point, Slot


class Rule(StrEnum):
    """Why a helper can't be asked, in the order in which it is looked at: the first that holds is counted."""

    LEFT = "left"
    SUSPENDED = "suspended"
    KIND = "kind"
    BARRED = "barred"
    ALREADY_ASKED = "already_asked"
    RECUSED = "recused"
    UNWANTED = "unwanted"
    SKILL = "skill"
    COMMUNITY = "community"
    SEX = "sex"
    LANGUAGE = "language"
    NOT_AVAILABLE = "not_available"
    ABSENT = "absent"
    BOOKED = "booked"
    TRAVEL = "travel"
    CAPACITY = "capacity"
    CERTIFICATE = "certificate"


@dataclass(frozen=True, slots=True)
class Record:
    """How somebody has answered and come.

    Offers `accepted` of those `answered` (a silence is an answer), when they dropped out late or didn't come
    (`faults`), and how often it went badly with which cadre (`poorly`).
    """

    accepted: int = 0
    answered: int = 0
    faults: tuple[datetime, ...] = ()
    poorly: Mapping[UUID, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class HelperFile:
    """All that a ranking may know of a helper. `offers` are open ones, of any request."""

    facts: Facts
    active: bool = True
    left: bool = False
    paired: frozenset[UUID] = frozenset()
    offers: frozenset[UUID] = frozenset()
    record: Record = field(default_factory=Record)
    price: int = 0
    """What their time is worth by the last plans, in points."""
    codes: frozenset[str] = field(init=False)
    certified: bool = field(init=False)
    """Whether any of the skills needs a certificate that runs out."""

    def __post_init__(self) -> None:
        """Collect what each ranking asks of the skills: it stays the same until the file changes."""
        skills = self.facts.skills
        object.__setattr__(self, "codes", frozenset(skill.code for skill in skills))
        object.__setattr__(self, "certified", any(skill.until is not None for skill in skills))

    @property
    def helper(self) -> UUID:
        """The helper's id."""
        return self.facts.helper

    @property
    def taken(self) -> tuple[Slot, ...]:
        """Time served in the last weeks, and time booked."""
        return (*self.facts.served, *[booking.slot for booking in self.facts.bookings])


@dataclass(frozen=True, slots=True)
class Enquiry:
    """A need at a moment. A visit without a time of its own must end by `latest`.

    `prices` say how scarce a skill is, in points, never below 0.
    """

    need: Need
    side: CadreSide
    at: datetime
    latest: datetime
    asked: frozenset[UUID] = frozenset()
    barred: frozenset[UUID] = frozenset()
    prices: Mapping[str, int] = field(default_factory=dict)

    @property
    def place(self) -> Point | None:
        """Where somebody must have the time to get to."""
        return place_to_reach(self.need.urgency, self.side)


class Points(NamedTuple):
    """One part of a score, and the figure it was made from."""

    name: str
    points: int
    fact: str = ""


class Judged(NamedTuple):
    """A helper who may do it. `weighed` are all parts with their figures: few of many are ever told."""

    helper: UUID
    kind: HelperKind
    score: int
    weighed: tuple[tuple[str, int, object], ...]
    metres: int | None
    slot: Slot

    @property
    def parts(self) -> tuple[Points, ...]:
        """Those that count; they add up to the score."""
        return tuple(Points(name, points, str(fact)) for name, points, fact in self.weighed if points)

    def told(self) -> Candidate:
        """The same, as an event or an answer tells it."""
        return Candidate(
            helper=self.helper,
            kind=self.kind,
            score=self.score,
            parts=tuple(Part(**part._asdict()) for part in self.parts),
            metres=self.metres,
            slot=self.slot,
        )


@dataclass(frozen=True, slots=True)
class Ranking:
    """Every helper is able or excluded by exactly one rule; `candidates` are the best of the able."""

    candidates: tuple[Judged, ...]
    able: int
    excluded: Mapping[Rule, int] = field(default_factory=dict)

    @property
    def considered(self) -> int:
        """How many were looked at."""
        return self.able + sum(self.excluded.values())

    @property
    def counts(self) -> tuple[Excluded, ...]:
        """How many each rule excluded, by the rule's name."""
        return tuple(Excluded(rule=rule, count=self.excluded[rule]) for rule in sorted(self.excluded))
