"""One address for all services: sends a request on by its first path segment, which stays in the path."""

from collections.abc import Mapping

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send


class Gateway:
    """An ASGI application in front of others."""

    def __init__(self, apps: Mapping[str, ASGIApp], rest: ASGIApp) -> None:
        """`apps` by first segment; `rest` answers everything else."""
        self._apps, self._rest = apps, rest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on."""
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
            return
        first = scope["path"].lstrip("/").split("/", 1)[0]
        await self._apps.get(first, self._rest)(scope, receive, send)


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        kind = message["type"].removeprefix("lifespan.")
        await send({"type": f"lifespan.{kind}.complete"})
        if kind == "shutdown":
            return


async def starting(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers for a system that doesn't serve yet."""
    if scope["type"] == "http":
        answer = JSONResponse({"ready": False}, 503, {"Retry-After": "1"})
        await answer(scope, receive, send)
