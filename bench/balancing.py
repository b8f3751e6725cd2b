"""Rebalancing a county-level city and a very large one, beside the nearest first, doing nothing and SciPy.

The cities are generated from a seed: communities around few centres, cadres skewed over them, homes
clustered around the member's community, some members pinned, some without a home or not placed.
"""

import time
from collections.abc import Callable
from functools import partial
from random import Random
from uuid import UUID

import numpy as np

from bench.ground import Ground
from bench.measure import SHOWN, Line, Scale, Series, Target, alternate
from services.matching.engine.balancing import City, Community, Member, Plan, balance, nearest_first
from services.matching.engine.balancing.problem import Problem
from shared.contracts.values import Point

KEY = UUID(int=1)
DEGREES = 0.02
"""How wide a city is, times the root of its communities."""


def _id(random: Random) -> UUID:
    return UUID(int=random.getrandbits(128))


def _near(random: Random, centre: tuple[float, float], spread: float) -> tuple[float, float]:
    return random.gauss(centre[0], spread), random.gauss(centre[1], spread)


def generated(communities: int, members: int, seed: int = 1) -> City:
    """One in twelve communities begins a subdistrict; every twelfth has no cadre at all."""
    random = Random(seed)  # noqa: S311  no secret
    side = DEGREES * communities**0.5
    towns = [
        ((129 + random.random() * side, 44 + random.random() * side), random.paretovariate(1.2))
        for _ in range(max(2, communities // 12))
    ]
    places, centres = [], []
    for _ in range(communities):
        town, crowd = random.choice(towns)
        centres.append(_near(random, town, side / 12))
        weight = 0 if random.random() < 1 / 12 else int(crowd * random.lognormvariate(2, 0.7))
        places.append(Community(_id(random), weight, Point.of(*centres[-1])))
    people = []
    for _ in range(members):
        number = random.randrange(communities)
        home = Point.of(*_near(random, centres[number], 0.01)) if random.random() < 0.95 else None  # noqa: PLR2004
        place = places[number].community if random.random() < 0.97 else None  # noqa: PLR2004
        association = random.choice(("youth", "seniors"))
        people.append(Member(_id(random), association, place, home, pinned=random.random() < 0.1))  # noqa: PLR2004
    return City(tuple(places), tuple(people))


def by_scipy(city: City, budget: int) -> int | None:
    """The same least cost as an assignment of members to places; None without SciPy. Small cities only.

    Rows are the members and, for each room that stays empty, nobody; columns are the rooms, those who stay
    in each surplus whatever happens, and those who stay because the budget is used up.
    """
    try:
        from scipy.optimize import linear_sum_assignment  # noqa: PLC0415  it need not be there
    except ImportError:
        return None
    problem = Problem(city, budget, KEY)
    never = 1 << 40
    rooms = np.repeat(np.arange(len(problem.lacks)), [one.most for one in problem.lacks])
    spare = sum(one.most for one in problem.surpluses) - problem.flow
    empty = np.full((len(rooms) - problem.flow, len(rooms) + len(problem.members) - problem.flow), never)
    empty[:, : len(rooms)] = 0
    most = np.array([one.most for one in problem.surpluses], np.int64)
    stays = np.bincount(problem.surplus, minlength=len(most)) - most
    owners = np.repeat(np.arange(len(stays)), stays)
    rows = len(problem.members)
    costs = np.full((rows, len(problem.lacks)), never)
    for block in problem.blocks:
        costs[block.rows, block.lacks] = block.costs
    matrix = np.hstack(
        [costs[:, rooms], np.where(problem.surplus[:, None] == owners, 0, never), np.zeros((rows, spare))]
    )
    matrix = np.vstack([matrix, empty])
    chosen, columns = linear_sum_assignment(matrix)
    return int(matrix[chosen, columns].sum())


def _milliseconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


async def measure(ground: Ground, scale: Scale) -> list[Line]:  # noqa: ARG001  it needs no database
    """All in memory."""
    lines = []
    for communities, members, budget, limit in (
        (25, 600, 30, 5),
        (25, 600, 600, 5),
        (scale.pick(2_500, 100), scale.pick(50_000, 1_500), scale.pick(500, 50), 2_000),
        (scale.pick(2_500, 100), scale.pick(50_000, 1_500), scale.pick(2_000, 100), 2_000),
    ):
        lines += await _compared(generated(communities, members), budget, limit, scale)
    return lines


async def _compared(city: City, budget: int, limit: float, scale: Scale) -> list[Line]:
    async def ours() -> float:
        return _milliseconds(partial(balance, city, budget, KEY))

    async def greedy() -> float:
        return _milliseconds(partial(nearest_first, city, budget, KEY))

    async def scipy() -> float:
        return _milliseconds(partial(by_scipy, city, budget))

    best, other = balance(city, budget, KEY), nearest_first(city, budget, KEY)
    contenders = {"ours": ours, "greedy": greedy}
    small = len(city.members) <= 1_000  # noqa: PLR2004  its matrix has a column for each place and each member
    least = by_scipy(city, budget) if small else None
    if least is not None:
        contenders["scipy"] = scipy
    taken = await alternate(scale.rounds, contenders)
    sound = best.after <= other.after and best.cost <= other.cost and least in (None, best.cost)
    what = f"{len(city.communities):,} communities, {len(city.members):,} members, budget {budget:,}"
    at_most = Series((float(limit),) * scale.rounds)
    target = Target("at most", 1.0)
    lines = [
        Line(what, taken["ours"], "the limit", at_most, "ms", target, _told(best, other), sound=sound),
        Line(what, taken["ours"], "nearest move first", taken["greedy"], "ms", SHOWN),
    ]
    if "scipy" in taken:
        lines.append(Line(what, taken["ours"], "SciPy's linear_sum_assignment", taken["scipy"], "ms", SHOWN))
    return lines


def _told(best: Plan, greedy: Plan) -> str:
    return (
        f"Doing nothing leaves a shortage of {best.before:,}, {len(best.moves):,} moves leave {best.after:,} "
        f"at {best.cost:,} m in total; the nearest first leaves {greedy.after:,} at {greedy.cost:,} m."
    )
