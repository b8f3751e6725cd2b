"""Pairings: those that hold, and whom to pair next."""

from uuid import UUID

from fastapi import APIRouter, Request, Response

from services.matching.api import pairings as api
from services.matching.console.board import PAGES
from services.matching.console.forms import command, new_key, sent, told
from services.matching.domain.pairing import BeginPairing, EndPairing
from shared.console.session import Back, Visit, see

router = APIRouter()
WORDS = frozenset({"begun", "ended"})


@router.get("/pairings")
async def pairings_page(request: Request, visit: Back, cursor: str = "", did: str = "") -> Response:
    """Whom to pair next, and all that hold."""
    return PAGES.answer(
        request,
        "pairings.html",
        visit,
        found=await api.list_pairings(visit.reading, limit=50, cursor=cursor or None),
        suggested=[] if cursor else await api.suggest_pairings(visit.reading, limit=10),
        key=new_key,
        did=did if did in WORDS else "",
    )


@router.post("/pairings")
async def begin(request: Request, visit: Visit) -> Response:
    """Bind the two."""
    form = await sent(request, visit)
    done = told(await api.begin(command(BeginPairing, form.fields), form.call))
    return see(f"/matching/pairings?did=begun&after={done['position']}")


@router.post("/pairings/{pairing}/end")
async def end(request: Request, pairing: UUID, visit: Visit) -> Response:
    """End the bond."""
    form = await sent(request, visit)
    done = told(await api.end(pairing, command(EndPairing, form.fields), form.call))
    return see(f"/matching/pairings?did=ended&after={done['position']}")
