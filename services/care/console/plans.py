"""Care plans: which there are, and one on a page with its need, its visits and its past."""

import secrets
from collections.abc import Mapping
from typing import Any, NamedTuple
from uuid import UUID

from fastapi import APIRouter, Request, Response

from services.care.api.plans import State, get_plan, list_plans
from services.care.domain.plan import PLAN
from shared.actors import named, role_word
from shared.console.pages import Pages
from shared.console.session import Visit, VisitContext
from shared.contracts import care
from shared.deadlines import SHANGHAI
from shared.http.reading import Cursor
from shared.roles import Role

router = APIRouter()
PAGES = Pages("care")
ROWS = 50
LEAST, SPARE, MOST = 3, 2, 10
"""Services that the form of a plan has room for: at least, more than there are, at the most."""


class Wrong(NamedTuple):
    """A form that was not taken: which, what stood in it, the field at fault, and why."""

    act: str
    code: str
    field: str
    said: str
    typed: Mapping[str, str]


@router.get("/plans")
async def plans(
    request: Request,
    visit: Visit,
    state: State | None = None,
    cadre: UUID | None = None,
    cursor: Cursor = None,
) -> Response:
    """Plans, the last changed first."""
    found = await list_plans(visit.reading, state, cadre, ROWS, cursor)
    return PAGES.answer(
        request,
        "plan_list.html",
        visit,
        found=found,
        state=state,
        cadre=cadre,
        paged=bool(cursor),
        services=await services_of(visit),
    )


@router.get("/plans/{plan}")
async def plan_page(plan: UUID, request: Request, visit: Visit, done: str = "") -> Response:
    """A plan."""
    return await show(plan, request, visit, done=done)


@router.get("/plans/{plan}/moved")
async def moved(plan: UUID, request: Request, visit: Visit, seen: int) -> Response:
    """What tells that somebody has changed the plan since it was `seen`; nothing while nobody has."""
    found = await get_plan(plan, visit.reading, answer := Response())
    changed = answer.headers["ETag"] != f'"{await as_seen(plan, visit, seen)}"'
    return PAGES.answer(request, "plan_moved.html", visit, plan=found, changed=changed)


async def as_seen(plan: UUID, visit: VisitContext, seen: int) -> int:
    """Up to which version a plan is as who has `seen` that one knows it: visits may have come near since."""
    for recorded in await visit.running.store.read_stream(PLAN.stream(plan), seen):
        if not isinstance(recorded.event, care.PlannedVisitDue):
            break
        seen = recorded.envelope.stream_version
    return seen


async def show(
    plan: UUID,
    request: Request,
    visit: VisitContext,
    *,
    done: str = "",
    wrong: Wrong | None = None,
    status: int = 200,
) -> Response:
    """The page of a plan; `wrong` is what was refused, with what had been typed."""
    found = await get_plan(plan, visit.reading, told := Response())
    for step in found["steps"]:
        step["who"] = _who(step, visit.language)
    return PAGES.answer(
        request,
        "plan.html",
        visit,
        status=status,
        plan=found,
        version=int(told.headers["ETag"].strip('"')),
        key=secrets.token_hex(16),
        today=visit.running.clock.now().astimezone(SHANGHAI).date(),
        services=await services_of(visit),
        rows=_rows(found, wrong),
        done=done,
        wrong=wrong,
    )


async def services_of(visit: VisitContext) -> dict[str, str]:
    """What the services are called, by their codes."""
    rows = await visit.reading.pool.fetch("SELECT code, zh, en FROM services ORDER BY code")
    return {row["code"]: row[visit.language] for row in rows}


def _rows(plan: Mapping[str, Any], wrong: Wrong | None) -> int:
    """How many services the form has room for: with all that was typed, and some to spare."""
    known = len(plan["usual"] if plan["state"] == "Assessed" else plan["services"])
    used = chosen(wrong.typed)[-1:] if wrong else []
    return min(max(LEAST, known + SPARE, *(row + 1 for row in used)), MOST)


def chosen(typed: Mapping[str, str]) -> list[int]:
    """The rows of the form in which there is a service."""
    return [row for row in range(MOST) if typed.get(f"services-{row}-service", "").strip()]


def _who(step: Mapping[str, Any], language: str) -> str:
    """Who took a step; empty for the system."""
    role = step["role"]
    if role not in set(Role):
        return ""
    return (
        f"{step['name']} · {role_word(role, language)}" if step["name"] else named(step["by"], role, language)
    )
