"""From what was typed in a call to the commands of the API: the person if new, the request, its waiting."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from services.intake.api.cadres import register_provisional
from services.intake.api.requests import hold_request, receive_request
from services.intake.console.beside import Beside
from services.intake.console.desk import FaultError, moment_of, number_of, slot_of, written
from services.intake.domain.cadre_commands import RegisterProvisional
from services.intake.domain.request_commands import HoldRequest, ReceiveRequest
from shared.console.session import VisitContext
from shared.contracts.values import Urgency

FIELDS = (
    "key", "began", "name", "phone", "community", "address", "caller", "caller_name", "caller_phone",
    "service", "what", "when", "where", "why", "urgency", "day", "start", "end", "same", "overruled", "hold",
    "until",
)  # fmt: skip
OTHER = "other"
"""It is none of the likely duplicates."""
HOUR = 60


async def save(
    visit: VisitContext, fields: Mapping[str, str], person: Mapping[str, Any] | None, found: Beside
) -> UUID:
    """The request's id. FaultError and ValidationError before anything is written; a domain's refusal."""
    waiting = _waiting(fields, found)
    _check(fields, found, waiting)
    key = fields.get("key", "")
    told = _request(fields, found)
    register = None
    if person is None:
        register = _person(fields)
        ReceiveRequest.model_validate(told | {"cadre": UUID(int=0)})
        cadre = await written(visit, await register_provisional(register, visit.call(f"{key}-person")))
    else:
        cadre = person["id"]
    command = ReceiveRequest.model_validate(told | {"cadre": cadre})
    request = await written(visit, await receive_request(command, visit.call(request_key(fields))))
    if waiting is not None and command.duplicate_of is None:
        await written(visit, await hold_request(request, waiting, visit.call(f"{key}-hold")))
    return request


def request_key(fields: Mapping[str, str]) -> str:
    """The key under which a call's request is received, once."""
    return f"{fields.get('key', '')}-request"


def _check(fields: Mapping[str, str], found: Beside, waiting: HoldRequest | None) -> None:
    faults = {}
    if not fields.get("what", "").strip():
        faults["what"] = "missing"
    if found.service is None and waiting is None:
        faults["service"] = "missing"
    same, linked = fields.get("same", ""), {str(one["id"]) for one in found.likely}
    if found.likely and same != OTHER and same not in linked:
        faults["same"] = "missing"
    if found.likely and same == OTHER and not fields.get("overruled", "").strip():
        faults["overruled"] = "missing"
    if faults:
        raise FaultError(**faults)


def _waiting(fields: Mapping[str, str], found: Beside) -> HoldRequest | None:
    """How the request is to wait; None when it isn't."""
    if fields.get("action") != "hold":
        return None
    if found.urgency(fields.get("urgency", "")) is Urgency.RESCUE:
        raise FaultError(hold="rescue")
    if not fields.get("hold"):
        raise FaultError(hold="missing")
    try:
        until = moment_of(fields["until"]) if fields.get("until") else None
    except ValueError as error:
        raise FaultError(until="slot") from error
    return HoldRequest.model_validate({"reason": fields["hold"], "until": until})


def _request(fields: Mapping[str, str], found: Beside) -> dict[str, Any]:
    same = fields.get("same", "") if found.likely else ""
    service = found.service
    return {
        "caller": {
            "kind": fields.get("caller", ""),
            "name": fields.get("caller_name", ""),
            "phone": number_of(fields.get("caller_phone", ""), "caller_phone"),
        },
        "elements": {name: fields.get(name, "") for name in ("what", "when", "where", "why")},
        "service": service["code"] if service else None,
        "urgency": found.urgency(fields.get("urgency", "")),
        "slot": slot_of(fields, service["minutes"] if service else HOUR),
        "duplicate_of": same if same != OTHER and same else None,
        "overruled": fields.get("overruled", "") if same == OTHER else "",
    }


def _person(fields: Mapping[str, str]) -> RegisterProvisional:
    if not fields.get("name", "").strip():
        raise FaultError(name="missing")
    phone = number_of(fields.get("phone", ""), "phone")
    return RegisterProvisional.model_validate(
        {
            "community": fields.get("community") or None,
            "details": {
                "name": fields["name"],
                "phones": [phone] if phone else [],
                "address": fields.get("address", ""),
            },
        }
    )
