"""The sort keys in a cursor, typed."""

from datetime import datetime
from uuid import UUID

from shared.http.reading import CursorMalformedError, values_of


def time_and_id(cursor: str | None) -> tuple[datetime | None, UUID | None]:
    """An aware time and a UUID, or nothing without a cursor; CursorMalformedError when they are none."""
    values = values_of(cursor, 2)
    if values is None:
        return None, None
    try:
        at, key = datetime.fromisoformat(values[0]), UUID(values[1])
    except ValueError as error:
        raise CursorMalformedError("cursor") from error
    if at.tzinfo is None:
        raise CursorMalformedError("cursor")
    return at, key
