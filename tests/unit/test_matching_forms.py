"""What a form of the coordinator's pages says."""

from datetime import UTC, datetime

import pytest

from services.matching.console.forms import IncompleteError
from services.matching.console.requests import timed


def test_a_start_and_minutes_make_a_slot() -> None:
    """As typed it is Shanghai's; without a start there is no slot of one's own."""
    fields = {"helper": "x", "start": "2026-11-28T22:40", "minutes": "45"}
    begins, ends = datetime(2026, 11, 28, 14, 40, tzinfo=UTC), datetime(2026, 11, 28, 15, 25, tzinfo=UTC)
    assert timed(fields)["slot"] == {"start": begins, "end": ends}
    assert timed({"helper": "x", "minutes": "45"}) == {"helper": "x", "minutes": "45"}


@pytest.mark.parametrize(
    ("start", "minutes"),
    [
        ("tomorrow", "45"),
        ("2026-11-28T22:40", "soon"),
        ("2026-11-28T22:40", None),
        ("9999-12-31T23:59", "45"),
    ],
)
def test_what_is_no_time_is_said(start: str, minutes: str | None) -> None:
    """Nothing is guessed."""
    with pytest.raises(IncompleteError):
        timed({"start": start} | ({"minutes": minutes} if minutes else {}))
