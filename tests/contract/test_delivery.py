"""Every carrier delivers at least once, in order per key, and no effect comes twice."""

import asyncio
from uuid import uuid4

import pytest

from shared.bus.codec import MAX_DATA, TooLargeError
from shared.bus.envelope import Actor, Envelope
from shared.contracts import event as contracts
from shared.eventstore.work import Work
from tests.contract.carrier import CarrierUnderTest, Toys
from tests.toy import COUNTER, Counted, Faults, Opened

LARGEST = 65_460
"""Characters of a label that make an event nearly as large as one may be."""


async def test_every_event_has_its_effect(toys: Toys, carrier: CarrierUnderTest) -> None:
    """What one service records reaches the other and both services' views."""
    counters = [await toys.open() for _ in range(3)]
    await asyncio.gather(*(toys.count(counter, 1, 2, 3) for counter in counters))
    await carrier.settle()
    assert await toys.totals() == dict.fromkeys(counters, 6)
    assert await toys.heard() == dict.fromkeys(counters, 6)


async def test_the_largest_event_goes_through(carrier: CarrierUnderTest) -> None:
    """As large as the store takes: one just above is refused where it is written."""
    store = carrier.city.store("counting")

    async def written(label: str) -> Envelope:
        counter = uuid4()
        work = Work(store, Actor("clerk", "operator"), seed=str(counter))
        opened = Opened(counter=counter, cadre=uuid4(), label=label)
        await work.record(COUNTER, counter, [opened])
        return (await store.commit(work)).envelopes[0]

    label = "字" * LARGEST
    assert len((await written(label)).data) > MAX_DATA - 100
    await carrier.settle()
    names = await carrier.city.store("hearing").pool.fetch("SELECT label FROM names")
    assert [row["label"] for row in names] == [label]
    with pytest.raises(TooLargeError):
        await written(label + 50 * "字")


async def test_order_is_kept_for_each_key(toys: Toys, carrier: CarrierUnderTest) -> None:
    """Two counters of one cadre and one of another, written at the same time."""
    cadre = uuid4()
    counters = [await toys.open(cadre), await toys.open(cadre), await toys.open()]
    await asyncio.gather(*(toys.count(counter, *range(1, 9)) for counter in counters))
    await carrier.settle()
    for counter in counters:
        assert [by for whose, by in Faults.calls if whose == counter] == list(range(1, 9))
        assert await toys.effects(counter) == list(range(1, 9))


async def test_delivered_again_from_the_start_nothing_happens_twice(
    toys: Toys, carrier: CarrierUnderTest
) -> None:
    """Neither in the store nor in a view."""
    counter = await toys.open()
    await toys.count(counter, 1, 2)
    await carrier.settle()
    await carrier.rewind()
    await toys.count(counter, 3)
    await carrier.settle()
    assert await toys.effects(counter) == [1, 2, 3]
    assert await toys.totals() == await toys.heard() == {counter: 6}


async def test_twice_in_one_delivery_is_once(toys: Toys, carrier: CarrierUnderTest) -> None:
    """A sender that tried again may have sent it twice in a row."""
    counter = await toys.open()
    await carrier.stop()
    await toys.count(counter, 1, 2)
    store = carrier.city.store("counting")
    envelopes = [one for one, _ in await store.read_stream_raw(f"counter-{counter}")]
    for running in carrier.city.system.services.values():
        await running.consumer.deliver([*envelopes, *envelopes])
    await carrier.start()
    await carrier.settle()
    assert await toys.effects(counter) == [1, 2]
    assert await toys.totals() == {counter: 3}


async def test_after_a_stop_it_catches_up(toys: Toys, carrier: CarrierUnderTest) -> None:
    """What was recorded meanwhile is carried when it runs again."""
    counter = await toys.open()
    await toys.count(counter, 1)
    await carrier.settle()
    await carrier.stop()
    await toys.count(counter, 2, 3)
    assert await toys.effects(counter) == [1]
    await carrier.start()
    await carrier.settle()
    assert await toys.effects(counter) == [1, 2, 3]


async def test_of_two_that_carry_at_once_only_one_has_effect(toys: Toys, carrier: CarrierUnderTest) -> None:
    """The same events delivered by two processes at the same time."""
    counters = [await toys.open() for _ in range(3)]
    await carrier.settle()
    await carrier.stop()
    for counter in counters:
        await toys.count(counter, 1, 2, 3)
    store = carrier.city.store("counting")
    envelopes = [one for counter in counters for one, _ in await store.read_stream_raw(f"counter-{counter}")]
    consumer = carrier.city.system.services["hearing"].consumer
    await asyncio.gather(*(consumer.deliver(envelopes) for _ in range(3)))
    await carrier.start()
    await carrier.settle()
    for counter in counters:
        assert await toys.effects(counter) == [1, 2, 3]


@pytest.mark.parametrize(
    ("known", "unknown"),
    [(b"counting.Counted", b"counting.Recount"), (b'"typeversion":1', b'"typeversion":2')],
    ids=["type", "version"],
)
async def test_what_this_program_does_not_know_waits_for_one_that_does(
    toys: Toys, carrier: CarrierUnderTest, known: bytes, unknown: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Parked without a try, later ones of its key behind it, others flow; after the upgrade it goes on."""
    counter, other = await toys.open(), await toys.open()
    await carrier.settle()
    await carrier.stop()
    await toys.count(counter, 1, 2)
    await toys.count(other, 5)
    store = carrier.city.store("counting")
    stream = f"counter-{counter}"
    header = await store.pool.fetchval(
        "SELECT header FROM store.events WHERE stream = $1 AND stream_version = 2", stream
    )
    await store.pool.execute(
        "UPDATE store.events SET header = $2 WHERE stream = $1 AND stream_version = 2",
        stream,
        header.replace(known, unknown),
    )
    await carrier.start()
    await carrier.settle()
    waiting = [(row["stream_version"], row["attempts"]) for row in await toys.parked()]
    assert waiting == [(2, 0), (3, 0)]
    assert await toys.effects(counter) == []
    assert await toys.effects(other) == [5]
    await carrier.stop()
    monkeypatch.setitem(contracts._TYPES, "counting.Recount", Counted)  # noqa: SLF001  a newer program
    monkeypatch.setattr(Counted, "VERSION", 2)
    monkeypatch.setitem(contracts._UPCASTERS, ("counting.Counted", 1), lambda fields: fields)  # noqa: SLF001
    monkeypatch.setitem(contracts._UPCASTERS, ("counting.Recount", 1), lambda fields: fields)  # noqa: SLF001
    await carrier.start()
    await carrier.settle()
    assert await toys.effects(counter) == [1, 2]
    assert await toys.parked() == []
