"""What was taken in before comes again, to a process that remembers nothing of it."""

from random import Random

from shared.bus.envelope import Envelope
from shared.eventstore.position import START
from tests.contract.carrier import LocalUnderTest, Toys
from tests.harness import City

CUTS = 25


async def _inbox(city: City) -> dict[str, dict[str, int]]:
    rows = {
        name: await city.store(name).pool.fetch("SELECT stream, version FROM store.inbox")
        for name in city.system.services
    }
    return {name: {row["stream"]: row["version"] for row in found} for name, found in rows.items()}


async def _history(city: City) -> list[Envelope]:
    """All events of both services, as their times have it."""
    placed = [one for name in city.system.services for one in await city.store(name).read_all(START)]
    return sorted((one.envelope for one in placed), key=lambda envelope: (envelope.recorded, envelope.id))


async def test_the_whole_history_again_has_no_effect(toy_city: City) -> None:
    """However it is cut into deliveries: no mark goes back, no view changes, nothing is written or held."""
    toys = Toys(LocalUnderTest(toy_city))
    await toys.carrier.stop()
    await toys.carrier.start()
    counters = [await toys.open() for _ in range(3)]
    for by in range(1, 9):
        for counter in counters:
            await toys.count(counter, by)
    await toys.carrier.settle()
    await toys.carrier.stop()
    inbox, history = await _inbox(toy_city), await _history(toy_city)
    shown = await toys.heard(), await toys.totals()

    for seed in range(CUTS):
        random = Random(seed)  # noqa: S311  no secret
        cuts = sorted(random.choices(range(len(history)), k=random.randrange(4)))
        for running in toy_city.system.services.values():
            fresh = running.definition.make_consumer(running.store)
            for begin, end in zip([0, *cuts], [*cuts, len(history)], strict=True):
                await fresh.deliver(history[begin:end])
        assert await _inbox(toy_city) == inbox
        assert (await toys.heard(), await toys.totals()) == shown
        assert await _history(toy_city) == history
        assert await toys.parked("hearing") == await toys.parked("counting") == []
