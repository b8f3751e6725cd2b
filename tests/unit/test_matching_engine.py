"""What every ranking must hold, and each rule and part by itself."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.matching.domain.weights import PLAIN
from services.matching.engine import Engine, Enquiry, HelperFile, Judged, Ranking, Record, Roster, Rule
from services.matching.engine.judging import judge
from services.matching.engine.lots import lot
from services.matching.engine.slots import Times
from shared.contracts.values import (
    CadreSide,
    HelperKind,
    Point,
    Sex,
    Skill,
    Slot,
    Urgency,
    Weekly,
    Wish,
)
from tests.matching_cases import (
    CADRE,
    ELSEWHERE,
    NOON,
    helper_id,
    hours,
    offer_id,
)
from tests.ranking_cases import (
    KOREAN,
    PRESENT,
    booking,
    engines,
    enquiries,
    enquiry,
    file,
    files,
)


def rank(asked: Enquiry, helpers: Iterable[HelperFile], most: int = 50, engine: Engine = PRESENT) -> Ranking:
    """By a fresh roster."""
    return engine.rank(asked, Roster(helpers), most)


def average_minutes(asked: Enquiry, helpers: Sequence[HelperFile]) -> dict[HelperKind, int]:
    """Of each kind: served since 30 days ago, or booked."""
    found: dict[HelperKind, int] = {}
    for kind in {one.facts.kind for one in helpers}:
        taken = [slot for one in helpers if one.facts.kind is kind for slot in one.taken]
        seconds = [
            (one.end - one.start).total_seconds()
            for one in taken
            if one.start >= asked.at - timedelta(days=30)
        ]
        found[kind] = int(sum(seconds)) // 60 // sum(one.facts.kind is kind for one in helpers)
    return found


def brute(
    asked: Enquiry, helpers: Sequence[HelperFile], engine: Engine = PRESENT
) -> tuple[list[Judged], Counter[Rule]]:
    """Each judged by the file; the able in order, the excluded counted."""
    could = [one for one in helpers if isinstance(judge(one, asked, Times(asked), PLAIN, {}), Judged)]
    peers = average_minutes(asked, could)
    judged = [judge(one, asked, Times(asked), engine.weights, peers) for one in helpers]
    able = [one for one in judged if isinstance(one, Judged)]
    able.sort(key=lambda one: (-one.score, lot(asked.need.request, one.helper)))
    return able, Counter(one for one in judged if isinstance(one, Rule))


@settings(max_examples=300, deadline=None)
@given(enquiries, files, st.randoms(), st.integers(0, 8), engines)
def test_every_ranking(
    asked: Enquiry, helpers: list[HelperFile], random: Any, most: int, engine: Engine
) -> None:
    """By column as by the file, in every bit: the best, the counts, each one's place; in whatever order."""
    able, excluded = brute(asked, helpers, engine)
    random.shuffle(helpers)
    ranking = rank(asked, helpers, most, engine)
    assert ranking == Ranking(tuple(able[:most]), len(able), dict(excluded))
    assert all(sum(part.points for part in one.parts) == one.score for one in able)
    assert sum(one.count for one in ranking.counts) + len(able) == ranking.considered == len(helpers)
    assert {rule: len(engine.excluded_by(rule, asked, helpers)) for rule in excluded} == dict(excluded)
    roster = Roster(helpers)
    assert [engine.place(asked, roster, one) for one in able] == list(range(1, len(able) + 1))
    assert [engine.judge(asked, roster, roster.files[roster.row_of[one.helper]]) for one in able] == able


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(enquiries, files, st.integers(-40, 40)), min_size=1, max_size=6))
def test_a_roster_that_is_changed_ranks_as_a_fresh_one(
    steps: list[tuple[Enquiry, list[HelperFile], int]],
) -> None:
    """Files put in the place of others, between rankings that look back to different days."""
    roster = Roster()
    standing: dict[UUID, HelperFile] = {}
    for asked, changed, later in steps:
        for one in changed:
            roster.put(one)
            standing[one.helper] = one
        moved = replace(
            asked, at=asked.at + timedelta(days=later), latest=asked.latest + timedelta(days=later)
        )
        helpers = list(standing.values())
        able, excluded = brute(moved, helpers)
        assert PRESENT.rank(moved, roster, 5) == Ranking(tuple(able[:5]), len(able), dict(excluded))
        assert list(roster) == helpers


@settings(max_examples=100, deadline=None)
@given(enquiries, files)
def test_every_time_that_is_offered_is_free(asked: Enquiry, helpers: list[HelperFile]) -> None:
    """Nobody is asked for an hour that their own file would refuse."""
    by_id = {one.helper: one for one in helpers}
    for candidate in rank(asked, helpers).candidates:
        assert candidate.slot is not None
        assert by_id[candidate.helper].facts.hindrance(candidate.slot, asked.place) is None


EXCLUSIONS: list[tuple[Rule, HelperFile, Enquiry]] = [
    (Rule.LEFT, file(left=True), enquiry()),
    (Rule.SUSPENDED, file(active=False), enquiry()),
    (Rule.KIND, file(kind=HelperKind.STAFF), enquiry()),
    (Rule.BARRED, file(), enquiry(barred=frozenset({helper_id(1)}))),
    (Rule.ALREADY_ASKED, file(), enquiry(asked=frozenset({helper_id(1)}))),
    (Rule.RECUSED, file(recused=frozenset({CADRE})), enquiry()),
    (Rule.UNWANTED, file(wishes={CADRE: Wish.NEVER}, paired=frozenset({CADRE})), enquiry()),
    (Rule.SKILL, file(skills=()), enquiry()),
    (Rule.COMMUNITY, file(community=ELSEWHERE), enquiry()),
    (Rule.SEX, file(sex=Sex.MALE), enquiry(side=CadreSide(preferred_sex=Sex.FEMALE))),
    (Rule.LANGUAGE, file(dialects=("东北话",)), enquiry(side=CadreSide(dialect=KOREAN))),
    (Rule.NOT_AVAILABLE, file(availability=(Weekly(day=7, start=0, end=1440),)), enquiry()),
    (Rule.ABSENT, file(absences=((NOON, NOON + timedelta(days=2)),)), enquiry()),
    (Rule.BOOKED, file(bookings=(booking(hours(24.5)),)), enquiry()),
    (Rule.TRAVEL, file(bookings=(booking(hours(25.1), Point.of(129.65, 44.6)),)), enquiry()),
    (Rule.CAPACITY, file(capacity=1, bookings=(booking(hours(48)),)), enquiry()),
    (Rule.CERTIFICATE, file(skills=(Skill(code="shopping", until=date(2026, 6, 1)),)), enquiry()),
]


@pytest.mark.parametrize(("rule", "helper", "asked"), EXCLUSIONS)
def test_a_rule_excludes(rule: Rule, helper: HelperFile, asked: Enquiry) -> None:
    """And is the one that is counted."""
    assert rank(asked, [helper]).excluded == {rule: 1}


PARTS: list[tuple[str, HelperFile, Enquiry]] = [
    ("pairing", file(paired=frozenset({CADRE})), enquiry()),
    ("distance", file(), enquiry()),
    ("skill_fit", file(), enquiry()),
    ("dialect", file(dialects=("东北话",)), enquiry(side=CadreSide(dialect="东北话"))),
    ("continuity", file(visits={CADRE: 2}), enquiry()),
    ("fairness", file(bookings=(booking(hours(48)),)), enquiry()),
    ("poorly", file(record=Record(poorly={CADRE: 1})), enquiry()),
    ("reliability", file(), enquiry()),
    ("drop_outs", file(record=Record(faults=(NOON - timedelta(days=31),))), enquiry()),
    ("wish", file(wishes={CADRE: Wish.AGAIN}), enquiry()),
    ("glad", file(glad=("shopping",)), enquiry()),
    ("scarcity", file(skills=(Skill(code="shopping"), Skill(code="law"))), enquiry(prices={"law": 70})),
    ("scarcity", file(price=30), enquiry()),
    ("offers", file(offers=frozenset({offer_id(5)})), enquiry()),
    ("waiting", file(), enquiry(slot=None)),
]


@pytest.mark.parametrize(("part", "helper", "asked"), PARTS)
def test_a_part_counts(part: str, helper: HelperFile, asked: Enquiry) -> None:
    """It stands in the score by its name; some take points away. The other has nothing that counts."""
    found = rank(asked, [helper, file(2, profile=None)]).candidates
    points = {one.name: one.points for one in found[0 if found[0].helper == helper.helper else 1].parts}
    away = ("fairness", "offers", "waiting", "poorly", "drop_outs", "scarcity")
    assert (points[part] < 0) == (part in away)


@pytest.mark.parametrize(("price", "points"), [(0, -70), (50, -70), (90, -90)])
def test_the_dearer_of_skill_and_time_counts(price: int, points: int) -> None:
    """Not both: the price of a scarce skill is a mean of what its owners' time costs."""
    helper = file(skills=(Skill(code="shopping"), Skill(code="law")), price=price)
    (found,) = rank(enquiry(prices={"law": 70}), [helper]).candidates
    assert {one.name: one.points for one in found.parts}["scarcity"] == points


def test_a_pairing_opens_another_community() -> None:
    """Who is bound to the cadre may come from anywhere."""
    assert rank(enquiry(), [file(community=ELSEWHERE, paired=frozenset({CADRE}))]).candidates


def test_rescue_is_now() -> None:
    """From this moment on, whoever is near."""
    asked = enquiry(urgency=Urgency.RESCUE, slot=None)
    (found,) = rank(asked, [file(community=ELSEWHERE)]).candidates
    assert found.slot == Slot(start=NOON, end=NOON + timedelta(hours=1))


def test_the_earliest_free_hour() -> None:
    """Noon is now, the next hour is booked: two o'clock."""
    (found,) = rank(enquiry(slot=None), [file(bookings=(booking(hours(1)),))]).candidates
    assert found.slot == hours(2)


def test_no_hour_before_the_deadline() -> None:
    """The pattern's day lies behind it."""
    asked = replace(enquiry(slot=None), latest=NOON + timedelta(days=1))
    weekend = file(availability=(Weekly(day=6, start=480, end=1080),))
    assert rank(asked, [weekend]).excluded == {Rule.NOT_AVAILABLE: 1}


def test_the_way_from_the_week_before() -> None:
    """Booked on Sunday until midnight, two kilometres away; asked half an hour after it."""
    late = file(bookings=(booking(hours(155), Point.of(129.65, 44.6)),))
    assert rank(enquiry(slot=hours(156.5)), [late]).excluded == {Rule.TRAVEL: 1}


def test_many_weekly_patterns() -> None:
    """More than a table has room for at first: each is still known by its own hours."""
    evenings = [(Weekly(day=2, start=1000 + minute, end=1300),) for minute in range(80)]
    helpers = [file(number + 1, availability=one) for number, one in enumerate(evenings)]
    found = rank(enquiry(slot=hours(29)), helpers).able
    assert found == sum(one[0].start <= 1020 for one in evenings)


def test_a_slot_over_midnight_needs_both_days() -> None:
    """Tuesday evening and Wednesday morning."""
    night = enquiry(slot=hours(35, 2))
    both = (Weekly(day=2, start=1320, end=1440), Weekly(day=3, start=0, end=120))
    assert rank(night, [file(availability=both)]).candidates
    assert rank(night, [file(availability=both[:1])]).excluded
