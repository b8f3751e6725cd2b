"""Ranking among 100,000 and 1,000,000 helpers, against each judged by the file and scikit-learn's ball tree.

And a file put in the place of another. The tree finds the nearest whom no rule excludes: it doesn't know the
best, for whom nearness is one part of many.
"""

import gc
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from bench.ball_tree import Nearest
from bench.crowd import Crowd, some_id
from bench.ground import Ground
from bench.measure import SHOWN, Line, Scale, Series, Target, alternate
from services.matching.engine import Engine, Enquiry, HelperFile, Judged, Ranking, Roster, Rule
from services.matching.engine.judging import judge, load
from services.matching.engine.lots import lot
from services.matching.engine.slots import Times
from shared.contracts.values import Urgency

SHOWN_BEST = 20
ENGINE = Engine()
SIZES = {100_000: 1.0, 1_000_000: 10.0}
"""Helpers, and the limit of a ranking in ms."""
PUT_LIMIT_US = 10.0
AT_MOST = Target("at most", 1.0)
SOME, FEW, SOME_RESCUES, CHECKED = 200, 25, 20, 12
"""Enquiries a round; put to the ball tree as well; of 特急; compared with each judged by the file."""
FILES = 1_000


def by_file(enquiry: Enquiry, files: Iterable[HelperFile], engine: Engine = ENGINE) -> Ranking:
    """The best, each judged by the file, and how many each rule excludes."""
    times, excluded, could = Times(enquiry), Counter[Rule](), []
    for one in files:
        found = judge(one, enquiry, times, engine.weights, {})
        if isinstance(found, Judged):
            could.append(one)
        else:
            excluded[found] += 1
    loads = defaultdict(list)
    for one in could:
        loads[one.facts.kind].append(load(one, enquiry))
    peers = {kind: sum(theirs) // len(theirs) for kind, theirs in loads.items()}
    judged = (judge(one, enquiry, times, engine.weights, peers) for one in could)
    able = [one for one in judged if isinstance(one, Judged)]
    able.sort(key=lambda one: (-one.score, lot(enquiry.need.request, one.helper)))
    return Ranking(tuple(able[:SHOWN_BEST]), len(able), dict(excluded))


def _milliseconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


@dataclass
class Timed:
    """A round is all enquiries, one after the other: its 99th percentile, and the middle one beside."""

    work: Callable[[Enquiry], object]
    enquiries: Sequence[Enquiry]
    middles: list[float] = field(default_factory=list)

    async def __call__(self) -> float:
        """In milliseconds."""
        taken = sorted(_milliseconds(partial(self.work, one)) for one in self.enquiries)
        self.middles.append(taken[len(taken) // 2])
        return taken[len(taken) * 99 // 100]

    @property
    def middle(self) -> Series:
        """Of each round but the first, which warms up."""
        return Series(tuple(self.middles[1:]))


@dataclass
class City:
    """A crowd in its roster, and what is asked in a round."""

    crowd: Crowd
    scale: Scale

    def __post_init__(self) -> None:
        """Some are paired with the cadres of the enquiries, or were there before."""
        crowd, scale = self.crowd, self.scale
        self.roster = Roster(crowd.file() for _ in range(crowd.helpers))
        self.varied = [crowd.enquiry(Urgency.ROUTINE) for _ in range(scale.pick(SOME, 5))]
        self.rescues = [crowd.enquiry(Urgency.RESCUE) for _ in range(scale.pick(SOME_RESCUES, 2))]
        for enquiry in (*self.varied, *self.rescues):
            for file in crowd.tied(enquiry, self.roster.files):
                self.roster.put(file)
        self.nearest = Nearest(self.roster.files, ENGINE)

    def rank(self, enquiry: Enquiry) -> object:
        """The best with all their parts."""
        return ENGINE.rank(enquiry, self.roster, SHOWN_BEST)

    def alike(self, enquiries: Sequence[Enquiry]) -> bool:
        """Whether rankings are in every bit those by the files."""
        files = self.roster.files
        return all(ENGINE.rank(one, self.roster, SHOWN_BEST) == by_file(one, files) for one in enquiries)

    async def lines(self, limit: float) -> list[Line]:
        """All varied enquiries against the limit, few of them against the tree; then 特急, which asks all."""
        varied, few, rescues = self.varied, self.varied[: self.scale.pick(FEW, 3)], self.rescues
        checked = max(1, self.scale.pick(CHECKED, 2) * min(SIZES) // self.crowd.helpers)
        sound = self.alike(varied[:checked]) and self.alike(rescues[:1])
        nearest, rank = partial(self.nearest.best, most=SHOWN_BEST), self.rank
        ours, tree, same, rescue = (
            Timed(rank, varied),
            Timed(nearest, few),
            Timed(rank, few),
            Timed(rank, rescues),
        )
        files = Timed(lambda one: by_file(one, self.roster.files), few[:1])
        taken = await alternate(
            self.scale.rounds, {"ours": ours, "tree": tree, "same": same, "rescue": rescue, "files": files}
        )
        best = f"the best {SHOWN_BEST} of {self.crowd.helpers:,}"
        limits, fifth, peer = Series((limit,) * self.scale.rounds), Target("at most", 1 / 5), "a ball tree"
        p99, all_of_them = f"{best}, varied enquiries, p99", f"{best}, 特急, in all communities, p99"
        return [
            Line(p99, taken["ours"], "the limit", limits, "ms", AT_MOST, sound=sound),
            Line(p99, taken["same"], peer, taken["tree"], "ms", fifth, sound=sound),
            Line(f"{best}, varied enquiries, p50", same.middle, peer, tree.middle, "ms", SHOWN),
            Line(f"{best}, one enquiry", same.middle, "each judged by the file", taken["files"], "ms", SHOWN),
            Line(all_of_them, taken["rescue"], "the limit of the others", limits, "ms", SHOWN),
        ]

    def put(self) -> list[Line]:
        """Files that differ in one thing: capacity, a booking, an offer, an answer, active or not.

        The same ones again and again; and, shown beside them, each time others, which no cache has at hand.
        """
        limits = Series((PUT_LIMIT_US,) * self.scale.rounds)
        same, lines = self._some(), []
        for what, target in (("a changed file", AT_MOST), ("a file changed for the first time", SHOWN)):
            rounds = range(self.scale.rounds)
            taken = [self._put(same if target is AT_MOST else self._some(), number) for number in rounds]
            line = f"{what} among {len(self.roster):,}"
            lines.append(
                Line(line, Series(tuple(taken)), "the limit", limits, "µs", target, "Lower is better.")
            )
        return lines

    def _some(self) -> list[int]:
        return self.crowd.random.sample(range(len(self.roster)), min(len(self.roster), FILES))

    def _put(self, rows: Sequence[int], number: int) -> float:
        """Microseconds a file."""
        files = [self.roster.files[row] for row in rows]
        changed = [_changed(one, place, number, self.crowd) for place, one in enumerate(files)]
        return _milliseconds(partial(_put_all, self.roster, changed)) * 1000 / len(changed)


def _changed(file: HelperFile, place: int, number: int, crowd: Crowd) -> HelperFile:
    random, facts = crowd.random, file.facts
    match place % 5:
        case 0:
            return replace(file, facts=replace(facts, capacity=7 + number))
        case 1 if number % 2:
            return replace(file, facts=replace(facts, bookings=facts.bookings[:-1]))
        case 1:
            made = crowd.booking(0)
            return replace(file, facts=replace(facts, bookings=(*facts.bookings, made)))
        case 2:
            return replace(file, offers=file.offers | {some_id(random)})
        case 3:
            return replace(file, record=replace(file.record, answered=file.record.answered + 1))
    return replace(file, active=not file.active)


def _put_all(roster: Roster, files: Sequence[HelperFile]) -> None:
    for one in files:
        roster.put(one)


async def measure(ground: Ground, scale: Scale) -> list[Line]:  # noqa: ARG001  it needs no database
    """All in memory."""
    lines = []
    for helpers, limit in SIZES.items():
        city = City(Crowd(scale.pick(helpers, helpers // 50)), scale)
        gc.collect()
        gc.freeze()
        lines += [*await city.lines(limit), *city.put()]
        del city
        gc.unfreeze()
    return lines
