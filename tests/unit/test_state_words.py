"""A state has one name: the owner's, in the API, the reference and the case file."""

import typing
from types import UnionType
from typing import Any
from uuid import UUID

import pytest

from services.care.domain.case import CASE
from services.care.domain.funding import FUNDING
from services.care.domain.plan import PLAN
from services.care.domain.visit import VISIT
from services.intake.domain.cadre import CADRE
from services.intake.domain.request import REQUEST
from services.matching.domain.match import MATCH
from services.matching.domain.pairing import PAIRING
from services.reporting.domain.casefile import ROWS
from services.reporting.domain.casefile.rows import OVER
from shared.contracts import intake, matching
from shared.contracts.event import Event
from shared.contracts.values import HelperKind
from shared.eventstore.decider import Decider
from tests.casefile_cases import CADRE as SOMEBODY
from tests.casefile_cases import DAY, HELPER, OTHER, SLOT, in_file, registered
from tests.casefile_cases import REQUEST as THEIRS

OWNERS: dict[str, Decider[Any]] = {
    "request": REQUEST,
    "match": MATCH,
    "pairing": PAIRING,
    "case": CASE,
    "visit": VISIT,
    "plan": PLAN,
    "funding": FUNDING,
}
OF_NO_AGGREGATE = {
    "offer": {"Open", "Accepted", "Declined", "Expired", "Revoked"},
    "booking": {"Booked", "Released"},
    "recusal": {"Recused"},
    "wish": {"Recorded"},
}
"""What is part of another aggregate has the words of its owner's view."""


def names(decider: Decider[Any]) -> set[str]:
    """The names of an aggregate's states."""
    state = typing.get_type_hints(decider.evolve)["return"]
    members = typing.get_args(state) if typing.get_origin(state) in (typing.Union, UnionType) else (state,)
    return {member.__name__ for member in members}


@pytest.mark.parametrize("kind", [*OWNERS, *OF_NO_AGGREGATE])
def test_the_case_file_says_it_by_the_owners_word(kind: str) -> None:
    """No state of the file is unknown to its owner, and the owner has none that the file never reaches."""
    said = {row.state for row in ROWS.values() if row.kind == kind} - {""}
    if kind == "match":
        said.add("Offering")  # by way of the offers
    assert said == (names(OWNERS[kind]) if kind in OWNERS else OF_NO_AGGREGATE[kind])


def test_a_cadre_is_what_intake_says() -> None:
    """In each state of the register."""
    admitted = intake.CadreAdmitted(cadre=SOMEBODY, hospital="市医院")
    stranger = intake.ProvisionalPersonRegistered(cadre=SOMEBODY, community=OTHER, details=None)
    died = intake.CadreDeceased(cadre=SOMEBODY, on=DAY)
    merged = intake.CadresMerged(cadre=OTHER, merged=SOMEBODY)
    said = {
        in_file(*events)["state"]
        for events in ([registered()], [stranger], [registered(), admitted], [registered(), died], [merged])
    }
    assert said == names(CADRE)


def test_what_the_figures_call_over_is_a_state_of_a_request() -> None:
    """Each of them."""
    assert names(REQUEST) > OVER


def test_a_match_is_offering_while_an_offer_is_open() -> None:
    """With two offers open, until both are answered."""

    def about(which: UUID) -> dict[str, Any]:
        return {"request": THEIRS, "cadre": SOMEBODY, "offer": which, "helper": HELPER}

    def offer(which: UUID) -> matching.OfferMade:
        return matching.OfferMade(
            **about(which),
            helper_kind=HelperKind.VOLUNTEER,
            slot=SLOT,
            expires=SLOT.start,
            parallel=True,
            rank=1,
        )

    def gone(which: UUID) -> matching.OfferExpired:
        return matching.OfferExpired(**about(which))

    states = []
    events: list[Event] = []
    for event in (offer(HELPER), offer(OTHER), gone(HELPER), gone(OTHER)):
        events.append(event)
        states.append(in_file(*events)["matches"][str(THEIRS)]["state"])
    assert states == ["Offering", "Offering", "Offering", "Opened"]
