"""The local carrier goes on whatever happens to one of its loops, and costs little when nothing happens."""

import asyncio
from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

import pytest

from shared.bus import local
from shared.bus.envelope import Envelope
from shared.bus.recorded import Recorded
from shared.contracts.event import Event
from shared.eventstore.work import Work
from shared.roles import Role
from tests import toy
from tests.harness import City
from tests.holding import still

OPEN = "/counting/api/v1/counters"


async def counted(city: City) -> UUID:
    """A new counter that has counted to three."""
    operator = city.client(Role.OPERATOR)
    counter = (await operator.done(OPEN, {"cadre": str(uuid4()), "label": "计数"}))["id"]
    await operator.done(f"{OPEN}/{counter}/count", {"by": 3})
    return UUID(counter)


async def heard(city: City, counter: UUID) -> Any:
    """What hearing's view shows."""
    return await city.store("hearing").pool.fetchval("SELECT total FROM heard WHERE counter = $1", counter)


async def test_an_unexpected_error_stops_nobody(toy_city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is tried again after a pause; meanwhile the other consumer goes on."""
    monkeypatch.setattr(local, "OUTAGE_WAIT", 0.01)
    hearing = toy_city.system.services["hearing"].consumer
    deliver, failures = hearing.deliver, 3

    async def broken(envelopes: Sequence[Envelope]) -> None:
        nonlocal failures
        if failures:
            failures -= 1
            raise ZeroDivisionError
        await deliver(envelopes)

    monkeypatch.setattr(hearing, "deliver", broken)
    counter = await counted(toy_city)
    await toy_city.settle()
    assert failures == 0
    assert await heard(toy_city, counter) == 3


async def test_what_another_process_appends_is_found_by_polling(toy_city: City) -> None:
    """No hint, no mark in memory: the next poll has it, where a store is not this process's alone."""
    counting = toy_city.store("counting")
    counting.exclusive = False
    newest, changes = counting.newest, counting.changes
    counter = await counted(toy_city)
    counting.flights.newest, counting.changes = newest, changes
    async with asyncio.timeout(10):
        while await heard(toy_city, counter) is None:  # noqa: ASYNC110  another process would have no event
            await asyncio.sleep(0.01)
    assert await heard(toy_city, counter) == 3


@pytest.mark.parametrize("looking", [False, True])
async def test_a_reaction_sees_what_came_before_it(
    toy_city: City, monkeypatch: pytest.MonkeyPatch, *, looking: bool
) -> None:
    """One that looks at a view finds it up to date; only one that doesn't shares the views' transaction."""
    hearing = toy_city.system.services["hearing"].consumer
    effect = hearing._effect  # noqa: SLF001  what shares a transaction shows nowhere else
    commit = effect._commit  # noqa: SLF001  the same
    batches: list[list[type[Event]]] = []

    async def noted(works: Sequence[Work], batch: Sequence[Recorded], *more: Any) -> None:
        await commit(works, batch, *more)
        batches.append([type(one.event) for one in batch])

    monkeypatch.setattr(effect, "_commit", noted)
    monkeypatch.setattr(toy.Faults, "looking", looking)
    carrier = toy_city.system.carrier
    # Consumers at the same place share what one of them has read: the other must not read between the two.
    async with still(carrier, "hearing"), still(carrier, "counting"):
        counter = await counted(toy_city)
    await toy_city.settle()
    assert await heard(toy_city, counter) == 3
    assert toy.Faults.labels[-1:] == (["计数"] if looking else [])
    expected: list[type[Event]] = [toy.Opened] if looking else [toy.Opened, toy.Counted]
    assert batches[0] == expected


async def test_settling_again_asks_the_database_nothing(
    toy_city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A virtual clock that moves a thousand times settles a thousand times."""
    await counted(toy_city)
    await toy_city.settle()
    carrier = toy_city.system.carrier

    async def never(_: object) -> bool:
        raise AssertionError("asked")

    monkeypatch.setattr(carrier, "_settled", never)
    for _ in range(1000):
        await toy_city.advance(seconds=1)


async def test_the_whole_carrier_is_read_up_to_its_end_when_settled(toy_city: City) -> None:
    """Every cursor stands at the head of every source."""
    for _ in range(5):
        await counted(toy_city)
    await toy_city.settle()
    for service, running in toy_city.system.services.items():
        async with still(
            running.carrier, service
        ):  # cursors are written down before anybody stands between two batches
            assert await running.lag() == dict.fromkeys(toy_city.system.services, 0), service
