"""What every plan of rebalancing must hold: the best there is, found by trying all; sound in each part."""

import os
import subprocess
import sys
from pathlib import Path
from random import Random
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.matching.engine.balancing import (
    UNKNOWN_METRES,
    BudgetError,
    City,
    FigureError,
    MovedOnError,
    Plan,
    TwiceError,
    balance,
    moved,
    nearest_first,
    propose,
    shortage,
    targets,
)
from services.matching.engine.balancing.assigning import assigned, small
from services.matching.engine.balancing.flow import flowing
from services.matching.engine.balancing.problem import Problem
from services.matching.engine.distances import metres
from shared.contracts.values import Point
from shared.errors import UnknownError
from tests.balancing_cases import (
    KEY,
    cities,
    city,
    community,
    community_id,
    cost,
    east,
    every_plan,
    member,
    member_id,
    useful_plans,
)

ROOT = Path(__file__).parents[2]


def figures(plan: Plan) -> tuple[int, int, int]:
    """What is to be least, in order."""
    return plan.after, len(plan.moves), plan.cost


@settings(max_examples=150, deadline=None)
@given(cities(4, 6), st.integers(0, 3))
def test_no_set_of_moves_is_better(town: City, budget: int) -> None:
    """Not even one with moves that a plan never has: from where members lack, or there and on."""
    assert figures(balance(town, budget, KEY)) == min(every_plan(town, budget))


@settings(max_examples=120, deadline=None)
@given(cities(6, 12), st.integers(0, 12))
def test_no_way_to_make_the_same_moves_is_shorter(town: City, budget: int) -> None:
    """Larger ones, by trying all useful moves, member by member."""
    assert balance(town, budget, KEY).cost == useful_plans(town, budget)


@settings(max_examples=120, deadline=None)
@given(cities(12, 60))
def test_the_flow_and_the_assignment_find_the_same(town: City) -> None:
    """Where either may be taken, and more moves are allowed than are of use."""
    problem = Problem(town, 100, KEY)
    if problem.flow:
        assert small(problem)
        assert figures(problem.plan(flowing(problem))) == figures(problem.plan(assigned(problem)))


def test_a_budget_that_binds_is_left_to_the_flow() -> None:
    """An assignment shares no budget out between associations."""
    town = city([0, 1], member(1, 0), member(2, 0))
    assert [small(Problem(town, budget, KEY)) for budget in (1, 2, 3)] == [False, True, True]


@settings(max_examples=60, deadline=None)
@given(cities(12, 60), st.integers(0, 70), st.randoms())
def test_every_plan_is_sound(town: City, budget: int, random: Random) -> None:
    """Nobody twice, nobody pinned, in budget, each move useful; any part and the way back as they say."""
    found = propose(town, budget, KEY)
    best = found.best
    by_id = {one.member: one for one in town.members}
    movers = [move.member for move in best.moves]
    assert len(set(movers)) == len(movers) <= budget
    assert not any(by_id[one].pinned for one in movers)
    assert all(move.before - move.after == 1 for move in best.moves)
    assert best.before == shortage(town)
    assert best.after == shortage(moved(town, best.moves)) == best.before - len(movers)
    assert best.cost == sum(
        cost(town, by_id[move.member], move.destination) for move in best.moves if move.destination
    )
    assert figures(found.nothing) == (best.before, 0, 0)
    assert figures(found.greedy)[:2] == figures(best)[:2]
    assert figures(best) <= figures(found.greedy)
    assert found.greedy == nearest_first(town, budget, KEY)
    assert moved(moved(town, best.moves), best.undone.moves) == town
    assert best.undone.after == best.before
    accepted = random.sample(movers, random.randint(0, len(movers)))
    part = best.part(accepted)
    assert {move.member for move in part.moves} == set(accepted)
    assert part.after == shortage(moved(town, part.moves)) == best.before - len(accepted)
    shuffled = City(
        tuple(random.sample(town.communities, len(town.communities))),
        tuple(random.sample(town.members, len(town.members))),
    )
    assert propose(shuffled, budget, KEY) == found


def test_another_seed_of_hashes_gives_the_same_plan() -> None:
    """In processes of their own."""
    program = (
        "from tests.balancing_cases import KEY, many\n"
        "from services.matching.engine.balancing import balance\n"
        "print([(str(move.member), str(move.destination)) for move in balance(many(), 40, KEY).moves])"
    )
    told = [
        subprocess.run(  # noqa: S603  our own interpreter
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            cwd=ROOT,
            check=True,
            capture_output=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert told[0] == told[1]
    assert told[0].count(b"(") == 40


@given(
    st.dictionaries(st.integers(0, 30).map(community_id), st.integers(0, 50), max_size=20),
    st.integers(0, 300),
)
def test_targets_are_in_proportion(weights: dict[UUID, int], members: int) -> None:
    """Each within one of its quota, all together the members; nobody where there is no cadre."""
    found, total = targets(weights, members), sum(weights.values())
    assert sum(found.values()) == (members if total else 0)
    for one, weight in weights.items():
        assert abs(found[one] * total - weight * members) < max(total, 1)
        assert weight or not found[one]


def test_equal_fractions_go_by_id() -> None:
    """One place left, three who want a third of it."""
    weights = {community_id(number): 1 for number in (2, 0, 1)}
    assert targets(weights, 4) == {community_id(0): 2, community_id(1): 1, community_id(2): 1}


def test_nobody_and_nowhere() -> None:
    """No members, no communities, no cadres at all: nothing to do."""
    for town in (
        City((), ()),
        city([1, 2]),
        City((), (member(1, None),)),
        city([0, 0], member(1, 0, 0), member(2, None)),
    ):
        assert figures(balance(town, 5, KEY)) == (0, 0, 0)


def test_all_cadres_in_one_community() -> None:
    """Everybody goes there, from the one without cadres too."""
    town = city([0, 1_000_000, 0], member(1, 0, 0), member(2, 2, 2), member(3, None, 9))
    plan = balance(town, 10, KEY)
    assert {move.destination for move in plan.moves} == {community_id(1)}
    assert figures(plan)[:2] == (0, 3)


def test_a_budget_of_nothing() -> None:
    """Or less."""
    town = city([0, 1], member(1, 0, 0))
    assert figures(balance(town, 0, KEY)) == (1, 0, 0)
    with pytest.raises(BudgetError):
        balance(town, -1, KEY)


def test_the_one_who_lives_nearest_goes() -> None:
    """By how much farther it is than where they are now."""
    town = city([1, 1], member(1, 0, 0), member(2, 0, 0.8))
    (move,) = balance(town, 5, KEY).moves
    assert (move.member, move.old, move.new) == (member_id(2), 799, 199)
    assert (move.metres, move.before, move.after) == (-600, 1, 0)


def test_a_penalty_chooses_another() -> None:
    """And no fewer."""
    town = city([1, 1], member(1, 0, 0), member(2, 0, 0.8, penalty=2_000))
    (move,) = balance(town, 5, KEY).moves
    assert move.member == member_id(1)


def test_the_greedy_way_is_longer() -> None:
    """Who takes the nearest place leaves another the farthest one."""
    places = (community(0, 0, 0), community(1, 1, 1), community(2, 1, -1.5), community(3, 0, -9))
    town = City(places, (member(1, 0, 0), member(2, 3, 0.9)))
    found = propose(town, 5, KEY)
    assert figures(found.best)[:2] == figures(found.greedy)[:2] == (0, 2)
    assert found.best.cost <= found.greedy.cost


def test_associations_are_shared_out_by_themselves() -> None:
    """A senior fills no place of the young; the budget goes where it is nearest."""
    town = city(
        [1, 1],
        *(member(number, 0, 0) for number in (1, 2)),
        *(member(number, 0, 0.9, association="seniors") for number in (3, 4)),
    )
    (move,) = balance(town, 1, KEY).moves
    assert (move.association, balance(town, 1, KEY).before) == ("seniors", 2)
    assert len(balance(town, 2, KEY).moves) == 2


def test_a_home_in_another_datum_is_as_none() -> None:
    """Hundreds of metres lie between the two, so no distance is told."""
    elsewhere = member(1, 0, point=east(0.9, "GCJ-02"))
    (move,) = balance(city([0, 1], elsewhere), 1, KEY).moves
    assert (move.old, move.new, move.metres) == (None, None, 0)


def test_who_is_not_placed_comes_from_a_neutral_distance() -> None:
    """Nearer than that is a gain."""
    (move,) = balance(city([1], member(1, None, 0.5)), 1, KEY).moves
    assert (move.source, move.old, move.metres) == (None, None, move.new - UNKNOWN_METRES if move.new else 0)
    (back,) = balance(city([1], member(1, None, 0.5)), 1, KEY).undone.moves
    assert (back.source, back.destination, back.metres) == (community_id(0), None, -move.metres)


def test_input_that_contradicts_itself() -> None:
    """Is refused, with what is wrong."""
    with pytest.raises(TwiceError):
        City((community(1, 1), community(1, 2)), ())
    with pytest.raises(TwiceError):
        city([1], member(1, 0), member(1, None))
    with pytest.raises(UnknownError):
        city([1], member(1, 5))
    with pytest.raises(FigureError):
        city([-1])
    with pytest.raises(FigureError):
        city([1], member(1, 0, penalty=-1))


def test_a_plan_that_time_has_passed() -> None:
    """Can't be made, nor a part of it that it hasn't."""
    town = city([0, 1], member(1, 0))
    plan = balance(town, 1, KEY)
    with pytest.raises(MovedOnError):
        moved(moved(town, plan.moves), plan.moves)
    with pytest.raises(UnknownError):
        plan.part([member_id(9)])


places = st.builds(
    Point.of,
    st.one_of(st.floats(129.0, 129.5), st.floats(-180, 180)),
    st.one_of(st.floats(44.0, 44.5), st.floats(-90, 90)),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(places, min_size=1, max_size=6), st.lists(places, min_size=1, max_size=6))
def test_distances_by_column(homes: list[Point], centres: list[Point]) -> None:
    """As they are by the point, in every bit, near and at the other end of the Earth."""
    columns = [np.array([(one.x, one.y, one.z) for one in those]) for those in (homes, centres)]
    expected = [[home.metres_to(centre) for centre in centres] for home in homes]
    assert metres(columns[0], columns[1]).tolist() == expected


@given(st.integers(0, 2**24), st.sampled_from([-1, 0, 1]))
def test_distances_beside_a_whole_metre(hundreds: int, beside: int) -> None:
    """Where a float's root could fall on the wrong side."""
    apart = max(0, hundreds // 100 * 100 + beside)
    home, centre = np.array([[0, 0, 0]]), np.array([[apart, 1 if beside > 0 else 0, 0]])
    assert metres(home, centre).item() == apart // 100
