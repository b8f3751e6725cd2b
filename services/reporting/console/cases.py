"""A case as a tree of causes."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from services.reporting.api.cases import read_case
from services.reporting.console.desk import PAGES, Address, cadre_path, exact
from services.reporting.console.reasons import Why
from services.reporting.domain.tree import grow, nested
from shared.console.session import Visit, see
from shared.errors import UnknownError
from shared.roles import Resource

router = APIRouter()
_WHOSE = """
SELECT e.cadre FROM archive.arrivals a JOIN view_history.entries e USING (number)
WHERE a.case_id = $1 ORDER BY a.number LIMIT 1"""


@router.get("/cases/{case}")
async def whose(case: UUID, visit: Visit) -> Response:
    """On to the case among the pages of the one whom it is about."""
    visit.reading.permit("read_history", Resource())
    cadre = await visit.reading.pool.fetchval(_WHOSE, case)
    if cadre is None:
        raise UnknownError(what="case")
    return see(f"{cadre_path(cadre)}/cases/{case}")


@router.get("/cadres/{cadre}/cases/{case}")
async def tree_page(cadre: UUID, case: UUID, request: Request, visit: Visit, why: Why) -> Response:
    """What led to what, from the call to the end: a picture, and the same as a nested list."""
    entries = await read_case(visit.reading, request, case, why)
    roots: list[dict[str, Any]] = nested(grow(entries))
    return PAGES.answer(
        request,
        "case.html",
        visit,
        cadre=cadre,
        case=case,
        why=why,
        events=len(entries),
        roots=roots,
        exact=exact,
        go=Address(cadre_path(cadre), {}),
    )
