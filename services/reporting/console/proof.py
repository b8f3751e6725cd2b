"""What an auditor checks without trusting us."""

from uuid import UUID

from fastapi import APIRouter, Request, Response

from services.reporting.api.checks import compared
from services.reporting.console.desk import PAGES, Address, cadre_path
from services.reporting.console.reasons import Why
from services.reporting.domain.check import Findings
from shared.console.session import ACCESS, Visit, VisitContext
from shared.errors import UnknownError
from shared.roles import Resource

router = APIRouter()
_HEADS = """
SELECT DISTINCT ON (a.stream) a.source, a.stream, a.stream_version AS version, encode(a.hash, 'hex') AS hash
FROM archive.arrivals a WHERE a.stream IN (
    SELECT a.stream FROM view_history.entries e JOIN archive.arrivals a USING (number) WHERE e.cadre = $1)
ORDER BY a.stream, a.stream_version DESC"""


@router.get("/cadres/{cadre}/proof")
async def proof_page(cadre: UUID, request: Request, visit: Visit, why: Why) -> Response:
    """The head of each stream's chain of hashes, and how to check."""
    return await _page(request, visit, cadre, why)


@router.post("/cadres/{cadre}/proof")
async def check(cadre: UUID, request: Request, visit: Visit, why: Why) -> Response:
    """Compare every copy now."""
    authorization = f"Bearer {request.cookies[ACCESS]}"
    return await _page(
        request, visit, cadre, why, await compared(visit.reading, request, cadre, why, authorization)
    )


async def _page(
    request: Request, visit: VisitContext, cadre: UUID, why: str, found: Findings | None = None
) -> Response:
    visit.reading.permit("check_history", Resource(cadre=cadre))
    heads = await visit.reading.pool.fetch(_HEADS, cadre)
    if not heads:
        raise UnknownError(what="cadre")
    return PAGES.answer(
        request,
        "proof.html",
        visit,
        cadre=cadre,
        why=why,
        heads=heads,
        found=found,
        go=Address(cadre_path(cadre), {}),
    )
