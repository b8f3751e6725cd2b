"""Who calls, as the page of a call shows them: file, bonds, what is open and what was."""

from typing import Any
from uuid import UUID

from fastapi import Response

from services.intake.api.cadre_lists import get_cadre, list_pairings
from services.intake.api.request_lists import recent_requests
from services.intake.api.services import list_services
from services.intake.api.showing import today
from services.intake.console.desk import years
from services.intake.sought import number, phone_words
from shared.console.session import VisitContext
from shared.pinyin import initials_of, pinyin_of

RECENT = 12
LAST = 3


async def person_of(visit: VisitContext, cadre: UUID, calling: str = "") -> dict[str, Any]:
    """Everything about a person on one page; `calling` is the number that calls."""
    reading = visit.reading
    file = await get_cadre(cadre, reading, Response())
    requests = (await recent_requests(cadre, reading, RECENT)).items if visit.may("read_requests") else []
    return file | {
        "age": years((file["details"] or {}).get("birth"), today(reading)),
        "flags": [one for one in file["assessments"] if one["holds"]],
        "pairings": (await list_pairings(cadre, reading)).items if visit.may("read_pairings") else [],
        "open": [one for one in requests if one["closed_at"] is None],
        "last": [one for one in requests if one["closed_at"] is not None][:LAST],
        "caller": _caller(file, calling),
    }


def _caller(file: dict[str, Any], calling: str) -> dict[str, str]:
    """Who has the number: the person, or a guarantor, whose party says what they are to the person."""
    digits = number(calling)
    for one in file["guarantors"]:
        if digits and one["phone"] and digits in {word for word, _ in phone_words(one["phone"])}:
            kind = {"family": "family", "unit": "unit"}.get(one["party"], "staff")
            return {"caller": kind, "caller_name": one["name"]}
    return {}


async def catalogue(visit: VisitContext) -> dict[str, dict[str, Any]]:
    """The services that may be asked for, by code, in the order of the catalogue."""
    services = (await list_services(visit.reading)).items
    return {one["code"]: one | {"words": _typed(one)} for one in services}


def _typed(service: dict[str, Any]) -> str:
    """What a service may be chosen by, typed from the beginning of any of it."""
    name = service["zh"]
    return " ".join((name, pinyin_of(name), initials_of(name), service["en"], service["code"])).lower()
