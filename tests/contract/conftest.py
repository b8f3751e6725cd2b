"""The carriers that must keep the contract."""

from collections.abc import AsyncIterator

import pytest

from tests.contract.carrier import CarrierUnderTest, LocalUnderTest, Toys
from tests.harness import City


@pytest.fixture(params=["local"])
async def carrier(toy_city: City) -> AsyncIterator[CarrierUnderTest]:
    """Each carrier in turn, running with the toy services on it."""
    found = LocalUnderTest(toy_city)
    await found.stop()
    await found.start()
    yield found
    await found.stop()


@pytest.fixture
def toys(carrier: CarrierUnderTest) -> Toys:
    """The toy services in use."""
    return Toys(carrier)
