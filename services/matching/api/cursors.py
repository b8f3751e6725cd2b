"""The sort keys in a cursor, typed."""

from datetime import datetime
from uuid import UUID

from shared.http.reading import CursorMalformedError


def id_in(text: str) -> UUID:
    """A UUID; CursorMalformedError when it is none."""
    try:
        return UUID(text)
    except ValueError as error:
        raise CursorMalformedError("cursor") from error


def time_in(text: str) -> datetime:
    """An aware time; CursorMalformedError when it is none."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise CursorMalformedError("cursor") from error
    if at.tzinfo is None:
        raise CursorMalformedError("cursor")
    return at


def number_in(text: str) -> int:
    """A small whole number; CursorMalformedError when it is none."""
    if not text.isascii() or not text.isdigit() or len(text) > len("2147483647") - 1:
        raise CursorMalformedError("cursor")
    return int(text)
