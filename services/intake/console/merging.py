"""Somebody entered as new turns out to be known: the two files become one, and both histories stay."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Query, Request, Response

from services.intake.api.cadres import merge_cadres
from services.intake.console.desk import PAGES, fresh_key, refusal, to, written
from services.intake.console.person import person_of
from services.intake.domain.cadre_commands import MergeCadres
from shared.console.session import Visit, VisitContext, see
from shared.errors import DomainError

router = APIRouter()


@router.get("/call/{cadre}/merge")
async def with_whom(
    request: Request, visit: Visit, cadre: UUID, known: Annotated[UUID | None, Query(alias="cadre")] = None
) -> Response:
    """Find whom it is, look at both, and say so."""
    return await _page(request, visit, cadre, known)


@router.post("/call/{cadre}/merge")
async def merge(
    request: Request,
    visit: Visit,
    cadre: UUID,
    known: Annotated[UUID, Form(alias="cadre")],
    key: Annotated[str, Form()],
) -> Response:
    """The known file goes on; what was entered as new becomes a part of it."""
    try:
        await written(visit, await merge_cadres(known, MergeCadres(merged=cadre), visit.call(key)))
    except DomainError as error:
        status, message = refusal(visit, error)
        return await _page(request, visit, cadre, known, status=status, message=message)
    return see(to(f"call/{known}"))


async def _page(
    request: Request,
    visit: VisitContext,
    cadre: UUID,
    known: UUID | None,
    *,
    status: int = 200,
    message: str = "",
) -> Response:
    return PAGES.answer(
        request,
        "merge.html",
        visit,
        status=status,
        entered=await person_of(visit, cadre),
        person=await person_of(visit, known) if known else None,
        key=fresh_key(),
        wanted=f"merge-{cadre}",
        message=message,
    )
