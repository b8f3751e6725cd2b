"""A plan of many visits: rules kept, the best by score, the same whatever the order; pins and their cost."""

import subprocess
import sys
from collections import defaultdict
from dataclasses import replace
from datetime import timedelta
from itertools import product
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.matching.engine import Enquiry, HelperFile, Roster
from services.matching.engine.deciding import faults, solve
from services.matching.engine.planning import Decision, Planning
from services.matching.engine.visits import edges_of
from shared.contracts.values import CadreSide, HelperKind, HelperProfile, Point, Skill, Urgency, Weekly
from tests.matching_cases import HERE, NOON, helper_id, hours, need, offer_id
from tests.ranking_cases import PRESENT, booking, file

ROOT = Path(__file__).parents[2]


def visit(number: int, home: Point | None = None, **changes: Any) -> Enquiry:
    """A visit that was agreed, or not, to a cadre of its own."""
    about = {"request": offer_id(100 + number), "cadre": offer_id(200 + number), "urgency": Urgency.SCHEDULED}
    asked = need(**about, **changes)
    return Enquiry(asked, CadreSide(home=home), at=NOON, latest=NOON + timedelta(days=3))


def decided(
    visits: list[Enquiry], helpers: list[HelperFile], pinned: Any = (), forbidden: Any = ()
) -> Decision:
    """The best plan; its proof is looked at each time."""
    roster = Roster(helpers)
    asked = {one.need.request: one for one in visits}
    edges = {request: edges_of(one, roster, PRESENT) for request, one in asked.items()}
    planning = Planning(tuple(roster), asked, edges, pinned, forbidden)
    while True:
        laid = planning.problem()
        solution = solve(laid.problem)
        assert list(faults(laid.problem, solution)) == []
        found = planning.decided(laid, solution)
        if found is not None:
            return found


def total(decision: Decision) -> int:
    """The sum of scores."""
    return sum(one.score for one in decision.planned.values())


def pairs(decision: Decision) -> dict[UUID, UUID]:
    """Who comes to which request."""
    files = decision.planning.files
    return {request: files[one.row].helper for request, one in decision.planned.items()}


places = st.sampled_from([None, Point.of(129.6, 44.6), Point.of(129.63, 44.61), Point.of(129.9, 44.9)])
visits = st.lists(
    st.builds(
        visit,
        st.integers(0, 30),
        home=places,
        slot=st.sampled_from([None, hours(20), hours(21), hours(24), hours(25), hours(44)]),
        skills=st.sampled_from([("shopping",), ("meals",)]),
        community=st.sampled_from([HERE, None]),
    ),
    unique_by=lambda one: one.need.request,
    max_size=4,
)
files = st.lists(
    st.builds(
        file,
        st.integers(1, 30),
        kind=st.sampled_from([HelperKind.VOLUNTEER]),
        skills=st.sampled_from([(Skill(code="shopping"),), (Skill(code="shopping"), Skill(code="meals"))]),
        capacity=st.integers(1, 3),
        availability=st.sampled_from([(), (Weekly(day=2, start=480, end=780),)]),
        profile=places.map(lambda home: HelperProfile(name="某", home=home)),
        bookings=st.sampled_from([(), (booking(hours(23), Point.of(129.6, 44.6)),)]),
    ),
    unique_by=lambda one: one.helper,
    max_size=4,
)


def all_plans(asked: list[Enquiry], helpers: list[HelperFile]) -> list[tuple[int, int]]:
    """Of every plan that helpers' own files would take, in some order: visits without anybody, lost score."""
    roster = Roster(helpers)
    scored: list[dict[UUID | None, int]] = []
    for one in asked:
        edges = edges_of(one, roster, PRESENT)
        able = zip(edges.rows.tolist(), edges.scores.tolist(), strict=True)
        scored.append({None: 0, **{roster.files[row].helper: score for row, score in able}})
    found = []
    for chosen in product(*scored):
        theirs: defaultdict[UUID, list[Enquiry]] = defaultdict(list)
        for one, helper in zip(asked, chosen, strict=True):
            if helper is not None:
                theirs[helper].append(one)
        if all(len(many) <= 1 for many in theirs.values()):
            score = sum(by[helper] for by, helper in zip(scored, chosen, strict=True))
            found.append((chosen.count(None), -score))
    return found


@settings(max_examples=200, deadline=None)
@given(visits, files)
def test_no_rule_is_broken(asked: list[Enquiry], helpers: list[HelperFile]) -> None:
    """Each helper could make all visits that they are given, one after the other, by their own file."""
    found = decided(asked, helpers)
    files = {one.helper: one for one in helpers}
    for request, one in sorted(found.planned.items(), key=lambda one: one[1].slot.start):
        helper = found.planning.files[one.row].helper
        enquiry = found.planning.enquiries[request]
        facts = files[helper].facts
        assert set(enquiry.need.skills) <= files[helper].codes
        assert facts.hindrance(one.slot, enquiry.place) is None
        taken = replace(booking(one.slot, enquiry.place), booking=request)
        files[helper] = replace(files[helper], facts=replace(facts, bookings=(*facts.bookings, taken)))


@settings(max_examples=200, deadline=None)
@given(visits, files)
def test_no_plan_of_one_visit_a_helper_is_better(asked: list[Enquiry], helpers: list[HelperFile]) -> None:
    """By trying all, where no order of visits had to be mended; giving somebody several may be better yet."""
    found = decided(asked, helpers)
    if not found.planning.late:
        assert (len(asked) - len(found.planned), -total(found)) <= min(all_plans(asked, helpers))
    assert (found.gap, found.faults) == (0, ())
    assert sum(one.visits for one in found.lacking) == len(asked) - len(found.planned)


@settings(max_examples=100, deadline=None)
@given(visits, files, st.randoms())
def test_the_order_of_what_is_given_changes_nothing(
    asked: list[Enquiry], helpers: list[HelperFile], random: Any
) -> None:
    """The same pairs at the same times, with the same prices."""
    first = decided(asked, helpers)
    random.shuffle(asked)
    random.shuffle(helpers)
    assert decided(asked, helpers).digest == first.digest


def many(random: Random) -> Decision:
    """Sixty visits, forty helpers, many alike; given in some order."""
    asked = [visit(number, slot=hours(20 + number % 8)) for number in range(60)]
    helpers = [file(number, capacity=1 + number % 3) for number in range(1, 41)]
    random.shuffle(asked)
    random.shuffle(helpers)
    return decided(asked, helpers)


def test_a_hundred_orders_and_another_process_give_the_same_plan() -> None:
    """With other hashes of its own; to the byte."""
    digests = {many(Random(seed)).digest for seed in range(100)}  # noqa: S311  no secret
    script = "import random, tests.unit.test_planning as t; print(t.many(random.Random(7)).digest)"
    for seed in ("1", "2"):
        done = subprocess.run(  # noqa: S603  our own interpreter
            [sys.executable, "-c", script],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=True,
        )
        digests.add(done.stdout.strip())
    assert len(digests) == 1


NEAR, FAR = Point.of(129.6, 44.6), Point.of(129.61, 44.6)
TWO = [visit(1, NEAR), visit(2, FAR)]
ONE_EACH = [
    file(1, profile=HelperProfile(name="近", home=NEAR), capacity=1),
    file(2, profile=HelperProfile(name="远", home=FAR), capacity=1),
]
FIRST, SECOND = (one.need.request for one in TWO)


def test_a_pin_costs_what_it_takes_from_the_others() -> None:
    """Each has the nearer; pinned the other way round, both have it farther. Freed, it is as before."""
    found = decided(TWO, ONE_EACH)
    assert pairs(found) == {FIRST: helper_id(1), SECOND: helper_id(2)}
    pinned = decided(TWO, ONE_EACH, pinned=[(FIRST, helper_id(2))])
    assert pairs(pinned) == {FIRST: helper_id(2), SECOND: helper_id(1)}
    lost = sum(one.score for one in found.planned.values()) - sum(
        one.score for one in pinned.planned.values()
    )
    assert lost == 2 * 79
    forbidden = decided(TWO, ONE_EACH, forbidden=[(SECOND, helper_id(2))])
    assert pairs(forbidden) == pairs(pinned)


@pytest.mark.parametrize("request_", [FIRST, SECOND])
def test_a_pin_comes_before_a_visit_without_one(request_: UUID) -> None:
    """One helper with time for one visit: the pinned one has it, whichever would have had it."""
    alone = ONE_EACH[:1]
    found = decided(TWO, alone, pinned=[(request_, helper_id(1))])
    assert pairs(found) == {request_: helper_id(1)}
    assert found.faults == ()


def test_two_pins_of_one_helper_leave_somebody_out() -> None:
    """Clearly: the second has nobody, and what is lacking is told."""
    found = decided(TWO, ONE_EACH, pinned=[(FIRST, helper_id(1)), (SECOND, helper_id(1))])
    assert len(found.planned) == 1
    (lacking,) = found.lacking
    assert (lacking.skills, lacking.community, lacking.visits) == (("shopping",), HERE, 1)
    assert {one.skill for one in found.prices} == {"shopping"}
    assert decided(TWO, []).prices == ()


@pytest.mark.parametrize(("asked", "helpers"), [([], []), (TWO, []), ([], ONE_EACH)])
def test_of_nothing_comes_nothing(asked: list[Enquiry], helpers: list[HelperFile]) -> None:
    """No visits, no helpers."""
    found = decided(asked, helpers)
    assert (found.planned, found.gap) == ({}, 0)


def test_visits_at_the_same_hour_go_to_different_helpers() -> None:
    """There is room in the half day, but nobody can be in two places."""
    asked = [visit(number, NEAR, slot=hours(24)) for number in range(3)]
    helpers = [file(number, capacity=9) for number in (1, 2, 3)]
    assert set(pairs(decided(asked, helpers)).values()) == {helper_id(number) for number in (1, 2, 3)}
    assert len(decided(asked, helpers[:2]).planned) == 2
