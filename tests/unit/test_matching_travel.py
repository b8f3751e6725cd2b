"""The time between two visits, and what keeps a helper away for other reasons than time."""

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from services.matching.domain import helper_commands as c
from services.matching.domain.helper import HELPER
from services.matching.domain.helper_file import Helper
from services.matching.domain.travel import LONGEST, travel, travel_minutes, walking_minutes
from shared.contracts import matching as m
from shared.contracts.values import HelperKind, Point, Slot, Wish
from shared.errors import DomainError
from tests.matching_cases import CADRE, HOME, NOON, REQUEST, enrolled, helper_id, hours, offer_id
from tests.unit.given import MOMENT, given

WHO = helper_id(1)
FAR = Point.of(129.65, 44.6)
"""Some four kilometres to the east of HOME."""


def book(number: int, slot: Slot, place: Point | None) -> c.Book:
    """Take time for a visit there."""
    return c.Book(booking=offer_id(number), request=REQUEST, cadre=CADRE, slot=slot, place=place)


def booked(number: int, slot: Slot, place: Point | None) -> m.BookingMade:
    """Time taken for a visit there."""
    about = {"booking": offer_id(number), "request": REQUEST, "cadre": CADRE}
    return m.BookingMade(helper=WHO, **about, slot=slot, place=place)


@pytest.mark.parametrize(
    ("metres", "walked", "travelled"),
    [(0, 0, 0), (58, 2, 2), (750, 13, 13), (4000, 70, 31), (20_000, 347, 114)],
)
def test_minutes(metres: int, walked: int, travelled: int) -> None:
    """4.5 km/h on streets that are 1.3 times the straight line; farther, ten minutes and then 15 km/h."""
    assert (walking_minutes(metres), travel_minutes(metres)) == (walked, travelled)


@for_all(st.integers(0, 60_000), st.integers(0, 60_000))
def test_farther_takes_longer(one: int, other: int) -> None:
    """Or as long."""
    near, far = sorted((one, other))
    assert travel_minutes(near) <= travel_minutes(far) <= walking_minutes(far)


def test_what_is_not_known_takes_no_time() -> None:
    """No place, or one on another datum."""
    assert travel(HOME, None) == travel(None, HOME) == timedelta()
    assert travel(HOME, FAR.model_copy(update={"datum": "GCJ-02"})) == timedelta()
    assert travel(HOME, FAR) == travel(FAR, HOME) == timedelta(minutes=31)


@pytest.mark.parametrize("gap", [30, 31])
@pytest.mark.parametrize("side", [-1, 1])
def test_the_way_must_fit_between_two_visits(gap: int, side: int) -> None:
    """Before and after; to the minute."""
    shift = side * (1 + gap / 60)
    case = given(HELPER, enrolled(), booked(1, hours(24), FAR)).when(book(2, hours(24 + shift), HOME))
    if gap < 31:
        case.refused(c.TravelError)
    else:
        case.then(m.BookingMade)


@pytest.mark.parametrize(
    ("helper", "place"),
    [(enrolled(), None), (enrolled(kind=HelperKind.ORGANISATION), HOME), (enrolled(), FAR)],
)
def test_no_way_no_time(helper: m.HelperEnrolled, place: Point | None) -> None:
    """A place that isn't known or is the same; an organisation, which sends another."""
    given(HELPER, helper, booked(1, hours(24), FAR)).when(book(2, hours(25), place)).then(m.BookingMade)


def test_a_move_needs_the_way_too() -> None:
    """To the place of the booking itself; for a new one, to where the cadre lives."""
    past = (enrolled(), booked(1, hours(24), FAR), booked(2, hours(30), HOME))
    about = {"request": REQUEST, "cadre": CADRE, "visit": offer_id(9), "slot": hours(25)}
    for booking, anew in ((offer_id(2), {}), (offer_id(3), {"place": HOME, "anew": True})):
        refused = m.BookingRefused(helper=WHO, booking=booking, **about, reason="travel")
        given(HELPER, *past).when(c.MoveBooking(booking=booking, **about, **anew)).then(refused)


visits = st.lists(
    st.tuples(
        st.integers(0, 600), st.integers(10, 120), st.sampled_from([None, HOME, FAR, Point.of(129.9, 44.9)])
    ),
    max_size=8,
)


@for_all(visits)
def test_whatever_is_booked_can_be_done(wanted: list[tuple[int, int, Point | None]]) -> None:
    """In any order of asking: no two visits of a person overlap, or leave less time than the way takes."""
    helper: Helper | None = HELPER.fold([enrolled(capacity=100)])
    for number, (begin, length, place) in enumerate(wanted):
        start = NOON + timedelta(days=1, minutes=begin)
        slot = Slot(start=start, end=start + timedelta(minutes=length))
        try:
            events = HELPER.decide(helper, book(number, slot, place), MOMENT)
        except DomainError:
            continue
        helper = HELPER.fold(events, helper)
    assert helper is not None
    taken = sorted(helper.facts.bookings, key=lambda one: one.slot.start)
    for one, other in pairwise(taken):
        assert one.slot.end + min(LONGEST, travel(one.place, other.place)) <= other.slot.start


def test_who_is_not_wanted_stays_away() -> None:
    """`never` refuses a booking, and a move that would make one anew; what is wished otherwise doesn't."""
    never = m.WishRecorded(helper=WHO, cadre=CADRE, wish=Wish.NEVER)
    given(HELPER, enrolled(), never).when(book(1, hours(24), None)).refused(c.UnwantedError)
    about = {
        "booking": offer_id(3),
        "request": REQUEST,
        "cadre": CADRE,
        "visit": offer_id(9),
        "slot": hours(25),
    }
    refused = m.BookingRefused(helper=WHO, **about, reason="unwanted")
    given(HELPER, enrolled(), never).when(c.MoveBooking(**about, anew=True)).then(refused)
    rather_not = m.WishRecorded(helper=WHO, cadre=CADRE, wish=Wish.RATHER_NOT)
    given(HELPER, enrolled(), never, rather_not).when(book(1, hours(24), None)).then(m.BookingMade)


def test_a_wish_is_recorded_once() -> None:
    """Each time that it is another one; no wish at all takes one back."""
    wish = c.RecordWish(cadre=CADRE, wish=Wish.AGAIN, reason="很细心")
    recorded = m.WishRecorded(helper=WHO, cadre=CADRE, wish=Wish.AGAIN, reason="很细心")
    given(HELPER, enrolled()).when(wish).then(recorded)
    given(HELPER, enrolled(), recorded).when(wish).then()
    none = c.RecordWish(cadre=CADRE, wish=Wish.NONE)
    given(HELPER, enrolled(), recorded).when(none).then(m.WishRecorded)
    given(HELPER, enrolled()).when(none).then()
