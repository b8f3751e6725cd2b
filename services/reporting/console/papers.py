"""What one sees, taken along: a table, JSON, a page to print."""

from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from services.reporting.api.histories import ALL, read_history, table
from services.reporting.api.outlines import outline_of
from services.reporting.console.desk import PAGES, Address, cadre_path, exact, names_of
from services.reporting.console.histories import Chosen
from services.reporting.console.reasons import Why
from shared.console.session import Visit

router = APIRouter()


@router.get("/cadres/{cadre}/history.csv")
async def as_table(cadre: UUID, request: Request, visit: Visit, why: Why, chosen: Chosen) -> Response:
    """All entries that are chosen, for Excel."""
    part = await read_history(visit.reading, request, cadre, why, chosen.wanted(), ALL)
    return table(part.items, visit.language, f"history-{cadre}")


@router.get("/cadres/{cadre}/history.json")
async def as_json(cadre: UUID, request: Request, visit: Visit, why: Why, chosen: Chosen) -> Response:
    """All entries that are chosen, for programs, with what was asked."""
    part = await read_history(visit.reading, request, cadre, why, chosen.wanted(), ALL)
    named = {"Content-Disposition": f'attachment; filename="history-{cadre}.json"'}
    asked = {name: value for name, value in chosen.told.items() if value}
    told_ = {"cadre": str(cadre), "asked": asked, "why": why, "items": part.items}
    return JSONResponse(told_, headers=named)


@router.get("/cadres/{cadre}/print")
async def on_paper(cadre: UUID, request: Request, visit: Visit, why: Why, chosen: Chosen) -> Response:
    """All entries that are chosen, to be printed: the query is on it, and every sheet has its number."""
    reading = visit.reading
    part = await read_history(reading, request, cadre, why, chosen.wanted(), ALL)
    return PAGES.answer(
        request,
        "print.html",
        visit,
        cadre=cadre,
        why=why,
        chosen=chosen,
        entries=part.items,
        outline=await outline_of(reading, cadre),
        names=await names_of(reading),
        exact=exact,
        go=Address(cadre_path(cadre), chosen.told),
    )
