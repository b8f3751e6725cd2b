"""Rows as they are shown."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

import asyncpg
import orjson

from shared.access import check
from shared.deadlines import SHANGHAI
from shared.errors import ForbiddenError, UnknownError
from shared.http.reading import CursorMalformedError, ReadContext
from shared.roles import Resource

T = TypeVar("T")


def plain(row: Mapping[str, Any] | asyncpg.Record, *json: str) -> dict[str, Any]:
    """A row as a dictionary, its JSON columns read."""
    shown = dict(row)
    for name in json:
        shown[name] = orjson.loads(shown[name]) if shown[name] is not None else None
    return shown


def may(reading: ReadContext, action: str, resource: Resource) -> bool:
    """Whether the reader may do that as well."""
    try:
        check(reading.principal, f"{reading.running.name}.{action}", resource)
    except (ForbiddenError, UnknownError):
        return False
    return True


def today(reading: ReadContext) -> date:
    """The day in Shanghai, by the domain clock."""
    return reading.running.clock.now().astimezone(SHANGHAI).date()


def key(read: Callable[[str], T], text: str) -> T:
    """A sort key in a cursor; CursorMalformedError when it isn't one of ours."""
    try:
        return read(text)
    except (ValueError, OverflowError) as error:
        raise CursorMalformedError("cursor") from error


def moment(text: str) -> datetime:
    """A time in a cursor."""
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError(text)
    return found


def small(text: str) -> int:
    """A small number in a cursor."""
    found = int(text)
    if not 0 <= found <= 10_000:  # noqa: PLR2004  far beyond any weight
        raise ValueError(text)
    return found


def ident(text: str) -> UUID:
    """An id in a cursor."""
    return UUID(text)


def word(text: str) -> str:
    """A text in a cursor; PostgreSQL knows no NUL and no lone surrogate."""
    if "\0" in text:
        raise ValueError(text)
    return text.encode().decode()
