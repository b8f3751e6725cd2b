"""Ids: UUIDs with the time in front (RFC 9562, version 7), drawn or derived."""

import hashlib
import os
from datetime import UTC, datetime, timedelta
from uuid import UUID

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_LAST = (datetime.max.replace(tzinfo=UTC) - EPOCH) // _MILLISECOND


def _shaped(at: datetime, tail: bytes) -> UUID:
    """A version 7 UUID: 48 bits of milliseconds, then 74 bits of `tail`."""
    milliseconds = max(0, (at - EPOCH) // _MILLISECOND)
    value = milliseconds.to_bytes(6, "big") + tail[:10]
    number = int.from_bytes(value, "big")
    number = (number & ~(0xF << 76)) | (0x7 << 76)
    number = (number & ~(0x3 << 62)) | (0x2 << 62)
    return UUID(int=number)


def draw(at: datetime) -> UUID:
    """A new id, sorted by `at` to the millisecond and random after it."""
    return _shaped(at, os.urandom(10))


def derive(at: datetime, *parts: object) -> UUID:
    """The id that these parts always give: a second run of the same step makes the same one.

    `at` must itself be repeatable (a cause's recorded time, or the time inside another id).
    """
    text = "\x1f".join(str(part) for part in parts)
    return _shaped(at, hashlib.sha256(text.encode()).digest())


def time_of(value: UUID) -> datetime:
    """The time in front of an id, to the millisecond, UTC; of a foreign id, some time or other."""
    return EPOCH + _MILLISECOND * min(value.int >> 80, _LAST)
