"""What stands beside a call while it is typed, before anything is saved: likely duplicates, how urgent."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.intake.api.request_lists import list_likely
from services.intake.console.desk import FaultError, number_of
from services.intake.console.person import catalogue
from services.intake.domain.urging import Suggestion, suggest
from shared.console.session import VisitContext
from shared.contracts.values import Flag, Urgency


@dataclass(frozen=True)
class Beside:
    """What was found about what is typed; `service` is the catalogue's entry, None while none is chosen."""

    services: Mapping[str, dict[str, Any]]
    service: dict[str, Any] | None
    suggestion: Suggestion
    likely: list[dict[str, Any]]
    phone: str | None

    def urgency(self, chosen: str) -> Urgency:
        """What was chosen, or else what is suggested."""
        return Urgency(chosen) if chosen in list(Urgency) else self.suggestion.urgency


async def beside(visit: VisitContext, fields: Mapping[str, str], person: Mapping[str, Any] | None) -> Beside:
    """Look at what has been typed so far."""
    services = await catalogue(visit)
    service = services.get(fields.get("service", ""))
    code = service["code"] if service else ""
    try:
        phone = number_of(fields.get("caller_phone") or fields.get("phone", ""), "caller_phone")
    except FaultError:
        phone = None
    cadre: UUID | None = person["id"] if person else None
    likely = (await list_likely(visit.reading, cadre, phone, code or None)).items
    said = f"{fields.get('what', '')} {fields.get('why', '')}"
    usual = Urgency(service["urgency"]) if service else None
    flags = [Flag(one["flag"]) for one in person["flags"]] if person else []
    return Beside(services, service, suggest(said, code, usual, flags), likely, phone)
