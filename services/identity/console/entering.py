"""Signing in, choosing a role, renewing, signing out."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, Response

from services.identity import consoles
from services.identity.console.browser import PAGES, enter, found, give_access, leave, to, to_work
from services.identity.desk import TooManyAttemptsError, WrongCredentialsError, granted, known
from services.identity.slowing import QUEUE_MOST
from shared.console.session import CONSOLE, HOME, SAFE, Visit, check_form, is_script, local, page_of, see
from shared.http.problems import problem, said
from shared.service import Running

router = APIRouter()
After = Annotated[str, Query(alias="next")]
"""Where to go on; anything but a path of this address is home."""
LONGEST = 200


@router.get("/sign-in")
async def sign_in_page(request: Request, after: After = HOME, why: str = "") -> Response:
    """The form."""
    return _form(request, after, why)


@router.post("/sign-in")
async def sign_in(
    request: Request,
    login: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    after: After = HOME,
) -> Response:
    """In, or the form again with what is wrong."""
    running: Running = request.app.state.running
    login, source = login[:LONGEST], request.client.host if request.client else ""
    try:
        facts = await known(running, login, password[: LONGEST + 1], source)
    except TooManyAttemptsError:
        headers = {"Retry-After": str(int(QUEUE_MOST))}
        return _form(request, after, "many", login, status=429, headers=headers)
    except WrongCredentialsError:
        return _form(request, after, "wrong", login, status=401)
    return await enter(request, local(after), facts)


def _form(
    request: Request,
    after: str,
    why: str,
    login: str = "",
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Response:
    demo = request.app.state.running.tokens.demo
    return PAGES.answer(
        request,
        "sign-in.html",
        status=status,
        headers=headers,
        after=local(after),
        why=why,
        login=login,
        demo=demo,
    )


@router.api_route("/renew", methods=["GET", "POST"])
async def renew(request: Request, after: After = HOME) -> Response:
    """The next access cookie, and on; a form that was on its way goes on with all that is in it."""
    signed_in = await found(request)
    script = is_script(request)
    if signed_in is None:
        if script:
            detail = said(request, "登录已结束。请重新登录。", "This sign-in is over. Sign in again.")
            return problem(request, 401, detail, code="SessionOver")
        answer = to("sign-in", _back(request, after))
        # A link from another site brings no cookies: those that may be there stay.
        return await leave(request, answer) if CONSOLE in request.cookies else answer
    session, facts = signed_in
    grant = granted(facts, session.role)
    if grant is None:
        return to("role", _back(request, after))
    answer = (
        Response(status_code=204) if script else see(local(after), 303 if request.method in SAFE else 307)
    )
    give_access(request, answer, session, grant, facts.version)
    return answer


def _back(request: Request, after: str) -> str:
    """Where one comes back to; what a form was sent to may be no page, so to the one it was sent from."""
    return local(after) if request.method in SAFE else page_of(request)


@router.get("/role")
async def role_page(request: Request, after: After = HOME) -> Response:
    """The roles of the account, to choose one of."""
    signed_in = await found(request)
    if signed_in is None:
        return to("sign-in", local(after))
    session, facts = signed_in
    return PAGES.answer(
        request,
        "role.html",
        after=local(after),
        form=session.form,
        role=session.role,
        name=facts.name,
        roles=[one.role.value for one in facts.grants],
    )


@router.post("/role")
async def choose_role(request: Request, role: Annotated[str, Form()] = "", after: After = HOME) -> Response:
    """Go on in this role, in all tabs."""
    running: Running = request.app.state.running
    signed_in = await found(request)
    if signed_in is None:
        return to("sign-in", local(after))
    session, facts = signed_in
    await check_form(request, session.form)
    grant = granted(facts, role)
    if grant is None:
        return to("role", local(after))
    await consoles.choose(running.store.pool, session, role)
    answer = see(to_work(local(after), grant.role))
    give_access(request, answer, session, grant, facts.version)
    return answer


@router.post("/sign-out")
async def sign_out(request: Request, _: Visit) -> Response:
    """Out, in this browser."""
    return await leave(request, to("sign-in", why="out"))
