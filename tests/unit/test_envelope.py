"""The envelope: one canonical encoding, kept byte for byte."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.bus.envelope import GENESIS, Actor, Envelope, chain, decode, from_attributes

WORDS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=20)
MAYBE = st.one_of(st.just(""), WORDS)
TIMES = st.datetimes(datetime(1900, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC))  # noqa: DTZ001
ENVELOPES = st.builds(
    Envelope,
    id=st.uuids(),
    type=WORDS,
    version=st.integers(1, 99),
    source=WORDS,
    stream=WORDS,
    stream_version=st.integers(1, 2**31 - 1),
    key=WORDS,
    happened=TIMES,
    recorded=TIMES,
    actor=st.builds(Actor, WORDS, WORDS, MAYBE),
    correlation=st.uuids(),
    simulated=st.booleans(),
    previous=st.binary(min_size=32, max_size=32),
    data=st.binary(max_size=200),
    cadres=st.lists(st.uuids(), max_size=3).map(tuple),
    case=st.none() | st.uuids(),
    command=MAYBE,
    causation=st.none() | st.uuids(),
    traceparent=MAYBE,
)
ONE = Envelope(
    id=UUID(int=1),
    type="counting.Counted",
    version=1,
    source="counting",
    stream="counter-1",
    stream_version=1,
    key="k",
    happened=datetime(2026, 6, 1, tzinfo=UTC),
    recorded=datetime(2026, 6, 1, tzinfo=UTC),
    actor=Actor("a", "operator"),
    correlation=UUID(int=2),
    simulated=False,
    previous=GENESIS,
    data=b"{}",
)


@given(ENVELOPES)
def test_decoding_gives_the_same_envelope_and_the_same_bytes(envelope: Envelope) -> None:
    """Whatever is in it: encode, decode, encode gives the same header, byte for byte, and the same hash."""
    again = decode(envelope.header, envelope.data)
    assert again == envelope
    assert again.header == envelope.header
    assert again.hash == envelope.hash


@given(ENVELOPES)
def test_the_header_is_canonical(envelope: Envelope) -> None:
    """Keys sorted, no spaces, empty attributes left out, names as CloudEvents has them."""
    found: dict[str, Any] = orjson.loads(envelope.header)
    assert list(found) == sorted(found)
    assert orjson.dumps(found, option=orjson.OPT_SORT_KEYS) == envelope.header
    assert "" not in found.values()
    assert all(name.isascii() and name.isalnum() and name == name.lower() for name in found)
    assert from_attributes(dict(reversed(found.items())), envelope.data) == envelope


@given(TIMES, st.integers(-14 * 60, 14 * 60))
def test_a_time_is_written_in_utc_whatever_its_offset(at: datetime, minutes: int) -> None:
    """The same moment gives the same bytes; texts sort as times do."""
    there = at.astimezone(timezone(timedelta(minutes=minutes)))
    assert replace(ONE, happened=there).header == replace(ONE, happened=at).header
    assert decode(replace(ONE, happened=there).header, b"").happened == at


@given(TIMES, TIMES)
def test_times_sort_as_texts_do(first: datetime, second: datetime) -> None:
    """Six decimals always, four digits of the year."""
    texts = [replace(ONE, recorded=at).attributes["recordedtime"] for at in (first, second)]
    assert (texts[0] < texts[1]) == (first < second)


@pytest.mark.parametrize("part", ["previous", "data", "command"])
def test_the_hash_covers_all(part: str) -> None:
    """Another predecessor, other data or another attribute: another hash."""
    other: dict[str, Any] = {"previous": bytes([1] * 32), "data": b"{ }", "command": "c"}
    assert replace(ONE, **{part: other[part]}).hash != ONE.hash


def test_the_hash_knows_where_the_header_ends() -> None:
    """Moving a byte from the data into the header gives another hash."""
    assert chain(GENESIS, b"ab", b"c") != chain(GENESIS, b"a", b"bc")
