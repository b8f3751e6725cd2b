"""The morning plan: reviewed, pinned, accepted or returned; what a change costs is told."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel

from services.matching.api import plans as api
from services.matching.api.helpers import list_helpers
from services.matching.console.board import PAGES
from services.matching.console.forms import command, new_key, sent, told
from services.matching.domain.plan import AcceptPlan, ForbidPair, FreePair, PinPair, ReturnVisits
from shared.console.session import Back, Visit, VisitContext, see
from shared.errors import UnknownError

router = APIRouter()
CHANGES: dict[str, tuple[Any, Any]] = {
    "pin": (api.pin, PinPair),
    "forbid": (api.forbid, ForbidPair),
    "free": (api.free, FreePair),
    "accept": (api.accept, AcceptPlan),
    "return": (api.give_back, ReturnVisits),
}
WORDS = frozenset({*CHANGES, "made"})
CHOICE = 12


class Look(BaseModel):
    """How a plan is looked at: what was done, at what cost; the visit that somebody else is chosen for."""

    did: str = ""
    cost: int = 0
    changed: int = -1
    choose: UUID | None = None
    q: str = ""


@router.get("/plans")
async def plans_page(request: Request, visit: Visit, cursor: str = "") -> Response:
    """All plans, the newest first."""
    found = await api.list_plans(visit.reading, limit=20, cursor=cursor or None)
    return PAGES.answer(request, "plans.html", visit, found=found, key=new_key)


@router.post("/plans")
async def make(request: Request, visit: Visit) -> Response:
    """A plan of now, for all that nobody has."""
    form = await sent(request, visit)
    done = told(await api.make(api.MakePlan(), form.call))
    return see(f"/matching/plans/{done['id']}?did=made&after={done['position']}")


@router.get("/plans/{plan}")
async def plan_page(request: Request, plan: UUID, visit: Back, look: Annotated[Look, Query()]) -> Response:
    """One plan."""
    shown = await api.get_plan(plan, visit.reading, Response())
    wishes = {(one["request"], one["helper"]): one["kind"] for one in shown["wishes"]}
    return PAGES.answer(
        request,
        "plan.html",
        visit,
        plan=shown,
        wishes=wishes,
        undecided=[one for one in shown["pairs"] if one["state"] == "Planned"],
        asked=look,
        choice=await _choice(visit, shown, look.choose, look.q) if look.choose else [],
        key=new_key,
        did=look.did if look.did in WORDS else "",
    )


async def _choice(visit: VisitContext, plan: dict[str, Any], request: UUID, q: str) -> list[dict[str, Any]]:
    """Who could be pinned to a visit: those of its community that `q` finds."""
    community = next((one["community"] for one in plan["pairs"] if one["request"] == request), None)
    found = await list_helpers(visit.reading, q=q[:60], community=community, state="Active", limit=CHOICE)
    return found.items


@router.post("/plans/{plan}/{deed}")
async def change(request: Request, plan: UUID, deed: str, visit: Visit) -> Response:
    """Change or decide, and back to the plan."""
    if deed not in CHANGES:
        raise UnknownError(what="page")
    form = await sent(request, visit)
    do, kind = CHANGES[deed]
    fields = {**form.fields, "requests": tuple(form.several.get("requests", ()))}
    done = told(await do(plan, command(kind, fields), form.call))
    found = done.get("found") or {}
    cost = found.get("score_before", 0) - found.get("score", 0)
    changed = len(found["changed"]) if found else -1
    return see(f"/matching/plans/{plan}?did={deed}&after={done['position']}&cost={cost}&changed={changed}")
