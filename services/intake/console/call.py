"""A call: who it is, what is needed, saved and sent on in one step; drafts outlive whatever happens."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import ValidationError

from services.intake import drafts
from services.intake.api.communities import list_communities
from services.intake.console.beside import Beside, beside
from services.intake.console.desk import PAGES, PATH, FaultError, fields_of, fresh_key, refusal, to
from services.intake.console.person import person_of
from services.intake.console.saving import FIELDS, request_key, save
from shared.clock import wall_now
from shared.console.session import Visit, VisitContext, see
from shared.contracts.values import CallerKind
from shared.errors import DomainError, KeyReusedError

router = APIRouter()
SAME_CALL = timedelta(hours=1)
"""A draft that rested longer is gone on with in another call."""


@dataclass(frozen=True)
class Call:
    """A call in somebody's hands: about a person of the register, or somebody new under an id of its own."""

    visit: VisitContext
    about: UUID
    person: dict[str, Any] | None
    number: str = ""
    name: str = ""

    @property
    def path(self) -> str:
        """Where its page stands."""
        return f"{PATH}/call/{self.about}" if self.person else f"{PATH}/call/new/{self.about}"

    @property
    def key_of(self) -> UUID:
        """Whose key seals the draft."""
        return self.about if self.person else UUID(self.visit.principal.sub)

    async def draft(self) -> drafts.Draft | None:
        """What was typed before."""
        return await drafts.load(self.visit.running.store, self.visit.principal.sub, self.about)

    def begun(self) -> dict[str, str]:
        """The fields as a new call has them."""
        known = self.person["caller"] if self.person else {}
        address = (self.person["details"] or {}).get("address", "") if self.person else ""
        return {
            "key": fresh_key(),
            "began": self.visit.running.clock.now().isoformat(),
            "where": address,
            "name": self.name,
            "phone": self.number,
            "caller": CallerKind.CADRE.value,
            "caller_phone": self.number,
            **known,
        }

    async def page(
        self,
        request: Request,
        fields: dict[str, str],
        found: Beside,
        *,
        template: str = "call.html",
        status: int = 200,
        draft: drafts.Draft | None = None,
        faults: dict[str, str] | None = None,
        message: str = "",
    ) -> Response:
        """The call as it stands."""
        new = self.person is None
        communities = (await list_communities(self.visit.reading, 200)).items if new else []
        return PAGES.answer(
            request,
            template,
            self.visit,
            status=status,
            call=self,
            person=self.person,
            fields={name: fields.get(name, "") for name in FIELDS},
            found=found,
            communities=communities,
            saved_at=draft.saved_at if draft else None,
            faults=faults or {},
            message=message,
        )


@router.get("/call/new/{about}")
async def call_of_somebody_new(request: Request, visit: Visit, about: UUID) -> Response:
    """Nobody has that number, or nobody was found: who it is is written down with what is needed."""
    asked = request.query_params
    return await _open(
        request, Call(visit, about, None, asked.get("from", "")[:40], asked.get("name", "")[:60])
    )


@router.get("/call/{cadre}")
async def call_of(request: Request, visit: Visit, cadre: UUID) -> Response:
    """A call for somebody of the register."""
    number = request.query_params.get("from", "")[:40]
    person = await person_of(visit, cadre, number)
    if person["merged_into"]:
        return see(to(f"call/{person['merged_into']}", **{"from": number}))
    return await _open(request, Call(visit, cadre, person, number))


async def _open(request: Request, call: Call) -> Response:
    draft, begun = await call.draft(), call.begun()
    fields = begun | dict(draft.fields if draft else {})
    if draft and wall_now() - draft.saved_at > SAME_CALL:
        fields["began"] = begun["began"]
    return await call.page(request, fields, await beside(call.visit, fields, call.person), draft=draft)


@router.post("/call/new/{about}/draft")
async def keep_somebody_new(request: Request, visit: Visit, about: UUID) -> Response:
    """Keep what has been typed, and show what stands beside it."""
    return await _keep(request, Call(visit, about, None))


@router.post("/call/{cadre}/draft")
async def keep(request: Request, visit: Visit, cadre: UUID) -> Response:
    """The same for somebody of the register."""
    return await _keep(request, Call(visit, cadre, await person_of(visit, cadre)))


async def _keep(request: Request, call: Call) -> Response:
    visit, fields = call.visit, await fields_of(request, *FIELDS)
    visit.reading.reach("read_requests")
    store, operator, draft = visit.running.store, visit.principal.sub, None
    if not await store.find_answer(operator, request_key(fields)):  # else it crossed its own saving
        saved_at = await drafts.save(store, operator, call.about, call.key_of, fields)
        draft = drafts.Draft(call.about, fields, saved_at)
    found = await beside(visit, fields, call.person)
    return await call.page(request, fields, found, template="beside.html", draft=draft)


@router.post("/call/new/{about}/discard")
@router.post("/call/{about}/discard")
async def discard(visit: Visit, about: UUID) -> Response:
    """Give up what was typed."""
    await drafts.drop(visit.running.store, visit.principal.sub, about)
    return see(to("", said="discarded"))


@router.post("/call/new/{about}")
async def save_somebody_new(request: Request, visit: Visit, about: UUID) -> Response:
    """Enter the person and what is needed."""
    return await _save(request, Call(visit, about, None))


@router.post("/call/{cadre}")
async def save_call(request: Request, visit: Visit, cadre: UUID) -> Response:
    """Save, and send on or let wait."""
    return await _save(request, Call(visit, cadre, await person_of(visit, cadre)))


async def _save(request: Request, call: Call) -> Response:
    visit, fields = call.visit, await fields_of(request, *FIELDS, "action")
    found = await beside(visit, fields, call.person)
    try:
        saved = await save(visit, fields, call.person, found)
    except FaultError as error:
        return await call.page(request, fields, found, status=422, faults=error.faults)
    except (DomainError, ValidationError) as error:
        status, message = refusal(visit, error)
        if isinstance(error, KeyReusedError):
            fields["key"] = fresh_key()
        return await call.page(request, fields, found, status=status, message=message)
    await drafts.drop(visit.running.store, visit.principal.sub, call.about)
    return see(to(f"requests/{saved}", said="held" if fields.get("action") == "hold" else "saved"))
