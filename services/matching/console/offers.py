"""Offers on a phone: yes in one tap, no in two, and what one has said yes to can be given back."""

import secrets
from collections.abc import Awaitable
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response

from services.matching.api.matches import accept, decline, drop
from services.matching.api.offers import list_offers
from services.matching.domain.match_commands import AcceptOffer, DeclineOffer, DropAssignment
from shared.console.pages import Pages
from shared.console.session import Key, Visit, VisitContext, see
from shared.contracts.values import DeclineReason, Reason
from shared.http.reading import Cursor, Page

router = APIRouter()
PAGES = Pages("matching")
MOST = 20
Which = Literal["Open", "Accepted", "Declined", "Expired", "Revoked"]
Offer = Annotated[UUID, Form()]


@router.get("/offers")
async def offers_page(
    request: Request, who: Visit, state: Which | None = None, cursor: Cursor = None, said: str = ""
) -> Response:
    """What waits for an answer, and below it what was answered last; or one of the lists from `cursor` on."""
    reading = who.reading
    lists: dict[str, Page[dict[str, Any]]]
    if state:
        lists = {state: await list_offers(reading, state, MOST, cursor)}
    else:
        lists = {
            "Open": await list_offers(reading, "Open", MOST),
            "Accepted": await list_offers(reading, "Accepted", MOST),
            "past": await list_offers(reading, None, MOST, cursor),
        }
        going = [one for one in lists["Accepted"].items if one["going"]]
        lists["Accepted"].items = sorted(going, key=lambda one: one["starts"])
        lists["past"].items = [
            one for one in lists["past"].items if one["state"] != "Open" and not one["going"]
        ]
    return PAGES.answer(
        request,
        "offers.html",
        who,
        lists=lists,
        state=state,
        said=said,
        once=secrets.token_hex(16),
        reasons=list(DeclineReason),
    )


async def _answered(who: VisitContext, doing: Awaitable[Response], said: str) -> Response:
    await who.shows(await doing)
    return see(f"/matching/offers?said={said}")


@router.post("/offers/{request}/accept")
async def say_yes(request: UUID, who: Visit, key: Key, offer: Offer) -> Response:
    """Yes."""
    return await _answered(who, accept(request, AcceptOffer(offer=offer), who.call(key)), "accepted")


@router.post("/offers/{request}/decline")
async def say_no(
    request: UUID, who: Visit, key: Key, offer: Offer, reason: Annotated[DeclineReason, Form()]
) -> Response:
    """No, and why."""
    body = DeclineOffer(offer=offer, reason=reason)
    return await _answered(who, decline(request, body, who.call(key)), "declined")


@router.post("/offers/{request}/drop")
async def give_back(request: UUID, who: Visit, key: Key, reason: Annotated[Reason, Form()]) -> Response:
    """Not after all."""
    return await _answered(who, drop(request, DropAssignment(reason=reason), who.call(key)), "dropped")
