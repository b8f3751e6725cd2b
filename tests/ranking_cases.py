"""Files, enquiries and engines for the tests of rankings."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from services.matching.domain.helper import HELPER
from services.matching.domain.helper_file import Booking
from services.matching.domain.weights import PLAIN, Weights
from services.matching.engine import Engine, Enquiry, HelperFile, Record
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
    Wish,
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

OF_THE_FILE = ("active", "left", "paired", "offers", "record", "price")
LATER = ("recused", "absences", "bookings", "served", "visits", "glad", "wishes")
KOREAN = "朝鲜语"
PRESENT = Engine()
TAKING = {name for name, value in Weights() if value < 0} | {"load_an_hour"}
"""The weights that take points away."""


def file(number: int = 1, **changes: Any) -> HelperFile:
    """A helper's file; changes of the enrolment, or of the file itself."""
    own = {name: changes.pop(name) for name in OF_THE_FILE if name in changes}
    later = {name: changes.pop(name) for name in LATER if name in changes}
    state = HELPER.fold([enrolled(number, **changes)])
    assert state is not None
    return HelperFile(facts=replace(state.facts, **later), **own)


def enquiry(**changes: Any) -> Enquiry:
    """Shopping, tomorrow at noon."""
    own = {
        "side": changes.pop("side", CadreSide(home=HOME)),
        "asked": changes.pop("asked", frozenset()),
        "barred": changes.pop("barred", frozenset()),
        "prices": changes.pop("prices", {}),
    }
    return Enquiry(need(**changes), at=NOON, latest=NOON + timedelta(days=3), **own)


def booking(slot: Slot, place: Point | None = None) -> Booking:
    """Time taken."""
    return Booking(offer_id(1), REQUEST, CADRE, slot, place)


skills = st.sampled_from(
    [
        (Skill(code="shopping"),),
        (Skill(code="meals"),),
        (Skill(code="meals"), Skill(code="shopping", until=date(2026, 6, 2))),
        tuple(Skill(code="shopping", until=date(2026, 6, day)) for day in (1, 3)),
    ]
)
absences = st.lists(st.integers(-40, 80), max_size=1).map(
    lambda begins: tuple((hours(begin).start, hours(begin + 30).start) for begin in begins)
)
served = st.lists(st.integers(-40, 1), max_size=3).map(
    lambda begins: tuple(hours(24 * begin, 1.5) for begin in sorted(begins))
)
patterns = st.sampled_from(
    [
        (),
        (Weekly(day=2, start=600, end=1080),),
        (Weekly(day=3, start=0, end=1440),),
        (Weekly(day=2, start=735, end=800), Weekly(day=2, start=800, end=960), Weekly(day=3, start=1, end=9)),
    ]
)
homes = st.sampled_from([None, HOME, Point.of(129.61, 44.61), Point.of(130.5, 44.0)])
bookings = st.lists(st.tuples(st.integers(-40, 80), homes), max_size=3).map(
    lambda taken: tuple(booking(hours(begin), place) for begin, place in taken)
)
records = st.builds(
    Record,
    accepted=st.integers(0, 3),
    answered=st.integers(3, 9),
    faults=st.lists(st.integers(-100, 0), max_size=3).map(
        lambda days: tuple(NOON + timedelta(days=day) for day in sorted(days))
    ),
    poorly=st.sampled_from([{}, {CADRE: 2}]),
)
engines = st.one_of(
    st.sampled_from([Engine(), Engine(PLAIN, "plain-1")]),
    st.builds(
        Engine,
        st.builds(
            Weights,
            metres_a_point=st.integers(1, 50),
            **{
                name: st.integers(-300, 0) if name in TAKING else st.integers(0, 300)
                for name in Weights.model_fields
                if name != "metres_a_point"
            },
        ),
        st.just("set-1"),
    ),
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
        dialects=st.sampled_from([(), ("东北话",), ("东北话", KOREAN)]),
        glad=st.sampled_from([(), ("shopping",)]),
        wishes=st.sampled_from([{}, *({CADRE: wish} for wish in Wish)]),
        record=records,
        profile=st.one_of(st.none(), homes.map(lambda home: HelperProfile(name="某", home=home))),
        bookings=bookings,
        absences=absences,
        served=served,
        recused=st.sampled_from([frozenset(), frozenset({CADRE})]),
        visits=st.sampled_from([{}, {CADRE: 3}]),
        paired=st.sampled_from([frozenset(), frozenset({CADRE})]),
        offers=st.sampled_from([frozenset(), frozenset({offer_id(8)})]),
        price=st.sampled_from([0, 40]),
        active=st.booleans(),
        left=st.booleans(),
    ),
    unique_by=lambda one: one.helper,
    max_size=12,
)
enquiries = st.builds(
    enquiry,
    urgency=st.sampled_from(Urgency),
    slot=st.sampled_from([None, hours(24), hours(24.25, 0.5), hours(35, 2), hours(-3)]),
    helper_kinds=st.just((HelperKind.VOLUNTEER, HelperKind.STAFF)),
    side=st.builds(
        CadreSide,
        home=homes,
        preferred_sex=st.sampled_from([None, *Sex]),
        dialect=st.sampled_from(["", "东北话", KOREAN]),
    ),
    prices=st.sampled_from([{}, {"shopping": 30}, {"meals": 50, "shopping": 20}]),
    asked=st.sampled_from([frozenset(), frozenset({helper_id(1), helper_id(2)})]),
)
