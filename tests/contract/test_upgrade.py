"""A new version follows events that the old one had let pass: its view holds them, each once, in order."""

import asyncio
from collections import defaultdict
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from shared.bus.envelope import Actor
from shared.bus.recorded import Recorded
from shared.eventstore import rebuild as rebuilding
from shared.eventstore.standing import stand_up
from shared.eventstore.tables import Tables
from shared.eventstore.views import View
from shared.eventstore.work import Work
from shared.service import Definition
from tests.contract.carrier import QUICK, CarrierUnderTest, Toys
from tests.contract.test_rebuild import rebuild
from tests.toy import EAR, HEARD, HEARING, NAMES, Counted, Faults, Heard, Opened


async def greet(event: Opened, work: Work) -> None:
    """What the new version does when a counter is opened."""
    await work.record(EAR, event.counter, [Heard(counter=event.counter, cadre=event.cadre, total=0)])


async def show_step(db: Tables, recorded: Recorded) -> None:
    """A row an event, in the order in which they come."""
    envelope = recorded.envelope
    await db.execute(
        "INSERT INTO names (stream, version) VALUES ($1, $2)", envelope.stream, envelope.stream_version
    )


STEPS = View(
    "names",
    "CREATE TABLE names (n bigint GENERATED ALWAYS AS IDENTITY, stream text, version int);",
    {Opened: show_step, Counted: show_step, Heard: show_step},
)
COUNTS = replace(HEARING, views=(HEARD,))
"""It lets `Opened` pass."""
LISTS = replace(HEARING, reactions={}, views=(HEARD, NAMES))
"""It lets `Counted` pass."""
DEAF = replace(HEARING, reactions={}, views=(HEARD,))
"""It lets all pass that is not its own."""
NEW = replace(HEARING, reactions={**HEARING.reactions, Opened: greet}, views=(HEARD, STEPS))


async def become(carrier: CarrierUnderTest, version: Definition) -> None:
    """Stop hearing, and put this version in its place; it isn't started yet."""
    await carrier.stop()
    hearing = carrier.city.system.services["hearing"]
    hearing.definition = version
    hearing.consumer = version.make_consumer(hearing.store)
    hearing.consumer.retry = QUICK


async def begin(carrier: CarrierUnderTest, version: Definition) -> None:
    """Have a bureau begin with this version."""
    await become(carrier, version)
    pool = carrier.city.store("hearing").pool
    await pool.execute("DROP SCHEMA view_names CASCADE; DELETE FROM store.views WHERE name = 'names'")
    await stand_up(carrier.city.system.services["hearing"], print)
    await carrier.start()


async def upgrade(carrier: CarrierUnderTest, version: Definition = NEW) -> list[Any]:
    """Start this version in place of the old one; gives what the start says."""
    told: list[Any] = []
    await become(carrier, version)
    await stand_up(carrier.city.system.services["hearing"], told.append)
    await carrier.start()
    return told


async def steps(carrier: CarrierUnderTest) -> dict[str, list[int]]:
    """The versions that the view shows of each stream, in their order."""
    rows = await carrier.city.store("hearing").pool.fetch("SELECT stream, version FROM names ORDER BY n")
    found: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        found[row["stream"].partition("-")[0] + row["stream"][-4:]].append(row["version"])
    return found


def wanted(counts: dict[UUID, int], heard: dict[UUID, int] | None = None) -> dict[str, list[int]]:
    """Those of counters that have counted so often, and that as much was heard of: as often, unless given."""
    opened = {f"counter{str(one)[-4:]}": list(range(1, count + 2)) for one, count in counts.items()}
    ears = counts if heard is None else heard
    return opened | {f"ear{str(one)[-4:]}": list(range(1, n + 1)) for one, n in ears.items() if n}


async def test_what_was_passed_by_is_in_a_new_view(toys: Toys, carrier: CarrierUnderTest) -> None:
    """Also what is the last of its stream. Nothing reacts to it, and delivered again it isn't there twice."""
    await begin(carrier, COUNTS)
    cadre = uuid4()
    quiet, busy, other = await toys.open(), await toys.open(cadre), await toys.open(cadre)
    await toys.count(busy, 1, 2)
    await carrier.settle()
    await upgrade(carrier)
    assert await steps(carrier) == wanted({quiet: 0, busy: 2, other: 0})
    await toys.count(quiet, 3)
    late = await toys.open()
    await carrier.settle()
    await carrier.rewind()
    await carrier.settle()
    assert await steps(carrier) == wanted(
        {quiet: 1, busy: 2, other: 0, late: 0}, {quiet: 1, busy: 2, late: 1}
    )
    assert await toys.effects(late) == [0]


async def test_a_view_that_follows_more_is_built_anew(toys: Toys, carrier: CarrierUnderTest) -> None:
    """With its tables as they were, and all that the types tell which it had not followed."""
    await begin(carrier, replace(LISTS, views=(HEARD, replace(STEPS, handlers={Opened: show_step}))))
    first, second = await toys.open(), await toys.open()
    await toys.count(first, 1, 2)
    await carrier.settle()
    await upgrade(carrier, replace(LISTS, views=(HEARD, STEPS)))
    await toys.count(second, 3)
    await carrier.settle()
    assert await steps(carrier) == wanted({first: 2, second: 1}, {})


async def test_a_service_that_was_not_followed(toys: Toys, carrier: CarrierUnderTest) -> None:
    """Whether the past is read at the start or brought by the carrier: the view has it once."""
    await begin(carrier, DEAF)
    first, second = await toys.open(), await toys.open()
    await toys.count(first, 1, 2)
    await carrier.settle()
    await upgrade(carrier, replace(DEAF, views=(HEARD, STEPS)))
    await toys.count(second, 3)
    await carrier.settle()
    await carrier.rewind()
    await carrier.settle()
    assert await steps(carrier) == wanted({first: 2, second: 1}, {})


async def test_what_has_not_come_yet_is_left_to_the_carrier(toys: Toys, carrier: CarrierUnderTest) -> None:
    """It was recorded while nothing was carried: the new version takes it in, with its reactions."""
    await begin(carrier, COUNTS)
    old = await toys.open()
    await carrier.settle()
    await carrier.stop()
    await toys.count(old, 1)
    new = await toys.open()
    await toys.count(new, 2)
    await upgrade(carrier)
    await carrier.settle()
    assert await steps(carrier) == wanted({old: 1, new: 1}, {old: 1, new: 2})
    assert await toys.effects(new) == [0, 2]


async def test_behind_a_parked_one_nothing_is_passed(toys: Toys, carrier: CarrierUnderTest) -> None:
    """What went by after it of the same key has to wait for it: the start says so; a later one has it."""
    await begin(carrier, COUNTS)
    cadre = uuid4()
    before, parked = await toys.open(cadre), await toys.open(cadre)
    Faults.failing.add(parked)
    await toys.count(parked, 1)
    await carrier.settle()
    behind, apart = await toys.open(cadre), await toys.open()
    await toys.count(behind, 2)
    await carrier.settle()
    told = await upgrade(carrier)
    assert await steps(carrier) == wanted({before: 0, parked: 0, apart: 0})
    assert told[-1] == "hearing's view names lacks 1 that stand behind what is parked"
    await carrier.settle()
    assert await steps(carrier) == wanted({before: 0, parked: 0, apart: 0})
    Faults.failing.clear()
    (first, _) = await toys.parked()
    await toys.admin.command(f"/hearing/api/v1/parked/{first['ordinal']}/retry")
    await carrier.settle()
    assert await toys.effects(parked) == [1]
    assert await toys.effects(behind) == [2]
    assert len(await upgrade(carrier)) == 1
    assert await steps(carrier) == wanted({before: 0, parked: 1, behind: 1, apart: 0})
    assert await upgrade(carrier) == []


async def test_what_an_old_process_lets_pass_beside_a_new_one(toys: Toys, carrier: CarrierUnderTest) -> None:
    """The view lacks it until it is rebuilt, once the old process has ended."""
    await begin(carrier, COUNTS)
    first = await toys.open()
    await carrier.settle()
    await upgrade(carrier)
    await become(carrier, COUNTS)
    await carrier.start()
    second = await toys.open()
    await carrier.settle()
    await become(carrier, NEW)
    await carrier.start()
    await carrier.settle()
    assert await steps(carrier) == wanted({first: 0})
    await rebuild(toys, "hearing", "names")
    await carrier.rewind()
    await carrier.settle()
    assert await steps(carrier) == wanted({first: 0, second: 0})


async def test_several_processes_of_a_new_version_start_at_once(
    toys: Toys, carrier: CarrierUnderTest
) -> None:
    """One builds the view, the others find it."""
    await begin(carrier, COUNTS)
    counters = [await toys.open() for _ in range(3)]
    await toys.count(counters[0], 1)
    await carrier.settle()
    await become(carrier, NEW)
    told: list[Any] = []
    hearing = carrier.city.system.services["hearing"]
    await asyncio.gather(*(stand_up(hearing, told.append) for _ in range(3)))
    assert len(told) == 1
    await asyncio.gather(*(rebuild(toys, "hearing", "names") for _ in range(2)))
    assert await steps(carrier) == wanted(dict.fromkeys(counters, 0) | {counters[0]: 1})
    await carrier.start()


@pytest.mark.parametrize("after", [1, 3])
async def test_broken_off_in_the_middle_it_is_done_again(
    toys: Toys, carrier: CarrierUnderTest, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    """What was noted by then as had is in the view that is built at last, and comes from nowhere else."""
    await begin(carrier, COUNTS)
    counters = [await toys.open() for _ in range(4)]
    await carrier.settle()
    monkeypatch.setattr(rebuilding, "WRITE", 1)
    left = after

    async def dies(db: Tables, recorded: Recorded) -> None:
        nonlocal left
        if not left:
            raise ConnectionResetError
        left -= 1
        await show_step(db, recorded)

    with pytest.raises(ConnectionResetError):
        await upgrade(carrier, replace(NEW, views=(HEARD, replace(STEPS, handlers={Opened: dies}))))
    await upgrade(carrier)
    await carrier.rewind()
    await carrier.settle()
    assert await steps(carrier) == wanted(dict.fromkeys(counters, 0))


async def test_what_was_taken_in_before_the_older_of_another_service_is_not_lost(
    toys: Toys, carrier: CarrierUnderTest
) -> None:
    """One service's events are late; of the same key another's have had their effect meanwhile."""
    await begin(carrier, replace(NEW, reactions=HEARING.reactions))
    cadre, ear = uuid4(), uuid4()
    late = await toys.open(cadre)
    await carrier.settle()
    await carrier.stop()
    await toys.count(late, 1)
    carrier.city.clock.advance(carrier.city.clock.now() + timedelta(minutes=1))
    store = carrier.city.store("hearing")
    work = Work(store, Actor("clerk", "operator"), seed=str(ear))
    await work.record(EAR, ear, [Heard(counter=ear, cadre=cadre, total=1)])
    written = await store.commit(work)
    await carrier.city.system.services["hearing"].consumer.deliver(written.envelopes)
    assert (await rebuild(toys, "hearing", "names"))["differences"]["names"]["only_old"] == 0
    assert await steps(carrier) == wanted({late: 0}, {ear: 1})
    await carrier.start()
    await carrier.settle()
    assert await steps(carrier) == wanted({late: 1}, {ear: 1, late: 1})
