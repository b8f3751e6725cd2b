"""The ways into a demo: any role, by one click. On a bureau's own data there is no such page."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response

from services.identity.console.browser import PAGES, enter
from services.identity.desk import account_of
from services.identity.domain.account import (
    ACCOUNT,
    BOUND,
    DEMO,
    Facts,
    Open,
    OpenAccount,
    account_id,
    demo_name,
)
from shared.bus.envelope import Actor
from shared.console.session import HOME
from shared.contracts.identity import Grant
from shared.errors import UnknownError, VersionConflictError
from shared.eventstore.work import Work
from shared.roles import Role
from shared.service import Running


class NoSuchPageError(UnknownError):
    """There is no such page. Go back, or begin at the first page."""

    zh = "没有这个页面。请返回，或从首页开始。"


async def _of_a_demo(request: Request) -> None:
    if not request.app.state.running.tokens.demo:
        raise NoSuchPageError


router = APIRouter(dependencies=[Depends(_of_a_demo)])


@router.get("/demo")
async def demo_page(request: Request) -> Response:
    """Every role that somebody has here."""
    running: Running = request.app.state.running
    roles = [role.value for role in Role if role not in BOUND or await _there(running, role)]
    return PAGES.answer(request, "demo.html", roles=roles)


@router.post("/demo")
async def enter_as(request: Request, role: Annotated[Role, Form()]) -> Response:
    """In, as somebody of this role."""
    running: Running = request.app.state.running
    facts = await _there(running, role)
    if facts is None and role not in BOUND:
        await _open(running, role)
        facts = await _there(running, role)
    if facts is None:
        raise NoSuchPageError
    return await enter(request, HOME, facts)


async def _there(running: Running, role: Role) -> Facts | None:
    """The demo's account of this role; None when there is none, or it was disabled."""
    account = await account_of(running, account_id(DEMO + role.value))
    return account.facts if isinstance(account, Open) else None


async def _open(running: Running, role: Role) -> None:
    """Open the account of a role that is bound to nobody's things, over the whole city."""
    command = OpenAccount(
        login=DEMO + role.value,
        name=demo_name(role),
        grants=(Grant(role=role, communities=None),),
    )
    work = Work(running.store, Actor("system:identity/demo", "system"), seed=command.login)
    try:
        if await work.load(ACCOUNT, account_id(command.login)) is None:
            await work.execute(ACCOUNT, account_id(command.login), command)
            await running.store.commit(work)
    except VersionConflictError:
        return  # two came at once; there it is
