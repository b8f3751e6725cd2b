"""When a service in a process of its own has done all that it can do by itself."""

from typing import Any

import pytest

from deploy.processes.gateway import left_to_do


def status(**changed: Any) -> dict[str, Any]:
    """Of a service that has nothing to do; something is parked, and something waits behind it."""
    idle = {
        "relay": {"unsent": 0},
        "lag": [{"source": "intake", "events": 0}, {"source": "care", "events": 0}],
        "waiting": 2,
        "parked": 1,
        "retrying": 0,
    }
    return {**idle, **changed}


def test_what_waits_for_a_person_is_not_waited_for() -> None:
    """Nobody but a person lets it go on."""
    assert left_to_do(status()) == ""


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"relay": {"unsent": 3}}, "unsent: 3"),
        ({"lag": [{"source": "care", "events": 2}]}, "behind care: 2"),
        ({"lag": [{"source": "care", "events": None}]}, "behind care: None"),
        ({"retrying": 1}, "retrying: 1"),
    ],
)
def test_what_is_left_is_named(changed: dict[str, Any], told: str) -> None:
    """An unknown lag, too: the broker doesn't answer."""
    assert left_to_do(status(**changed)) == told
