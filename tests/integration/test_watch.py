"""What a running system tells of itself: /livez, /readyz, /metrics."""

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

import shared.bus.kafka.lag
import shared.bus.local
import shared.observe.figures
from shared.roles import Role
from shared.version import VERSION
from tests.contract.carrier import LocalUnderTest, Toys
from tests.contract.kafka import KafkaUnderTest
from tests.harness import City
from tests.holding import still
from tests.kafka import Kafka
from tests.toy import Faults


async def figures(city: City) -> dict[str, float]:
    """Every figure with its labels."""
    for running in city.system.services.values():
        running.store.changed()
    text = (await city.client(Role.ADMIN).get("/metrics")).text
    found = re.findall(r"^(\w+\{.*\}|\w+) (\S+)$", text, re.MULTILINE)
    return {name: float(value) for name, value in found}


@pytest.fixture
async def toys(toy_city: City) -> AsyncIterator[Toys]:
    """The toy services on the local carrier."""
    found = Toys(LocalUnderTest(toy_city))
    await found.carrier.stop()
    await found.carrier.start()
    yield found
    await found.carrier.stop()


async def test_figures_follow_what_happens(toys: Toys, toy_city: City) -> None:
    """Appends, effects, failures, what is parked, what was asked."""
    counter, broken = await toys.open(), await toys.open()
    Faults.failing.add(broken)
    before = await figures(toy_city)
    await toys.count(counter, 1, 2)
    await toys.count(broken, 1, 2)
    await toys.carrier.settle()
    toy_city.system.figures.forget()
    after = await figures(toy_city)

    def grown(name: str) -> float:
        return after[name] - before.get(name, 0.0)

    assert grown('jiujin_appended_events_total{service="counting"}') == 4
    assert grown('jiujin_appended_events_total{service="hearing"}') == 2
    assert grown('jiujin_failed_events_total{consumer="hearing"}') >= 1
    assert after['jiujin_parked_events{service="hearing"}'] == 1
    assert after['jiujin_waiting_events{service="hearing"}'] == 2
    assert after['jiujin_retrying_events{service="hearing"}'] == 0
    assert after['jiujin_lag_events{consumer="hearing",source="counting"}'] == 0
    assert after['jiujin_lag_seconds{consumer="hearing",source="counting"}'] == 0
    assert after['jiujin_view_lag_events{service="hearing",view="heard"}'] == 0
    posts = [name for name in after if name.startswith('jiujin_http_seconds_count{method="POST"')]
    assert any("/count" in name for name in posts)
    assert sum(grown(name) for name in posts if 'service="counting",status="200"' in name) == 4
    assert after['jiujin_view_built_seconds{service="hearing",view="heard"}'] > 0
    assert after['jiujin_database_answers{service="hearing"}'] == 1
    assert after[f'jiujin_part{{part="hearing",version="{VERSION}"}}'] == 1


async def test_figures_are_told_while_the_database_is_away(
    toys: Toys, toy_city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those of the process; that the others are old is told, too."""
    await toys.open()
    monkeypatch.setattr(shared.observe.figures, "ANSWER_SECONDS", 0.2)
    pool = toy_city.store("hearing").pool
    async with AsyncExitStack() as all_taken:
        for _ in range(pool.get_max_size()):
            await all_taken.enter_async_context(pool.acquire())
        toy_city.system.figures.forget()
        found = await figures(toy_city)
    assert found['jiujin_database_answers{service="hearing"}'] == 0
    assert found['jiujin_appended_events_total{service="counting"}'] >= 1


async def test_lag_is_counted_in_events_and_in_seconds(toys: Toys, toy_city: City) -> None:
    """Of what a consumer has not taken in, since its newest was recorded."""
    counter = await toys.open()
    await toys.carrier.settle()
    async with still(toy_city.system.carrier, "hearing"):
        await toys.count(counter, 1, 2, 3)
        toy_city.clock.advance(toy_city.clock.now().replace(hour=23))
        toy_city.system.figures.forget()
        found = await figures(toy_city)
    assert found['jiujin_lag_events{consumer="hearing",source="counting"}'] == 3
    assert found['jiujin_lag_seconds{consumer="hearing",source="counting"}'] > 3600


async def test_ready_until_a_consumer_stands_still(
    toys: Toys, toy_city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that only answers isn't ready; one with a parked event is."""
    monkeypatch.setattr(shared.bus.local, "STUCK_SECONDS", 1.0)
    admin = toy_city.client(Role.ADMIN)
    broken = await toys.open()
    Faults.failing.add(broken)
    await toys.count(broken, 1)
    await toys.carrier.settle()
    assert (await admin.get("/readyz")).json() == {"ready": True, "unready": []}
    async with still(toy_city.system.carrier, "hearing"):
        answer = await admin.get("/readyz")
        while answer.status_code == 200:
            answer = await admin.get("/readyz")
        assert answer.json()["unready"] == ["hearing: the consumer does not move"]
        assert (await admin.get("/livez")).status_code == 200


async def test_not_ready_without_broker_or_relay(toy_city: City, kafka: Kafka) -> None:
    """Over Kafka the broker must answer, and somebody must send what is recorded."""
    admin = toy_city.client(Role.ADMIN)
    await LocalUnderTest(toy_city).stop()
    carrier = KafkaUnderTest(toy_city, kafka.bootstrap)
    await carrier.start()
    try:
        await Toys(carrier).open()
        await carrier.settle()
        assert (await admin.get("/readyz")).json()["unready"] == []
        await kafka.stop()
        try:
            told = (await admin.get("/readyz")).json()["unready"]
        finally:
            await kafka.start()
        assert "hearing: the broker does not answer" in told
    finally:
        await carrier.stop()
    await toy_city.store("hearing").pool.execute(
        "UPDATE store.leases SET renewed = renewed - interval '1 minute'"
    )
    told = (await admin.get("/readyz")).json()["unready"]
    assert any("no relay leads" in one for one in told if one.startswith("hearing"))
