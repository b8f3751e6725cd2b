"""The envelope of an event and its one canonical encoding.

Attribute names follow CloudEvents 1.0 (a-z and 0-9), so that they can be message headers unchanged.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any
from uuid import UUID

import orjson

GENESIS = bytes(32)
"""The previous hash of a stream's first event."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acted: an account's id with the role it used, or `system:<service>/<handler>`."""

    sub: str
    role: str
    on_behalf: str = ""


@dataclass(frozen=True)
class Envelope:
    """One event as recorded. `data` and `previous` are kept byte for byte."""

    id: UUID
    type: str
    version: int
    source: str
    stream: str
    stream_version: int
    key: str
    happened: datetime
    recorded: datetime
    actor: Actor
    correlation: UUID
    simulated: bool
    previous: bytes
    data: bytes = field(repr=False, default=b"")
    cadres: tuple[UUID, ...] = ()
    case: UUID | None = None
    command: str = ""
    causation: UUID | None = None
    traceparent: str = ""

    @property
    def attributes(self) -> dict[str, Any]:
        """The attributes that are set, by their CloudEvents names, values as JSON has them."""
        full: dict[str, Any] = {
            "specversion": "1.0",
            "datacontenttype": "application/json",
            "id": str(self.id),
            "type": self.type,
            "typeversion": self.version,
            "source": self.source,
            "subject": self.stream,
            "streamversion": self.stream_version,
            "partitionkey": self.key,
            "time": _text(self.happened),
            "recordedtime": _text(self.recorded),
            "actor": self.actor.sub,
            "actorrole": self.actor.role,
            "onbehalfof": self.actor.on_behalf,
            "correlationid": str(self.correlation),
            "causationid": str(self.causation) if self.causation else "",
            "commandid": self.command,
            "caseid": str(self.case) if self.case else "",
            "cadres": ",".join(str(cadre) for cadre in self.cadres),
            "traceparent": self.traceparent,
            "simulated": self.simulated,
            "previoushash": self.previous.hex(),
        }
        return {name: value for name, value in full.items() if value != ""}

    def around(self, data: bytes) -> "Envelope":
        """The same envelope around other data: the header doesn't depend on them, and is made once."""
        other = object.__new__(Envelope)
        other.__dict__.update(self.__dict__, data=data)
        other.__dict__.pop("hash", None)
        return other

    @cached_property
    def header(self) -> bytes:
        """The attributes in canonical form: JSON, keys sorted, no spaces, UTF-8."""
        return orjson.dumps(self.attributes, option=orjson.OPT_SORT_KEYS)

    @cached_property
    def hash(self) -> bytes:
        """SHA-256 over the stream's previous hash and the envelope's bytes, the header's length between."""
        return chain(self.previous, self.header, self.data)


def chain(previous: bytes, header: bytes, data: bytes) -> bytes:
    """The link of the hash chain: SHA-256(previous ‖ length of header as 4 bytes ‖ header ‖ data)."""
    return hashlib.sha256(previous + len(header).to_bytes(4, "big") + header + data).digest()


def decode(header: bytes, data: bytes) -> Envelope:
    """The envelope of these stored bytes; its header stays the very bytes that were written."""
    envelope = from_attributes(orjson.loads(header), data)
    envelope.__dict__["header"] = header
    return envelope


def from_attributes(attributes: Mapping[str, Any], data: bytes) -> Envelope:
    """The envelope of these attributes (as from a header or a message)."""
    case, cause = attributes.get("caseid"), attributes.get("causationid")
    cadres = attributes.get("cadres")
    return Envelope(
        id=UUID(attributes["id"]),
        type=attributes["type"],
        version=attributes["typeversion"],
        source=attributes["source"],
        stream=attributes["subject"],
        stream_version=attributes["streamversion"],
        key=attributes["partitionkey"],
        happened=datetime.fromisoformat(attributes["time"]),
        recorded=datetime.fromisoformat(attributes["recordedtime"]),
        actor=Actor(attributes["actor"], attributes["actorrole"], attributes.get("onbehalfof", "")),
        correlation=UUID(attributes["correlationid"]),
        simulated=attributes["simulated"],
        previous=bytes.fromhex(attributes["previoushash"]),
        data=data,
        cadres=tuple(UUID(cadre) for cadre in cadres.split(",")) if cadres else (),
        case=UUID(case) if case else None,
        command=attributes.get("commandid", ""),
        causation=UUID(cause) if cause else None,
        traceparent=attributes.get("traceparent", ""),
    )


def _text(at: datetime) -> str:
    """ISO 8601 in UTC with all six decimals, so that texts sort as times do."""
    return (at if at.tzinfo is UTC else at.astimezone(UTC)).isoformat(timespec="microseconds")
