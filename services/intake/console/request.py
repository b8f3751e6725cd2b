"""One request: what it says, how it stands, what can be done or put right; the callback with its script."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import ValidationError

from services.intake.api.request_lists import explain_deadline, get_request
from services.intake.console.desk import (
    PAGES,
    FaultError,
    fields_of,
    fresh_key,
    moment_of,
    refusal,
    slot_of,
    to,
    written,
)
from services.intake.console.person import catalogue, person_of
from services.intake.console.verbs import VERBS, possible
from shared.console.session import Visit, VisitContext, see
from shared.deadlines import SHANGHAI
from shared.errors import DomainError, UnknownError

router = APIRouter()


@router.get("/requests/{request_id}")
async def one(request: Request, visit: Visit, request_id: UUID, said: str = "") -> Response:
    """Everything about it on a page."""
    return await _page(request, visit, request_id, said=said)


@router.get("/requests/{request_id}/relink")
async def whose(request: Request, visit: Visit, request_id: UUID, cadre: UUID | None = None) -> Response:
    """It stands under the wrong person: find the right one, look, and say so."""
    row = await get_request(request_id, visit.reading, Response())
    person = await person_of(visit, cadre) if cadre else None
    return PAGES.answer(
        request,
        "relink.html",
        visit,
        row=row,
        person=person,
        key=fresh_key(),
        wanted=f"relink-{request_id}",
    )


@router.post("/requests/{request_id}/{verb}")
async def act(request: Request, visit: Visit, request_id: UUID, verb: str) -> Response:
    """Do something with it, as the API does."""
    known = VERBS.get(verb)
    if known is None:
        raise UnknownError(what="command")
    fields = await fields_of(request, "key", "version", "day", "start", "end", *known.fields)
    try:
        command = known.command.model_validate(_told(fields, known.fields))
        call = visit.call(fields.get("key", ""))
        if fields.get("version"):
            call = replace(call, wanted=int(fields["version"]))
        answered = await written(visit, await known.do(request_id, command, call))
    except FaultError:
        return await _page(request, visit, request_id, status=422, opened=verb)
    except (DomainError, ValidationError) as error:
        status, message = refusal(visit, error)
        return await _page(request, visit, request_id, status=status, message=message, opened=verb)
    return see(to(f"requests/{answered}", said=verb))


def _told(fields: dict[str, str], names: tuple[str, ...]) -> dict[str, Any]:
    """The command's own fields, without empty ones; elements and the time are made of several."""
    told: dict[str, Any] = {name: fields[name] for name in names if fields.get(name)}
    if "until" in told:
        told["until"] = moment_of(told["until"])
    if "what" in names:
        elements = {name: told.pop(name, "") for name in ("what", "when", "where", "why")}
        told |= {"elements": elements, "slot": slot_of(fields, 60)}
    return told


async def _page(
    request: Request,
    visit: VisitContext,
    request_id: UUID,
    *,
    status: int = 200,
    said: str = "",
    message: str = "",
    opened: str = "",
) -> Response:
    row = await get_request(request_id, visit.reading, Response())
    start = row["slot_start"]
    row["slot_day"] = start.astimezone(SHANGHAI).date().isoformat() if start else ""
    person = await person_of(visit, row["cadre"])
    return PAGES.answer(
        request,
        "request.html",
        visit,
        status=status,
        row=row,
        person=person,
        services=await catalogue(visit),
        explained=await explain_deadline(request_id, visit.reading),
        possible=possible(row),
        keys={verb: fresh_key() for verb in VERBS},
        said=said,
        message=message,
        opened=opened,
    )
