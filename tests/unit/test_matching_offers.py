"""What follows from asking and answering."""

from datetime import timedelta

import pytest

from services.matching.domain import match_commands as c
from services.matching.domain.match import MATCH
from shared.contracts import matching as m
from shared.contracts.command import Command
from shared.contracts.event import Event
from shared.contracts.values import DeclineReason, Urgency
from shared.errors import DomainError, UnknownError
from tests.match_cases import ACCEPTED, ASSIGNED, CLOSED, DECLINED, EXHAUSTED, HELD, revoked
from tests.matching_cases import (
    NOON,
    about,
    candidate,
    hours,
    offer_id,
    offered,
    opened,
)
from tests.unit.given import given


def test_yes() -> None:
    """The helper has it, with the booking that belongs to the offer."""
    given(MATCH, opened(), offered(1)).when(c.AcceptOffer(offer=offer_id(1))).then(ACCEPTED, ASSIGNED)


def test_the_first_yes_revokes_the_others() -> None:
    """They are told that another was first."""
    past = (opened(), offered(1), offered(2), offered(3))
    given(MATCH, *past).when(c.AcceptOffer(offer=offer_id(1))).then(
        ACCEPTED, ASSIGNED, revoked(2, "first_came"), revoked(3, "first_came")
    )


def test_a_rescue_begins_when_it_is_accepted() -> None:
    """Not when it was asked."""
    past = (opened(urgency=Urgency.RESCUE), offered(1, slot=hours(0)))
    at = NOON + timedelta(minutes=1)
    found = given(MATCH, *past).when(c.AcceptOffer(offer=offer_id(1)), at=at).events()[1]
    assert isinstance(found, m.HelperAssigned)
    assert (found.slot.start, found.slot.end) == (at, at + timedelta(hours=1))


def test_no() -> None:
    """With the reason."""
    command = c.DeclineOffer(offer=offer_id(1), reason=DeclineReason.BUSY)
    given(MATCH, opened(), offered(1)).when(command).then(DECLINED)


def test_nothing_said() -> None:
    """The offer expires."""
    command = c.ExpireOffer(offer=offer_id(1))
    given(MATCH, opened(), offered(1)).when(command).then(m.OfferExpired(**about(1)))


def test_taken_back() -> None:
    """By a coordinator, or because the helper is suspended."""
    given(MATCH, opened(), offered(1)).when(c.RevokeOffer(offer=offer_id(1))).then(revoked(1, "coordinator"))
    back = c.TakeBack(offer=offer_id(1), reason=c.RevokeReason.SUSPENDED)
    given(MATCH, opened(), offered(1)).when(back).then(revoked(1, "suspended"))


@pytest.mark.parametrize(
    "command",
    [c.ExpireOffer(offer=offer_id(1)), c.TakeBack(offer=offer_id(1), reason=c.RevokeReason.SUSPENDED)],
)
def test_an_answered_offer_neither_expires_nor_is_taken_back(command: Command) -> None:
    """Timers and reactions come late."""
    given(MATCH, opened(), offered(1), DECLINED).when(command).then()


OFFERS_REFUSED: list[tuple[tuple[Event, ...], Command, type[DomainError]]] = [
    ((offered(1),), c.AcceptOffer(offer=offer_id(9)), UnknownError),
    ((offered(1), DECLINED), c.AcceptOffer(offer=offer_id(1)), c.OfferOverError),
    ((offered(1, expires=0),), c.AcceptOffer(offer=offer_id(1)), c.OfferLapsedError),
    (
        (offered(1), offered(2), ACCEPTED, ASSIGNED, revoked(2, "first_came")),
        c.AcceptOffer(offer=offer_id(2)),
        c.FirstCameError,
    ),
    ((offered(1), ACCEPTED, ASSIGNED), c.AcceptOffer(offer=offer_id(1)), c.OfferOverError),
    (
        (offered(1), DECLINED),
        c.DeclineOffer(offer=offer_id(1), reason=DeclineReason.BUSY),
        c.OfferOverError,
    ),
    ((offered(1), DECLINED), c.RevokeOffer(offer=offer_id(1)), c.OfferOverError),
    ((), c.RecordNoShow(), c.NotAssignedError),
    ((), c.Reassign(reason="complaint"), c.NotAssignedError),
    ((offered(1), ACCEPTED, ASSIGNED), c.RankAgain(), c.AssignedAlreadyError),
    ((CLOSED,), c.RankAgain(), c.MatchOverError),
    ((HELD,), c.RankAgain(), c.MatchHeldError),
]


@pytest.mark.parametrize(("past", "command", "error"), OFFERS_REFUSED)
def test_it_is_refused(past: tuple[Event, ...], command: Command, error: type[DomainError]) -> None:
    """With an error that says what to do."""
    given(MATCH, opened(), *past).when(command).refused(error)


def ask(number: int, slot: float = 24) -> c.AskHelper:
    """A coordinator asks this helper."""
    return c.AskHelper(candidate=candidate(number), slot=hours(slot), patience=timedelta(hours=4))


def test_a_coordinator_asks_whom_they_choose() -> None:
    """Beside an open offer, or when nobody was left."""
    given(MATCH, opened(), offered(1)).when(ask(7)).then(
        lambda event: isinstance(event, m.OfferMade) and event.parallel and event.rank == 0
    )
    given(MATCH, opened(), EXHAUSTED).when(ask(7)).then(m.OfferMade)


@pytest.mark.parametrize(
    ("past", "command", "error"),
    [
        ((offered(1),), ask(1), c.AlreadyAskedError),
        ((), ask(7, slot=-1), c.SlotPastError),
        ((offered(1), ACCEPTED, ASSIGNED), ask(7), c.AssignedAlreadyError),
        ((CLOSED,), ask(7), c.MatchOverError),
        ((HELD,), ask(7), c.MatchHeldError),
    ],
)
def test_asking_is_refused(past: tuple[Event, ...], command: Command, error: type[DomainError]) -> None:
    """When it makes no sense now."""
    given(MATCH, opened(), *past).when(command).refused(error)
