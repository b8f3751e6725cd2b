"""When the visits of a demo's present begin."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from deploy.demo.present import APART, FROM, TO, hours_after
from shared.deadlines import SHANGHAI

YEARS = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  by st


@given(YEARS)
def test_visits_are_soon_in_the_light_and_one_after_the_other(now: datetime) -> None:
    """Within a day or so, at full half hours."""
    starts = hours_after(now)
    assert now < starts[0] <= now + timedelta(hours=16)
    for start in starts:
        local = start.astimezone(SHANGHAI)
        assert FROM <= local.time() <= TO
        assert local.minute % 30 == local.second == local.microsecond == 0
    assert all(later - earlier >= APART for earlier, later in pairwise(starts))


def test_in_the_morning_they_are_today() -> None:
    """And in the evening tomorrow."""
    assert [f"{at:%d %H:%M}" for at in hours_after(datetime(2026, 11, 23, 9, 10, tzinfo=SHANGHAI))] == [
        "23 09:30",
        "23 11:30",
        "23 13:30",
    ]
    assert f"{hours_after(datetime(2026, 11, 23, 18, 0, tzinfo=SHANGHAI))[0]:%d %H:%M}" == "24 08:30"
