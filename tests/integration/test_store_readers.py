"""A reader that follows a store misses nothing, whatever its writers do to it."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.errors import VersionConflictError
from shared.eventstore.log import Placed
from shared.eventstore.position import START, Position
from shared.eventstore.values import Intake
from tests.postgres import Postgres
from tests.storing import Shop, open_shop
from tests.toy import COUNTER, Count

DEADLINE = 20.0


class StalledTooLongError(Exception):
    """The writer gives up."""


@dataclass(frozen=True)
class Step:
    """What a writer does: to which counters, how often it lets others go first before it ends."""

    counters: tuple[int, ...]
    stall: int
    aborts: bool


STEPS = st.builds(
    Step,
    counters=st.lists(st.integers(0, 3), min_size=1, max_size=3, unique=True).map(tuple),
    stall=st.integers(0, 4),
    aborts=st.booleans(),
)


@pytest.fixture(scope="module", params=[False, True], ids=["shared", "alone"])
async def shop(postgres: Postgres, request: pytest.FixtureRequest) -> AsyncIterator[Shop]:
    """One store for all examples, each follows it from where it stands: one of many processes', one alone."""
    async with open_shop(postgres.superuser_dsn, exclusive=request.param) as opened:
        yield opened


def give_up(step: Step) -> None:
    """Abort, if the step says so."""
    if step.aborts:
        raise StalledTooLongError


async def write(shop: Shop, counters: Sequence[UUID], steps: Sequence[Step], name: str) -> int:
    """One writer: a transaction a step, held open for a while, some of them aborted; gives the commits."""
    commits = 0
    for number, step in enumerate(steps):
        work = shop.work()
        for index in step.counters:
            await work.execute(COUNTER, counters[index], Count(by=1))
        intake = Intake(name, {}, {f"{name}-{uuid4()}": number + 1}, [name])
        try:
            async with shop.store.taking_in([work], intake) as (connection, _):
                for _ in range(step.stall):
                    await connection.fetchval("SELECT pg_sleep(0.002)")
                give_up(step)
            commits += len(step.counters)
        except (StalledTooLongError, VersionConflictError):
            continue
    return commits


async def follow(shop: Shop, after: Position, writers: asyncio.Future[list[int]]) -> list[Placed]:
    """Tail the store until the writers are done and all is read."""
    found: list[Placed] = []
    done = False
    while True:
        batch = await shop.store.read_all(after, 3)
        found += batch
        after = batch[-1].position if batch else after
        if done and not batch:
            return found
        done = writers.done()
        await asyncio.sleep(0)


@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(plans=st.lists(st.lists(STEPS, min_size=1, max_size=5), min_size=2, max_size=6))
async def test_stalling_and_aborting_writers_hide_nothing(shop: Shop, plans: list[list[Step]]) -> None:
    """The follower has read every committed event once, each stream in order, places only growing."""
    counters = [await shop.opened() for _ in range(4)]
    start = await shop.store.head()
    writers = asyncio.gather(
        *(write(shop, counters, steps, f"writer{number}") for number, steps in enumerate(plans))
    )
    found = await asyncio.wait_for(follow(shop, start, writers), DEADLINE)
    assert len(found) == sum(await writers)
    places = [placed.position for placed in found]
    assert places == sorted(set(places))
    for counter in counters:
        stream = COUNTER.stream(counter)
        versions = [one.envelope.stream_version for one in found if one.envelope.stream == stream]
        assert versions == list(range(2, len(versions) + 2))
    again = await shop.store.read_all(start, len(found) + 1)
    assert [one.envelope.id for one in again] == [one.envelope.id for one in found]


async def test_a_later_transaction_waits_for_an_earlier_one(shop: Shop) -> None:
    """What a follower could be overtaken by is hidden until the open transaction has ended."""
    early, late = await shop.opened(), await shop.opened()
    start = await shop.store.head()
    work = shop.work()
    await work.execute(COUNTER, early, Count(by=1))
    async with shop.store.taking_in([work], Intake("slow", {}, {"slow-1": 1}, [])):
        await shop.count(late)
        assert await shop.store.read_all(start) == []
    streams = [one.envelope.stream for one in await shop.store.read_all(start)]
    assert streams == [COUNTER.stream(early), COUNTER.stream(late)]


async def test_writing_before_locking_is_refused(shop: Shop) -> None:
    """JJ009: a transaction id drawn before the locks would let readers see versions out of order."""
    counter = await shop.opened()
    work = shop.work()
    await work.execute(COUNTER, counter, Count(by=1))
    arguments, _ = await shop.store.prepare(work)
    holes = ",".join(f"${number}" for number in range(1, len(arguments) + 1))
    async with shop.store.pool.acquire() as connection:
        await connection.execute("BEGIN")
        await connection.execute("INSERT INTO store.inbox VALUES ('early', 'x', 1)")
        with pytest.raises(asyncpg.PostgresError) as caught:
            await connection.fetchval(f"SELECT store.commit({holes})", *arguments)
        await connection.execute("ROLLBACK")
    assert caught.value.sqlstate == "JJ009"
    assert await shop.total(counter) == 0


async def test_a_subscription_finds_what_no_hint_told_of(shop: Shop) -> None:
    """Another process's append is found by polling."""
    counter = await shop.opened()
    batches = shop.store.subscribe(await shop.store.head(), poll=0.02)
    waiting = asyncio.ensure_future(anext(batches))
    work = shop.work()
    await work.execute(COUNTER, counter, Count(by=1))
    arguments, _ = await shop.store.prepare(work)
    holes = ",".join(f"${number}" for number in range(1, len(arguments) + 1))
    await shop.store.pool.fetchval(f"SELECT store.commit({holes})", *arguments)
    batch = await asyncio.wait_for(waiting, DEADLINE)
    assert [one.envelope.stream_version for one in batch] == [2]
    assert isinstance(batches, AsyncGenerator)
    await batches.aclose()


async def test_reading_from_the_start_gives_the_same_in_any_batch_size(shop: Shop) -> None:
    """The cursor has no seams."""
    for _ in range(5):
        await shop.count(await shop.opened())
    whole = [one.envelope.id for one in await shop.store.read_all(START, 10_000)]
    parts, place = [], START
    while batch := await shop.store.read_all(place, 2):
        parts += [one.envelope.id for one in batch]
        place = batch[-1].position
    assert parts == whole
