"""The volunteers and other helpers: the list, a file with its week, load, hours and drop-outs."""

from collections import Counter
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from services.matching.api import helpers as api
from services.matching.console.board import PAGES
from services.matching.console.forms import IncompleteError, Sent, command, new_key, sent, told
from services.matching.domain.helper_commands import (
    ChangeAvailability,
    NoteAbsence,
    RecordLeaving,
    ResumeHelper,
    SuspendHelper,
)
from shared.console.session import Back, Visit, VisitContext, see
from shared.contracts.values import HelperKind
from shared.deadlines import SHANGHAI
from shared.errors import UnknownError

router = APIRouter()
HOURS = range(6, 22)
DAYS = range(1, 8)
SHOWN = 30
STATES = ("Active", "Suspended", "Left")
WORDS = frozenset({"availability", "absence", "suspend", "resume", "leave"})


@router.get("/helpers")
async def helpers_page(
    request: Request, visit: Visit, q: str = "", kind: str = "", state: str = "Active", cursor: str = ""
) -> Response:
    """The file by pinyin, searched and filtered."""
    wanted = HelperKind(kind) if kind in {one.value for one in HelperKind} else None
    state = state if state in STATES else ""
    found = await api.list_helpers(
        visit.reading, q=q[:60], kind=wanted, state=state or None, limit=50, cursor=cursor or None
    )
    asked = {"q": q[:60], "kind": kind, "state": state}
    return PAGES.answer(
        request, "helpers.html", visit, found=found, asked=asked, kinds=list(HelperKind), states=STATES
    )


@router.get("/helpers/{helper}")
async def helper_page(request: Request, helper: UUID, visit: Back, did: str = "") -> Response:
    """One file."""
    file = await api.get_helper(helper, visit.reading, Response())
    past = await api.list_bookings(helper, visit.reading, limit=SHOWN)
    return PAGES.answer(
        request,
        "helper.html",
        visit,
        file=file,
        past=past.items,
        ended=Counter(one["reason"] for one in past.items if one["reason"]),
        week=week(file["availability"]),
        hours=HOURS,
        days=DAYS,
        key=new_key,
        did=did if did in WORDS else "",
        today=visit.running.clock.now(),
    )


def week(pattern: list[dict[str, int]]) -> dict[tuple[int, int], str]:
    """By day and hour: `whole`, `part` or nothing of it is in the pattern. No pattern is any time."""
    found: dict[tuple[int, int], str] = {}
    for day in DAYS:
        for hour in HOURS:
            begin, end = hour * 60, hour * 60 + 60
            own = [one for one in pattern if one["day"] == day]
            free = sum(max(0, min(end, one["end"]) - max(begin, one["start"])) for one in own)
            if free or not pattern:
                found[day, hour] = "whole" if free == end - begin or not pattern else "part"
    return found


@router.post("/helpers/{helper}/{deed}")
async def do(request: Request, helper: UUID, deed: str, visit: Visit) -> Response:
    """Change the file, and back to it."""
    form = await sent(request, visit)
    position = told(await _done(visit, helper, deed, form))["position"]
    return see(f"/matching/helpers/{helper}?did={deed}&after={position}")


async def _done(visit: VisitContext, helper: UUID, deed: str, form: Sent) -> Response:
    fields, call = form.fields, form.call
    match deed:
        case "availability":
            known = await api.get_helper(helper, visit.reading, Response())
            pattern = pattern_of(form.several.get("hour", []), known["availability"])
            changed = command(ChangeAvailability, {**fields, "availability": pattern})
            return await api.change_availability(helper, changed, call)
        case "absence":
            return await api.note_absence(helper, command(NoteAbsence, _absence(fields)), call)
        case "suspend":
            return await api.suspend(helper, command(SuspendHelper, fields), call)
        case "resume":
            return await api.resume(helper, command(ResumeHelper, fields), call)
        case "leave":
            return await api.leave(helper, command(RecordLeaving, fields), call)
    raise UnknownError(what="page")


def pattern_of(hours: list[str], known: list[dict[str, int]]) -> list[dict[str, int]]:
    """The weekly pattern of these hours, `DAY-HOUR`; the known one when they are just what it shows."""
    chosen = {(day, hour) for day in DAYS for hour in HOURS if f"{day}-{hour}" in hours}
    if not chosen:  # no pattern would mean any time
        raise IncompleteError(field="hour")
    if chosen == set(week(known)):
        return known
    found: list[dict[str, int]] = []
    for day, hour in sorted(chosen):
        if found and found[-1]["day"] == day and found[-1]["end"] == hour * 60:
            found[-1]["end"] += 60
        else:
            found.append({"day": day, "start": hour * 60, "end": hour * 60 + 60})
    return found


def _absence(fields: Any) -> dict[str, Any]:
    """From the first day's beginning to the last day's end, in Shanghai."""
    told_of = {"reason": fields.get("reason", "")}
    for name, days in (("slot_start", 0), ("slot_end", 1)):
        try:
            day = datetime.fromisoformat(fields.get(name, "")).date() + timedelta(days=days)
        except ValueError:
            continue
        told_of[name] = datetime.combine(day, time(), SHANGHAI).isoformat()
    return told_of
