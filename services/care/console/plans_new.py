"""Beginning a care plan: for whom, and how great the need is."""

import secrets
from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import APIRouter, Form, Query, Request, Response
from pydantic import ValidationError

from services.care import register
from services.care.api.plans import NAME, UnknownCadreError, assess_plan, list_plans, list_without
from services.care.console.plans import PAGES, Wrong
from services.care.console.plans_acts import told, wrong_of
from services.care.domain.plan_commands import AssessPlan
from shared.console.session import Key, Visit, VisitContext, see
from shared.errors import DomainError
from shared.http.problems import status_of
from shared.http.reading import Cursor
from shared.roles import Resource

router = APIRouter()
ROWS = 50


@router.get("/plans/new")
async def choose(
    request: Request,
    visit: Visit,
    cadre: UUID | None = None,
    name: Annotated[str, Query(max_length=NAME)] = "",
    cursor: Cursor = None,
) -> Response:
    """Those who have no plan, or the form for one of them."""
    visit.reading.reach("AssessPlan")
    if cadre is not None:
        return await _form(request, visit, cadre)
    found = await list_without(visit.reading, name, ROWS, cursor)
    return PAGES.answer(
        request, "plan_choose.html", visit, found=found, name=name.strip(), paged=bool(cursor)
    )


@router.post("/plans/new")
async def begin(request: Request, visit: Visit, key: Key, cadre: Annotated[UUID, Form()]) -> Response:
    """The need is assessed: a plan that isn't active yet."""
    typed = {name: value for name, value in (await request.form()).items() if isinstance(value, str)}
    try:
        answer = await assess_plan(AssessPlan.model_validate(told(AssessPlan, typed)), visit.call(key))
    except (DomainError, ValidationError) as error:
        status = status_of(error) if isinstance(error, DomainError) else 422
        return await _form(request, visit, cadre, wrong_of(error, visit, "new", typed), status)
    await visit.shows(answer)
    return see(f"/care/plans/{orjson.loads(answer.body)['id']}?done=new")


async def _form(
    request: Request, visit: VisitContext, cadre: UUID, wrong: Wrong | None = None, status: int = 200
) -> Response:
    known = await register.person(visit.reading.pool, cadre)
    if known is None:
        raise UnknownCadreError("cadre")
    visit.reading.permit("AssessPlan", Resource(known.community, cadre))
    name = await visit.reading.pool.fetchval("SELECT name FROM people WHERE cadre = $1", cadre)
    return PAGES.answer(
        request,
        "plan_new.html",
        visit,
        status=status,
        cadre=cadre,
        name=name,
        deceased=known.deceased,
        going=await _going(visit, cadre),
        key=secrets.token_hex(16),
        wrong=wrong,
    )


async def _going(visit: VisitContext, cadre: UUID) -> list[Mapping[str, Any]]:
    """The plans of a cadre that have not ended."""
    return [one for one in (await list_plans(visit.reading, cadre=cadre)).items if one["state"] != "Ended"]
