"""Beginning to ask for money: for which case, from which fund, how much and why."""

import secrets
from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import APIRouter, Form, Request, Response
from pydantic import ValidationError

from services.care.api.cases import get_case, list_cases
from services.care.api.funding_lists import list_funds
from services.care.api.fundings import draft_funding
from services.care.console.funding import PAGES
from services.care.console.funding_money import fen_of
from services.care.console.funding_steps import AmountError
from services.care.domain.funding_commands import DraftFunding
from shared.console.session import Key, Visit, VisitContext, see
from shared.errors import DomainError
from shared.http.problems import status_of

router = APIRouter()
ROWS = 100


@router.get("/fundings/new")
async def choose(request: Request, visit: Visit, of: UUID | None = None) -> Response:
    """The cases of one's communities, or the form for one of them."""
    visit.reading.reach("DraftFunding")
    if of is not None:
        return await _form(request, visit, of)
    listed = await list_cases(visit.reading, limit=ROWS) if visit.may("read_cases") else None
    return PAGES.answer(request, "funding_choose.html", visit, cases=listed.items if listed else [])


@router.post("/fundings/new")
async def draft(
    request: Request,
    visit: Visit,
    of: Annotated[UUID, Form()],
    key: Key,
    fund: Annotated[str, Form()] = "",
    amount: Annotated[str, Form()] = "",
    purpose: Annotated[str, Form()] = "",
    emergency: Annotated[bool, Form()] = False,  # noqa: FBT002  a box that is ticked or isn't
) -> Response:
    """A draft, to which evidence is added before it is sent on its way."""
    typed = {"fund": fund, "amount": amount, "purpose": purpose, "emergency": emergency}
    fen = fen_of(amount)
    try:
        if fen is None:
            raise AmountError("amount")
        wish = {**typed, "purpose": purpose.replace("\r\n", "\n"), "request": of, "amount": fen}
        answer = await draft_funding(DraftFunding.model_validate(wish), visit.call(key))
    except ValidationError as error:
        field = str(error.errors(include_input=False)[0]["loc"][0])
        return await _form(request, visit, of, typed, {"field": field, "said": ""}, 422)
    except DomainError as error:
        wrong = {"field": error.field, "said": error.message(visit.language)}
        return await _form(request, visit, of, typed, wrong, status_of(error))
    told = orjson.loads(answer.body)
    await visit.shows(answer)
    return see(f"/care/fundings/{told['id']}?done=draft")


async def _form(
    request: Request,
    visit: VisitContext,
    of: UUID,
    typed: Mapping[str, Any] | None = None,
    wrong: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response:
    case = await get_case(of, visit.reading, Response())
    funds = await list_funds(visit.reading)
    return PAGES.answer(
        request,
        "funding_new.html",
        visit,
        status=status,
        case=case,
        funds=funds.items,
        key=secrets.token_hex(16),
        typed=typed or {"fund": "", "amount": "", "purpose": "", "emergency": False},
        wrong=wrong,
    )
