"""Accounts, for administrators: who may sign in, in which roles, over what."""

import re
import secrets
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, get_args
from uuid import UUID

import orjson
from fastapi import APIRouter, Depends, Form, Request, Response
from pydantic import ValidationError

from services.identity.api import accounts as api
from services.identity.console.browser import PAGES, PATH
from services.identity.domain.account import (
    BOUND_TO_HELPER,
    ChangeGrants,
    DisableAccount,
    EnableAccount,
    OpenAccount,
    SetPassword,
    SignOutEverywhere,
)
from shared.console.session import Key, Visit, VisitContext, see
from shared.errors import DomainError
from shared.http.problems import status_of
from shared.roles import Role

router = APIRouter()
MOST, LONGEST = 50, 60
ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
"""Also in the address of a page, which is what one has at hand."""
Words = Annotated[str, Form()]
Act = Literal["revoke", "password", "out", "disable", "enable"]
DONE = frozenset({"opened", "grant", *get_args(Act)})
OVER: Mapping[Role, str] = {
    **dict.fromkeys(Role, "communities"),
    **dict.fromkeys(BOUND_TO_HELPER, "helper"),
    Role.FAMILY: "cadre",
    Role.UNIT_LIAISON: "unit",
}
"""What each role is over."""
EMPTY: Mapping[str, Any] = {"login": "", "name": "", "role": "", "bound": "", "communities": ()}


async def _typed(
    role: Words = "", bound: Words = "", communities: Annotated[Sequence[str], Form()] = ()
) -> Mapping[str, Any]:
    return {"role": role, "bound": bound, "communities": communities}


Typed = Annotated[Mapping[str, Any], Depends(_typed)]
"""What a form says of a role, as it was typed."""


@router.get("/accounts")
async def accounts_page(
    request: Request, visit: Visit, q: str = "", role: str = "", cursor: str = ""
) -> Response:
    """The list, searched and filtered."""
    wanted = Role(role) if role in set(Role) else None
    found = await api.accounts(visit.reading, q[:LONGEST], wanted, MOST, cursor or None)
    names = await api.communities(visit.reading)
    asked = {"q": q[:LONGEST], "role": wanted.value if wanted else ""}
    return PAGES.answer(request, "accounts.html", visit, found=found, asked=asked, names=names, over=OVER)


@router.get("/accounts/new")
async def new_page(request: Request, visit: Visit) -> Response:
    """The form."""
    return await _new(request, visit, {})


@router.post("/accounts/new")
async def open_account(
    request: Request,
    visit: Visit,
    key: Key,
    over: Typed,
    login: Words = "",
    name: Words = "",
    password: Words = "",
) -> Response:
    """Opened, or the form again with what is wrong."""
    typed = {"login": login, "name": name, **over}
    try:
        wish = {"login": login, "name": name, "grants": [_grant(over)]}
        command = OpenAccount.model_validate(wish | ({"password": password} if password else {}))
        answer = await api.open_account(command, visit.call(key))
    except (DomainError, ValidationError) as error:
        return await _new(request, visit, typed, _wrong(visit, error))
    return await _done(visit, answer, UUID(orjson.loads(answer.body)["id"]), "opened")


@router.get("/accounts/{account}")
async def account_page(account: UUID, request: Request, visit: Visit, did: str = "") -> Response:
    """One account."""
    return await _show(account, request, visit, did=did if did in DONE else "")


@router.post("/accounts/{account}/grant")
async def grant(
    account: UUID,
    request: Request,
    visit: Visit,
    key: Key,
    over: Typed,
) -> Response:
    """One more role, or this role over other things than until now."""
    try:
        held = (await api.account_file(account, visit.reading, Response()))["grants"]
        anew = [one for one in held if one["role"] != over["role"]] + [_grant(over)]
        command = ChangeGrants.model_validate({"grants": anew})
        answer = await api.change_grants(account, command, visit.call(key))
    except (DomainError, ValidationError) as error:
        return await _show(account, request, visit, wrong=_wrong(visit, error, "grant"), typed=over)
    return await _done(visit, answer, account, "grant")


@router.post("/accounts/{account}/{act}")
async def change(
    account: UUID,
    act: Act,
    request: Request,
    visit: Visit,
    key: Key,
    role: Words = "",
    password: Words = "",
    reason: Words = "",
) -> Response:
    """A role taken away, another password, out everywhere, disabled or enabled again."""
    call = visit.call(key)
    try:
        match act:
            case "revoke":
                held = (await api.account_file(account, visit.reading, Response()))["grants"]
                left = {"grants": [one for one in held if one["role"] != role]}
                answer = await api.change_grants(account, ChangeGrants.model_validate(left), call)
            case "password":
                told = SetPassword.model_validate({"password": password})
                answer = await api.set_password(account, told, call)
            case "out":
                answer = await api.sign_out(account, SignOutEverywhere(), call)
            case "disable":
                why = DisableAccount.model_validate({"reason": reason})
                answer = await api.disable(account, why, call)
            case "enable":
                answer = await api.enable(account, EnableAccount(), call)
    except (DomainError, ValidationError) as error:
        return await _show(account, request, visit, wrong=_wrong(visit, error, act))
    return await _done(visit, answer, account, act)


def _grant(typed: Mapping[str, Any]) -> dict[str, Any]:
    """What a form says of a role: over whose things it is, or over which communities, all without any."""
    role, bound = typed["role"], typed["bound"].strip()
    over = OVER[Role(role)] if role in set(Role) else "communities"
    if over == "communities":
        return {"role": role, over: typed["communities"] or None}
    found = ID.search(bound)
    return {"role": role, over: bound if over == "unit" else found and found[0]}


def _wrong(visit: VisitContext, error: DomainError | ValidationError, act: str = "") -> dict[str, Any]:
    """What was wrong: the field at fault, the words if there are some, the status of the answer."""
    if isinstance(error, ValidationError):
        field = str(error.errors(include_input=False)[0]["loc"][0])
        return {"act": act, "field": field, "said": "", "status": 422}
    return {
        "act": act,
        "field": error.field,
        "said": error.message(visit.language),
        "status": status_of(error),
    }


async def _new(
    request: Request, visit: VisitContext, typed: Mapping[str, Any], wrong: Mapping[str, Any] | None = None
) -> Response:
    names = await api.communities(visit.reading)
    return PAGES.answer(
        request,
        "account-new.html",
        visit,
        status=wrong["status"] if wrong else 200,
        typed={**EMPTY, **typed},
        wrong=wrong,
        names=names,
        over=OVER,
        key=secrets.token_hex(16),
    )


async def _show(
    account: UUID,
    request: Request,
    visit: VisitContext,
    *,
    did: str = "",
    wrong: Mapping[str, Any] | None = None,
    typed: Mapping[str, Any] | None = None,
) -> Response:
    file = await api.account_file(account, visit.reading, Response())
    names = await api.communities(visit.reading)
    return PAGES.answer(
        request,
        "account.html",
        visit,
        status=wrong["status"] if wrong else 200,
        file=file,
        names=names,
        did=did,
        wrong=wrong,
        typed={**EMPTY, **(typed or {})},
        over=OVER,
        own=visit.principal.sub == str(account),
        key=lambda: secrets.token_hex(16),
    )


async def _done(visit: VisitContext, answer: Response, account: UUID, did: str) -> Response:
    await visit.shows(answer)
    return see(f"{PATH}/accounts/{account}?did={did}")
