"""A match whose cadre moves."""

from services.matching.domain import match_commands as c
from services.matching.domain.match import MATCH
from shared.contracts import matching as m
from shared.contracts.values import CadreSide, Point
from tests.match_cases import CLOSED, TAKEN, reopened
from tests.matching_cases import ELSEWHERE, HERE, SIDE, offered, opened
from tests.unit.given import given


def test_news_of_where_the_cadre_lives_already_changes_nothing() -> None:
    """No offer is taken back for it; a home that nobody knew of is no other home."""
    given(MATCH, opened(), offered(1)).when(c.MoveMatch(community=HERE, side=SIDE)).then()
    unknown = opened().model_copy(update={"side": None})
    given(MATCH, unknown, offered(1)).when(c.MoveMatch(community=HERE, side=CadreSide())).then()


def test_another_home_in_the_same_community_begins_a_round() -> None:
    """Who is near has changed."""
    side = CadreSide(home=Point.of(129.9, 44.9))
    given(MATCH, opened(), offered(1)).when(c.MoveMatch(community=HERE, side=side)).then(
        m.OfferRevoked, lambda event: isinstance(event, m.MatchReopened) and event.side == side
    )


def test_an_assignment_and_an_end_stand_and_the_next_round_moves() -> None:
    """Only once somebody is needed again."""
    moved = c.MoveMatch(community=ELSEWHERE, side=SIDE)
    given(MATCH, *TAKEN).when(moved).then()
    given(MATCH, opened(), CLOSED).when(moved).then()
    for past in ((*TAKEN, reopened("dropped", 1)), (opened(), CLOSED, reopened("recurs"))):
        given(MATCH, *past).when(moved).then(
            lambda event: isinstance(event, m.MatchReopened) and event.community == ELSEWHERE
        )
