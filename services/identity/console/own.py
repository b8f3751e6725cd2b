"""Oneself: who one is here, another password, out everywhere."""

import secrets
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from pydantic import ValidationError

from services.identity.api.accounts import WrongPasswordError, change_own_password, sign_out_everywhere
from services.identity.console.browser import PAGES, PATH, enter, leave, to
from services.identity.desk import account_of
from services.identity.domain.account import DEMO, ChangeOwnPassword, Facts, SignOutEverywhere
from shared.console.session import NotSignedInError, Visit, VisitContext

router = APIRouter()
ROLE, DEMO_PAGE = f"{PATH}/role", f"{PATH}/demo"
OWN = "SELECT name FROM communities WHERE community = ANY($1::uuid[]) ORDER BY subdistrict, name"


@router.get("/")
async def home(request: Request, visit: Visit, why: str = "") -> Response:
    """Who I am, and where my work is."""
    facts = await _own(visit)
    other = ROLE if len(facts.grants) > 1 else DEMO_PAGE if facts.login.startswith(DEMO) else ""
    rows = await visit.running.store.pool.fetch(OWN, list(visit.principal.communities or ()))
    names = [row["name"] for row in rows]
    return PAGES.answer(request, "home.html", visit, facts=facts, other=other, why=why, names=names)


@router.get("/password")
async def password_page(request: Request, visit: Visit) -> Response:
    """The form."""
    return _form(request, visit)


@router.post("/password")
async def change_password(
    request: Request,
    visit: Visit,
    old: Annotated[str, Form()] = "",
    new: Annotated[str, Form()] = "",
    again: Annotated[str, Form()] = "",
) -> Response:
    """Another password: every sign-in ends but this browser's, which begins anew."""
    if new != again:
        return _form(request, visit, "differ")
    try:
        command = ChangeOwnPassword.model_validate({"old": old, "new": new})
    except ValidationError as error:
        field = error.errors(include_input=False)[0]["loc"][0]
        return _form(request, visit, "old" if field == "old" else "length")
    try:
        await change_own_password(command, visit.call(secrets.token_hex(16)))
    except WrongPasswordError:
        return _form(request, visit, "old")
    role = visit.principal.role.value
    return await enter(request, f"{PATH}/?why=password", await _own(visit), role)


@router.post("/sign-out-everywhere")
async def everywhere(request: Request, visit: Visit) -> Response:
    """Out, in all browsers and programs."""
    await sign_out_everywhere(SignOutEverywhere(), visit.call(secrets.token_hex(16)))
    return await leave(request, to("sign-in", why="everywhere"))


async def _own(visit: VisitContext) -> Facts:
    account = await account_of(visit.running, UUID(visit.principal.sub))
    if account is None:
        raise NotSignedInError
    return account.facts


def _form(request: Request, visit: VisitContext, why: str = "") -> Response:
    return PAGES.answer(request, "password.html", visit, status=422 if why else 200, why=why)
