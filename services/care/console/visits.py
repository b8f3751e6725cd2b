"""Visits as lists: what waits for a decision, what is late, what is today, what comes."""

from datetime import UTC, datetime, time, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from fastapi import APIRouter, Request, Response

from services.care.api.visits import Which, list_visits
from services.care.console.visits_routes import route
from shared.access import HELPERS
from shared.console.pages import Pages
from shared.console.session import Visit, VisitContext
from shared.deadlines import SHANGHAI
from shared.http.reading import Cursor, cursor_of

router = APIRouter()
PAGES = Pages("care")
MOST = 50
BEFORE: tuple[Which, ...] = ("waiting", "overdue", "today")


class Part(NamedTuple):
    """A list; `more` is the address of what follows."""

    name: str
    visits: list[dict[str, Any]]
    more: str


@router.get("/visits")
async def visits_page(
    request: Request, who: Visit, which: Which | None = None, cursor: Cursor = None, said: str = ""
) -> Response:
    """All lists as they begin, or one of them from `cursor` on."""
    parts = [await _part(who, which, cursor)] if which else await _overview(who)
    own = who.principal.role in HELPERS
    return PAGES.answer(request, "visits.html", who, parts=parts, own=own, which=which, said=said)


async def _overview(who: VisitContext) -> list[Part]:
    now = who.running.clock.now()
    waiting, overdue, today = [await _part(who, which) for which in BEFORE]
    above = {one["visit"] for one in (*waiting.visits, *overdue.visits)}
    today.visits[:] = [one for one in today.visits if one["visit"] not in above]
    midnight = datetime.combine(now.astimezone(SHANGHAI).date() + timedelta(days=1), time(), SHANGHAI)
    coming = await _part(who, "open", cursor_of(midnight.astimezone(UTC), UUID(int=0)))
    return [waiting, overdue, today, coming]


async def _part(who: VisitContext, which: Which, cursor: str | None = None) -> Part:
    found = await list_visits(who.reading, which, None, MOST, cursor)
    visits = [{**one, "route": route(one)} for one in found.items]
    return Part(which, visits, f"/care/visits?which={which}&cursor={found.next}" if found.next else "")
