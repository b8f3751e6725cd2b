"""Opening a year's budget, and changing it: the figures before and after are shown first."""

import secrets
from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from pydantic import ValidationError

from services.care.api.budgets import adjust_budget, get_budget, open_budget
from services.care.console.funding import PAGES
from services.care.console.funding_money import fen_of, yuan_of
from services.care.console.funding_steps import AmountError
from services.care.domain.budget import USUAL_THRESHOLD, AdjustBudget, OpenBudget
from shared.console.session import Key, Visit, VisitContext, see
from shared.deadlines import SHANGHAI
from shared.errors import DomainError
from shared.http.problems import status_of

router = APIRouter()
Text = Annotated[str, Form()]
Wrong = Mapping[str, str]


@router.get("/budgets/new")
async def new(request: Request, visit: Visit) -> Response:
    """The form of a budget that is to be opened."""
    year = visit.running.clock.now().astimezone(SHANGHAI).year
    blank = {"fund": "", "title": "", "year": str(year), "amount": "", "threshold": yuan_of(USUAL_THRESHOLD)}
    return _opening(request, visit, blank)


@router.post("/budgets/new")
async def opened(request: Request, visit: Visit, key: Key) -> Response:
    """A budget of a fund and a year."""
    form = await request.form()
    typed = {name: str(form.get(name, "")) for name in ("fund", "title", "year", "amount", "threshold")}
    try:
        told = {
            **typed,
            "amount": _fen(typed["amount"], "amount"),
            "threshold": _fen(typed["threshold"], "threshold"),
        }
        answer = await open_budget(OpenBudget.model_validate(told), visit.call(key))
    except (ValidationError, DomainError) as error:
        return _opening(request, visit, typed, _wrong(error, visit), _status(error))
    await visit.shows(answer)
    return see(f"/care/budgets?year={told['year']}&done=opened")


@router.get("/budgets/{budget}")
async def one(budget: UUID, request: Request, visit: Visit) -> Response:
    """A budget, and the form that changes it."""
    return await _changing(budget, request, visit, {"amount": "", "reason": ""})


@router.post("/budgets/{budget}")
async def changed(
    budget: UUID,
    request: Request,
    visit: Visit,
    key: Key,
    seen: Annotated[int, Form()],
    amount: Text = "",
    reason: Text = "",
    by: Annotated[int | None, Form()] = None,
) -> Response:
    """Before and after are shown; sent again with the difference it holds, unless it changed meanwhile."""
    visit.reading.reach("AdjustBudget")
    typed = {"amount": amount, "reason": reason}
    now = await get_budget(budget, visit.reading, Response())
    try:
        wanted = _fen(amount, "amount") - now["amount"] if by is None else by
        command = AdjustBudget.model_validate({"by": wanted, "reason": reason})
        if by is None:
            after = {"by": wanted, "amount": now["amount"] + wanted, "free": now["free"] + wanted}
            return await _changing(budget, request, visit, typed, after=after)
        answer = await adjust_budget(budget, command, visit.call(key, seen))
    except (ValidationError, DomainError) as error:
        return await _changing(budget, request, visit, typed, _wrong(error, visit), status=_status(error))
    await visit.shows(answer)
    return see(f"/care/budgets?year={now['year']}&done=changed")


def _fen(text: str, field: str) -> int:
    found = fen_of(text)
    if found is None:
        raise AmountError(field)
    return found


def _wrong(error: ValidationError | DomainError, visit: VisitContext) -> Wrong:
    if isinstance(error, ValidationError):
        return {"field": str(error.errors(include_input=False)[0]["loc"][0]), "said": ""}
    said = "" if isinstance(error, AmountError) else error.message(visit.language)
    return {"field": {"by": "amount"}.get(error.field, error.field), "said": said}


def _status(error: ValidationError | DomainError) -> int:
    return status_of(error) if isinstance(error, DomainError) else 422


def _opening(
    request: Request,
    visit: VisitContext,
    typed: Mapping[str, str],
    wrong: Wrong | None = None,
    status: int = 200,
) -> Response:
    visit.reading.reach("OpenBudget")
    key = secrets.token_hex(16)
    return PAGES.answer(request, "budget_new.html", visit, status=status, typed=typed, wrong=wrong, key=key)


async def _changing(
    budget: UUID,
    request: Request,
    visit: VisitContext,
    typed: Mapping[str, str],
    wrong: Wrong | None = None,
    *,
    after: Mapping[str, Any] | None = None,
    status: int = 200,
) -> Response:
    visit.reading.reach("AdjustBudget")
    found = await get_budget(budget, visit.reading, Response())
    return PAGES.answer(
        request,
        "budget_change.html",
        visit,
        status=status,
        budget=found,
        after=after,
        typed=typed,
        wrong=wrong,
        key=secrets.token_hex(16),
    )
