"""The sign-in as a page sees it: two cookies, a check of every form, and the way to renew.

The access cookie holds the very token that services check, for five minutes, and goes to all of them. The
console's cookie goes to identity alone, which gives the next access cookie for it.
"""

import hmac
import re
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import quote, urlsplit
from uuid import UUID

import jwt
import orjson
from fastapi import Depends, FastAPI, Form, Request, Response
from fastapi.responses import RedirectResponse

from shared import access
from shared.console import ended
from shared.errors import ForbiddenError
from shared.http.call import CallContext
from shared.http.problems import language_of, problem, said
from shared.http.reading import ReadContext
from shared.roles import Principal
from shared.service import Running

ACCESS, CONSOLE = "jiujin_access", "jiujin_console"
HOME, RENEW = "/identity/", "/identity/renew"
RENEW_HEADER = "Jiujin-Renew"
"""On a 401 to a script: where to POST to for the next access cookie."""
FORM_HEADER = "Jiujin-Form"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_LOCAL = re.compile(r"/(?!/)[\x21-\x5b\x5d-\x7e]*")
"""A path of this address: browsers take a backslash for a slash, and leave out control characters."""


class NotSignedInError(Exception):
    """The access cookie isn't there, or good no more."""


class ElsewhereError(Exception):
    """Something has to be done first, on the page at `path`."""

    def __init__(self, path: str) -> None:
        """Keep where that is."""
        super().__init__(path)
        self.path = path


class ForeignFormError(ForbiddenError):
    """This was sent from a page elsewhere, and nothing was done. Open Jiujin itself, and do it there."""

    zh = "此请求来自别处的网页，没有执行。请打开就近系统，在这里操作。"


class StaleFormError(ForbiddenError):
    """This form belongs to another sign-in, and nothing was done. Load the page again, then repeat."""

    zh = "此表单属于另一次登录，没有执行。请重新载入页面后再做一次。"


@dataclass(frozen=True)
class VisitContext:
    """Somebody signed in who looks at a page; `form` is what its forms bring back.

    The sign-in is that of the account's stream at `version`, and good until `ends`, a second of the epoch.
    """

    running: Running
    principal: Principal
    form: str
    language: str
    version: int
    ends: int

    @property
    def reading(self) -> ReadContext:
        """The same, for what the API's readings share."""
        return ReadContext(self.running, self.principal, self.language)

    def call(self, key: str, version: int | None = None) -> CallContext:
        """The same, for a command with this idempotency key, to what was last seen at `version`."""
        return CallContext(self.running, self.principal, key, version, "")

    def may(self, action: str) -> bool:
        """Whether this role may do it to something; `action` as in the table, without the service's name."""
        return self.principal.role in access.TABLE.get(f"{self.running.name}.{action}", {})

    async def shows(self, answer: Response) -> None:
        """Wait, two seconds at the longest, until pages show what this answer says was written."""
        await self.running.reached(orjson.loads(answer.body)["position"])


async def visit(request: Request) -> VisitContext:
    """Who looks at this page. NotSignedInError; StaleFormError when what they send isn't from our form."""
    running: Running = request.app.state.running
    try:
        told = running.tokens.checked(request.cookies.get(ACCESS, ""))
        account = UUID(told.principal.sub)
    except (jwt.InvalidTokenError, ValueError) as error:
        raise NotSignedInError from error
    if told.version is None or await ended.since(running.store.pool, account, told.version):
        raise NotSignedInError
    request.state.principal = told.principal
    if request.method not in SAFE:
        await check_form(request, told.form)
    language = language_of(request)
    return VisitContext(running, told.principal, told.form, language, told.version, told.ends)


Visit = Annotated[VisitContext, Depends(visit)]


async def _back(visit: Visit, after: str = "") -> VisitContext:
    if after:
        await visit.running.reached(after)
    return visit


Back = Annotated[VisitContext, Depends(_back)]
"""Who comes back from a form: the page waits, two seconds at the longest, for what it wrote at `after`."""
KEY = r"^[\x21-\x7e]{8,200}$"
Key = Annotated[str, Form(pattern=KEY)]
"""The idempotency key that a form was made with: sent twice, it has one effect."""


async def check_form(request: Request, form: str) -> None:
    """StaleFormError unless what is sent brings back `form`, in a field or a header."""
    given = request.headers.get(FORM_HEADER) or (await request.form()).get("mark")
    if not isinstance(given, str) or not hmac.compare_digest(given.encode(), form.encode()):
        raise StaleFormError


async def from_here(request: Request) -> None:
    """ForeignFormError when something is to be done for a page that isn't ours.

    Browsers say where a request comes from by Sec-Fetch-Site, but not over plain HTTP to another machine;
    there by Origin. Whoever says neither is no browser with a sign-in.
    """
    if request.method in SAFE:
        return
    site = request.headers.get("sec-fetch-site")
    origin = urlsplit(request.headers.get("origin", "")).netloc
    if site != "same-origin" and (site is not None or origin != request.headers.get("host")):
        raise ForeignFormError


def is_script(request: Request) -> bool:
    """Whether a script asks, which can't be sent to another page."""
    headers = request.headers
    if "hx-request" in headers or headers.get("sec-fetch-dest") == "empty":
        return True
    return "text/html" not in headers.get("accept", "")


def local(path: str | None) -> str:
    """`path` when it is one of this address, else home."""
    return path if path and _LOCAL.fullmatch(path) else HOME


def here(request: Request) -> str:
    """The path of this request with its query, as it was asked for."""
    path = request.scope.get("raw_path") or quote(request.scope["path"]).encode()
    query = request.scope["query_string"]
    return local((path.split(b"?")[0] + (b"?" + query if query else b"")).decode("latin-1"))


def page_of(request: Request) -> str:
    """The page that one stands on: this one, or the one that a form was sent from."""
    if request.method in SAFE:
        return here(request)
    sent_from = urlsplit(request.headers.get("referer", ""))
    if sent_from.netloc != request.headers.get("host"):
        return HOME
    return local(sent_from.path + (f"?{sent_from.query}" if sent_from.query else ""))


def see(path: str, status: int = 303) -> Response:
    """Go on at `path`."""
    return RedirectResponse(path, status, {"Cache-Control": "no-store"})


def keep(request: Request, answer: Response, name: str, value: str, seconds: int, path: str = "/") -> None:
    """Let the browser keep a cookie, out of reach for scripts and other sites; none when `seconds` is 0."""
    secure = request.url.scheme == "https"
    answer.set_cookie(name, value, seconds, path=path, secure=secure, httponly=True, samesite="strict")


async def _renew(request: Request, _: Exception) -> Response:
    """To a script a 401 that names the renewal; a form is sent there and back with all that is in it."""
    if is_script(request):
        detail = said(request, "登录需要更新。", "The sign-in has to be renewed.")
        return problem(request, 401, detail, code="RenewFirst", headers={RENEW_HEADER: RENEW})
    return see(f"{RENEW}?next={quote(here(request), safe='')}", 303 if request.method in SAFE else 307)


async def _elsewhere(_: Request, error: Exception) -> Response:
    if not isinstance(error, ElsewhereError):
        raise error
    return see(error.path)


def answer_visits(app: FastAPI) -> None:
    """Send on who isn't signed in, or has to do something else first."""
    app.add_exception_handler(NotSignedInError, _renew)
    app.add_exception_handler(ElsewhereError, _elsewhere)
