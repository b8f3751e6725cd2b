"""A browser's sign-in: its two cookies set, renewed and taken away."""

from urllib.parse import quote

from fastapi import Request, Response

from services.identity import consoles
from services.identity.desk import desk, principal_of, standing
from services.identity.domain.account import Facts
from services.identity.signing import issue
from shared.console.pages import CONSOLES, Pages
from shared.console.session import ACCESS, CONSOLE, HOME, keep, see
from shared.contracts.identity import Grant
from shared.http.tokens import MAX_SECONDS
from shared.roles import Role
from shared.service import Running

PATH = "/identity"
PAGES = Pages("identity")


async def enter(request: Request, after: str, facts: Facts, role: str = "") -> Response:
    """Begin a sign-in of this account in this browser, in place of one that there is; on at `after`.

    Of several roles one is chosen later, unless `role` names it.
    """
    running: Running = request.app.state.running
    await consoles.end(running.store.pool, request.cookies.get(CONSOLE, ""))
    grants = [one for one in facts.grants if role in ("", one.role.value)]
    only = grants[0] if len(grants) == 1 else None
    answer = see(to_work(after, only.role) if only else after)
    session = await consoles.begin(
        running.store.pool, facts.account, only.role.value if only else "", facts.era
    )
    keep(request, answer, CONSOLE, session.token, consoles.SECONDS, PATH)
    if only is None:
        keep(request, answer, ACCESS, "", 0)
    else:
        give_access(request, answer, session, only, facts.version)
    return answer


def to_work(after: str, role: Role) -> str:
    """Where somebody goes on who has come in this role: home is for those who ask for it."""
    console = next((one for one in CONSOLES if role in one.roles), None)
    return console.href if console and after == HOME else after


async def found(request: Request) -> tuple[consoles.Session, Facts] | None:
    """The sign-in of this browser with its account; None when there is none, or it is over."""
    running: Running = request.app.state.running
    session = await consoles.find(running.store.pool, request.cookies.get(CONSOLE, ""))
    facts = await standing(running, session.account, session.era) if session else None
    return (session, facts) if session and facts else None


def give_access(
    request: Request, answer: Response, session: consoles.Session, grant: Grant, version: int
) -> None:
    """The next access cookie; `version` is the account's, as it was read when the sign-in was looked at."""
    running: Running = request.app.state.running
    who = principal_of(session.account, grant)
    token = issue(desk(running).key, who, version=version, form=session.form)
    keep(request, answer, ACCESS, token, MAX_SECONDS)


async def leave(request: Request, answer: Response) -> Response:
    """End the sign-in of this browser, if there is one."""
    running: Running = request.app.state.running
    await consoles.end(running.store.pool, request.cookies.get(CONSOLE, ""))
    keep(request, answer, CONSOLE, "", 0, PATH)
    keep(request, answer, ACCESS, "", 0)
    return answer


def to(page: str, after: str = "", **words: str) -> Response:
    """On to a page of identity, and from there to `after`."""
    told = {**({"next": after} if after else {}), **words}
    query = "&".join(f"{name}={quote(value, safe='')}" for name, value in told.items())
    return see(f"{PATH}/{page}?{query}" if query else f"{PATH}/{page}")
