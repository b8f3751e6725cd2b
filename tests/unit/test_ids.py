"""Ids have the time in front, and derived ones come out the same."""

from datetime import UTC, datetime, timedelta
from uuid import RFC_4122, UUID

from hypothesis import assume, given
from hypothesis import strategies as st

from shared import ids

TIMES = st.datetimes(datetime(1970, 1, 1), datetime(9999, 12, 30), timezones=st.just(UTC))  # noqa: DTZ001
PARTS = st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\x1f"), max_size=10), max_size=4)


@given(TIMES, PARTS)
def test_they_are_version_7(at: datetime, parts: list[str]) -> None:
    """Drawn and derived alike (RFC 9562), with their millisecond in front."""
    for value in (ids.draw(at), ids.derive(at, *parts)):
        assert (value.version, value.variant) == (7, RFC_4122)
        assert timedelta() <= at - ids.time_of(value) < timedelta(milliseconds=1)


@given(TIMES, PARTS, PARTS)
def test_derived_from_the_same_they_are_the_same(at: datetime, one: list[str], other: list[str]) -> None:
    """Different parts give different ids."""
    assert ids.derive(at, *one) == ids.derive(at, *one)
    assume("\x1f".join(one) != "\x1f".join(other))
    assert ids.derive(at, *one) != ids.derive(at, *other)


@given(TIMES, TIMES)
def test_they_sort_by_time(first: datetime, second: datetime) -> None:
    """To the millisecond, as bytes and as text."""
    assume(abs(second - first) >= timedelta(milliseconds=1))
    assert (str(ids.draw(first)) < str(ids.draw(second))) == (first < second)


@given(st.uuids())
def test_of_any_uuid_there_is_a_time(value: UUID) -> None:
    """A foreign id's first bits may lie behind the last year there is: no error, and the same each time."""
    assert ids.time_of(value) == ids.time_of(value) <= datetime.max.replace(tzinfo=UTC)


def test_drawn_ones_differ() -> None:
    """A thousand in one moment."""
    at = datetime(2026, 6, 1, tzinfo=UTC)
    assert len({ids.draw(at) for _ in range(1000)}) == 1000
