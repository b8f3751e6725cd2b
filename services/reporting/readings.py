"""Who reads whose history is itself recorded, in streams that are no part of that history."""

from collections.abc import Collection
from typing import Annotated
from urllib.parse import unquote
from uuid import UUID, uuid4

from fastapi import Depends, Header, Query, Request
from pydantic import TypeAdapter, ValidationError

from shared.bus.envelope import Actor
from shared.contracts.event import Event
from shared.contracts.reporting import FigureRead, HistoryRead
from shared.contracts.values import Reason
from shared.errors import InvalidError
from shared.eventstore.decider import Decider
from shared.eventstore.work import Work
from shared.http.reading import ReadContext
from shared.vault import KeyDestroyedError

READING: Decider[Event] = Decider(
    "reading", "reading", lambda _, event: event, lambda _, __, ___: (), by_cadre=False
)
_REASON: TypeAdapter[str] = TypeAdapter(Reason)


class WhyMissingError(InvalidError):
    """A person's history is read for a reason, which is recorded. Say it in `why`, two to 1000 characters."""

    zh = "查阅个人历史须说明理由，理由会被记录。请在 why 中填写，2 到 1000 字。"


async def reason(
    why: Annotated[str | None, Query(description="why you read this; recorded")] = None,
    x_why: Annotated[str | None, Header(description="the same, percent-encoded UTF-8")] = None,
) -> str:
    """The reason, from the query or the header; WhyMissingError."""
    given = why if why is not None else unquote(x_why or "")
    try:
        return _REASON.validate_python(given)
    except ValidationError as error:
        raise WhyMissingError("why") from error


Why = Annotated[str, Depends(reason)]


async def record(reading: ReadContext, request: Request, of: UUID, what: str, why: str) -> None:
    """Write down that `of`'s history is about to be read; first of all, so that nobody reads unrecorded.

    The reason is sealed under that person's key; where it was destroyed the reading is recorded without it.
    """
    query = _asked(request, "why")
    store, one = reading.running.store, uuid4()
    actor = Actor(reading.principal.sub, reading.principal.role.value)
    try:
        work = Work(store, actor)
        event: Event = HistoryRead(reading=one, of=of, what=what, query=query, why=why)
        await work.record(READING, one, [event])
        await store.commit(work)
    except KeyDestroyedError:
        work = Work(store, actor)
        await work.record(READING, one, [FigureRead(reading=one, what=f"{what} of erased {of}", query=query)])
        await store.commit(work)


async def record_list(
    reading: ReadContext, request: Request, what: str, hidden: Collection[str] = ()
) -> None:
    """Write down that the list of persons or cases behind a figure is about to be read."""
    store, one = reading.running.store, uuid4()
    work = Work(store, Actor(reading.principal.sub, reading.principal.role.value))
    event: Event = FigureRead(reading=one, what=what, query=_asked(request, *hidden))
    await work.record(READING, one, [event])
    await store.commit(work)


def _asked(request: Request, *hidden: str) -> str:
    """What was asked for, without what is sealed or may be a name."""
    asked = [(name, value) for name, value in request.query_params.multi_items() if name not in hidden]
    query = "&".join(f"{name}={value}" for name, value in asked)[:500]
    return "".join(char for char in query if char.isprintable())
