"""特急: whom, and one line; sent at once, or handed over to an emergency line, which is recorded."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import ValidationError

from services.intake import drafts
from services.intake.api.cadres import register_provisional
from services.intake.api.requests import receive_request, refer_to_emergency_line
from services.intake.console.desk import (
    PAGES,
    FaultError,
    fields_of,
    fresh_key,
    number_of,
    refusal,
    to,
    written,
)
from services.intake.console.person import person_of
from services.intake.domain.cadre_commands import RegisterProvisional
from services.intake.domain.request_commands import ReceiveRequest, ReferToEmergencyLine
from shared.console.session import Visit, VisitContext, see
from shared.contracts.values import CallerKind, Urgency
from shared.errors import DomainError

router = APIRouter()
FIELDS = ("key", "what", "where", "name", "caller", "caller_phone", "line", "overruled", "action")
SERVICE = "rescue"


@router.get("/rescue")
async def whom(request: Request, visit: Visit) -> Response:
    """The one box."""
    visit.reading.reach("ReceiveRequest")
    return PAGES.answer(request, "rescue-whom.html", visit, wanted=SERVICE, q="")


@router.get("/rescue/new")
async def somebody_new(request: Request, visit: Visit) -> Response:
    """Nobody knows who it is; where is enough."""
    asked = request.query_params
    known = {"caller_phone": asked.get("from", "")[:40], "name": asked.get("name", "")[:60]}
    return _page(request, visit, None, known)


@router.get("/rescue/{cadre}")
async def somebody(request: Request, visit: Visit, cadre: UUID) -> Response:
    """One line, with what a call has already been told."""
    person = await person_of(visit, cadre)
    if person["merged_into"]:
        return see(to(f"rescue/{person['merged_into']}"))
    draft = await drafts.load(visit.running.store, visit.principal.sub, cadre)
    typed = {name: text for name, text in (draft.fields if draft else {}).items() if text}
    address = (person["details"] or {}).get("address", "")
    return _page(request, visit, person, {"where": address} | typed | {"key": ""})


@router.post("/rescue/new")
async def send_for_somebody_new(request: Request, visit: Visit) -> Response:
    """Enter whom, and send."""
    return await _send(request, visit, None)


@router.post("/rescue/{cadre}")
async def send(request: Request, visit: Visit, cadre: UUID) -> Response:
    """Send helpers at once, or hand over."""
    return await _send(request, visit, await person_of(visit, cadre))


async def _send(request: Request, visit: VisitContext, person: dict[str, Any] | None) -> Response:
    fields = await fields_of(request, *FIELDS)
    try:
        saved = await _saved(visit, fields, person)
    except FaultError as error:
        return _page(request, visit, person, fields, status=422, faults=error.faults)
    except (DomainError, ValidationError) as error:
        status, message = refusal(visit, error)
        return _page(request, visit, person, fields, status=status, message=message)
    if person is not None:
        await drafts.drop(visit.running.store, visit.principal.sub, person["id"])
    return see(to(f"requests/{saved}", said="referred" if fields.get("action") == "refer" else "rescue"))


async def _saved(visit: VisitContext, fields: dict[str, str], person: dict[str, Any] | None) -> UUID:
    line, key = fields.get("line", ""), fields.get("key", "")
    if not fields.get("what", "").strip():
        raise FaultError(what="missing")
    if fields.get("action") == "refer" and not line:
        raise FaultError(line="missing")
    phone = number_of(fields.get("caller_phone", ""), "caller_phone")
    cadre = person["id"] if person else await _entered(visit, fields, phone, key)
    command = ReceiveRequest.model_validate(
        {
            "cadre": cadre,
            "caller": {"kind": fields.get("caller") or CallerKind.CADRE, "phone": phone},
            "elements": {
                "what": fields["what"],
                "where": fields.get("where", ""),
                "why": f"☎ {line}" if line else "",
            },
            "service": SERVICE,
            "urgency": Urgency.RESCUE,
            "overruled": fields.get("overruled", ""),
        }
    )
    saved = await written(visit, await receive_request(command, visit.call(f"{key}-request")))
    if fields.get("action") == "refer":
        handing = ReferToEmergencyLine(line=line, note=fields["what"])
        await written(visit, await refer_to_emergency_line(saved, handing, visit.call(f"{key}-line")))
    return saved


async def _entered(visit: VisitContext, fields: dict[str, str], phone: str | None, key: str) -> UUID:
    if not fields.get("name", "").strip():
        raise FaultError(name="missing")
    details = {
        "name": fields["name"],
        "phones": [phone] if phone else [],
        "address": fields.get("where", ""),
    }
    command = RegisterProvisional.model_validate({"details": details})
    return await written(visit, await register_provisional(command, visit.call(f"{key}-person")))


def _page(
    request: Request,
    visit: VisitContext,
    person: dict[str, Any] | None,
    fields: dict[str, str],
    *,
    status: int = 200,
    faults: dict[str, str] | None = None,
    message: str = "",
) -> Response:
    known = {name: fields.get(name, "") for name in FIELDS}
    known["key"] = known["key"] or fresh_key()
    return PAGES.answer(
        request,
        "rescue.html",
        visit,
        status=status,
        person=person,
        fields=known,
        faults=faults or {},
        message=message,
    )
