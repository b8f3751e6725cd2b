"""The one box: whom somebody types, as candidates with the reason for each; and whose number calls."""

from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID, uuid4

from fastapi import APIRouter, Query, Request, Response

from services.intake.api.finding import find_by_number, find_cadres
from services.intake.api.showing import today
from services.intake.console.desk import PAGES, PATH, to, years
from services.intake.sought import number as digits
from shared.console.session import Visit, VisitContext, is_script, see

router = APIRouter()
REGISTER = "register"
For = Annotated[str, Query(alias="for", pattern=r"^(|rescue|register|(relink|merge)-[0-9a-f-]{36})$")]
"""What for: a call, a rescue, a file, a request under the wrong person, a file that is the same person's."""


@router.get("/find")
async def find(
    request: Request, visit: Visit, q: Annotated[str, Query(max_length=60)] = "", wanted: For = ""
) -> Response:
    """Candidates: a list to choose from as one types, a page of its own without scripts."""
    found = (await find_cadres(visit.reading, q)).items
    template = "hits.html" if is_script(request) else "find.html"
    return shown(request, visit, template, found, q=q, wanted=wanted)


@router.get("/call")
async def incoming(
    request: Request,
    visit: Visit,
    number: Annotated[str, Query(alias="from", max_length=40)] = "",
) -> Response:
    """A call comes in: the one person with that number, the list of several, or somebody new."""
    found = (await find_by_number(visit.reading, number)).items if number.strip() else []
    if not found:
        return see(to(f"call/new/{uuid4()}", **{"from": number}))
    if len(found) == 1:
        return see(to(f"call/{found[0]['id']}", **{"from": number}))
    return shown(request, visit, "find.html", found, q="", wanted="", number=number)


def shown(
    request: Request,
    visit: VisitContext,
    template: str,
    found: list[dict[str, Any]],
    *,
    q: str,
    wanted: str,
    number: str = "",
) -> Response:
    """Candidates, each with where choosing it leads."""
    day = today(visit.reading)
    wanted = wanted if visit.may("ReceiveRequest") else REGISTER
    hits = [
        one
        | {"age": years((one["details"] or {}).get("birth"), day), "href": _href(one["id"], wanted, number)}
        for one in found
    ]
    typed = {"from": number or digits(q), "name": "" if digits(q) else q.strip()}
    places = {"rescue": "rescue/new", REGISTER: "register/new"}
    new = to(places.get(wanted) or f"call/new/{uuid4()}", **typed)
    return PAGES.answer(request, template, visit, hits=hits, q=q, wanted=wanted, number=number, new=new)


def _href(cadre: UUID, wanted: str, number: str) -> str:
    if wanted in ("rescue", REGISTER):
        return f"{PATH}/{wanted}/{cadre}"
    what, _, about = wanted.partition("-")
    if what == "relink":
        return f"{PATH}/requests/{about}/relink?cadre={cadre}"
    if what == "merge":
        return f"{PATH}/call/{about}/merge?cadre={cadre}"
    return f"{PATH}/call/{cadre}" + (f"?from={quote(number)}" if number else "")
