"""The carriers that must keep the contract."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.contract.carrier import CarrierUnderTest, LocalUnderTest, Toys
from tests.contract.kafka import KafkaUnderTest
from tests.harness import City


@pytest.fixture(params=["local", "kafka"])
async def carrier(toy_city: City, request: pytest.FixtureRequest) -> AsyncIterator[CarrierUnderTest]:
    """Each carrier in turn, running with the toy services on it."""
    found: Any = LocalUnderTest(toy_city)
    await found.stop()
    if request.param == "kafka":
        kafka = request.getfixturevalue("kafka")
        found = KafkaUnderTest(toy_city, kafka.bootstrap)
    await found.start()
    yield found
    await found.stop()


@pytest.fixture
def toys(carrier: CarrierUnderTest) -> Toys:
    """The toy services in use."""
    return Toys(carrier)
