"""The case file as it was at a point in time, with what changed since another."""

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import JSONResponse

from services.reporting.api.casefiles import Question, read_files
from services.reporting.api.outlines import points, points_of
from services.reporting.console.desk import (
    PAGES,
    Address,
    cadre_path,
    exact,
    instant_of,
    names_of,
    typed,
)
from services.reporting.console.reasons import Why
from services.reporting.console.telling import Telling
from services.reporting.domain.casefile import differences
from services.reporting.domain.casefile.shown import PLURAL
from shared.console.session import Visit, is_script, see
from shared.http.reading import ReadContext

router = APIRouter()
TOLD_BESIDE = re.compile(r"\.history\[\d+\]\.(?!type$)|\.told_by$")
"""What comes with each step and fact, and isn't a change of its own."""
FEW = 6
MOST = 100
"""Things of a kind that are listed."""
NOW = "now"
"""The way to look in which later knowledge counts; the other is as it was known then."""


@dataclass(frozen=True, slots=True)
class At:
    """Which point is asked for: an instant, or a place among those of the history; and since which other.

    `thing` is the one that is open: its kind and id, as in the paths of what changed.
    """

    at: str = ""
    step: int | None = None
    since: str = ""
    known: str = ""
    thing: str = ""

    @property
    def told(self) -> dict[str, str]:
        """As the address says it."""
        return {"at": self.at, "since": self.since, "known": self.known, "thing": self.thing}


async def at_asked(
    at: str = "",
    step: Annotated[int | None, Query(ge=0, le=10_000_000)] = None,
    before: Annotated[str, Query(alias="since")] = "",
    known: str = "",
    thing: Annotated[str, Query(max_length=100)] = "",
) -> At:
    """Fields that are left empty choose nothing."""
    return At(at, step, before, NOW if known == NOW else "", thing)


@router.get("/cadres/{cadre}/file")
async def file_part(
    cadre: UUID, request: Request, visit: Visit, why: Why, at: Annotated[At, Depends(at_asked)]
) -> Response:
    """The case file alone, for a script; a browser sees it beside the history."""
    reading = visit.reading
    instants = await points_of(reading.pool, cadre) if at.step is not None else []
    if at.step is not None and instants:
        place = instants[min(max(at.step, 1), len(instants)) - 1]
        at = At(place.isoformat(), None, at.since, at.known, at.thing)
    kept = {name: request.query_params.get(name, "") for name in ("case", "kind", "who", "from", "to")}
    go = Address(cadre_path(cadre), {**kept, **at.told})
    if not is_script(request):
        return see(go() + "#file")
    facts = await file_at(reading, request, cadre, why, at, await names_of(reading))
    return PAGES.answer(
        request, "file.html", visit, headers={"HX-Replace-Url": go()}, cadre=cadre, go=go, **facts
    )


@router.get("/cadres/{cadre}/points.json")
async def points_json(cadre: UUID, visit: Visit) -> Response:
    """The instants that the slider goes through, in milliseconds of the epoch."""
    instants = await points(cadre, visit.reading)
    return JSONResponse([int(one.timestamp() * 1000) for one in instants])


async def file_at(
    reading: ReadContext, request: Request, cadre: UUID, why: str, asked: At, names: Mapping[str, str]
) -> dict[str, Any]:
    """The file at that point, what differs from the one before, and the ways to other points."""
    instants = await points_of(reading.pool, cadre)
    at = instant_of(asked.at) or (instants[-1] if instants else None)
    step = bisect_right(instants, at) if at else 0
    earlier = instant_of(asked.since) or _before(instants, at, step)
    questions = [_question(one, asked.known) for one in (earlier, at) if one]
    found = await read_files(reading, request, cadre, why, "file", *questions)
    file = found[-1]
    differing = differences(found[0].shown, file.shown) if earlier else []
    touched = _touched(differing)
    changes = [one for one in differing if not TOLD_BESIDE.search(one["path"])]
    opened = _open(touched, asked.thing)
    return {
        "at": at,
        "since": earlier,
        "chosen_since": asked.since,
        "known": asked.known,
        "step": step,
        "steps": len(instants),
        "file": file,
        "changes": changes,
        "touched": touched,
        "opened_things": opened,
        "tell": Telling(reading.language, names, touched),
        "things": tuple(PLURAL.values()),
        "listed": {kind: _listed(file.shown[kind], kind, opened) for kind in PLURAL.values()},
        "exact": exact,
        "typed": typed,
        "back": instants[step - 2] if step > 1 else None,
        "onward": instants[step] if step < len(instants) else None,
    }


def _before(points: Sequence[datetime], at: datetime | None, step: int) -> datetime | None:
    """The point before this one."""
    if not step:
        return None
    here = points[step - 1]
    if at is not None and at > here:
        return here
    return points[step - 2] if step > 1 else None


def _question(at: datetime, known: str) -> Question:
    return Question(happened_at=at) if known == NOW else Question(known_at=at)


def _open(touched: set[str], thing: str) -> set[str]:
    """The things that are shown whole: the one that is asked for, and those that changed if they are few."""
    changed = {path for path in touched if path.count(".") == 1 and path.split(".")[0] in PLURAL.values()}
    return {thing} | (changed if len(changed) <= FEW else set())


def _listed(things: Mapping[str, Any], kind: str, opened: set[str]) -> list[tuple[str, Any]]:
    """The newest things of a kind, and those that are open."""
    newest = list(things)[-MOST:]
    older = [one for one in things if f"{kind}.{one}" in opened and one not in newest]
    return [(one, things[one]) for one in (*older, *newest)]


def _touched(changes: Sequence[Mapping[str, Any]]) -> set[str]:
    """The paths that changed, and all that they lie in."""
    found = set()
    for change in changes:
        path = change["path"]
        while path:
            found.add(path)
            path = path[: max(path.rfind("."), path.rfind("["), 0)]
    return found
