"""Which services' topics each consumer follows."""

from unittest.mock import Mock

import pytest

from deploy.services import SERVICES
from shared.service import Definition

NAMES = frozenset(service.name for service in SERVICES)
FOLLOWED = {
    "intake": {"intake", "matching", "care", "identity"},
    "matching": {"intake", "matching", "care", "identity"},
    "care": {"intake", "matching", "care", "identity"},
    "reporting": set(NAMES),
    "identity": {"identity", "intake"},
}


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_each_follows_whom_it_wants_anything_of(service: Definition) -> None:
    """Its own, to read its writes, and those of its reactions and views; the archive follows all.

    Everybody follows identity: a sign-in that ended has ended everywhere.
    """
    consumer = service.make_consumer(Mock(source=service.name))
    assert {name for name in NAMES if consumer.follows(name)} == FOLLOWED[service.name]
    assert {kind.split(".")[0] for kind in consumer.types} <= FOLLOWED[service.name]
