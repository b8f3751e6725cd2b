"""What every ranking must hold, and each rule and part by itself."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.matching.domain.helper import HELPER
from services.matching.domain.helper_file import Booking
from services.matching.engine import NEWEST, Enquiry, HelperFile, Rule
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
        name: changes.pop(name) for name in ("recused", "absences", "bookings", "visits") if name in changes
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


skills = st.sampled_from(["shopping", "meals"]).map(lambda code: (Skill(code=code),))
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


@settings(max_examples=150, deadline=None)
@given(enquiries, files, st.randoms())
def test_every_ranking(asked: Enquiry, helpers: list[HelperFile], random: Any) -> None:
    """Parts add up; each helper is ranked or excluded, not both; the input's order makes no difference."""
    ranking = NEWEST.rank(asked, helpers)
    assert all(sum(part.points for part in one.parts) == one.score for one in ranking.candidates)
    ranked = {one.helper for one in ranking.candidates}
    assert ranked | set(ranking.excluded) == {one.helper for one in helpers}
    assert not ranked & set(ranking.excluded)
    assert sum(one.count for one in ranking.counts) + len(ranked) == ranking.considered == len(helpers)
    assert [one.score for one in ranking.candidates] == sorted(
        (one.score for one in ranking.candidates), reverse=True
    )
    shuffled = list(helpers)
    random.shuffle(shuffled)
    assert NEWEST.rank(asked, shuffled) == ranking


@settings(max_examples=100, deadline=None)
@given(enquiries, files)
def test_every_time_that_is_offered_is_free(asked: Enquiry, helpers: list[HelperFile]) -> None:
    """Nobody is asked for an hour that their own file would refuse."""
    by_id = {one.helper: one for one in helpers}
    for candidate in NEWEST.rank(asked, helpers).candidates:
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
    assert NEWEST.rank(asked, [helper]).excluded == {helper.helper: rule}


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
    (found,) = NEWEST.rank(asked, [helper]).candidates
    points = {one.name: one.points for one in found.parts}
    assert (points[part] < 0) == (part in ("load", "offers", "waiting"))


def test_a_pairing_opens_another_community() -> None:
    """Who is bound to the cadre may come from anywhere."""
    assert NEWEST.rank(enquiry(), [file(community=ELSEWHERE, paired=frozenset({CADRE}))]).candidates


def test_rescue_is_now() -> None:
    """From this moment on, whoever is near."""
    asked = enquiry(urgency=Urgency.RESCUE, slot=None)
    (found,) = NEWEST.rank(asked, [file(community=ELSEWHERE)]).candidates
    assert found.slot == Slot(start=NOON, end=NOON + timedelta(hours=1))


def test_the_earliest_free_hour() -> None:
    """Noon is now, the next hour is booked: two o'clock."""
    (found,) = NEWEST.rank(enquiry(slot=None), [file(bookings=(booking(hours(1)),))]).candidates
    assert found.slot == hours(2)


def test_no_hour_before_the_deadline() -> None:
    """The pattern's day lies behind it."""
    asked = replace(enquiry(slot=None), latest=NOON + timedelta(days=1))
    weekend = file(availability=(Weekly(day=6, start=480, end=1080),))
    assert NEWEST.rank(asked, [weekend]).excluded == {weekend.helper: Rule.NOT_AVAILABLE}


def test_a_slot_over_midnight_needs_both_days() -> None:
    """Tuesday evening and Wednesday morning."""
    night = enquiry(slot=hours(35, 2))
    both = (Weekly(day=2, start=1320, end=1440), Weekly(day=3, start=0, end=120))
    assert NEWEST.rank(night, [file(availability=both)]).candidates
    assert NEWEST.rank(night, [file(availability=both[:1])]).excluded
