"""A failing event holds back its own key in its own consumer, visibly, until it is retried or skipped."""

import asyncpg
import pytest

from shared.contracts.operations import EventSkipped
from shared.eventstore.position import START as BEGINNING
from tests.contract.carrier import CarrierUnderTest, Toys
from tests.harness import START
from tests.toy import Faults


@pytest.mark.parametrize("fault", [RuntimeError, asyncpg.InterfaceError, KeyError], ids=lambda e: e.__name__)
async def test_a_failing_event_holds_back_its_key_and_no_other(
    toys: Toys, carrier: CarrierUnderTest, fault: type[Exception]
) -> None:
    """It is tried as often as is said, then parked; later ones wait behind it in order; other keys flow."""
    broken, whole = await toys.open(), await toys.open()
    Faults.failing.add(broken)
    Faults.deafness = fault
    await toys.count(broken, 1, 2, 3)
    await toys.count(whole, 1, 2, 3)
    await carrier.settle()
    assert await toys.effects(broken) == []
    assert await toys.effects(whole) == [1, 2, 3]
    waiting = await toys.parked()
    assert [(row["stream_version"], row["attempts"]) for row in waiting] == [(2, 3), (3, 0), (4, 0)]
    assert [row["parked_at"] is not None for row in waiting] == [True, False, False]
    assert "deaf to" in waiting[0]["error"]
    assert Faults.calls.count((broken, 1)) in (3, 4)  # the first try beside others is made again alone
    assert (broken, 2) not in Faults.calls
    assert (await toys.totals())[broken] == 6


async def test_a_fault_that_passes_is_overcome_by_itself(toys: Toys, carrier: CarrierUnderTest) -> None:
    """The second try goes through, and those behind it, in order; nothing is left waiting."""
    counter = await toys.open()
    Faults.failing.add(counter)
    hearing = carrier.city.system.services["hearing"].consumer
    again = hearing.drain

    async def healed() -> int:
        Faults.failing.clear()
        return await again()

    hearing.drain = healed  # type: ignore[method-assign]
    await toys.count(counter, 1, 2, 3)
    await carrier.settle()
    assert await toys.effects(counter) == [1, 2, 3]
    assert await toys.parked() == []


async def test_what_is_parked_goes_on_when_told_to(toys: Toys, carrier: CarrierUnderTest) -> None:
    """Once the fault is mended and a person says retry, the key is drained in order and live again."""
    counter = await toys.open()
    Faults.failing.add(counter)
    await toys.count(counter, 1, 2)
    await carrier.settle()
    Faults.failing.clear()
    first = (await toys.parked())[0]
    answer = await toys.admin.command(f"/hearing/api/v1/parked/{first['ordinal']}/retry")
    assert answer.status_code == 204
    await carrier.settle()
    await toys.count(counter, 3)
    await carrier.settle()
    assert await toys.effects(counter) == [1, 2, 3]
    assert await toys.parked() == []


async def test_a_named_person_skips_for_a_reason(toys: Toys, carrier: CarrierUnderTest) -> None:
    """Who, why and what is an event; the rest flows; it is never delivered again, from the start neither."""
    counter = await toys.open()
    Faults.failing.add(counter)
    await toys.count(counter, 1)
    await carrier.settle()
    Faults.failing.clear()
    await toys.count(counter, 2)
    await carrier.settle()
    first = (await toys.parked())[0]
    path = f"/hearing/api/v1/parked/{first['ordinal']}/skip"
    await toys.admin.done(path, {"reason": "计数有误,已电话核实"}, key="skipping-it")
    await toys.admin.done(path, {"reason": "计数有误,已电话核实"}, key="skipping-it")
    await carrier.settle()
    assert await toys.effects(counter) == [2]
    await carrier.rewind()
    await carrier.settle()
    assert await toys.effects(counter) == [2]
    store = carrier.city.store("hearing")
    placed = [one for one in await store.read_all(BEGINNING, 100) if one.envelope.type == EventSkipped.NAME]
    assert [one.envelope.actor.sub for one in placed] == ["administrator-one"]
    [skipped] = [event for event in await carrier.city.events("hearing") if isinstance(event, EventSkipped)]
    assert (skipped.stream_version, skipped.reason) == (2, "计数有误,已电话核实")
    assert placed[0].envelope.recorded >= START


async def test_only_the_parked_one_in_front_is_skipped(toys: Toys, carrier: CarrierUnderTest) -> None:
    """One behind it can't be taken out of order, and without a reason nothing is skipped."""
    counter = await toys.open()
    Faults.failing.add(counter)
    await toys.count(counter, 1, 2)
    await carrier.settle()
    first, second = await toys.parked()
    behind = await toys.admin.command(
        f"/hearing/api/v1/parked/{second['ordinal']}/skip", {"reason": "不要了"}
    )
    assert behind.status_code == 409
    silent = await toys.admin.command(f"/hearing/api/v1/parked/{first['ordinal']}/skip", {"reason": ""})
    assert silent.status_code == 422
    retry = await toys.admin.command(f"/hearing/api/v1/parked/{second['ordinal']}/retry")
    assert retry.status_code == 404
    assert len(await toys.parked()) == 2


async def test_what_cannot_be_read_is_held_not_fatal(toys: Toys, carrier: CarrierUnderTest) -> None:
    """Data that no longer parse hold their own key; other keys flow."""
    broken, whole = await toys.open(), await toys.open()
    await carrier.settle()
    await carrier.stop()
    await toys.count(broken, 1)
    await toys.count(whole, 1)
    await carrier.city.store("counting").pool.execute(
        "UPDATE store.events SET data = '{\"by\":' WHERE stream = $1 AND stream_version = 2",
        f"counter-{broken}",
    )
    await carrier.start()
    await carrier.settle()
    assert await toys.effects(whole) == [1]
    assert [row["stream_version"] for row in await toys.parked()] == [2]


async def test_a_restart_finds_what_waits(toys: Toys, carrier: CarrierUnderTest) -> None:
    """The queue is in the consumer's database, not in memory."""
    counter = await toys.open()
    Faults.failing.add(counter)
    await toys.count(counter, 1)
    await carrier.settle()
    await carrier.stop()
    await toys.count(counter, 2)
    await carrier.start()
    await carrier.settle()
    assert [row["stream_version"] for row in await toys.parked()] == [2, 3]
    assert await toys.effects(counter) == []
