"""A request: its page, its panel beside the board, and what is done about it."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from fastapi import APIRouter, Request, Response

from services.matching.api import matches as api
from services.matching.api.helpers import list_helpers
from services.matching.api.rankings import explain_match, list_excluded
from services.matching.console.board import PAGES, board_of
from services.matching.console.forms import IncompleteError, command, sent, told
from services.matching.console.panel import happened, panel_of
from services.matching.domain.match_commands import (
    AcceptOffer,
    DeclineOffer,
    DropAssignment,
    MakeOffer,
    RankAgain,
    Reassign,
    RecordNoShow,
    RevokeOffer,
)
from services.matching.engine import Rule
from shared.console.session import Back, Visit, VisitContext, see
from shared.contracts.command import Command
from shared.deadlines import SHANGHAI
from shared.errors import RefusedError, UnknownError
from shared.http.call import CallContext
from shared.http.headers import StaleError

router = APIRouter()
NAMES = 20
"""Of whom a rule excluded, on a page."""


class Deed(NamedTuple):
    """What a form of the panel asks for: by which function of the API, with which command."""

    do: Callable[[UUID, Any, CallContext], Awaitable[Response]]
    command: type[Command]


DEEDS: Mapping[str, Deed] = {
    "offer": Deed(api.make_offer, MakeOffer),
    "revoke": Deed(api.revoke, RevokeOffer),
    "accept": Deed(api.accept, AcceptOffer),
    "decline": Deed(api.decline, DeclineOffer),
    "rank-again": Deed(api.rank_again, RankAgain),
    "reassign": Deed(api.reassign, Reassign),
    "drop": Deed(api.drop, DropAssignment),
    "no-show": Deed(api.record_no_show, RecordNoShow),
}


class NobodyLeftError(RefusedError):
    """Nobody of the ranking is left to ask. Rank again, or choose somebody yourself."""

    zh = "排序中已无可邀约的人。请重新排序，或自选服务者。"


@router.get("/requests/{request_id}")
async def request_page(request: Request, request_id: UUID, visit: Back, did: str = "") -> Response:
    """One request; to a script only the panel."""
    return await _shown(request, visit, request_id, did=did if did in WORDS else "")


async def _shown(
    request: Request, visit: VisitContext, request_id: UUID, *, status: int = 200, **more: Any
) -> Response:
    board = board_of(visit.running)
    await board.refresh()
    mark = board.mark  # before the panel is read: the stream tells again what has changed meanwhile
    facts = await panel_of(visit, request_id, **more)
    template = "panel.html" if "hx-request" in request.headers else "request.html"
    return PAGES.answer(request, template, visit, status=status, mark=mark, opened=request_id, **facts)


@router.get("/requests/{request_id}/why")
async def why(request: Request, request_id: UUID, visit: Visit, q: str = "") -> Response:
    """Why somebody isn't in the ranking, or stands where they stand: who is meant is found by `q`."""
    found = await list_helpers(visit.reading, q=q, limit=3)
    found_out = [
        {**one, **await explain_match(request_id, one["helper"], visit.reading)} for one in found.items
    ]
    return await _shown(request, visit, request_id, why={"q": q, "found": found_out})


@router.get("/requests/{request_id}/excluded")
async def excluded(
    request: Request, request_id: UUID, visit: Visit, rule: Rule, cursor: str = ""
) -> Response:
    """Whom a rule excluded, by name."""
    found = await list_excluded(request_id, rule, visit.reading, limit=NAMES, cursor=cursor or None)
    out = {"rule": rule.value, "found": found, "cursor": cursor}
    return await _shown(request, visit, request_id, out=out)


@router.post("/requests/{request_id}/{deed}")
async def do(request: Request, request_id: UUID, deed: str, visit: Visit) -> Response:
    """Done, and back to the request; when it has changed since it was looked at, the choice is asked for."""
    form = await sent(request, visit)
    fields, call = form.fields, form.call
    try:
        position = await _done(visit, request_id, deed, fields, call)
    except StaleError:
        since = await happened(visit, request_id, call.wanted or 0)
        kept = {name: fields[name] for name in FIELDS if name in fields}
        stale = {"deed": deed, "fields": kept, "since": since}
        return await _shown(request, visit, request_id, status=412, stale=stale)
    return see(f"/matching/requests/{request_id}?did={deed}&after={position}")


FIELDS = ("helper", "offer", "reason", "note", "start", "minutes")
WORDS = frozenset({*DEEDS, "wave", "phone"})


async def _done(
    visit: VisitContext, request_id: UUID, deed: str, fields: Mapping[str, str], call: CallContext
) -> str:
    """What was asked for; gives the position of what was written."""
    if deed == "wave":
        return await _ask_next(visit, request_id, call)
    if deed == "phone":
        return await _agreed_by_phone(visit, request_id, fields, call)
    if deed not in DEEDS:
        raise UnknownError(what="page")
    return await _perform(request_id, deed, fields, call)


async def _perform(request_id: UUID, deed: str, fields: Mapping[str, str], call: CallContext) -> str:
    done = DEEDS[deed]
    position: str = told(await done.do(request_id, command(done.command, timed(fields)), call))["position"]
    return position


def timed(fields: Mapping[str, str]) -> Mapping[str, Any]:
    """With the slot that a `start`, in Shanghai, and so many `minutes` make; IncompleteError."""
    if "start" not in fields:
        return fields
    try:
        start = datetime.fromisoformat(fields["start"]).replace(tzinfo=SHANGHAI)
        end = start + timedelta(minutes=int(fields["minutes"]))
    except (KeyError, ValueError, OverflowError) as error:
        raise IncompleteError(field="start") from error
    return {**fields, "slot": {"start": start, "end": end}}


async def _ask_next(visit: VisitContext, request_id: UUID, call: CallContext) -> str:
    """As many of the ranking as a wave has, the next who weren't asked in this round and who can."""
    facts = await panel_of(visit, request_id)
    left = [one for one, _ in facts["candidates"] if one["helper"] not in facts["asked"]]
    position, asked = "", 0
    for number, one in enumerate(left):
        wanted = call.wanted if number == 0 else None
        each = visit.call(f"{call.key}-{number}", wanted)
        try:
            position = await _perform(request_id, "offer", {"helper": one["helper"]}, each)
        except RefusedError:
            continue
        asked += 1
        if asked == facts["wave"]:
            break
    if not position:
        raise NobodyLeftError
    return position


async def _agreed_by_phone(
    visit: VisitContext, request_id: UUID, fields: Mapping[str, str], call: CallContext
) -> str:
    """Somebody not asked yet has said yes on the phone: the offer and the answer, both are recorded."""
    position = await _perform(request_id, "offer", fields, call)
    await visit.running.reached(position)
    match = await api.get_match(request_id, visit.reading, Response())
    theirs = [one for one in match["offers"] if str(one["helper"]) == fields["helper"]]
    answer = {"offer": str(theirs[-1]["offer"])}
    return await _perform(request_id, "accept", answer, visit.call(f"{call.key}-yes"))
