"""The register: what is to do in it, somebody new, and one file with all that can be done with it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import ValidationError

from services.intake.api.cadres import register_cadre
from services.intake.api.communities import list_communities
from services.intake.api.finding import find_by_number, find_cadres
from services.intake.api.showing import today
from services.intake.api.todos import list_todos
from services.intake.console import filing
from services.intake.console.desk import PAGES, FaultError, fields_of, fresh_key, refusal, to, written
from services.intake.console.filing import DETAILS, STANDING
from services.intake.console.finding import REGISTER
from services.intake.console.person import person_of
from services.intake.console.register_verbs import (
    PHOTO,
    VERBS,
    may_merge,
    may_picture,
    possible,
    standing_assessments,
)
from services.intake.domain.cadre_commands import RegisterCadre
from services.intake.domain.cadre_refusals import AlreadyRegisteredError
from shared.console.session import Visit, VisitContext, see
from shared.contracts.values import Validity
from shared.errors import DomainError, UnknownError

router = APIRouter()
ENTRY = ("key", "community", "sure", *STANDING, *DETAILS)
NOBODY: Mapping[str, Any] = {"details": None, "standing": None, "guarantors": [], "community": None}
ROWS = 50
DAYS = ("birth", "joined", "retired")
Words = dict[str, str]


@dataclass(frozen=True)
class Refused:
    """A form that was not taken: which, what stood in it, and why."""

    verb: str
    fields: Words
    status: int = 422
    faults: Words = field(default_factory=dict)
    message: str = ""

    def shown(self) -> Words:
        """Its fields as they were sent: a box that was not ticked stays so."""
        known = VERBS.get(self.verb)
        return dict.fromkeys(known.fields, "") | self.fields if known else {}


TAKEN = Refused("", {}, 200)


@router.get("/register")
async def home(request: Request, visit: Visit, cursor: str = "") -> Response:
    """The one box, and what somebody has to look at."""
    visit.reading.reach("read_cadres")
    todos, following = [], None
    if visit.may("read_todos"):
        listed = await list_todos(visit.reading, limit=ROWS, cursor=cursor or None)
        todos, following = listed.items, listed.next
    return PAGES.answer(
        request,
        "register.html",
        visit,
        todos=todos,
        next=to("register", cursor=following) if following else "",
        further=bool(cursor),
        wanted=REGISTER,
    )


@router.get("/register/new")
async def somebody_new(request: Request, visit: Visit) -> Response:
    """An empty file."""
    asked = request.query_params
    known = {"name": asked.get("name", "")[:60], "phones": asked.get("from", "")[:40]}
    return await _entry(request, visit, filing.shown(NOBODY) | known | {"key": fresh_key()})


@router.post("/register/new")
async def enter(request: Request, visit: Visit) -> Response:
    """Enter a cadre, once nobody like them is in the register."""
    fields = await fields_of(request, *ENTRY)
    try:
        command = RegisterCadre.model_validate(filing.entered(fields, NOBODY))
        alike = [] if fields.get("sure") else await _alike(visit, command)
        if alike:
            return await _entry(request, visit, fields, status=422, alike=alike)
        saved = await written(visit, await register_cadre(command, visit.call(fields.get("key", ""))))
    except FaultError as error:
        return await _entry(request, visit, fields, status=422, faults=error.faults)
    except ValidationError as error:
        return await _entry(request, visit, fields, status=422, faults=filing.faults_of(error))
    except DomainError as error:
        status, message = refusal(visit, error)
        there = error.facts["cadre"] if isinstance(error, AlreadyRegisteredError) else None
        fields["key"] = fresh_key()
        return await _entry(request, visit, fields, status=status, message=message, there=there)
    return see(to(f"register/{saved}", said="registered"))


async def _alike(visit: VisitContext, command: RegisterCadre) -> list[dict[str, Any]]:
    """Who has this name or one of these numbers already."""
    name = command.details.name
    found = [one for one in (await find_cadres(visit.reading, name)).items if one["name"] == name]
    for phone in command.details.phones:
        found += (await find_by_number(visit.reading, phone)).items
    return list({one["id"]: one for one in found}.values())


async def _entry(
    request: Request,
    visit: VisitContext,
    fields: Words,
    *,
    status: int = 200,
    faults: Words | None = None,
    message: str = "",
    alike: list[dict[str, Any]] | None = None,
    there: UUID | None = None,
) -> Response:
    visit.reading.reach("RegisterCadre")
    own = visit.principal.communities
    communities = (await list_communities(visit.reading, 200)).items
    return PAGES.answer(
        request,
        "register-new.html",
        visit,
        status=status,
        fields={name: fields.get(name, "") for name in ENTRY},
        communities=[one for one in communities if own is None or one["id"] in own],
        faults=faults or {},
        message=message,
        alike=alike or [],
        there=there,
        wanted=REGISTER,
    )


@router.get("/register/{cadre}")
async def file(request: Request, visit: Visit, cadre: UUID, said: str = "") -> Response:
    """The whole file on a page."""
    return await show(request, visit, await person_of(visit, cadre), said=said)


@router.post("/register/{cadre}/{verb}")
async def act(request: Request, visit: Visit, cadre: UUID, verb: str) -> Response:
    """Do something with it, as the API does."""
    known = VERBS.get(verb)
    if known is None:
        raise UnknownError(what="command")
    fields = await fields_of(request, "key", "version", *known.fields)
    person = await person_of(visit, cadre)
    try:
        command = known.command.model_validate(known.told(fields, person))
        call = visit.call(fields.get("key", ""))
        if fields.get("version", "").isdigit():
            call = replace(call, wanted=int(fields["version"]))
        await written(visit, await known.do(cadre, command, call))
    except FaultError as error:
        return await show(request, visit, person, Refused(verb, fields, faults=error.faults))
    except (DomainError, ValidationError) as error:
        faults = filing.faults_of(error) if isinstance(error, ValidationError) else {}
        status, message = refusal(visit, error)
        return await show(request, visit, person, Refused(verb, fields, status, faults, message))
    return see(to(f"register/{cadre}", said=verb))


async def show(
    request: Request, visit: VisitContext, person: dict[str, Any], refused: Refused = TAKEN, said: str = ""
) -> Response:
    """A file; with a form that was not taken, or what is said of one that was."""
    reading, cadre = visit.reading, person["id"]
    todos = (await list_todos(reading, cadre=cadre)).items if visit.may("read_todos") else []
    begun = filing.shown(person) | {"valid_from": today(reading).isoformat(), "version": person["version"]}
    return PAGES.answer(
        request,
        "file.html",
        visit,
        status=refused.status,
        person=person,
        todos=todos,
        communities=(await list_communities(reading, 200)).items,
        possible=possible(reading, person, todos),
        pictures=may_picture(reading, person),
        merges=may_merge(reading, person),
        standing_assessments=standing_assessments(person),
        begun=begun,
        days={name: date.fromisoformat(begun[name]) for name in DAYS if begun[name]},
        guarantee=Validity.model_validate(person["guarantee"]) if person["guarantee"] else None,
        typed=begun | refused.shown(),
        keys={verb: fresh_key() for verb in (*VERBS, PHOTO)},
        faults=refused.faults,
        said=said,
        message=refused.message,
        opened=refused.verb,
        wanted=REGISTER,
    )
