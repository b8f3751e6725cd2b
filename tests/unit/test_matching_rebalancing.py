"""What may be done with a rebalancing's moves."""

from typing import Any
from uuid import UUID

import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from services.matching.domain import rebalancing as r
from shared.contracts import matching as m
from shared.contracts.command import Command
from shared.contracts.event import Event
from shared.errors import DomainError, UnknownError
from tests.matching_cases import ELSEWHERE, HERE, NOON, helper_id, offer_id
from tests.unit.given import ITSELF, given

PROPOSED = m.RebalancingProposed(
    rebalancing=ITSELF,
    at=NOON,
    epoch=1,
    xid=2,
    seq=3,
    model_version="transport-1",
    citywide=True,
    budget=5,
    pairing_metres=1_000,
    communities=2,
    members=9,
    moves=3,
    shortage=3,
    shortage_after=0,
    cost=700,
    nearest_after=0,
    nearest_cost=900,
    digest="0" * 64,
)
RECKONED = m.CommunityReckoned(
    rebalancing=ITSELF,
    community=ELSEWHERE,
    cadres=4,
    hardships=1,
    weight=9,
    centre=None,
    shares=(m.Share(association="青年", members=0, target=3),),
)
PAIRINGS = (offer_id(1), offer_id(2))


def move(number: int, *pairings: UUID, source: UUID | None = HERE) -> m.MoveProposed:
    """This helper should go elsewhere."""
    return m.MoveProposed(
        rebalancing=ITSELF,
        helper=helper_id(number),
        association="青年",
        source=source,
        destination=ELSEWHERE,
        before=4 - number,
        after=3 - number,
        source_metres=300,
        metres=None,
        pairings=pairings,
    )


def about(number: int) -> dict[str, UUID]:
    """What every event of a move tells."""
    return {"rebalancing": ITSELF, "helper": helper_id(number)}


def accepted(number: int, *ending: UUID) -> m.MoveAccepted:
    """To be asked."""
    return m.MoveAccepted(**about(number), ending=ending)


def consented(number: int, source: UUID | None = HERE) -> m.MoveConsented:
    """Agreed and moved."""
    return m.MoveConsented(**about(number), source=source, destination=ELSEWHERE, note="电话")


PAST = (PROPOSED, RECKONED, move(1, *PAIRINGS), move(2), move(3, source=None))
DECLINED = m.MoveDeclined(**about(1), reason="太远")
UNDONE = m.MoveUndone(**about(1), source=HERE, destination=ELSEWHERE, reason="本人要求")


def names(*numbers: int) -> tuple[UUID, ...]:
    """Of these helpers."""
    return tuple(helper_id(number) for number in numbers)


@pytest.mark.parametrize(
    ("past", "command", "events"),
    [
        ((), r.AcceptMoves(), [accepted(1), accepted(2), accepted(3)]),
        ((), r.AcceptMoves(helpers=names(2)), [accepted(2)]),
        ((accepted(2),), r.AcceptMoves(), [accepted(1), accepted(3)]),
        (
            (),
            r.AcceptMoves(helpers=names(2, 1), ending=PAIRINGS[1:]),
            [accepted(1, PAIRINGS[1]), accepted(2)],
        ),
        (
            (accepted(1), consented(1), accepted(2)),
            r.DropMoves(reason="预算不够"),
            [m.MoveDropped(**about(number), reason="预算不够") for number in (2, 3)],
        ),
        ((accepted(1),), r.ConsentToMove(helper=helper_id(1), note="电话"), [consented(1)]),
        ((accepted(3),), r.ConsentToMove(helper=helper_id(3), note="电话"), [consented(3, None)]),
        ((accepted(1),), r.DeclineMove(helper=helper_id(1), reason="太远"), [DECLINED]),
        ((accepted(1), DECLINED), r.ConsentToMove(helper=helper_id(1), note="电话"), [consented(1)]),
        ((accepted(1), consented(1), accepted(2)), r.UndoMoves(reason="本人要求"), [UNDONE]),
    ],
)
def test_moves_are_decided(past: tuple[Event, ...], command: Command, events: list[Event]) -> None:
    """In part or all, with the member's word, and back."""
    given(r.REBALANCING, *PAST, *past).when(command).then(*events)


@pytest.mark.parametrize(
    ("past", "command", "error"),
    [
        ((), r.ConsentToMove(helper=helper_id(1)), r.MoveStateError),
        ((), r.DeclineMove(helper=helper_id(1), reason="太远"), r.MoveStateError),
        ((), r.UndoMoves(reason="本人要求"), r.NothingToDecideError),
        ((), r.UndoMoves(helpers=names(1), reason="本人要求"), r.MoveStateError),
        ((accepted(1),), r.AcceptMoves(helpers=names(1)), r.MoveStateError),
        ((accepted(1), consented(1)), r.ConsentToMove(helper=helper_id(1)), r.MoveStateError),
        ((accepted(1), consented(1)), r.DropMoves(helpers=names(1), reason="晚了"), r.MoveStateError),
        ((accepted(1), consented(1), UNDONE), r.UndoMoves(helpers=names(1), reason="再来"), r.MoveStateError),
        ((), r.AcceptMoves(helpers=names(9)), UnknownError),
        ((), r.ConsentToMove(helper=helper_id(9)), UnknownError),
        ((), r.AcceptMoves(helpers=names(2), ending=PAIRINGS), UnknownError),
    ],
)
def test_what_does_not_fit_is_refused(
    past: tuple[Event, ...], command: Command, error: type[DomainError]
) -> None:
    """Nobody moves unasked, twice, or in a plan that doesn't name them."""
    given(r.REBALANCING, *PAST, *past).when(command).refused(error)


def commands() -> st.SearchStrategy[Command]:
    """Any, about any of the helpers."""
    one = st.integers(1, 3).map(helper_id)
    some = st.lists(one, max_size=3).map(tuple)
    kinds: list[Any] = [
        st.builds(r.AcceptMoves, helpers=some),
        st.builds(r.DropMoves, helpers=some, reason=st.just("不宜")),
        st.builds(r.ConsentToMove, helper=one),
        st.builds(r.DeclineMove, helper=one, reason=st.just("太远")),
        st.builds(r.UndoMoves, helpers=some, reason=st.just("撤回")),
    ]
    return st.one_of(kinds)


@settings(max_examples=200, deadline=None)
@drawn(st.lists(commands(), max_size=12))
def test_nobody_is_moved_without_their_word(said: list[Command]) -> None:
    """Whatever is tried in whatever order: moved are just those who agreed and haven't been sent back."""
    events: list[Event] = [*PAST]
    for command in said:
        state = r.REBALANCING.fold(events)
        try:
            events += r.REBALANCING.decide(state, command, given(r.REBALANCING).moment)
        except DomainError:
            assert r.REBALANCING.fold(events) == state
    where = dict.fromkeys(names(1, 2, 3), HERE)
    agreed: set[UUID] = set()
    for event in events:
        match event:
            case m.MoveAccepted():
                agreed.discard(event.helper)
            case m.MoveConsented():
                assert where[event.helper] == HERE
                where[event.helper] = ELSEWHERE
                agreed.add(event.helper)
            case m.MoveUndone():
                assert where[event.helper] == ELSEWHERE
                where[event.helper] = HERE
                agreed.discard(event.helper)
    state = r.REBALANCING.fold(events)
    assert state is not None
    assert set(state.of(r.State.MADE)) == agreed == {one for one, at in where.items() if at == ELSEWHERE}
