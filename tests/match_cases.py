"""A match and what may have happened to it."""

from datetime import timedelta

from services.matching.domain import match_commands as c
from services.matching.domain.match_offers import booking_of
from shared.contracts import matching as m
from shared.contracts.values import DeclineReason, HelperKind, Urgency
from tests.matching_cases import (
    CADRE,
    HERE,
    NOON,
    REQUEST,
    SIDE,
    about,
    candidate,
    helper_id,
    hours,
    offer_id,
    offered,
    opened,
)

ABOUT = {"request": REQUEST, "cadre": CADRE}
ACCEPTED = m.OfferAccepted(**about(1))
ASSIGNED = m.HelperAssigned(
    **ABOUT,
    community=HERE,
    helper=helper_id(1),
    helper_kind=HelperKind.VOLUNTEER,
    booking=booking_of(offer_id(1)),
    service="shopping",
    urgency=Urgency.ROUTINE,
    slot=hours(24),
    round=1,
    side=SIDE,
)
DECLINED = m.OfferDeclined(**about(1), reason=DeclineReason.BUSY)
EXHAUSTED = m.MatchExhausted(**ABOUT, community=HERE, round=1, asked=1)
CLOSED = m.MatchClosed(**ABOUT, reason="withdrawn")
HELD = m.MatchHeld(**ABOUT)
TAKEN = (opened(), offered(1), ACCEPTED, ASSIGNED)


def ranking(*numbers: int, wanted: int = 1, most: int = 9, round_: int = 1, resumes: bool = False) -> c.Rank:
    """A ranking with these helpers, best first."""
    return c.Rank(
        round=round_,
        at=NOON,
        latest=NOON + timedelta(days=1),
        ranked=tuple(candidate(number) for number in numbers),
        excluded=(),
        considered=len(numbers),
        rules_version="plain-1",
        weights_version="plain-1",
        epoch=1,
        xid=2,
        seq=3,
        side=SIDE,
        wanted=wanted,
        most=most,
        patience=timedelta(hours=4),
        resumes=resumes,
    )


def reopened(reason: str, *barred: int, round_: int = 2) -> m.MatchReopened:
    """A new round."""
    return m.MatchReopened(
        **ABOUT,
        round=round_,
        reason=reason,
        barred=tuple(helper_id(number) for number in barred),
        community=HERE,
    )


def revoked(number: int, reason: str) -> m.OfferRevoked:
    """An offer is taken back."""
    return m.OfferRevoked(**about(number), reason=reason)
