"""Several events share a transaction: with the same effect as one by one, each known by its own cause."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.bus.consumer import Consumer
from shared.bus.effect import TOGETHER, Reaction
from shared.bus.envelope import Envelope
from shared.bus.recorded import Recorded
from shared.contracts.event import Event
from shared.errors import VersionConflictError
from shared.eventstore.changes import timers_left
from shared.eventstore.store import EventStore
from shared.eventstore.work import Work
from tests.postgres import Postgres
from tests.storing import CLERK, Shop, open_shop
from tests.toy import COUNTER, EAR, Count, Counted, Faults, Heard, Opened, hear

AMOUNTS = st.lists(st.tuples(st.integers(0, 2), st.integers(1, 9)), min_size=1, max_size=60)


@pytest.fixture(scope="module")
async def shop(postgres: Postgres) -> AsyncIterator[Shop]:
    """A store with counters, and with the ears of a consumer beside them."""
    async with open_shop(postgres.superuser_dsn) as opened:
        yield opened


@pytest.fixture(autouse=True)
def _no_faults() -> None:
    Faults.clear()


def consumer_of(store: EventStore) -> Consumer:
    """One of a name of its own, which has taken in nothing."""
    return Consumer(f"hearing-{uuid4().hex[:6]}", store, {Counted: hear}, [])


def another(shop: Shop) -> EventStore:
    """The same store in another process, which knows only what it reads."""
    return EventStore(shop.store.source, shop.store.pool, shop.store.vault, shop.clock)


async def counted(shop: Shop, counters: Sequence[UUID], amounts: Sequence[tuple[int, int]]) -> list[Envelope]:
    """Count these; gives the events in order."""
    before = await shop.store.head()
    for index, by in amounts:
        await shop.count(counters[index], by)
    return [placed.envelope for placed in await shop.store.read_all(before, 1000)]


async def effects(shop: Shop, counter: UUID) -> list[Recorded]:
    """What was heard of a counter."""
    return await shop.store.read_stream(EAR.stream(counter))


def amounts_of(heard: Sequence[Recorded]) -> list[int]:
    """How much each time."""
    events: list[Any] = [recorded.event for recorded in heard]
    return [event.total for event in events]


async def transactions(shop: Shop, counters: Sequence[UUID]) -> int:
    """In how many transactions it was heard of these."""
    sql = "SELECT count(DISTINCT xid) FROM store.events WHERE stream = ANY ($1)"
    return int(await shop.store.pool.fetchval(sql, [EAR.stream(counter) for counter in counters]))


async def test_reactions_share_a_transaction_and_keep_their_causes(shop: Shop) -> None:
    """So many at most; versions without a gap, times that never go back, each with what brought it about."""
    counters = [await shop.opened() for _ in range(2)]
    causes = await counted(shop, counters, [(number % 2, number + 1) for number in range(TOGETHER + 4)])
    await consumer_of(shop.store).deliver(causes)
    assert await transactions(shop, counters) == 2
    for place, counter in enumerate(counters):
        heard = [one.envelope for one in await effects(shop, counter)]
        mine = causes[place::2]
        assert [one.causation for one in heard] == [cause.id for cause in mine]
        assert [one.correlation for one in heard] == [cause.correlation for cause in mine]
        assert [one.stream_version for one in heard] == list(range(1, len(mine) + 1))
        assert [one.previous for one in heard[1:]] == [one.hash for one in heard[:-1]]
        assert sorted(one.recorded for one in heard) == [one.recorded for one in heard]
        assert len({one.recorded for one in heard}) == len(heard)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(amounts=AMOUNTS, deaf=st.sets(st.integers(0, 2), max_size=1), cuts=st.lists(st.integers(0, 60)))
async def test_it_has_the_effect_of_one_by_one(
    shop: Shop, amounts: list[tuple[int, int]], deaf: set[int], cuts: list[int]
) -> None:
    """However it is cut, and dealt to two processes in turn: all that was counted is heard, in order.

    What one remembers of an ear is behind after the other's turn, and a counter that can't be heard holds
    back nobody else's.
    """
    Faults.clear()
    counters = [await shop.opened() for _ in range(3)]
    causes = await counted(shop, counters, amounts)
    Faults.failing.update(counters[index] for index in deaf)
    one = consumer_of(shop.store)
    two = Consumer(one.name, another(shop), {Counted: hear}, [])
    places = sorted({min(cut, len(causes)) for cut in cuts})
    for turn, (begin, end) in enumerate(zip([0, *places], [*places, len(causes)], strict=True)):
        await (one, two)[turn % 2].deliver(causes[begin:end])
    for index, counter in enumerate(counters):
        wanted = [by for which, by in amounts if which == index]
        assert amounts_of(await effects(shop, counter)) == ([] if index in deaf else wanted)
    held = await shop.store.pool.fetchval("SELECT count(*) FROM store.held WHERE consumer = $1", one.name)
    assert held == sum(index in deaf for index, _ in amounts)


async def test_a_reaction_that_must_wait_leaves_nothing_behind(shop: Shop) -> None:
    """It has looked at views in the middle of others: it is made again behind them, by what they leave."""

    async def greet(event: Opened, work: Work) -> None:
        await work.record(EAR, event.counter, [Heard(counter=event.counter, cadre=event.cadre, total=1)])

    async def peek(event: Counted, work: Work) -> None:
        assert work.db
        await hear(event, work)

    before = await shop.store.head()
    counter = await shop.opened()
    await shop.count(counter, 5)
    await shop.count(counter, 7)
    causes = [placed.envelope for placed in await shop.store.read_all(before, 10)]
    reactions: dict[type[Event], Reaction] = {Opened: greet, Counted: peek}
    await Consumer(f"hearing-{counter.hex[:6]}", shop.store, reactions, []).deliver(causes)
    assert amounts_of(await effects(shop, counter)) == [1, 5, 7]
    remembered = shop.store.remembered(EAR.stream(counter))
    assert remembered is not None
    assert (remembered.state, remembered.version) == (13, 3)


async def test_a_reaction_that_reads_the_log_finds_in_it_what_was_added_before(shop: Shop) -> None:
    """It goes along with those before it that add nothing, and behind the others."""
    loud: set[UUID] = set()
    found: list[int] = []

    async def greet(event: Opened, work: Work) -> None:
        if event.counter in loud:
            heard = Heard(counter=event.counter, cadre=event.cadre, total=1)
            await work.record(EAR, event.counter, [heard])

    async def read(event: Counted, work: Work) -> None:
        found.append(len(await work.store.read_stream(EAR.stream(event.counter))))

    reactions: dict[type[Event], Reaction] = {Opened: greet, Counted: read}
    consumer = Consumer(f"hearing-{uuid4().hex[:6]}", shop.store, reactions, [])
    for greeted in (False, True, True):
        before = await shop.store.head()
        counter = await shop.opened()
        loud.update({counter} if greeted else ())
        await shop.count(counter, 5)
        await consumer.deliver([placed.envelope for placed in await shop.store.read_all(before, 10)])
        assert found[-1] == greeted


async def test_two_processes_at_once_hear_once(shop: Shop) -> None:
    """The same events to both at the same moment, as after a rebalance."""
    counters = [await shop.opened() for _ in range(3)]
    causes = await counted(shop, counters, [(number % 3, 1) for number in range(45)])
    one = consumer_of(shop.store)
    two = Consumer(one.name, another(shop), {Counted: hear}, [])
    await asyncio.gather(one.deliver(causes), two.deliver(causes))
    assert [amounts_of(await effects(shop, counter)) for counter in counters] == [[1] * 15] * 3


async def test_a_memory_that_is_behind_is_found_out_even_where_nothing_is_added(shop: Shop) -> None:
    """What a decision relied on is as much a part of it as what it adds to."""
    relied, added = await shop.opened(), await shop.opened()
    store = another(shop)
    for counter in (relied, added):
        await store.recall(COUNTER, counter)
    await shop.count(relied, 5)

    async def decided(*, trusting: bool) -> int:
        work = Work(store, CLERK, seed=str(uuid4()), trusting=trusting)
        state = await work.load(COUNTER, relied)
        assert state is not None
        await work.execute(COUNTER, added, Count(by=state.total + 1))
        await store.commit(work)
        return state.total

    with pytest.raises(VersionConflictError):
        await decided(trusting=True)
    assert await decided(trusting=True) == 5  # forgotten by the first try, and asked again
    assert await shop.total(added) == 6


async def test_the_timers_of_several_works_are_those_left_after_the_last(shop: Shop) -> None:
    """Set and dropped, dropped and set, moved."""
    due = shop.clock.now() + timedelta(hours=1)
    one, two, three = (uuid4() for _ in range(3))
    first, second = shop.work(), shop.work()
    first.set_timer("call", one, due)
    first.drop_timer("call", two)
    first.set_timer("call", three, due)
    second.drop_timer("call", one)
    second.set_timer("call", two, due)
    second.set_timer("call", three, due + timedelta(hours=1))
    timers, dropped = timers_left([first, second])
    assert {(timer.key, timer.due) for timer in timers} == {
        (str(two), due),
        (str(three), due + timedelta(hours=1)),
    }
    assert dropped == second.dropped
