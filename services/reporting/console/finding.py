"""Finding whose history to read."""

from fastapi import APIRouter, Request, Response

from services.reporting.api.people import people
from services.reporting.console.desk import PAGES, PATH, Address, communities_of, uuid_of
from shared.console.session import Visit, see

router = APIRouter()
PAGE = 30


@router.get("/")
async def home(
    request: Request, visit: Visit, q: str = "", community: str = "", cursor: str = ""
) -> Response:
    """Search by name, id, end of an id, community; whoever may read no history sees the figures."""
    if not visit.may("read_history"):
        return see(f"{PATH}/figures")
    q, where = q.replace("\0", "")[:100].strip(), uuid_of(community)
    found = await people(visit.reading, request, q, where, cursor or None, PAGE) if q or where else None
    return PAGES.answer(
        request,
        "find.html",
        visit,
        q=q,
        community=community,
        found=found,
        communities=await communities_of(visit.reading),
        go=Address(f"{PATH}/", {"q": q, "community": community}),
        begun=bool(cursor),
    )
