"""The toy services over Kafka, for tests of what only that carrier does."""

from collections.abc import AsyncIterator

import pytest

from tests.contract.carrier import LocalUnderTest, Toys
from tests.contract.kafka import KafkaUnderTest
from tests.harness import City
from tests.kafka import Kafka


@pytest.fixture
async def carrier(toy_city: City, kafka: Kafka) -> AsyncIterator[KafkaUnderTest]:
    """The toy services with a broker between them."""
    await LocalUnderTest(toy_city).stop()
    found = KafkaUnderTest(toy_city, kafka.bootstrap)
    await found.start()
    yield found
    await found.stop()


@pytest.fixture
def toys(carrier: KafkaUnderTest) -> Toys:
    """The toy services in use."""
    return Toys(carrier)
