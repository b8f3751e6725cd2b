"""A view is built anew while traffic goes on; readers see whole views only, and writers don't wait."""

import asyncio
import time
from typing import Any
from uuid import UUID

import orjson

from tests.contract.carrier import CarrierUnderTest, Toys
from tests.toy import Faults

PATIENCE = 5.0


async def rebuild(toys: Toys, service: str, view: str) -> dict[str, Any]:
    """Rebuild; gives the last line."""
    answer = await toys.admin.command(f"/{service}/api/v1/views/{view}/rebuild")
    assert answer.status_code == 200, answer.text
    last: dict[str, Any] = orjson.loads(answer.text.splitlines()[-1])
    assert last["state"] == "swapped"
    return last


def swapped(one: str, other: str) -> str:
    """SQL for the data with a field renamed."""
    return f"""convert_to(replace(convert_from(data, 'UTF8'), '"{one}"', '"{other}"'), 'UTF8')"""


async def test_a_rebuilt_view_is_the_same(toys: Toys, carrier: CarrierUnderTest) -> None:
    """Nothing differs, and it goes on from there."""
    counters = [await toys.open() for _ in range(3)]
    for counter in counters:
        await toys.count(counter, 1, 2)
    await carrier.settle()
    same = {"only_old": 0, "only_new": 0}
    assert (await rebuild(toys, "counting", "totals"))["differences"] == {"totals": same}
    assert (await rebuild(toys, "hearing", "heard"))["differences"] == {"heard": same}
    await toys.count(counters[0], 4)
    await carrier.settle()
    assert (await toys.totals())[counters[0]] == (await toys.heard())[counters[0]] == 7


async def test_differences_are_reported_and_mended(toys: Toys, carrier: CarrierUnderTest) -> None:
    """A row that somebody changed by hand is named on both sides; afterwards it is right."""
    counter = await toys.open()
    await toys.count(counter, 2)
    await carrier.settle()
    await carrier.city.store("counting").pool.execute("UPDATE totals SET total = 99")
    last = await rebuild(toys, "counting", "totals")
    assert last["differences"] == {"totals": {"only_old": 1, "only_new": 1}}
    assert await toys.totals() == {counter: 2}


async def test_readers_and_writers_do_not_notice(toys: Toys, carrier: CarrierUnderTest) -> None:
    """While it is rebuilt again and again, sums never shrink and commands are answered at once."""
    counters = [await toys.open() for _ in range(2)]
    for counter in counters:
        await toys.count(counter, *[1] * 10)
    await carrier.settle()
    going = True
    sums: list[int] = []
    waits: list[float] = []

    async def reads() -> None:
        while going:
            sums.append(sum((await toys.totals()).values()))
            await asyncio.sleep(0.005)

    async def writes(counter: UUID) -> None:
        while going:
            begin = time.monotonic()
            await toys.count(counter, 1)
            waits.append(time.monotonic() - begin)
            await asyncio.sleep(0.02)

    async def rebuilds() -> None:
        nonlocal going
        for _ in range(2):
            await rebuild(toys, "counting", "totals")
        going = False

    await asyncio.gather(reads(), *(writes(counter) for counter in counters), rebuilds())
    await carrier.settle()
    assert sums[0] >= 20
    assert sums == sorted(sums)
    assert max(waits) < PATIENCE
    assert sum((await toys.totals()).values()) == 20 + len(waits)


async def test_two_rebuilds_of_one_view_take_turns(toys: Toys, carrier: CarrierUnderTest) -> None:
    """Neither sees the other's half-built tables."""
    counter = await toys.open()
    await toys.count(counter, 1, 2, 3)
    await carrier.settle()
    await asyncio.gather(*(rebuild(toys, "counting", "totals") for _ in range(3)))
    assert await toys.totals() == {counter: 6}


async def test_events_that_wait_have_no_effect_on_a_rebuilt_view(
    toys: Toys, carrier: CarrierUnderTest
) -> None:
    """They have it when they are let go, once; one that was skipped never has."""
    held, skipped = await toys.open(), await toys.open()
    await carrier.settle()
    await carrier.stop()
    for counter in (held, skipped):
        await toys.count(counter, 1, 2)
        await carrier.city.store("counting").pool.execute(
            f"UPDATE store.events SET data = {swapped('by', 'of')} WHERE stream = $1 AND stream_version = 2",  # noqa: S608
            f"counter-{counter}",
        )
    await carrier.start()
    await carrier.settle()
    first = next(row for row in await toys.parked("counting") if row["stream"] == f"counter-{skipped}")
    await toys.admin.done(f"/counting/api/v1/parked/{first['ordinal']}/skip", {"reason": "数据损坏"})
    await carrier.settle()
    assert await toys.totals() == {held: 0, skipped: 2}
    last = await rebuild(toys, "counting", "totals")
    assert last["differences"] == {"totals": {"only_old": 0, "only_new": 0}}
    await carrier.city.store("counting").pool.execute(
        f"UPDATE store.held SET data = {swapped('of', 'by')}"  # noqa: S608  our own words
    )
    waiting = await toys.parked("counting")
    await toys.admin.command(f"/counting/api/v1/parked/{waiting[0]['ordinal']}/retry")
    await carrier.settle()
    assert await toys.totals() == {held: 3, skipped: 2}


async def test_a_rebuild_leaves_reactions_alone(toys: Toys, carrier: CarrierUnderTest) -> None:
    """Side effects stay off while it replays."""
    counter = await toys.open()
    await toys.count(counter, 1, 2)
    await carrier.settle()
    Faults.calls.clear()
    await rebuild(toys, "hearing", "heard")
    assert Faults.calls == []
    assert await toys.effects(counter) == [1, 2]
