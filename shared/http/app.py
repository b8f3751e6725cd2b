"""The API of one service: its router, the machinery's, problems, documentation without outside addresses."""

from contextlib import suppress
from pathlib import Path

import swagger_ui_bundle
from fastapi import APIRouter, Depends, FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import HTMLResponse
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.console import statics
from shared.console.pages import error_page
from shared.console.session import answer_visits, from_here
from shared.http import machinery, stored
from shared.http.after import ReachedHeader, describe
from shared.http.problems import answer_problems
from shared.observe.figures import Figures
from shared.observe.health import unready
from shared.observe.routes import Timed, add_watch
from shared.service import Running

MAX_BODY = 6 * 1024 * 1024
_DIGITS = 18
ASSETS = "/assets/swagger"


def make_app(running: Running) -> FastAPI:
    """The ASGI application of a running service; every path begins with the service's prefix."""
    definition = running.definition
    prefix = definition.prefix
    app = FastAPI(
        title=definition.title,
        version="1",
        openapi_url=f"{prefix}/openapi.json",
        docs_url=None,
        redoc_url=None,
    )
    app.state.running = running
    if definition.console is None:
        answer_problems(app)
    else:
        _add_console(app, definition.console, running.name)
    app.include_router(definition.router, prefix=prefix)
    app.include_router(stored.router, prefix=prefix)
    app.include_router(machinery.router, prefix=prefix)
    app.add_middleware(BodyLimit)
    app.add_middleware(ReachedHeader)
    app.add_middleware(Timed, service=running.name)
    add_watch(app, lambda: unready(running), Figures([running]))
    describe(app)

    @app.get(f"{prefix}/docs", include_in_schema=False)
    async def docs() -> HTMLResponse:
        return get_swagger_ui_html(
            openapi_url=f"{prefix}/openapi.json",
            title=definition.title,
            swagger_js_url=f"{ASSETS}/swagger-ui-bundle.js",
            swagger_css_url=f"{ASSETS}/swagger-ui.css",
            swagger_favicon_url=f"{ASSETS}/favicon-32x32.png",
        )

    return app


def _add_console(app: FastAPI, console: APIRouter, name: str) -> None:
    """The pages, with what each of them needs; they are no part of the API's document."""
    answer_problems(app, error_page)
    answer_visits(app)
    app.include_router(console, prefix=f"/{name}", dependencies=[Depends(from_here)], include_in_schema=False)
    app.include_router(statics.router, prefix=f"/{name}", include_in_schema=False)


def assets() -> StaticFiles:
    """The files that the documentation pages need."""
    folder = Path(swagger_ui_bundle.__file__).parent / "vendor"
    return StaticFiles(directory=next(folder.glob("swagger-ui-*")))


class TooLargeError(Exception):
    """The body has more than MAX_BODY bytes."""


class BodyLimit:
    """Answers 413 to a body that is too large, before it is read whole."""

    def __init__(self, app: ASGIApp) -> None:
        """Stand before `app`."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count what comes in."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        declared = dict(scope["headers"]).get(b"content-length", b"0")
        if not declared.isdigit() or len(declared) > _DIGITS or int(declared) > MAX_BODY:
            await _refuse(scope, send)
            return
        taken, begun = 0, False

        async def counted() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > MAX_BODY:
                raise TooLargeError
            return message

        async def answered(message: Message) -> None:
            nonlocal begun
            if begun or taken <= MAX_BODY:  # FastAPI says 400 to whatever goes wrong while it reads
                begun = True
                await send(message)

        with suppress(TooLargeError):
            await self._app(scope, counted, answered)
        if taken > MAX_BODY and not begun:
            await _refuse(scope, send)


async def _refuse(scope: Scope, send: Send) -> None:
    from starlette.requests import Request  # noqa: PLC0415  only for this answer

    from shared.http.problems import problem, said  # noqa: PLC0415  the same

    request = Request(scope)
    megabytes = MAX_BODY // 1024 // 1024
    detail = said(
        request,
        f"内容最大 {megabytes} MB。请分开发送。",
        f"A body may have {megabytes} MB at the most. Send less at a time.",
    )
    await problem(request, 413, detail, code="TooLarge")(scope, _nothing, send)


async def _nothing() -> Message:
    return {"type": "http.disconnect"}
