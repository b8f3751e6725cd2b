"""An envelope as a Kafka record: CloudEvents 1.0 in binary mode, and back, byte for byte."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple, Protocol
from uuid import UUID

import orjson

from shared import ids
from shared.bus.envelope import GENESIS, Actor, Envelope, from_attributes
from shared.clock import wall_now

PREFIX = "ce_"
CONTENT_TYPE = "content-type"
_CONTENT = "datacontenttype"
_PLAIN: Mapping[str, Callable[[str], Any]] = {
    "typeversion": int,
    "streamversion": int,
    "simulated": {"true": True, "false": False}.__getitem__,
}
"""Attributes that are no texts in the canonical header."""

Headers = Sequence[tuple[str, bytes]]
UNDECODABLE = "kafka.Undecodable"
"""The type under which a record that is no event of ours waits for a person."""


class Message(NamedTuple):
    """Key, value and headers of a record."""

    key: bytes
    value: bytes
    headers: list[tuple[str, bytes]]


class Record(Protocol):
    """What is read of a consumed record."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Headers


class UndecodableError(Exception):
    """This record is no CloudEvent of ours: {cause}."""


def to_message(header: bytes, data: bytes) -> Message:
    """The record of an event as stored: each attribute a header, the data as it was written."""
    attributes = orjson.loads(header)
    headers = [
        (CONTENT_TYPE if name == _CONTENT else PREFIX + name, _text(value).encode())
        for name, value in attributes.items()
    ]
    return Message(attributes["partitionkey"].encode(), data, headers)


def from_record(record: Record) -> Envelope:
    """The envelope in a record; UndecodableError when there is none."""
    try:
        attributes: dict[str, Any] = {}
        for header, value in record.headers:
            name, plain = _attribute(header)
            if name:
                attributes[name] = plain(value.decode()) if plain else value.decode()
        envelope = from_attributes(attributes, record.value or b"")
        envelope.__dict__["header"] = orjson.dumps(attributes, option=orjson.OPT_SORT_KEYS)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UndecodableError(repr(error)) from error
    return envelope


@lru_cache(maxsize=256)
def _attribute(header: str) -> tuple[str, Callable[[str], Any] | None]:
    """The attribute that a header holds, and how its text is read; an empty name when it is none of ours."""
    if header == CONTENT_TYPE:
        return _CONTENT, None
    if header.startswith(PREFIX):
        name = header.removeprefix(PREFIX)
        return name, _PLAIN.get(name)
    return "", None


def undecodable(record: Record) -> Envelope:
    """An envelope that holds such a record's raw bytes, so that it can wait, be shown and be skipped."""
    stream = f"{record.topic}-{record.partition}"
    now = wall_now()
    which = ids.derive(now, stream, record.offset)
    raw = {
        "key": _shown(record.key),
        "headers": [[name, _shown(value)] for name, value in record.headers],
        "value": _shown(record.value),
    }
    return Envelope(
        id=which,
        type=UNDECODABLE,
        version=1,
        source=record.topic,
        stream=stream,
        stream_version=record.offset + 1,
        key=(record.key or stream.encode()).decode(errors="backslashreplace"),
        happened=now,
        recorded=now,
        actor=Actor("system:kafka", "system"),
        correlation=UUID(int=0),
        simulated=False,
        previous=GENESIS,
        data=orjson.dumps(raw),
    )


def _text(value: Any) -> str:
    return value if isinstance(value, str) else orjson.dumps(value).decode()


def _shown(value: bytes | None) -> str | None:
    return None if value is None else value.decode("latin-1")
