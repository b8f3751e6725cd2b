"""Ranking among 100,000 and 1,000,000 helpers, against each judged by the file and against a ball tree.

And a file put in the place of another.
"""

import gc
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
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
SOME, SOME_RESCUES, CHECKED = 200, 20, 12
"""Enquiries a round; of 特急; those that are compared with the files."""
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


def _p99(work: Callable[[Enquiry], object], enquiries: Sequence[Enquiry]) -> float:
    taken = sorted(_milliseconds(partial(work, one)) for one in enquiries)
    return taken[len(taken) * 99 // 100]


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
        """Ours, the ball tree and one ranking by the files in turn."""
        found = []
        checked = self.scale.pick(CHECKED * 100_000 // self.crowd.helpers, 2)
        for what, enquiries, target in (
            ("varied enquiries", self.varied, AT_MOST),
            ("特急, in all communities", self.rescues, SHOWN),
        ):
            sound = self.alike(enquiries[: max(1, checked)])

            async def ours(enquiries: Sequence[Enquiry] = enquiries) -> float:
                return _p99(self.rank, enquiries)

            async def tree(enquiries: Sequence[Enquiry] = enquiries) -> float:
                return _p99(partial(self.nearest.best, most=SHOWN_BEST), enquiries)

            async def files(enquiry: Enquiry = enquiries[0]) -> float:
                return _milliseconds(partial(by_file, enquiry, self.roster.files))

            slow = {"files": files} if self.crowd.helpers <= min(SIZES) else {}
            taken = await alternate(self.scale.rounds, {"ours": ours, "tree": tree, **slow})
            line = f"the best {SHOWN_BEST} of {self.crowd.helpers:,}, {what}, p99"
            limits = Series((limit,) * self.scale.rounds)
            others = {"each judged by the file": taken["files"]} if slow else {}
            tree_target = Target("at most", 1 / 5) if target is AT_MOST else SHOWN
            found += [
                Line(line, taken["ours"], "the limit", limits, "ms", target, sound=sound),
                Line(line, taken["ours"], "scikit-learn's BallTree", taken["tree"], "ms", tree_target),
                *(Line(line, taken["ours"], peer, series, "ms", SHOWN) for peer, series in others.items()),
            ]
        return found

    def put(self) -> Line:
        """Files that differ in one thing: capacity, a booking, an offer, an answer, active or not."""
        ours = []
        for number in range(self.scale.rounds):
            some = self.crowd.random.sample(self.roster.files, min(len(self.roster), FILES))
            changed = [_changed(one, place, number, self.crowd) for place, one in enumerate(some)]
            ours.append(_milliseconds(partial(_put_all, self.roster, changed)) * 1000 / len(changed))
        limits = Series((PUT_LIMIT_US,) * self.scale.rounds)
        what = f"a changed file among {len(self.roster):,}"
        return Line(what, Series(tuple(ours)), "the limit", limits, "µs", AT_MOST, "Lower is better.")


def _changed(file: HelperFile, place: int, number: int, crowd: Crowd) -> HelperFile:
    random, facts = crowd.random, file.facts
    match place % 5:
        case 0:
            return replace(file, facts=replace(facts, capacity=7 + number))
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
        lines += [*await city.lines(limit), city.put()]
        del city
        gc.unfreeze()
    return lines
