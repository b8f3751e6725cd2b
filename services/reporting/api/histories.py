"""The complete history of a cadre."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import JSONResponse

from services.reporting import stored
from services.reporting.entries import entries_for
from services.reporting.instants import Instant
from services.reporting.papers import as_csv, as_text
from services.reporting.readings import Why, record
from services.reporting.stored import Wanted
from shared.errors import UnknownError
from shared.http.reading import Cursor, Limit, Page, ReadContext, Reading, cursor_of, keys_of, moment
from shared.roles import Resource

router = APIRouter(tags=["histories"])
ALL = 1_000_000
"""More than any history has: a paper shows all of it."""
YEARS = (1900, 2200)

Kinds = Annotated[
    list[str],
    Query(max_length=50, description="event types, or services for all their types; more than once"),
]


class Format(StrEnum):
    """How a history is told."""

    JSON = "json"
    CSV = "csv"
    TEXT = "text"


async def asked(
    since: Annotated[Instant | None, Query(alias="from", description="recorded from then on")] = None,
    until: Annotated[Instant | None, Query(alias="to", description="recorded before then")] = None,
    case: UUID | None = None,
    kind: Kinds = [],  # noqa: B006  FastAPI copies it
    who: Annotated[str, Query(max_length=200, description="only what this actor did")] = "",
    cursor: Cursor = None,
    *,
    backwards: Annotated[
        bool, Query(description="the nearest before the cursor, or without one the last of all")
    ] = False,
) -> Wanted:
    """The entries that are asked for."""
    kinds = [word.replace("\0", "") for word in kind]
    return Wanted(since, until, case, kinds, who, place_of(cursor), backwards)


class Part(Page[dict[str, Any]]):
    """A page of a history, in its order whichever way one goes; `previous` leads back with `backwards`."""

    previous: str = ""


@router.get("/cadres/{cadre}/history", response_model=Part)
async def history(
    cadre: UUID,
    reading: Reading,
    request: Request,
    why: Why,
    wanted: Annotated[Wanted, Depends(asked)],
    form: Annotated[Format, Query(alias="format")] = Format.JSON,
    limit: Limit = 100,
) -> Any:
    """Who, what, when happened and recorded, why, caused by what, in which case; with merged files' events.

    JSON comes in pages, CSV and text whole.
    """
    part = await read_history(reading, request, cadre, why, wanted, limit if form is Format.JSON else ALL)
    if form is Format.CSV:
        return table(part.items, reading.language, f"history-{cadre}")
    if form is Format.TEXT:
        return Response(as_text(part.items, reading.language), media_type="text/plain; charset=utf-8")
    return JSONResponse(part.model_dump())


async def read_history(
    reading: ReadContext, request: Request, cadre: UUID, why: str, wanted: Wanted, count: int
) -> Part:
    """So many entries at the most, for whoever may read them; the reading is recorded. UnknownError."""
    reading.permit("read_history", Resource(cadre=cadre))
    await record(reading, request, cadre, "history", why)
    family = await stored.family_of(reading.pool, cadre)
    found = await stored.history(reading.pool, family, wanted, count + 1)
    if not found and not await stored.of_cadre(reading.pool, cadre, version=1):
        raise UnknownError(what="cadre")
    more, shown = len(found) > count, found[-count:] if wanted.backwards else found[:count]
    before, after = (more, wanted.place is not None) if wanted.backwards else (wanted.place is not None, more)
    return Part(
        items=await entries_for(shown, reading.pool, reading.running.store.vault, reading.language),
        next=cursor_to(shown[-1]) if shown and after else "",
        previous=cursor_to(shown[0]) if shown and before else "",
    )


def table(entries: Sequence[Mapping[str, Any]], language: str, name: str) -> Response:
    """The entries as a file for Excel."""
    named = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Response(as_csv(entries, language), headers=named, media_type="text/csv; charset=utf-8")


def cursor_to(arrival: stored.Arrival) -> str:
    """The place of an entry, as a cursor."""
    return cursor_of(arrival.envelope.recorded.isoformat(), arrival.envelope.id)


def place_of(cursor: str | None) -> tuple[datetime, UUID] | None:
    """Where a cursor points to; CursorMalformedError."""
    recorded, last = keys_of(cursor, instant, UUID)
    return None if recorded is None else (recorded, last)


def instant(text: str) -> datetime:
    """A time in a cursor, within what the database can reckon with; ValueError."""
    found = moment(text)
    if not YEARS[0] <= found.year <= YEARS[1]:
        raise ValueError(text)
    return found
