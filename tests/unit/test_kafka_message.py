"""An envelope as a Kafka record, and back."""

from dataclasses import dataclass

import orjson
import pytest
from hypothesis import given

from shared.bus import codec
from shared.bus.envelope import Envelope, decode
from shared.bus.kafka.message import (
    UNDECODABLE,
    Headers,
    UndecodableError,
    from_record,
    to_message,
    undecodable,
)
from tests.unit.test_envelope import ENVELOPES, ONE


@dataclass
class Taken:
    """A consumed record."""

    key: bytes | None
    value: bytes | None
    headers: Headers
    topic: str = "jiujin.counting.events"
    partition: int = 3
    offset: int = 41


@given(ENVELOPES)
def test_a_record_gives_back_the_same_bytes(envelope: Envelope) -> None:
    """Header, data and hash, whatever is in them; and an attribute that a newer program added stays, too."""
    newer = orjson.dumps({**envelope.attributes, "zone": "东"}, option=orjson.OPT_SORT_KEYS)
    for sent in (envelope, decode(newer, envelope.data)):
        message = to_message(sent.header, sent.data)
        found = from_record(Taken(message.key, message.value, message.headers))
        assert (found.header, found.data) == (sent.header, sent.data)
        assert found.key.encode() == message.key


def test_the_headers_are_cloudevents() -> None:
    """Binary mode: `ce_` and the attribute's name, the type of the data in `content-type`."""
    headers = dict(to_message(ONE.header, ONE.data).headers)
    assert headers["content-type"] == b"application/json"
    assert headers["ce_specversion"] == b"1.0"
    assert headers["ce_type"] == b"counting.Counted"
    assert headers["ce_streamversion"] == b"1"
    assert headers["ce_simulated"] == b"false"
    assert all(name.startswith("ce_") or name == "content-type" for name in headers)


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [("ce_type", b"counting.Counted")],
        [(name, b"\xff") for name, _ in to_message(ONE.header, ONE.data).headers],
        [
            (name, b"maybe" if name == "ce_simulated" else value)
            for name, value in to_message(ONE.header, ONE.data).headers
        ],
    ],
    ids=["none", "few", "no text", "no such value"],
)
def test_what_is_no_event_is_told_apart(headers: Headers) -> None:
    """And held with its raw bytes under a name that no program knows."""
    record = Taken(b"\xfe", b"\x00nonsense", headers)
    with pytest.raises(UndecodableError):
        from_record(record)
    held = undecodable(record)
    assert (held.type, held.stream, held.stream_version) == (UNDECODABLE, "jiujin.counting.events-3", 42)
    assert not codec.is_known(held)
    assert orjson.loads(held.data)["value"].encode("latin-1") == b"\x00nonsense"
    assert decode(held.header, held.data) == held
