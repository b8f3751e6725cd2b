"""Pages: templates in one frame, in the language and the look that somebody chose, under a strict policy."""

import gzip
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from fastapi import Request
from fastapi.responses import HTMLResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from shared.access import BUREAU, HELPERS, LOCAL
from shared.actors import role_word
from shared.console.session import VisitContext, is_script, page_of
from shared.console.statics import SERVICES, mark
from shared.console.texts import FRAME, away, clock, day, moment, money, phone, texts
from shared.http.problems import language_of
from shared.roles import Role
from shared.service import Running

TEMPLATES = Path(__file__).with_name("templates")
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "font-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
    "Vary": "Accept-Encoding",
}
"""Without a referrer at all a browser would not say from where a form is sent."""
SMALL, PACKING = 2_000, 4
"""Bytes that go in a packet or two anyway; and how hard to try, where a page waits for it."""
SCHEME, SIZE = "jiujin_scheme", "jiujin_size"
SCHEMES, SIZES = ("auto", "light", "dark"), ("100", "110", "125", "150")


class Console(NamedTuple):
    """A console that there is: its service, whose work it is, who has something to do there as well.

    `first` is its first page below the service.
    """

    service: str
    roles: frozenset[Role]
    also: frozenset[Role] = frozenset()
    first: str = ""

    @property
    def href(self) -> str:
        """Where it begins."""
        return f"/{self.service}/{self.first}"


CONSOLES: tuple[Console, ...] = (
    Console(
        "intake",
        frozenset({Role.OPERATOR}),
        frozenset({Role.SECRETARY, Role.SUBDISTRICT, Role.ADMIN}),
    ),
    Console("matching", frozenset({Role.COORDINATOR, Role.SUBDISTRICT, *HELPERS})),
    Console(
        "care",
        frozenset({*HELPERS, *LOCAL, *BUREAU, Role.UNIT_LIAISON, Role.FAMILY}),
        frozenset({Role.OPERATOR, Role.ADMIN}),
    ),
    Console(
        "reporting",
        frozenset({Role.AUDITOR, *BUREAU, Role.SUBDISTRICT}),
    ),
    Console("identity", frozenset({Role.ADMIN}), first="accounts"),
)
"""In the order in which the frame names them; a service that gets pages gets a line here."""


FILTERS: Mapping[str, Callable[..., str]] = {
    "moment": moment,
    "day": day,
    "clock": clock,
    "away": away,
    "phone": phone,
    "money": money,
    "role": role_word,
}


class Look(NamedTuple):
    """How somebody wants to see pages, as cookies tell."""

    language: str
    scheme: str
    size: str

    @property
    def bigger(self) -> str:
        """The next larger type; empty when there is none."""
        return "".join(SIZES[SIZES.index(self.size) + 1 :][:1])

    @property
    def smaller(self) -> str:
        """The next smaller type; empty when there is none."""
        return "".join(SIZES[: SIZES.index(self.size)][-1:])


def look_of(request: Request) -> Look:
    """What was chosen in this browser."""
    scheme, size = request.cookies.get(SCHEME, ""), request.cookies.get(SIZE, "")
    return Look(
        language_of(request),
        scheme if scheme in SCHEMES else SCHEMES[0],
        size if size in SIZES else SIZES[0],
    )


class Pages:
    """The pages of a service, from `services/NAME/console/templates` and the shared templates."""

    def __init__(self, service: str = FRAME) -> None:
        """Templates are read and compiled at first use."""
        self._by_language = {language: _environment(language, service) for language in ("zh", "en")}

    def part(self, language: str, template: str, **facts: Any) -> str:
        """What a template makes of `facts` alone: a part of a page, the same for all who see it."""
        return self._by_language[language].get_template(template).render(language=language, **facts)

    def answer(
        self,
        request: Request,
        template: str,
        visit: VisitContext | None = None,
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        **facts: Any,
    ) -> Response:
        """A page; `visit` is who is signed in, `facts` what the template is given besides."""
        running: Running = request.app.state.running
        look = look_of(request)
        role = visit.principal.role if visit else None
        text = (
            self._by_language[look.language]
            .get_template(template)
            .render(
                look=look,
                visit=visit,
                service=running.name,
                static=f"/{running.name}/static/{mark(running.name)}",
                consoles=[one for one in CONSOLES if role in one.roles | one.also],
                here=page_of(request),
                now=running.clock.now(),
                **facts,
            )
        )
        return _packed(request, HTMLResponse(text, status, {**HEADERS, **(headers or {})}))


def _packed(request: Request, page: Response) -> Response:
    """The same in a fraction of the bytes, for a browser that unpacks it.

    What a packed page weighs could tell another site of its secrets, but our cookies come with no request of
    another site: they are `SameSite=Strict`.
    """
    if "gzip" in request.headers.get("accept-encoding", "") and len(page.body) > SMALL:
        page.body = gzip.compress(page.body, PACKING, mtime=0)
        page.headers["Content-Encoding"] = "gzip"
        page.headers["Content-Length"] = str(len(page.body))
    return page


def _environment(language: str, service: str) -> Environment:
    made = Environment(
        loader=FileSystemLoader([SERVICES / service / "console" / "templates", TEMPLATES]),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.install_gettext_translations(texts(language, service), newstyle=True)  # type: ignore[attr-defined]
    made.filters |= {name: partial(how, language=language) for name, how in FILTERS.items()}
    return made


_SHARED = Pages()


def error_page(
    request: Request, status: int, title: str, detail: str, headers: Mapping[str, str]
) -> Response | None:
    """An error for a person in a browser; None for programs and scripts, which get it as a problem."""
    name = request.app.state.running.name
    path = request.scope["path"]
    if not path.startswith(f"/{name}/") or path.startswith(f"/{name}/api/") or is_script(request):
        return None
    return _SHARED.answer(
        request, "error.html", status=status, headers=headers, code=status, title=title, detail=detail
    )
