"""What follows in a match: opening, ranking, rounds."""

from datetime import timedelta

import pytest

from services.matching.domain import match_commands as c
from services.matching.domain.match import MATCH
from services.matching.domain.match_offers import booking_of
from services.matching.domain.match_rounds import Exhausted, Held
from shared.contracts import matching as m
from shared.contracts.event import Event
from shared.contracts.values import Urgency
from tests.match_cases import ABOUT, CLOSED, DECLINED, EXHAUSTED, HELD, TAKEN, ranking, reopened, revoked
from tests.matching_cases import (
    ELSEWHERE,
    NOON,
    SIDE,
    about,
    helper_id,
    hours,
    need,
    offer_id,
    offered,
    opened,
)
from tests.unit.given import given


def test_a_request_opens_a_match() -> None:
    """In its first round."""
    given(MATCH).when(c.OpenMatch(need=need(), side=SIDE)).then(opened())


def test_the_same_triage_again_changes_nothing() -> None:
    """The need is the same."""
    given(MATCH, opened(), offered(1)).when(c.OpenMatch(need=need(), side=SIDE)).then()


def test_another_triage_begins_a_round_with_the_new_need() -> None:
    """Open offers were for another need."""
    again = c.OpenMatch(need=need(service="meals", skills=("meals",)), side=SIDE)
    given(MATCH, opened(), offered(1)).when(again).then(
        revoked(1, "triaged_again"),
        lambda event: isinstance(event, m.MatchOpened) and event.round == 2 and event.service == "meals",
    )


def test_another_triage_leaves_an_assignment() -> None:
    """Who has accepted comes."""
    given(MATCH, *TAKEN).when(c.OpenMatch(need=need(minutes=90), side=SIDE)).then()


def test_the_best_is_asked() -> None:
    """And only the best; the ranking stands in the event."""
    given(MATCH, opened()).when(ranking(3, 2)).then(
        lambda event: isinstance(event, m.CandidatesRanked) and len(event.ranked) == 2 and event.seq == 3,
        lambda event: (
            isinstance(event, m.OfferMade)
            and (event.helper, event.rank, event.parallel) == (helper_id(3), 1, False)
            and event.expires == NOON + timedelta(hours=4)
        ),
    )


def test_an_offer_ends_when_the_visit_would_begin() -> None:
    """Though the patience would last longer."""
    soon = ranking(3).model_copy(update={"patience": timedelta(days=3)})
    made = given(MATCH, opened()).when(soon).events()[1]
    assert isinstance(made, m.OfferMade)
    assert made.expires == hours(24).start


def test_rescue_asks_several() -> None:
    """In parallel."""
    asked = given(MATCH, opened(urgency=Urgency.RESCUE)).when(ranking(1, 2, 3, 4, wanted=3)).events()[1:]
    assert [event.parallel for event in asked if isinstance(event, m.OfferMade)] == [True] * 3


def test_rescue_fills_up_what_is_missing() -> None:
    """Two of three are open."""
    past = (opened(urgency=Urgency.RESCUE), offered(1), offered(2))
    given(MATCH, *past).when(ranking(3, 4, wanted=3)).then(m.CandidatesRanked, m.OfferMade)


def test_a_wave_goes_out_beside_what_is_open() -> None:
    """Whatever the urgency."""
    given(MATCH, opened(), offered(1)).when(ranking(2, 3, wanted=2)).then(m.CandidatesRanked, m.OfferMade)


def test_at_night_the_ranking_only_is_recorded() -> None:
    """None are wanted; nobody is exhausted by that."""
    given(MATCH, opened()).when(ranking(3, 2, wanted=0)).then(m.CandidatesRanked)
    given(MATCH, opened()).when(ranking(wanted=0)).then(m.CandidatesRanked, m.MatchExhausted)


def test_a_round_makes_so_many_offers_and_no_more() -> None:
    """The last ones are waited for; then a coordinator has to act, though others could be asked."""
    past = (opened(), offered(1), offered(2))
    given(MATCH, *past).when(ranking(3, 4, 5, wanted=4, most=3)).then(m.CandidatesRanked, m.OfferMade)
    given(MATCH, opened(), offered(1), DECLINED).when(ranking(2, most=1)).then(m.CandidatesRanked, EXHAUSTED)


def test_nobody_to_ask_is_told() -> None:
    """It stands on the coordinator's list."""
    given(MATCH, opened(), offered(1), DECLINED).when(ranking()).then(m.CandidatesRanked, EXHAUSTED)


@pytest.mark.parametrize(
    "past",
    [(opened(), offered(1)), TAKEN, (opened(), CLOSED), (opened(), EXHAUSTED), (opened(), HELD)],
)
def test_a_ranking_too_late_changes_nothing(past: tuple[Event, ...]) -> None:
    """Somebody is asked, has it, or nobody is needed."""
    given(MATCH, *past).when(ranking(2)).then()


def test_a_ranking_of_another_round_changes_nothing() -> None:
    """It didn't know who is barred now."""
    given(MATCH, opened()).when(ranking(2, round_=2)).then()


def test_a_held_match_goes_on() -> None:
    """Only when the request does."""
    given(MATCH, opened(), HELD).when(ranking(2, resumes=True)).then(m.CandidatesRanked, m.OfferMade)


@pytest.mark.parametrize(("before", "late"), [(1, False), (-2, True)])
def test_a_helper_who_can_not_after_all(before: int, late: bool) -> None:  # noqa: FBT001  a case's fact
    """Late is less than a day before; the next round goes without them."""
    starts = NOON + timedelta(days=1, hours=before)
    back = c.GiveBack(reason="ill", booking=booking_of(offer_id(1)), starts=starts)
    dropped = m.AssignmentDropped(
        **ABOUT, helper=helper_id(1), booking=booking_of(offer_id(1)), late=late, reason="ill"
    )
    given(MATCH, *TAKEN).when(back).then(dropped, reopened("dropped", 1))


def test_giving_back_what_another_has_changes_nothing() -> None:
    """Another booking, or none."""
    back = c.GiveBack(reason="ill", booking=offer_id(5), starts=NOON)
    given(MATCH, *TAKEN).when(back).then()
    given(MATCH, opened()).when(back).then()


def test_a_helper_who_did_not_come() -> None:
    """The next round goes without them."""
    missed = m.NoShowRecorded(**ABOUT, helper=helper_id(1), booking=booking_of(offer_id(1)))
    given(MATCH, *TAKEN).when(c.RecordNoShow()).then(missed, reopened("no_show", 1))


def test_a_coordinator_gives_it_to_another() -> None:
    """The next round goes without the first."""
    given(MATCH, *TAKEN).when(c.Reassign(reason="complaint")).then(
        m.AssignmentWithdrawn, reopened("reassigned", 1)
    )


def test_ranking_again_leaves_out_who_declined() -> None:
    """Who said nothing may be asked again."""
    past = (opened(), offered(1), DECLINED, offered(2), m.OfferExpired(**about(2)), offered(3))
    given(MATCH, *past).when(c.RankAgain()).then(revoked(3, "ranked_again"), reopened("ranked_again", 1))


def test_it_waits() -> None:
    """Open offers are revoked; an assignment stands."""
    given(MATCH, opened(), offered(1)).when(c.HoldMatch()).then(revoked(1, "held"), HELD)
    given(MATCH, *TAKEN).when(c.HoldMatch()).then()
    assert isinstance(MATCH.fold([opened(), HELD]), Held)


@pytest.mark.parametrize("bar_last", [True, False])
def test_it_goes_back_to_matching(bar_last: bool) -> None:  # noqa: FBT001  a case's fact
    """Without the last helper when they did it badly."""
    barred = (1,) if bar_last else ()
    again = c.ReopenMatch(reason="poor_quality", bar_last=bar_last)
    given(MATCH, *TAKEN, CLOSED).when(again).then(reopened("poor_quality", *barred))


def test_what_is_open_is_not_reopened() -> None:
    """It is being matched."""
    given(MATCH, opened(), offered(1)).when(c.ReopenMatch(reason="unsolved", bar_last=False)).then()


def test_a_move_begins_a_round_from_the_new_home() -> None:
    """With the new community; who has accepted still comes."""
    moved = c.MoveMatch(community=ELSEWHERE, side=SIDE)
    given(MATCH, opened(), offered(1)).when(moved).then(
        revoked(1, "moved"),
        lambda event: (
            isinstance(event, m.MatchReopened) and event.community == ELSEWHERE and event.side == SIDE
        ),
    )
    given(MATCH, *TAKEN).when(moved).then()
    given(MATCH, opened(), HELD).when(moved).then(m.MatchReopened, m.MatchHeld)


def test_it_closes_once() -> None:
    """Open offers are revoked."""
    close = c.CloseMatch(reason="withdrawn")
    given(MATCH, opened(), offered(1)).when(close).then(revoked(1, "closed"), CLOSED)
    given(MATCH, *TAKEN).when(close).then(CLOSED)
    given(MATCH, opened(), CLOSED).when(close).then()


def test_a_request_without_a_match_is_left_alone() -> None:
    """Reactions hear of many."""
    given(MATCH).when(c.CloseMatch(reason="withdrawn")).then()


def test_the_last_open_offer_decides() -> None:
    """With one answered and one open, it is still being offered."""
    state = MATCH.fold([opened(), offered(1), offered(2), DECLINED])
    assert state is not None
    assert [one.offer for one in state.facts.open] == [offer_id(2)]
    assert isinstance(MATCH.fold([opened(), EXHAUSTED]), Exhausted)
