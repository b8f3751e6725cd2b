"""What may be done with a plan."""

from datetime import date, timedelta

import pytest

from services.matching.domain import plan as p
from services.matching.domain.plan_states import Pair, Visit
from shared.contracts import matching as m
from shared.contracts.event import Event
from shared.contracts.values import HelperKind
from shared.errors import DomainError, UnknownError
from tests.matching_cases import HERE, NOON, helper_id, hours, offer_id
from tests.unit.given import ITSELF, given

VISITS = [
    Visit(
        request=offer_id(number),
        cadre=offer_id(50 + number),
        community=HERE,
        match_version=2,
        latest=NOON + timedelta(days=3),
    )
    for number in (1, 2, 3)
]
ABOUT = [{"plan": ITSELF, "request": one.request, "cadre": one.cadre} for one in VISITS]


def pair(number: int, score: int = 300) -> Pair:
    """This helper comes tomorrow."""
    prices = {"visit_price": 5, "half_day_price": 1, "week_price": 0}
    return Pair(
        helper=helper_id(number), helper_kind=HelperKind.VOLUNTEER, slot=hours(24), score=score, **prices
    )


def propose(*pairs: Pair | None) -> p.Propose:
    """Of the first visits."""
    return p.Propose(
        day=date(2026, 6, 1),
        at=NOON,
        epoch=1,
        xid=2,
        seq=3,
        gap=0,
        rules_version="rules-2",
        weights_version="default-2",
        model_version="flow-1",
        prices=(m.Price(skill="shopping", points=4),),
        lacking=(),
        digest="0" * 64,
        bits=3,
        decided=tuple(zip(VISITS, pairs, strict=False)),
    )


PAST = tuple(p.PLAN.decide(None, propose(pair(1), pair(2), None), given(p.PLAN).moment))
PINNED = m.PairPinned(**ABOUT[0], helper=helper_id(2))
FORBIDDEN = m.PairForbidden(**ABOUT[0], helper=helper_id(1))
RETURNED = m.VisitReturned(**ABOUT[2])


def accepted(number: int) -> m.PairAccepted:
    """The helper of the same number is to be asked."""
    return m.PairAccepted(**ABOUT[number - 1], helper=helper_id(number), slot=hours(24))


def test_a_plan_tells_each_visit() -> None:
    """A header, then an event for each."""
    header, first, second, third = PAST
    assert isinstance(header, m.PlanProposed)
    assert (header.revision, header.visits, header.unplanned, header.score) == (1, 3, 1, 600)
    assert isinstance(first, m.PairPlanned)
    assert isinstance(second, m.PairPlanned)
    assert isinstance(third, m.VisitUnplanned)


def test_a_revision_tells_what_is_different() -> None:
    """The first pair stands; the second has another helper; the third has dropped out."""
    again = propose(pair(1), pair(3))
    header, returned, second = p.PLAN.decide(p.PLAN.fold(PAST), again, given(p.PLAN).moment)
    assert isinstance(header, m.PlanProposed)
    assert (header.revision, header.visits) == (2, 2)
    assert returned == RETURNED
    assert isinstance(second, m.PairPlanned)
    assert (second.request, second.helper) == (VISITS[1].request, helper_id(3))


CHANGES: list[tuple[tuple[Event, ...], p.Change, tuple[Event, ...]]] = [
    ((), p.PinPair(request=VISITS[0].request, helper=helper_id(2)), (PINNED,)),
    ((PINNED,), p.PinPair(request=VISITS[0].request, helper=helper_id(2)), ()),
    (
        (PINNED,),
        p.PinPair(request=VISITS[0].request, helper=helper_id(3)),
        (
            m.PairFreed(**ABOUT[0], helper=helper_id(2)),
            m.PairPinned(**ABOUT[0], helper=helper_id(3)),
        ),
    ),
    ((), p.ForbidPair(request=VISITS[0].request, helper=helper_id(1)), (FORBIDDEN,)),
    (
        (FORBIDDEN,),
        p.PinPair(request=VISITS[0].request, helper=helper_id(1)),
        (m.PairFreed(**ABOUT[0], helper=helper_id(1)), m.PairPinned(**ABOUT[0], helper=helper_id(1))),
    ),
    (
        (PINNED,),
        p.ForbidPair(request=VISITS[0].request, helper=helper_id(2)),
        (m.PairFreed(**ABOUT[0], helper=helper_id(2)), m.PairForbidden(**ABOUT[0], helper=helper_id(2))),
    ),
    (
        (FORBIDDEN,),
        p.FreePair(request=VISITS[0].request, helper=helper_id(1)),
        (m.PairFreed(**ABOUT[0], helper=helper_id(1)),),
    ),
    ((), p.FreePair(request=VISITS[0].request, helper=helper_id(1)), ()),
]


@pytest.mark.parametrize(("past", "command", "events"), CHANGES)
def test_a_pair_is_pinned_forbidden_freed(
    past: tuple[Event, ...], command: p.Change, events: tuple[Event, ...]
) -> None:
    """One pin a visit; what is pinned isn't forbidden."""
    given(p.PLAN, *PAST, *past).when(command).then(*events)


def test_pairs_are_accepted_one_by_one_or_all() -> None:
    """Who has nobody goes its own way; the last decision ends the plan."""
    one = p.AcceptPlan(requests=(VISITS[0].request,))
    given(p.PLAN, *PAST).when(one).then(accepted(1))
    closed = m.PlanClosed(plan=ITSELF, accepted=2, returned=1)
    given(p.PLAN, *PAST).when(p.AcceptPlan()).then(accepted(1), accepted(2), RETURNED, closed)
    given(p.PLAN, *PAST, accepted(1)).when(p.AcceptPlan()).then(accepted(2), RETURNED, closed)
    given(p.PLAN, *PAST).when(p.ReturnVisits(requests=(VISITS[2].request,))).then(RETURNED)
    none = [m.VisitReturned(**about) for about in ABOUT]
    ended = m.PlanClosed(plan=ITSELF, accepted=0, returned=3)
    given(p.PLAN, *PAST).when(p.ReturnVisits()).then(*none, ended)


REFUSED: list[tuple[tuple[Event, ...], p.PlanCommand, type[DomainError]]] = [
    ((m.PlanClosed(plan=ITSELF, accepted=2, returned=1),), p.AcceptPlan(), p.PlanOverError),
    ((accepted(1),), p.AcceptPlan(requests=(VISITS[0].request,)), p.VisitDecidedError),
    ((accepted(1),), p.PinPair(request=VISITS[0].request, helper=helper_id(2)), p.VisitDecidedError),
    ((), p.ForbidPair(request=offer_id(9), helper=helper_id(2)), UnknownError),
]


@pytest.mark.parametrize(("past", "command", "error"), REFUSED)
def test_it_is_refused(past: tuple[Event, ...], command: p.PlanCommand, error: type[DomainError]) -> None:
    """With an error that says what to do."""
    given(p.PLAN, *PAST, *past).when(command).refused(error)
