"""Cities of communities and members for the tests of rebalancing, and every plan that there is for them."""

from collections import Counter
from collections.abc import Iterator
from itertools import combinations, product
from random import Random
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from services.matching.engine.balancing import UNKNOWN_METRES, City, Community, Member, targets
from shared.contracts.values import Point

KEY = UUID(int=7)


def community_id(number: int) -> UUID:
    """The id of a community in a test."""
    return UUID(int=(0xA00 + number) << 76)


def member_id(number: int) -> UUID:
    """The id of a member in a test."""
    return UUID(int=(0xE00 + number) << 76)


def east(kilometres: float, datum: str = "WGS-84") -> Point:
    """A place so far east of a place on the equator."""
    return Point.of(129.0 + kilometres / 111.2, 0.0, datum)


def community(number: int, weight: int, at: float | None = None) -> Community:
    """Its centre lies so many kilometres to the east; by its number if not told."""
    return Community(community_id(number), weight, east(number if at is None else at))


def member(number: int, place: int | None, home: float | None = None, **changes: Any) -> Member:
    """One of the youth."""
    return Member(
        member_id(number),
        changes.pop("association", "youth"),
        None if place is None else community_id(place),
        changes.pop("point", None if home is None else east(home)),
        **changes,
    )


def city(weights: list[int], *members: Member) -> City:
    """Communities numbered from 0."""
    return City(tuple(community(number, weight) for number, weight in enumerate(weights)), members)


points = st.one_of(
    st.none(),
    st.builds(east, st.sampled_from([0, 0.4, 1, 2.5, 3, 7]), st.sampled_from(["WGS-84"] * 4 + ["GCJ-02"])),
)


@st.composite
def cities(draw: st.DrawFn, communities: int = 5, members: int = 8) -> City:
    """Small ones: some communities without cadres or a centre, some members without a home or a place."""
    count = draw(st.integers(1, communities))
    places = [
        Community(community_id(number), draw(st.sampled_from([0, 0, 1, 2, 3, 9])), draw(points))
        for number in range(count)
    ]
    people = [
        Member(
            member_id(number),
            draw(st.sampled_from(["youth", "youth", "seniors"])),
            draw(st.sampled_from([None, *[one.community for one in places], places[0].community])),
            draw(points),
            pinned=draw(st.sampled_from([False] * 4 + [True])),
            penalty=draw(st.sampled_from([0, 0, 500])),
        )
        for number in range(draw(st.integers(0, members)))
    ]
    return City(tuple(places), tuple(people))


def cost(town: City, one: Member, place: UUID) -> int:
    """By the formula of the objective."""
    new, old = town.metres(one, place), town.metres(one, one.community)
    far = UNKNOWN_METRES
    return (far if new is None else new) - (far if old is None else old) + one.penalty


def every_plan(town: City, most: int) -> Iterator[tuple[int, int, int]]:
    """Shortage, moves and cost of every set of moves at all, useful or not."""
    free = [one for one in town.members if not one.pinned]
    weights = {one.community: one.weight for one in town.communities}
    sizes = Counter(one.association for one in town.members)
    goals = {association: targets(weights, size) for association, size in sizes.items()}
    start = Counter((one.association, one.community) for one in town.members)
    for count in range(min(most, len(free)) + 1):
        for movers in combinations(free, count):
            choices = [[place for place in weights if place != one.community] for one in movers]
            for places in product(*choices):
                counts = start.copy()
                for one, place in zip(movers, places, strict=True):
                    counts[one.association, one.community] -= 1
                    counts[one.association, place] += 1
                lacking = sum(
                    max(0, goal - counts[association, place])
                    for association, wanted in goals.items()
                    for place, goal in wanted.items()
                )
                yield (
                    lacking,
                    count,
                    sum(cost(town, one, place) for one, place in zip(movers, places, strict=True)),
                )


def useful_plans(town: City, budget: int) -> int:
    """The least cost of as many moves as are possible, each from above the target to below."""
    weights = {one.community: one.weight for one in town.communities}
    spare: Counter[tuple[str, UUID | None]] = Counter(
        (one.association, one.community) for one in town.members
    )
    for association, size in Counter(one.association for one in town.members).items():
        for place, goal in targets(weights, size).items():
            spare[association, place] -= goal
    best = {tuple(sorted(spare.items(), key=repr)): (0, 0)}
    for one in town.members:
        for state, (moves, total) in list(best.items()):
            left = dict(state)
            mine = (one.association, one.community)
            if one.pinned or moves == budget or left[mine] <= 0:
                continue
            for place in weights:
                if left.get((one.association, place), 0) < 0:
                    after = left | {
                        mine: left[mine] - 1,
                        (one.association, place): left[one.association, place] + 1,
                    }
                    found = (moves + 1, total + cost(town, one, place))
                    name = tuple(sorted(after.items(), key=repr))
                    best[name] = min(best.get(name, found), found)
    most = max(moves for moves, _ in best.values())
    return min(total for moves, total in best.values() if moves == most)


def many() -> City:
    """Thirty communities, most of the cadres in few, four hundred members."""
    random = Random(3)  # noqa: S311  no secret
    places = tuple(
        community(number, int(random.paretovariate(1)), random.random() * 30) for number in range(30)
    )
    return City(
        places,
        tuple(
            member(
                number,
                random.choice([None, *range(30)]),
                random.choice([None, random.random() * 30]),
                association=random.choice(["youth", "seniors"]),
            )
            for number in range(400)
        ),
    )
