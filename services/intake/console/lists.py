"""Lists of requests: mine, waiting for a callback, late, on hold, all; with what the operator has begun."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from services.intake import drafts
from services.intake.api.communities import list_communities
from services.intake.api.request_lists import count_requests, list_requests
from services.intake.console.desk import PAGES, to
from shared.console.session import Visit, VisitContext, see
from shared.contracts.values import Urgency

router = APIRouter()
LISTS: dict[str, dict[str, Any]] = {
    "mine": {"mine": True, "open": True},
    "callback": {"state": ["CallbackDue"]},
    "late": {"late": True, "open": True},
    "hold": {"state": ["OnHold"]},
    "all": {"open": True},
    "ended": {"open": False},
}
ROWS = 50


@router.get("/")
async def requests(
    request: Request,
    visit: Visit,
    chosen: Annotated[str, Query(alias="list")] = "",
    community: str = "",
    urgency: str = "",
    cursor: Annotated[str, Query(max_length=500)] = "",
    said: str = "",
) -> Response:
    """One of the lists, by what is gravest and waits longest; who takes no calls has the register here."""
    if not visit.may("ReceiveRequest"):
        return see(to("register"))
    name = chosen if chosen in LISTS else "mine"
    of = UUID(community) if _is_id(community) else None
    page = await list_requests(
        visit.reading,
        **LISTS[name],
        community=of,
        urgency=Urgency(urgency) if urgency in list(Urgency) else None,
        limit=ROWS,
        cursor=cursor or None,
    )
    filters = {"list": name, "community": community if of else "", "urgency": urgency}
    return PAGES.answer(
        request,
        "lists.html",
        visit,
        lists=list(LISTS),
        name=name,
        counts=await count_requests(visit.reading),
        rows=page.items,
        next=to("", **filters, cursor=page.next) if page.next else "",
        further=bool(cursor),
        filters=filters,
        communities=(await list_communities(visit.reading, 200)).items,
        unfinished=await _unfinished(visit),
        said=said,
    )


async def _unfinished(visit: VisitContext) -> list[dict[str, Any]]:
    """Calls that were begun and not saved."""
    found = await drafts.unfinished(visit.running.store, visit.principal.sub)
    rows = await visit.reading.pool.fetch(
        "SELECT id, name FROM cadres WHERE id = ANY ($1)", [draft.about for draft in found]
    )
    names = {row["id"]: row["name"] for row in rows}
    return [
        {
            "name": names.get(draft.about) or draft.fields.get("name", ""),
            "what": draft.fields.get("what", ""),
            "saved_at": draft.saved_at,
            "href": to(f"call/{draft.about}" if draft.about in names else f"call/new/{draft.about}"),
        }
        for draft in found
    ]


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
