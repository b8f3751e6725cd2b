"""The store: appending, repeating, refusing, proving, firing."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from shared.bus.codec import TooLargeError
from shared.clock import WallClock
from shared.errors import RefusedError, VersionConflictError
from shared.eventstore.signals import CommandKnownError
from shared.eventstore.store import EventStore, verify
from shared.eventstore.timers import Timers
from shared.eventstore.values import Answer
from shared.eventstore.work import Work
from tests.postgres import Postgres
from tests.storing import CLERK, Shop, open_shop
from tests.toy import COUNTER, LIMIT, Count, Counted, Open, Opened


@pytest.fixture(scope="module")
async def shop(postgres: Postgres) -> AsyncIterator[Shop]:
    """A store that the tests of this module share, each with counters of its own."""
    async with open_shop(postgres.superuser_dsn) as opened:
        yield opened


@pytest.fixture
async def lone_shop(postgres: Postgres) -> AsyncIterator[Shop]:
    """A store for one test."""
    async with open_shop(postgres.superuser_dsn) as opened:
        yield opened


async def test_what_was_appended_is_read_in_order(shop: Shop) -> None:
    """A stream's events come back equal, numbered from one, after a version only those behind it."""
    counter = await shop.opened()
    for by in (2, 3):
        await shop.count(counter, by)
    past = await shop.store.read_stream(COUNTER.stream(counter))
    assert [recorded.envelope.stream_version for recorded in past] == [1, 2, 3]
    assert isinstance(past[0].event, Opened)
    assert past[0].event.label == "计数"
    assert [recorded.event.by for recorded in past if isinstance(recorded.event, Counted)] == [2, 3]
    later = await shop.store.read_stream(COUNTER.stream(counter), after=2)
    assert [recorded.envelope.stream_version for recorded in later] == [3]


async def test_a_stream_that_moved_on_refuses(shop: Shop) -> None:
    """Of two works that loaded the same version one is written; the other is told, and leaves nothing."""
    counter = await shop.opened()
    works = [shop.work(), shop.work()]
    for work in works:
        await work.execute(COUNTER, counter, Count(by=1))
    await shop.store.commit(works[0])
    with pytest.raises(VersionConflictError):
        await shop.store.commit(works[1])
    assert await shop.total(counter) == 1


async def test_several_streams_are_written_together_or_not_at_all(shop: Shop) -> None:
    """A work over two streams leaves neither when one of them has moved."""
    first, second = await shop.opened(), await shop.opened()
    work = shop.work()
    await work.execute(COUNTER, first, Count(by=5))
    await work.execute(COUNTER, second, Count(by=5))
    await shop.count(second)
    with pytest.raises(VersionConflictError):
        await shop.store.commit(work)
    assert (await shop.total(first), await shop.total(second)) == (0, 1)
    again = shop.work()
    for counter in (first, second):
        await again.execute(COUNTER, counter, Count(by=5))
    await shop.store.commit(again)
    assert (await shop.total(first), await shop.total(second)) == (5, 6)


async def test_works_over_the_same_streams_do_not_deadlock(shop: Shop) -> None:
    """Locks are taken in one order, whatever that of the decisions: all but one are told to try again."""
    pair = [await shop.opened(), await shop.opened()]
    works = []
    for number in range(16):
        work = shop.work()
        for counter in pair if number % 2 else reversed(pair):
            await work.execute(COUNTER, counter, Count(by=1))
        works.append(shop.store.commit(work))
    results = await asyncio.gather(*works, return_exceptions=True)
    conflicts = [one for one in results if isinstance(one, VersionConflictError)]
    assert len(conflicts) == 15
    assert [await shop.total(counter) for counter in pair] == [1, 1]


async def test_one_answer_a_command_however_many_at_once(shop: Shop) -> None:
    """Twelve times the same key at the same time: one effect; the others learn that it is known."""
    counters = [await shop.opened() for _ in range(12)]
    key = str(uuid4())
    answer = Answer("clerk", key, b"hash", 200, b"{}")
    results = await asyncio.gather(
        *(shop.count(counter, 7, answer) for counter in counters), return_exceptions=True
    )
    assert sum(isinstance(one, CommandKnownError) for one in results) == 11
    assert sum([await shop.total(counter) for counter in counters]) == 7
    assert await shop.store.find_answer("clerk", key) == answer
    assert await shop.store.find_answer("another", key) is None


async def test_a_refused_command_is_not_remembered(shop: Shop) -> None:
    """After a refusal the key is free."""
    counter = await shop.opened()
    work = shop.work(command="refused-at-first")
    for _ in range(LIMIT // 1000):
        await work.execute(COUNTER, counter, Count(by=1000))
    with pytest.raises(RefusedError):
        await work.execute(COUNTER, counter, Count(by=1))
    assert await shop.store.find_answer(CLERK.sub, "refused-at-first") is None


async def test_a_version_conflict_leaves_no_answer(shop: Shop) -> None:
    """The answer is part of the same transaction as the events."""
    counter = await shop.opened()
    work = shop.work()
    await work.execute(COUNTER, counter, Count(by=1))
    await shop.count(counter)
    with pytest.raises(VersionConflictError):
        await shop.store.commit(work, answer=Answer("clerk", "lost", b"h", 200, b"{}"))
    assert await shop.store.find_answer("clerk", "lost") is None


@pytest.mark.parametrize("part", ["header", "data", "hash"])
async def test_the_hash_chain_shows_what_was_tampered_with(shop: Shop, part: str) -> None:
    """A stream as written verifies; a changed byte of header, data or hash is found at its version."""
    counter = await shop.opened()
    for _ in range(3):
        await shop.count(counter)
    stream = COUNTER.stream(counter)
    assert verify(await shop.store.read_stream_raw(stream)) == []
    change = {
        "header": "header = convert_to(replace(convert_from(header, 'UTF8'), 'clerk', 'thief'), 'UTF8')",
        "data": "data = convert_to(replace(convert_from(data, 'UTF8'), '\"by\":1', '\"by\":9'), 'UTF8')",
        "hash": "hash = set_byte(hash, 0, 255 - get_byte(hash, 0))",
    }[part]
    statement = f"UPDATE store.events SET {change} WHERE stream = $1 AND stream_version = 3"  # noqa: S608
    await shop.store.pool.execute(statement, stream)
    assert 3 in verify(await shop.store.read_stream_raw(stream))


async def test_a_missing_event_breaks_the_chain(shop: Shop) -> None:
    """Taking one out shows in the one behind it."""
    counter = await shop.opened()
    for _ in range(2):
        await shop.count(counter)
    stream = COUNTER.stream(counter)
    await shop.store.pool.execute("DELETE FROM store.events WHERE stream = $1 AND stream_version = 2", stream)
    assert verify(await shop.store.read_stream_raw(stream)) == [3]


async def test_too_large_an_event_is_refused_whole(shop: Shop) -> None:
    """More than 256 KiB: a domain error, and nothing of the work is written."""
    counter, large = await shop.opened(), uuid4()
    work = shop.work()
    await work.execute(COUNTER, counter, Count(by=1))
    await work.record(COUNTER, large, [Opened(counter=large, cadre=uuid4(), label="长" * 100_000)])
    with pytest.raises(TooLargeError, match="262144"):
        await shop.store.commit(work)
    assert await shop.total(counter) == 0


async def test_an_effect_is_recorded_after_its_cause(shop: Shop) -> None:
    """Though the clock stands still, and though another service's clock was ahead."""
    written = await shop.count(await shop.opened())
    assert written.last is not None
    ahead = replace(written.last, recorded=written.last.recorded + timedelta(minutes=3))
    work = Work(shop.store, CLERK, cause=ahead)
    counter = uuid4()
    await work.execute(COUNTER, counter, Open(cadre=uuid4(), label="a"))
    await work.execute(COUNTER, counter, Count(by=1))
    effects = (await shop.store.commit(work)).envelopes
    assert ahead.recorded < effects[0].recorded < effects[1].recorded
    assert {effect.causation for effect in effects} == {ahead.id}


async def test_within_a_stream_recorded_never_goes_back(lone_shop: Shop) -> None:
    """A process whose clock is behind another's writes later times all the same."""
    counter = await lone_shop.opened()
    behind = EventStore("counting", lone_shop.store.pool, lone_shop.store.vault, WallClock())
    lone_shop.clock.advance(WallClock().now() + timedelta(hours=1))
    await lone_shop.count(counter)
    work = Work(behind, CLERK)
    await work.execute(COUNTER, counter, Count(by=1))
    await behind.commit(work)
    times = [one.envelope.recorded for one in await behind.read_stream(COUNTER.stream(counter))]
    assert times == sorted(set(times))


async def test_a_timer_fires_once_though_two_fire(shop: Shop) -> None:
    """Two processes race for twenty due timers; each has one effect."""
    counters = [await shop.opened() for _ in range(20)]

    async def ring(about: UUID, _: bytes, work: Work) -> None:
        await work.execute(COUNTER, about, Count(by=1))

    setting = shop.work()
    for counter in counters:
        setting.set_timer("ring", counter, shop.clock.now())
    await shop.store.commit(setting)
    rivals = [Timers("counting", shop.store, {"ring": ring}) for _ in range(2)]
    while any(await asyncio.gather(*(rival.fire_due(7) for rival in rivals))):
        pass
    assert [await shop.total(counter) for counter in counters] == [1] * 20


async def test_a_timer_moved_fires_at_its_new_time_only(shop: Shop) -> None:
    """Setting it again moves it; dropping it forgets it."""
    fired: list[UUID] = []

    async def ring(about: UUID, _: bytes, __: Work) -> None:
        fired.append(about)

    moved, dropped = uuid4(), uuid4()
    timers = Timers("counting", shop.store, {"moved": ring})
    for due in (shop.clock.now(), shop.clock.now() + timedelta(hours=1)):
        work = shop.work()
        work.set_timer("moved", moved, due)
        work.set_timer("moved", dropped, due)
        await shop.store.commit(work)
    work = shop.work()
    work.drop_timer("moved", dropped)
    await shop.store.commit(work)
    await timers.fire_due()
    assert fired == []
    shop.clock.advance(shop.clock.now() + timedelta(hours=1))
    await timers.fire_due()
    await timers.fire_due()
    assert fired == [moved]


async def test_a_failing_timer_waits_and_does_not_stop_the_others(shop: Shop) -> None:
    """It is listed with its error; the next one fires."""
    good, bad = uuid4(), uuid4()
    fired: list[UUID] = []

    async def ring(about: UUID, _: bytes, __: Work) -> None:
        if about == bad:
            raise RuntimeError("out of order")
        fired.append(about)

    work = shop.work()
    work.set_timer("fails", bad, shop.clock.now() - timedelta(hours=2))
    work.set_timer("fails", good, shop.clock.now() - timedelta(hours=1))
    await shop.store.commit(work)
    timers = Timers("counting", shop.store, {"fails": ring})
    await timers.fire_due()
    assert fired == [good]
    assert timers.failing
    error = await shop.store.pool.fetchval("SELECT error FROM store.timers WHERE key = $1", str(bad))
    assert "out of order" in error
