"""Helpers, needs and offers for the tests of matching."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from services.matching.domain.helper_commands import Enrol
from services.matching.domain.match_rounds import Need
from shared.contracts import matching as m
from shared.contracts.values import (
    CadreSide,
    HelperKind,
    HelperProfile,
    Point,
    Skill,
    Slot,
    Urgency,
)

NOON = datetime(2026, 6, 1, 4, 0, tzinfo=UTC)
HERE, ELSEWHERE = UUID(int=0xA1 << 80), UUID(int=0xA2 << 80)
CADRE, REQUEST = UUID(int=0xC1 << 80), UUID(int=0xD1 << 80)
HOME = Point.of(129.6, 44.6)


def helper_id(number: int) -> UUID:
    """The id of a helper in a test."""
    return UUID(int=(0xE00 + number) << 76)


def offer_id(number: int) -> UUID:
    """The id of an offer in a test."""
    return UUID(int=(0xF00 + number) << 76)


def hours(first: float, length: float = 1) -> Slot:
    """A slot that begins so many hours after noon."""
    start = NOON + timedelta(hours=first)
    return Slot(start=start, end=start + timedelta(hours=length))


def enrolment(number: int = 1, **changes: Any) -> dict[str, Any]:
    """The fields of an enrolment."""
    return {
        "helper": helper_id(number),
        "kind": HelperKind.VOLUNTEER,
        "community": HERE,
        "association": "youth",
        "sex": None,
        "skills": (Skill(code="shopping"),),
        "availability": (),
        "capacity": 5,
        "dialects": (),
        "since": None,
        "profile": HelperProfile(name="李敏", phone="+8613900000001", home=HOME),
        **changes,
    }


def enrolled(number: int = 1, **changes: Any) -> m.HelperEnrolled:
    """Somebody is in the file."""
    return m.HelperEnrolled(**enrolment(number, **changes))


def enrol(number: int = 1, **changes: Any) -> Enrol:
    """Enter somebody in the file."""
    return Enrol(**enrolment(number, **changes))


def booked(number: int, slot: Slot, helper: int = 1) -> m.BookingMade:
    """A helper's time is taken."""
    return m.BookingMade(
        helper=helper_id(helper), booking=offer_id(number), request=REQUEST, cadre=CADRE, slot=slot
    )


def need(**changes: Any) -> Need:
    """Shopping in the community, tomorrow at noon."""
    fields: dict[str, Any] = {
        "request": REQUEST,
        "cadre": CADRE,
        "community": HERE,
        "service": "shopping",
        "urgency": Urgency.ROUTINE,
        "skills": ("shopping",),
        "helper_kinds": (HelperKind.VOLUNTEER,),
        "minutes": 60,
        "slot": hours(24),
        **changes,
    }
    return Need(**fields)


SIDE = CadreSide(home=HOME)


def opened(**changes: Any) -> m.MatchOpened:
    """A request needs somebody."""
    return m.MatchOpened(**dict(need(**changes)), round=1, side=SIDE)


def candidate(number: int, slot: Slot | None = None, score: int = 100) -> m.Candidate:
    """A helper who may do it."""
    return m.Candidate(
        helper=helper_id(number),
        kind=HelperKind.VOLUNTEER,
        score=score,
        parts=(m.Part(name="distance", points=score),),
        metres=800,
        slot=slot or hours(24),
    )


def offered(
    number: int, *, expires: float = 4, slot: Slot | None = None, parallel: bool = False
) -> m.OfferMade:
    """Helper `number` is asked, in the offer of the same number."""
    return m.OfferMade(
        request=REQUEST,
        cadre=CADRE,
        offer=offer_id(number),
        helper=helper_id(number),
        helper_kind=HelperKind.VOLUNTEER,
        slot=slot or hours(24),
        expires=NOON + timedelta(hours=expires),
        parallel=parallel,
        rank=number,
    )


def about(number: int) -> dict[str, UUID]:
    """What every answer to an offer says."""
    return {"request": REQUEST, "cadre": CADRE, "offer": offer_id(number), "helper": helper_id(number)}
