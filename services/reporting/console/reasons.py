"""Why a history is read: asked once for each person, kept in this browser, recorded with each reading."""

from typing import Annotated
from urllib.parse import quote, unquote
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Query, Request, Response

from services.reporting.console.desk import PAGES, cadre_path
from services.reporting.readings import WhyMissingError, reason
from shared.console.session import ElsewhereError, Visit, here, keep, local, see
from shared.roles import Resource

router = APIRouter()
WHY = "jiujin_why"
SECONDS = 12 * 3600
"""As long as a sign-in lasts at the most."""


async def _told(cadre: UUID, request: Request, _: Visit) -> str:
    """The reason that was given for this person's history; who has given none is asked, and comes back."""
    try:
        return await reason(x_why=request.cookies.get(WHY, ""))
    except WhyMissingError as error:
        after = quote(here(request), safe="")
        raise ElsewhereError(f"{cadre_path(cadre)}/why?next={after}") from error


Why = Annotated[str, Depends(_told)]


@router.get("/cadres/{cadre}/why")
async def reason_page(
    cadre: UUID, request: Request, visit: Visit, after: Annotated[str, Query(alias="next")] = ""
) -> Response:
    """The question, and the reason until now."""
    visit.reading.permit("read_history", Resource(cadre=cadre))
    why = unquote(request.cookies.get(WHY, ""))
    return PAGES.answer(request, "why.html", visit, cadre=cadre, after=after, why=why, fault=False)


@router.post("/cadres/{cadre}/why")
async def give_reason(
    cadre: UUID,
    request: Request,
    visit: Visit,
    why: Annotated[str, Form()] = "",
    after: Annotated[str, Query(alias="next")] = "",
) -> Response:
    """Keep it, for this person's pages alone, and on."""
    visit.reading.permit("read_history", Resource(cadre=cadre))
    try:
        given = await reason(why=why)
    except WhyMissingError:
        return PAGES.answer(
            request, "why.html", visit, status=422, cadre=cadre, after=after, why=why[:1000], fault=True
        )
    path = cadre_path(cadre)
    back = local(after) if after.startswith(path) else path
    answer = see(back)
    keep(request, answer, WHY, quote(given), SECONDS, path)
    return answer
