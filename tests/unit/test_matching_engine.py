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

from services.matching.domain.helper import HELPER
from services.matching.domain.helper_file import Booking
from services.matching.engine import NEWEST, Enquiry, HelperFile, Judged, Ranking, Roster, Rule
from services.matching.engine.lots import lot
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
)
from tests.matching_cases import (
    CADRE,
    ELSEWHERE,
    HERE,
    HOME,
    NOON,
    REQUEST,
    enrolled,
    helper_id,
    hours,
    need,
    offer_id,
)


def file(number: int = 1, **changes: Any) -> HelperFile:
    """A helper's file; changes of the enrolment, or of the file itself."""
    own = {name: changes.pop(name) for name in ("active", "left", "paired", "offers") if name in changes}
    later = {
        name: changes.pop(name)
        for name in ("recused", "absences", "bookings", "served", "visits")
        if name in changes
    }
    state = HELPER.fold([enrolled(number, **changes)])
    assert state is not None
    return HelperFile(facts=replace(state.facts, **later), **own)


def enquiry(**changes: Any) -> Enquiry:
    """Shopping, tomorrow at noon."""
    own = {
        "side": changes.pop("side", CadreSide(home=HOME)),
        "asked": changes.pop("asked", frozenset()),
        "barred": changes.pop("barred", frozenset()),
    }
    return Enquiry(need(**changes), at=NOON, latest=NOON + timedelta(days=3), **own)


def booking(slot: Slot) -> Booking:
    """Time taken."""
    return Booking(offer_id(1), REQUEST, CADRE, slot)


skills = st.sampled_from(
    [
        (Skill(code="shopping"),),
        (Skill(code="meals"),),
        (Skill(code="meals"), Skill(code="shopping", until=date(2026, 6, 2))),
    ]
)
absences = st.lists(st.integers(-40, 80), max_size=1).map(
    lambda begins: tuple((hours(begin).start, hours(begin + 30).start) for begin in begins)
)
served = st.lists(st.integers(-40, 1), max_size=3).map(
    lambda begins: tuple(hours(24 * begin, 1.5) for begin in sorted(begins))
)
patterns = st.sampled_from([(), (Weekly(day=2, start=600, end=1080),), (Weekly(day=3, start=0, end=1440),)])
homes = st.sampled_from([None, HOME, Point.of(129.61, 44.61), Point.of(130.5, 44.0)])
bookings = st.lists(st.integers(-40, 80), max_size=3).map(
    lambda begins: tuple(booking(hours(begin)) for begin in begins)
)
files = st.lists(
    st.builds(
        file,
        st.integers(1, 40),
        kind=st.sampled_from(HelperKind),
        community=st.sampled_from([HERE, ELSEWHERE, None]),
        sex=st.sampled_from([None, *Sex]),
        skills=skills,
        availability=patterns,
        capacity=st.integers(1, 4),
        dialects=st.sampled_from([(), ("东北话",)]),
        profile=st.one_of(st.none(), homes.map(lambda home: HelperProfile(name="某", home=home))),
        bookings=bookings,
        absences=absences,
        served=served,
        recused=st.sampled_from([frozenset(), frozenset({CADRE})]),
        visits=st.sampled_from([{}, {CADRE: 3}]),
        paired=st.sampled_from([frozenset(), frozenset({CADRE})]),
        offers=st.sampled_from([frozenset(), frozenset({offer_id(8)})]),
        active=st.booleans(),
        left=st.booleans(),
    ),
    unique_by=lambda one: one.helper,
    max_size=12,
)
enquiries = st.builds(
    enquiry,
    urgency=st.sampled_from(Urgency),
    slot=st.sampled_from([None, hours(24), hours(-3)]),
    helper_kinds=st.just((HelperKind.VOLUNTEER, HelperKind.STAFF)),
    side=st.builds(
        CadreSide,
        home=homes,
        preferred_sex=st.sampled_from([None, *Sex]),
        dialect=st.sampled_from(["", "东北话"]),
    ),
    asked=st.sampled_from([frozenset(), frozenset({helper_id(1), helper_id(2)})]),
)


def rank(asked: Enquiry, helpers: Iterable[HelperFile], most: int = 50) -> Ranking:
    """By a fresh roster."""
    return NEWEST.rank(asked, Roster(helpers), most)


def brute(asked: Enquiry, helpers: Sequence[HelperFile]) -> tuple[list[Judged], Counter[Rule]]:
    """Each judged by the file; the able in order, the excluded counted."""
    judged = [NEWEST.judge(asked, one) for one in helpers]
    able = [one for one in judged if isinstance(one, Judged)]
    able.sort(key=lambda one: (-one.score, lot(asked.need.request, one.helper)))
    return able, Counter(one for one in judged if isinstance(one, Rule))


@settings(max_examples=300, deadline=None)
@given(enquiries, files, st.randoms(), st.integers(0, 8))
def test_every_ranking(asked: Enquiry, helpers: list[HelperFile], random: Any, most: int) -> None:
    """By column as by the file, in every bit: the best, the counts, each one's place; in whatever order."""
    able, excluded = brute(asked, helpers)
    random.shuffle(helpers)
    ranking = rank(asked, helpers, most)
    assert ranking == Ranking(tuple(able[:most]), len(able), dict(excluded))
    assert all(sum(part.points for part in one.parts) == one.score for one in able)
    assert sum(one.count for one in ranking.counts) + len(able) == ranking.considered == len(helpers)
    roster = Roster(helpers)
    assert [NEWEST.place(asked, roster, one) for one in able] == list(range(1, len(able) + 1))


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
        assert NEWEST.rank(moved, roster, 5) == Ranking(tuple(able[:5]), len(able), dict(excluded))
        assert list(roster) == helpers


@settings(max_examples=100, deadline=None)
@given(enquiries, files)
def test_every_time_that_is_offered_is_free(asked: Enquiry, helpers: list[HelperFile]) -> None:
    """Nobody is asked for an hour that their own file would refuse."""
    by_id = {one.helper: one for one in helpers}
    for candidate in rank(asked, helpers).candidates:
        assert candidate.slot is not None
        assert by_id[candidate.helper].facts.hindrance(candidate.slot) is None


EXCLUSIONS: list[tuple[Rule, HelperFile, Enquiry]] = [
    (Rule.LEFT, file(left=True), enquiry()),
    (Rule.SUSPENDED, file(active=False), enquiry()),
    (Rule.KIND, file(kind=HelperKind.STAFF), enquiry()),
    (Rule.BARRED, file(), enquiry(barred=frozenset({helper_id(1)}))),
    (Rule.ALREADY_ASKED, file(), enquiry(asked=frozenset({helper_id(1)}))),
    (Rule.RECUSED, file(recused=frozenset({CADRE})), enquiry()),
    (Rule.SKILL, file(skills=()), enquiry()),
    (Rule.COMMUNITY, file(community=ELSEWHERE), enquiry()),
    (Rule.SEX, file(sex=Sex.MALE), enquiry(side=CadreSide(preferred_sex=Sex.FEMALE))),
    (Rule.NOT_AVAILABLE, file(availability=(Weekly(day=7, start=0, end=1440),)), enquiry()),
    (Rule.ABSENT, file(absences=((NOON, NOON + timedelta(days=2)),)), enquiry()),
    (Rule.BOOKED, file(bookings=(booking(hours(24.5)),)), enquiry()),
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
    ("load", file(bookings=(booking(hours(48)),)), enquiry()),
    ("offers", file(offers=frozenset({offer_id(5)})), enquiry()),
    ("waiting", file(), enquiry(slot=None)),
]


@pytest.mark.parametrize(("part", "helper", "asked"), PARTS)
def test_a_part_counts(part: str, helper: HelperFile, asked: Enquiry) -> None:
    """It stands in the score by its name; load, offers and waiting take points away."""
    (found,) = rank(asked, [helper]).candidates
    points = {one.name: one.points for one in found.parts}
    assert (points[part] < 0) == (part in ("load", "offers", "waiting"))


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


def test_a_slot_over_midnight_needs_both_days() -> None:
    """Tuesday evening and Wednesday morning."""
    night = enquiry(slot=hours(35, 2))
    both = (Weekly(day=2, start=1320, end=1440), Weekly(day=3, start=0, end=120))
    assert rank(night, [file(availability=both)]).candidates
    assert rank(night, [file(availability=both[:1])]).excluded
