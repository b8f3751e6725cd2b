"""A case as a tree of causes, from the call to the payment."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse

from services.reporting import stored
from services.reporting.api.histories import Format, table
from services.reporting.domain.tree import as_text, grow, nested
from services.reporting.entries import entries_for
from services.reporting.readings import Why, record
from shared.errors import UnknownError
from shared.http.reading import ReadContext, Reading
from shared.roles import Resource

router = APIRouter(tags=["cases"])


@router.get("/cases/{case}/tree", response_model=dict[str, Any])
async def tree(
    case: UUID,
    reading: Reading,
    request: Request,
    why: Why,
    form: Annotated[Format, Query(alias="format")] = Format.JSON,
) -> Any:
    """Everything of a case, each entry under what caused it; as text a drawing, as CSV a flat table."""
    entries = await read_case(reading, request, case, why)
    if form is Format.CSV:
        return table(entries, reading.language, f"case-{case}")
    roots = grow(entries)
    if form is Format.TEXT:
        return Response(as_text(roots), media_type="text/plain; charset=utf-8")
    return JSONResponse({"case": str(case), "events": len(entries), "tree": nested(roots)})


async def read_case(reading: ReadContext, request: Request, case: UUID, why: str) -> list[dict[str, Any]]:
    """Everything of a case in the order (recorded, id); recorded for each whom it is about. UnknownError."""
    reading.permit("read_history", Resource())
    found = await stored.of_case(reading.pool, case)
    if not found:
        raise UnknownError(what="case")
    found.sort(key=lambda one: (one.envelope.recorded, one.envelope.id))
    for cadre in dict.fromkeys(cadre for one in found for cadre in one.envelope.cadres):
        await record(reading, request, cadre, f"case {case}", why)
    return await entries_for(found, reading.pool, reading.running.store.vault, reading.language)
