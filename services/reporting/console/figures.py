"""The bureau's overview: what the figures say, each number with the list behind it."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse

from services.reporting.api import areas, figure_lists, figures
from services.reporting.api.figure_lists import Requests
from services.reporting.console.desk import (
    PAGES,
    PATH,
    Address,
    communities_of,
    day_of,
    names_of,
)
from shared.actors import named
from shared.console.session import Visit, VisitContext
from shared.http.reading import Page

router = APIRouter()
URGENCIES = ("rescue", "urgent", "routine", "scheduled", "")
LEVELS = ("warned", "late", "urged", "supervised")
PAGE = 50


@router.get("/figures")
async def overview(request: Request, visit: Visit) -> Response:
    """Requests, times, deadlines, hours, communities' load, funds."""
    reading = visit.reading
    told = [
        await ask(reading)
        for ask in (
            figures.requests,
            figures.matching,
            figures.deadlines,
            figures.hours,
            figures.communities,
            figures.funds,
        )
    ]
    requests, matching, deadlines, hours, communities, funds = told
    called = {one["id"]: one["name"] for one in await communities_of(reading)}
    return PAGES.answer(
        request,
        "figures.html",
        visit,
        total=sum(one["requests"] for one in requests),
        still_open=sum(one["open"] for one in communities),
        late=sum(one["late"] for one in communities),
        minutes=sum(one["minutes"] for one in hours),
        states=_crossed(requests, "state", "urgency"),
        services=_crossed(requests, "service", "urgency"),
        urgencies=[one for one in URGENCIES if any(row["urgency"] == one for row in requests)],
        matching=sorted(matching, key=lambda one: _place(one["urgency"])),
        deadlines=_by_stage(deadlines),
        levels=LEVELS,
        hours=hours,
        communities=[{**one, "name": called.get(one["community"], "")} for one in communities],
        funds=funds,
        names=await names_of(reading),
        behind=Address(f"{PATH}/figures/requests", {}),
        grants=Address(f"{PATH}/figures/grants", {}),
        helpers=Address(f"{PATH}/figures/helpers", {}),
    )


@router.get("/figures/areas.json")
async def map_of_the_city(visit: Visit) -> Response:
    """GeoJSON."""
    return JSONResponse(await areas.city(visit.reading), headers={"Cache-Control": "private, max-age=300"})


@router.get("/figures/requests")
async def behind_requests(
    request: Request,
    visit: Visit,
    asked: Annotated[Requests, Depends()],
    cursor: str = "",
) -> Response:
    """The requests behind a number."""
    found = await figure_lists.requests(visit.reading, request, asked, cursor or None, PAGE)
    called = {one["id"]: one["name"] for one in await communities_of(visit.reading)}
    return await _list(
        request, visit, "requests", found, cursor, asked=asked, community=called.get(asked.community, "")
    )


@router.get("/figures/grants")
async def behind_grants(
    request: Request, visit: Visit, fund: str = "", year: str = "", state: str = "", cursor: str = ""
) -> Response:
    """The grants behind a number."""
    when = int(year) if year.isascii() and year.isdigit() and len(year) == 4 else None  # noqa: PLR2004
    fund, state = (text.replace("\0", "")[:60] for text in (fund, state))
    found = await figure_lists.grants(visit.reading, request, fund, when, state, cursor or None, PAGE)
    return await _list(request, visit, "grants", found, cursor, fund=fund, year=when, state=state)


@router.get("/figures/helpers")
async def behind_hours(request: Request, visit: Visit, month: str = "", cursor: str = "") -> Response:
    """The helpers behind the hours of a month."""
    begins = day_of(month)
    found = await figure_lists.helpers(visit.reading, request, begins, cursor or None, PAGE)
    return await _list(request, visit, "helpers", found, cursor, month=begins)


async def _list(
    request: Request,
    visit: VisitContext,
    what: str,
    found: Page[dict[str, Any]],
    cursor: str,
    **asked: Any,
) -> Response:
    told = {name: value for name, value in request.query_params.items() if name != "cursor"}
    return PAGES.answer(
        request,
        "behind.html",
        visit,
        what=what,
        found=found,
        begun=bool(cursor),
        names=await names_of(visit.reading),
        asked=asked,
        reads=visit.may("read_history"),
        by=lambda helper: named(str(helper), "helper", visit.language),
        go=Address(f"{PATH}/figures/{what}", told),
    )


def _crossed(rows: Sequence[Mapping[str, Any]], down: str, across: str) -> list[tuple[str, dict[str, int]]]:
    """How many requests by two of their codes, the most frequent first."""
    found: dict[str, dict[str, int]] = {}
    for row in rows:
        counts = found.setdefault(row[down], {})
        counts[row[across]] = counts.get(row[across], 0) + row["requests"]
    return sorted(found.items(), key=lambda pair: (-sum(pair[1].values()), pair[0]))


def _by_stage(rows: Sequence[Mapping[str, Any]]) -> list[tuple[str, str, dict[str, int]]]:
    """Of each urgency and stage how many requests reached which level."""
    found: dict[tuple[str, str], dict[str, int]] = {}
    for row in rows:
        found.setdefault((row["urgency"], row["stage"]), {})[row["level"]] = row["requests"]
    return [(*key, levels) for key, levels in sorted(found.items(), key=lambda pair: _place(pair[0][0]))]


def _place(urgency: str) -> int:
    return URGENCIES.index(urgency)
