"""Who read what."""

from fastapi import APIRouter, Request, Response

from services.reporting.api.readings import readings
from services.reporting.console.desk import PAGES, PATH, Address, exact, uuid_of
from shared.actors import named
from shared.console.session import Visit

router = APIRouter()
PAGE = 50
PAGING = ("cursor=", "limit=", "back=")
"""What tells of paging, not of what was read."""


@router.get("/readings")
async def readings_page(
    request: Request, visit: Visit, of: str = "", who: str = "", cursor: str = ""
) -> Response:
    """The latest first; of one person's history, or by one account."""
    who = who.replace("\0", "")[:200]
    found = await readings(visit.reading, uuid_of(of), who, cursor or None, PAGE, latest=True)
    for one in found.items:
        one["asked"] = "&".join(part for part in one["query"].split("&") if not part.startswith(PAGING))
    return PAGES.answer(
        request,
        "readings.html",
        visit,
        found=found,
        of=uuid_of(of),
        who=who,
        begun=bool(cursor),
        by=lambda one: named(one["who"], one["role"], visit.language),
        exact=exact,
        go=Address(f"{PATH}/readings", {"of": of, "who": who}),
    )
