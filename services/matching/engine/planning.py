"""A plan: visits and who comes to each, the best there is under the rules, with its prices and its proof.

The model: helper → half day of the helper → visit. A half day takes what fits into it with the ways between,
a week what the helper's capacity leaves. An edge is a pair that no hard rule forbids; it costs what its score
lacks to the best score of all, and a tie is broken by a hash of the two. The fewest have nobody; among all
such plans, the sum of scores is the highest. That is exact. Then each helper's visits are put in order, those
first that lose most by another; a pair for which there turns out to be no time is forbidden, and all is
decided anew. What is decided last is proven, for the pairs that are left.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from services.matching.domain.plan_states import Two
from services.matching.engine.deciding import Problem, Solution, faults, gap
from services.matching.engine.deciding.problem import Whole
from services.matching.engine.values import Enquiry, HelperFile
from services.matching.engine.visits import Edges, in_order, left_in_week, room
from shared.contracts.matching import Lacking, Price
from shared.contracts.values import Slot

MODEL = "flow-1"
"""The first one heeded the prices of the plan before, though a plan has all of its visits before it."""
TIE_BITS, BITS = 28, 51
DEAREST = 200
"""Points: a skill that is so scarce that visits have nobody costs no more than that in a ranking."""
MASK = (1 << 64) - 1
LOW = 24
"""Bits for the number of a half day: some 11,000 years from 1970 on."""


@dataclass(frozen=True, slots=True)
class Planned:
    """Who comes to a visit; prices in units of 2^-bits points."""

    row: int
    slot: Slot
    score: int
    visit_price: int
    half_day_price: int
    week_price: int


@dataclass
class Planning:
    """The visits of a plan, and what is known of who could come to each, by request."""

    files: Sequence[HelperFile]
    enquiries: Mapping[UUID, Enquiry]
    edges: Mapping[UUID, Edges]
    pinned: Collection[Two] = ()
    forbidden: Collection[Two] = ()
    late: set[Two] = field(default_factory=set)
    """Pairs that the order of a helper's visits has no time for."""

    def __post_init__(self) -> None:
        """The requests in order: an input that is shuffled is the same input."""
        self.requests = sorted(self.enquiries)
        self._length = max((one.need.minutes for one in self.enquiries.values()), default=1)

    def problem(self) -> "Laid":
        """What is to be decided, without what is forbidden."""
        kept = [self._kept(request) for request in self.requests]
        sizes = [len(one.rows) for one in kept]
        rows, halves, scores = (
            np.concatenate([np.zeros(0, np.int64), *(getattr(one, name) for one in kept)])
            for name in ("rows", "halves", "scores")
        )
        places, half = _distinct(rows, halves)
        weeks, week = _distinct(places[:, 0], _week_of(places[:, 1]))
        file_of = self.files.__getitem__
        top = int(scores.max(initial=0))
        visit = np.repeat(np.arange(len(kept)), sizes)
        lacking = np.where(self._settled()[visit], 0, top - scores + bool(self.pinned))
        worst = (int(lacking.max(initial=0)) + 1) * (len(kept) + 1)
        bits = max(0, min(TIE_BITS, BITS - worst.bit_length()))
        problem = Problem(
            visits=len(kept),
            visit=visit,
            half=half,
            cost=(lacking << bits) + self._ties(visit, rows, bits),
            room=np.array([room(file_of(row), at, self._length) for row, at in places.tolist()], np.int64),
            week=week,
            week_room=np.array([left_in_week(file_of(row), day) for row, day in weeks.tolist()], np.int64),
        )
        return Laid(problem, rows, scores, bits)

    def _kept(self, request: UUID) -> Edges:
        edges = self.edges[request]
        out = {helper for one, helper in (*self.forbidden, *self.late) if one == request}
        pins = {helper for one, helper in self.pinned if one == request}
        if not (out or pins):
            return edges
        keep = [
            (not pins or self.files[row].helper in pins) and self.files[row].helper not in out
            for row in edges.rows.tolist()
        ]
        chosen = np.array(keep, np.bool_)
        return Edges(edges.rows[chosen], edges.starts[chosen], edges.scores[chosen])

    def _settled(self) -> NDArray[np.bool_]:
        """Visits with a pin: they cost nothing and all others something, so they come before any other.

        One visit makes room for one at the least, so a pin never leaves more visits to nobody.
        """
        pinned = {request for request, _ in self.pinned}
        return np.array([request in pinned for request in self.requests], np.bool_)

    def _ties(self, visit: Whole, rows: Whole, bits: int) -> Whole:
        """So many bits an edge, of request and helper: the finaliser of SplitMix64 (Steele et al., 2014)."""
        requests = np.array([_key(one) for one in self.requests], np.uint64)
        used, place = np.unique(rows, return_inverse=True)
        helpers = np.array([_key(self.files[row].helper) for row in used.tolist()], np.uint64)
        mixed = requests[visit] * np.uint64(0x9E3779B97F4A7C15) + helpers[place.reshape(-1)]
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        mixed ^= mixed >> np.uint64(31)
        return (mixed & np.uint64((1 << bits) - 1)).astype(np.int64)

    def decided(self, laid: "Laid", solution: Solution) -> "Decision | None":
        """The plan of a solution; None when a helper's visits can't be put in order: then decide anew."""
        by_row: defaultdict[int, list[int]] = defaultdict(list)
        loss = laid.loss(solution)
        for visit in sorted(range(len(self.requests)), key=lambda one: (-loss[one], one)):
            if solution.edge[visit] >= 0:
                by_row[int(laid.rows[solution.edge[visit]])].append(visit)
        found: dict[UUID, Planned] = {}
        for row, theirs in by_row.items():
            file = self.files[row]
            named = {visit: self.requests[visit] for visit in theirs}
            slots, late = in_order(file, [(visit, self.enquiries[named[visit]]) for visit in theirs])
            self.late |= {(named[visit], file.helper) for visit in late}
            for visit, slot in slots.items():
                found[named[visit]] = laid.planned(solution, visit, slot)
        if len(found) < int((solution.edge >= 0).sum()):
            return None
        least = -(-gap(laid.problem, solution) // (1 << laid.bits))
        return Decision(self, found, laid.bits, least, tuple(faults(laid.problem, solution)))


@dataclass(frozen=True, slots=True)
class Laid:
    """A problem, with the helper's row and the score of each edge; costs are in units of 2^-bits points."""

    problem: Problem
    rows: Whole
    scores: Whole
    bits: int

    def planned(self, solution: Solution, visit: int, slot: Slot) -> Planned:
        """Of a visit that somebody has."""
        edge = int(solution.edge[visit])
        half = self.problem.half[edge]
        return Planned(
            row=int(self.rows[edge]),
            slot=slot,
            score=int(self.scores[edge]),
            visit_price=int(solution.visit_price[visit]),
            half_day_price=int(solution.half_price[half]),
            week_price=int(solution.week_price[self.problem.week[half]]),
        )

    def loss(self, solution: Solution) -> list[int]:
        """What each visit would lose by its second choice, at these prices; nobody may be the second."""
        problem = self.problem
        rent = solution.half_price[problem.half] + solution.week_price[problem.week[problem.half]]
        full = problem.cost + rent
        full[solution.edge[solution.edge >= 0]] = problem.nobody
        second = np.full(problem.visits, problem.nobody, np.int64)
        np.minimum.at(second, problem.visit, full)
        lost: list[int] = (second - solution.visit_price).tolist()
        return lost


@dataclass(frozen=True, slots=True)
class Decision:
    """Who comes to which visit; who isn't in `planned` has nobody.

    No plan of these pairs is better by more than `gap`; with no `faults`, it is proven that none is better.
    """

    planning: Planning
    planned: Mapping[UUID, Planned]
    bits: int
    gap: int
    faults: tuple[str, ...]

    @property
    def prices(self) -> tuple[Price, ...]:
        """What the helpers' time cost on average for visits that need a skill, in whole points.

        A visit that nobody has counts as the dearest, unless nobody could have come to it anyway.
        """
        rents: defaultdict[str, list[int]] = defaultdict(list)
        for request in self.planning.requests:
            one = self.planned.get(request)
            if one is None and not len(self.planning.edges[request].rows):
                continue
            rent = (one.half_day_price + one.week_price) >> self.bits if one else DEAREST
            for skill in self.planning.enquiries[request].need.skills:
                rents[skill].append(min(DEAREST, rent))
        means = ((skill, sum(rent) // len(rent)) for skill, rent in sorted(rents.items()))
        return tuple(Price(skill=skill, points=points) for skill, points in means if points)

    @property
    def lacking(self) -> tuple[Lacking, ...]:
        """Of which skills, where, for how many visits nobody could be had."""
        planning = self.planning
        needs = [planning.enquiries[one].need for one in planning.requests if one not in self.planned]
        counts = Counter((need.skills, need.community) for need in needs)
        return tuple(
            Lacking(skills=skills, community=community, visits=counts[skills, community])
            for skills, community in sorted(counts, key=str)
        )

    @property
    def digest(self) -> str:
        """Of all pairs with their prices: another plan has another."""
        return hashlib.sha256("\n".join(self._lines()).encode()).hexdigest()

    def _lines(self) -> Iterator[str]:
        for request in self.planning.requests:
            one = self.planned.get(request)
            helper = self.planning.files[one.row].helper if one else "nobody"
            prices = (one.score, one.visit_price, one.half_day_price, one.week_price) if one else ()
            yield f"{request} {helper} {one.slot.start.isoformat() if one else ''} {prices}"


def _key(one: UUID) -> int:
    """64 bits of an id, both halves in them."""
    return (one.int ^ (one.int >> 64)) & MASK


def _week_of(halves: Whole) -> Whole:
    """The first half day of each one's calendar week."""
    days = halves // 2
    return (days - (days + 3) % 7) * 2


def _distinct(rows: Whole, halves: Whole) -> tuple[Whole, Whole]:
    """Each pair of a row and a half day once, in order, and which of them each is.

    As one number: pairs are sorted without letting go of the interpreter, which holds up the loop.
    """
    found, which = np.unique(rows << LOW | halves, return_inverse=True)
    return np.stack([found >> LOW, found & (1 << LOW) - 1], 1), which.reshape(-1).astype(np.int64)
