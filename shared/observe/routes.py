"""Where a process tells how it is: /livez, /readyz, /metrics; they stand outside every API."""

import time
from collections.abc import Awaitable, Callable

from fastapi import FastAPI
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.observe import metrics
from shared.observe.figures import Figures


def add_watch(app: FastAPI, unready: Callable[[], Awaitable[list[str]]], figures: Figures) -> None:
    """Add the three to `app`."""

    @app.get("/livez", include_in_schema=False)
    async def livez() -> JSONResponse:
        return JSONResponse({"live": True})

    @app.get("/readyz", include_in_schema=False)
    async def readyz() -> JSONResponse:
        wrong = await unready()
        return JSONResponse({"ready": not wrong, "unready": wrong}, 503 if wrong else 200)

    @app.get("/metrics", include_in_schema=False)
    async def told() -> Response:
        return await figures.answer()


class Timed:
    """Measures how long answers take."""

    def __init__(self, app: ASGIApp, service: str) -> None:
        """Stand before `app`."""
        self._app, self._service = app, service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, and look at the clock."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begin, status = time.perf_counter(), 500

        async def told(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, told)
        finally:
            seconds = time.perf_counter() - begin
            # The route's template: a path as it was asked for has ids in it. FastAPI leaves the route here.
            route = getattr(scope.get("route"), "path", "")
            metrics.REQUESTS.labels(self._service, scope["method"], route, str(status)).observe(seconds)
