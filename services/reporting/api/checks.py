"""The check of a cadre's history against those who own it, byte for byte and hash by hash."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

import anyio
from fastapi import APIRouter, Request

from services.reporting.domain.check import Findings, compare
from services.reporting.owners import row_of, streams_of
from services.reporting.readings import Why, record
from shared.errors import UnknownError
from shared.http.reading import ReadContext, Reading
from shared.roles import Resource

router = APIRouter(tags=["histories"])
CHECK_TRIES = 10
CHECK_WAIT = 0.2


@router.post("/cadres/{cadre}/check")
async def check(cadre: UUID, reading: Reading, request: Request, why: Why) -> dict[str, Any]:
    """Compare our copy of every stream about the cadre with its owner's, byte for byte and hash by hash.

    What has only just been written is waited for a moment.
    """
    found = await compared(reading, request, cadre, why, request.headers["authorization"])
    return {"same": found.same, **asdict(found)}


async def compared(
    reading: ReadContext, request: Request, cadre: UUID, why: str, authorization: str
) -> Findings:
    """What the comparison finds; owners elsewhere are asked with `authorization`. UnknownError."""
    reading.permit("check_history", Resource(cadre=cadre))
    await record(reading, request, cadre, "check", why)
    pool, streams = reading.pool, streams_of(reading.running, authorization)
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
    return found
