"""The complete history of a cadre, its check against the owners, and who has read it."""

from dataclasses import asdict
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

import anyio
from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import JSONResponse

from services.reporting import stored
from services.reporting.domain.check import compare
from services.reporting.entries import entries_for
from services.reporting.instants import Instant
from services.reporting.owners import row_of, streams_of
from services.reporting.papers import as_csv, as_text
from services.reporting.readings import Why, record
from services.reporting.stored import Wanted
from shared.errors import UnknownError
from shared.http.reading import Cursor, Limit, Page, Reading, cursor_of, keys_of, moment, page, small
from shared.roles import Resource

router = APIRouter(tags=["histories"])
ALL = 1_000_000
"""More than any history has: a paper shows all of it."""
YEARS = (1900, 2200)
CHECK_TRIES = 10
CHECK_WAIT = 0.2

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
    cursor: Cursor = None,
) -> Wanted:
    """The entries that are asked for."""
    return Wanted(since, until, case, [word.replace("\0", "") for word in kind], _place(cursor))


@router.get("/cadres/{cadre}/history", response_model=Page[dict[str, Any]])
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
    reading.permit("read_history", Resource(cadre=cadre))
    await record(reading, request, cadre, "history", why)
    family = await stored.family_of(reading.pool, cadre)
    count = limit if form is Format.JSON else ALL
    found = await stored.history(reading.pool, family, wanted, count + 1)
    if not found and not await stored.of_cadre(reading.pool, cadre, version=1):
        raise UnknownError(what="cadre")
    entries = await entries_for(found[:count], reading.pool, reading.running.store.vault, reading.language)
    if form is Format.CSV:
        name = {"Content-Disposition": f'attachment; filename="history-{cadre}.csv"'}
        return Response(as_csv(entries, reading.language), headers=name, media_type="text/csv; charset=utf-8")
    if form is Format.TEXT:
        return Response(as_text(entries, reading.language), media_type="text/plain; charset=utf-8")
    last = found[count - 1].envelope if len(found) > count else None
    return JSONResponse(
        {"items": entries, "next": cursor_of(last.recorded.isoformat(), last.id) if last else ""}
    )


def _place(cursor: str | None) -> tuple[datetime, UUID] | None:
    recorded, last = keys_of(cursor, _instant, UUID)
    return None if recorded is None else (recorded, last)


def _instant(text: str) -> datetime:
    found = moment(text)
    if not YEARS[0] <= found.year <= YEARS[1]:
        raise ValueError(text)
    return found


@router.post("/cadres/{cadre}/check")
async def check(cadre: UUID, reading: Reading, request: Request, why: Why) -> dict[str, Any]:
    """Compare our copy of every stream about the cadre with its owner's, byte for byte and hash by hash.

    What has only just been written is waited for a moment.
    """
    reading.permit("check_history", Resource(cadre=cadre))
    await record(reading, request, cadre, "check", why)
    pool, streams = reading.pool, streams_of(reading.running, request.headers["authorization"])
    rows = await pool.fetch(
        "SELECT DISTINCT a.stream FROM view_history.entries e JOIN archive.arrivals a USING (number) "
        "WHERE e.cadre = $1",
        cadre,
    )
    known = [row["stream"] for row in rows]
    for again in range(CHECK_TRIES):
        owned = await streams.of_cadre(cadre, known)
        names = sorted({*known, *(row.stream for row in owned)})
        copied = await pool.fetch(
            "SELECT stream, stream_version, header, data, hash FROM archive.arrivals "
            "WHERE stream = ANY ($1::text[])",
            names,
        )
        found = compare(map(row_of, copied), owned)
        if not found.missing or again == CHECK_TRIES - 1:
            break
        await anyio.sleep(CHECK_WAIT)
    if not known and not owned:
        raise UnknownError(what="cadre")
    return {"same": found.same, **asdict(found)}


@router.get("/readings")
async def readings(
    reading: Reading,
    of: Annotated[UUID | None, Query(description="only those of this person's history")] = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Page[dict[str, Any]]:
    """Who read whose history, when and why, in the order in which it happened."""
    reading.reach("read_readings")
    recorded, number = keys_of(cursor, _instant, small)
    rows = await reading.pool.fetch(
        "SELECT * FROM readings WHERE ($1::uuid IS NULL OR of = $1) "
        "AND ($2::timestamptz IS NULL OR (recorded, number) > ($2, $3::bigint)) "
        "ORDER BY recorded, number LIMIT $4",
        of,
        recorded,
        number,
        limit + 1,
    )
    return page([dict(row) for row in rows], limit, "recorded", "number")
