"""A cadre's history: the timeline over all services, and beside it the case file as it was."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from services.reporting import stored
from services.reporting.api.events import event as read_event
from services.reporting.api.histories import place_of, read_history
from services.reporting.api.outlines import outline_of
from services.reporting.console.desk import (
    PAGES,
    Address,
    after,
    cadre_path,
    day_of,
    exact,
    midnight,
    names_of,
    uuid_of,
)
from services.reporting.console.files import At, at_asked, file_at
from services.reporting.console.reasons import Why
from services.reporting.console.telling import Telling
from services.reporting.entries import SHANGHAI
from services.reporting.stored import Wanted
from shared.console.session import Visit
from shared.http.reading import ReadContext

router = APIRouter()
PAGE = 60
DEEPEST = 8
"""Deeper causes are indented no further."""
LAST = UUID(int=(1 << 128) - 1)
TICK = timedelta(microseconds=1)
NOTICEABLE = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Filters:
    """What is chosen above the timeline, as the address says it."""

    case: str = ""
    kind: str = ""
    who: str = ""
    since: str = ""
    until: str = ""

    @property
    def told(self) -> dict[str, str]:
        """By the names in the address."""
        return {
            "case": self.case,
            "kind": self.kind,
            "who": self.who,
            "from": self.since,
            "to": self.until,
        }

    def wanted(self, cursor: str = "", *, backwards: bool = False) -> Wanted:
        """The entries that are asked for; what can't be read chooses nothing. CursorMalformedError."""
        since, until = day_of(self.since), day_of(self.until)
        return Wanted(
            midnight(since) if since else None,
            after(until) if until else None,
            uuid_of(self.case),
            [self.kind.replace("\0", "")] if self.kind else [],
            self.who,
            place_of(cursor),
            backwards,
        )


async def filters(
    case: str = "",
    kind: str = "",
    who: Annotated[str, Query(max_length=200)] = "",
    since: Annotated[str, Query(alias="from")] = "",
    until: Annotated[str, Query(alias="to")] = "",
) -> Filters:
    """Fields that are left empty choose nothing."""
    return Filters(case, kind, who, since, until)


Chosen = Annotated[Filters, Depends(filters)]


@router.get("/cadres/{cadre}")
async def history_page(
    cadre: UUID,
    request: Request,
    visit: Visit,
    why: Why,
    chosen: Chosen,
    at: Annotated[At, Depends(at_asked)],
    cursor: str = "",
    opened: Annotated[str, Query(alias="open")] = "",
) -> Response:
    """The timeline with its filters, one entry open if one is asked for, and the case file."""
    reading = visit.reading
    back = bool(request.query_params.get("back"))
    wanted = chosen.wanted(cursor, backwards=back)
    entry = uuid_of(opened)
    if entry and not cursor and not back:
        wanted = await _from(reading, entry, wanted)
    part = await read_history(reading, request, cadre, why, wanted, PAGE)
    there = {one["id"] for one in part.items}
    names, whole = await names_of(reading), None
    if entry and str(entry) in there:
        whole = await read_event(cadre, entry, reading, request, why)
    return PAGES.answer(
        request,
        "history.html",
        visit,
        cadre=cadre,
        why=why,
        chosen=chosen,
        outline=await outline_of(reading, cadre),
        lines=indented(part.items),
        part=part,
        opened=whole,
        names=names,
        go=Address(cadre_path(cadre), {**chosen.told, **at.told}),
        **await file_at(reading, request, cadre, why, at, names),
    )


@router.get("/cadres/{cadre}/entries/{event}")
async def entry(cadre: UUID, event: UUID, request: Request, visit: Visit, why: Why) -> Response:
    """One entry's envelope, to be opened in place."""
    opened = await read_event(cadre, event, visit.reading, request, why)
    return PAGES.answer(
        request,
        "entry.html",
        visit,
        cadre=cadre,
        opened=opened,
        exact=exact,
        tell=Telling(visit.language, await names_of(visit.reading)),
        go=Address(cadre_path(cadre), {}),
    )


async def _from(reading: ReadContext, entry: UUID, wanted: Wanted) -> Wanted:
    """The page that begins with this entry."""
    found = (await stored.by_ids(reading.pool, [entry])).get(entry)
    if found is None:
        return wanted
    return Wanted(
        wanted.since,
        wanted.until,
        wanted.case,
        wanted.types,
        wanted.who,
        (found.envelope.recorded - TICK, LAST),
    )


@dataclass(frozen=True, slots=True)
class Line:
    """An entry on its line: how deep under its causes, on which day, and whether both times differ."""

    entry: Mapping[str, Any]
    depth: int
    recorded: datetime

    @property
    def day(self) -> date:
        """On which it was recorded."""
        return self.recorded.date()

    @property
    def clock(self) -> str:
        """When on that day."""
        return f"{self.recorded:%H:%M:%S}"

    @property
    def apart(self) -> bool:
        """Whether it happened noticeably before it was recorded: a tick between them is the machine's."""
        happened = datetime.fromisoformat(self.entry["happened"])
        return abs(self.recorded - happened) >= NOTICEABLE


def indented(entries: Sequence[Mapping[str, Any]]) -> list[Line]:
    """Each entry with how deep it stands under its causes, as far as they are on the page."""
    depths: dict[str, int] = {}
    for one in entries:
        cause = one["cause"]
        depths[one["id"]] = min(depths[cause] + 1, DEEPEST) if cause in depths else 0
    return [
        Line(one, depths[one["id"]], datetime.fromisoformat(one["recorded"]).astimezone(SHANGHAI))
        for one in entries
    ]
