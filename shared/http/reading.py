"""Reading over HTTP: who may, waiting for one's own writes, pages by keyset."""

import base64
import binascii
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

import asyncpg
import orjson
from fastapi import Depends, Query, Request
from pydantic import BaseModel

from shared import access
from shared.errors import InvalidError
from shared.eventstore.decider import Decider
from shared.http.after import AFTER, STATE, reached
from shared.http.problems import language_of
from shared.http.tokens import bearer
from shared.roles import Principal, Reach, Resource
from shared.service import Running

T = TypeVar("T")
MAX_PAGE = 200
CAUGHT_UP_SECONDS = 0.5
_DIGITS = 9


class CursorMalformedError(InvalidError):
    """This cursor is not one that a list gave. Begin again without it."""

    zh = "这个游标不是列表给出的。请去掉它重新开始。"


class Page(BaseModel, Generic[T]):
    """A page of a list; `next` leads to the one after, and is empty on the last."""

    items: list[T]
    next: str = ""


@dataclass(frozen=True)
class ReadContext:
    """Everything a reading handler needs."""

    running: Running
    principal: Principal
    language: str

    @property
    def pool(self) -> asyncpg.Pool:
        """The service's database, its views in the search path."""
        return self.running.store.pool

    async def find(self, sql: str, decider: Decider[Any], aggregate: UUID) -> asyncpg.Record | None:
        """The row that `sql` gives for the id `$1`, as soon as it shows all that is written of this one.

        Half a second at most is waited for that. None when there is no row: its first column is never null.
        """
        stream = decider.stream(aggregate)
        row = await self.running.consumer.caught_up(sql, aggregate, stream, CAUGHT_UP_SECONDS)
        return row if row[1] is not None else None

    def reach(self, action: str) -> Reach:
        """How far the principal may read; `action` as in the table, without the service's name."""
        return access.allowed(self.principal, f"{self.running.name}.{action}")

    def permit(self, action: str, resource: Resource) -> None:
        """Check one thing against the table."""
        access.check(self.principal, f"{self.running.name}.{action}", resource)

    def communities(self, action: str) -> list[Any] | None:
        """The communities a list may show; None for all of them."""
        if self.reach(action) is Reach.ALL or self.principal.communities is None:
            return None
        return sorted(self.principal.communities)


async def reading(
    request: Request,
    who: Annotated[Principal, Depends(bearer)],
    after: Annotated[str | None, Query(max_length=200, description=AFTER)] = None,
) -> ReadContext:
    """The context of a reading; waits up to two seconds for `after`, and notes whether it was reached."""
    running: Running = request.app.state.running
    if after:
        setattr(request.state, STATE, await reached(running, after))
    return ReadContext(running, who, language_of(request))


Reading = Annotated[ReadContext, Depends(reading)]


def cursor_of(*values: object) -> str:
    """An opaque cursor of these sort keys."""
    return base64.urlsafe_b64encode(orjson.dumps([str(value) for value in values])).decode().rstrip("=")


def values_of(cursor: str | None, count: int) -> list[str] | None:
    """The sort keys in a cursor; CursorMalformedError when it isn't one of ours."""
    if not cursor:
        return None
    try:
        values: Any = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error) as error:
        raise CursorMalformedError("cursor") from error
    if not isinstance(values, list) or len(values) != count:
        raise CursorMalformedError("cursor")
    if not all(isinstance(value, str) and "\0" not in value for value in values):
        raise CursorMalformedError("cursor")
    return values


def keys_of(cursor: str | None, *readers: Callable[[str], Any]) -> Sequence[Any]:
    """The sort keys in a cursor, each read by its reader; as many None without one. CursorMalformedError."""
    values = values_of(cursor, len(readers))
    if values is None:
        return [None] * len(readers)
    try:
        return [read(value) for read, value in zip(readers, values, strict=True)]
    except ValueError as error:
        raise CursorMalformedError("cursor") from error


def moment(text: str) -> datetime:
    """An aware time in a cursor; ValueError when it is none."""
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError(text)
    return found


def small(text: str) -> int:
    """A whole number of nine digits at the most in a cursor; ValueError when it is none."""
    if not text.isascii() or not text.isdigit() or len(text) > _DIGITS:
        raise ValueError(text)
    return int(text)


def shown(
    row: Mapping[str, Any] | asyncpg.Record, *json: str, hidden: Collection[str] = ()
) -> dict[str, Any]:
    """A row of a view as an answer: its `json` columns read, its `hidden` ones left out."""
    return {
        name: orjson.loads(value) if name in json and value is not None else value
        for name, value in dict(row).items()
        if name not in hidden
    }


def page(rows: Sequence[Mapping[str, Any] | asyncpg.Record], limit: int, *keys: str) -> Page[dict[str, Any]]:
    """A page of `rows`, which were read with one more than `limit`; `keys` are the sort keys."""
    items = [dict(row) for row in rows[:limit]]
    more = cursor_of(*(items[-1][key] for key in keys)) if len(rows) > limit else ""
    return Page(items=items, next=more)


Limit = Annotated[int, Query(ge=1, le=MAX_PAGE, description="how many at the most")]
Cursor = Annotated[str | None, Query(max_length=500, description="`next` of the page before")]
