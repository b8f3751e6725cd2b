"""Reading what one has just written: `?after=`, the header that tells how it went, and what the API says."""

from typing import Any

from fastapi import FastAPI
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.bus.reached import POSITION
from shared.errors import InvalidError
from shared.service import Running

HEADER = "Position-Reached"
STATE = "position_reached"
"""Where a request's state keeps what the header says."""

AFTER = (
    "The `position` that a write was answered with. The reading waits until it shows that write, two seconds "
    f"at the most; the answer's header `{HEADER}` says whether it does."
)
_HEADER_SAYS = (
    "Only with `after`. `true`: the answer shows that write. `false`: not yet, after two seconds; "
    "ask again, or look at the service's `/status` and `/parked`."
)
_TOKEN = {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}


class PositionMalformedError(InvalidError):
    """This is no position. Give the `position` that a write was answered with, unchanged."""

    zh = "这不是写入位置。请原样填写写入命令答复中的 position。"


class PositionUnknownError(InvalidError):
    """Nothing was ever written at this position. Give the `position` of a write's answer, unchanged."""

    zh = "这个位置从未写入过。请原样填写写入命令答复中的 position。"


async def reached(running: Running, position: str) -> bool:
    """Wait until readings show `position`; False when they don't in time.

    PositionMalformedError; PositionUnknownError for one that no store has, since waiting can't help. Where
    other services' stores are out of reach, what they may have written is waited for.
    """
    found = POSITION.fullmatch(position)
    if found is None:
        raise PositionMalformedError("after")
    if await running.reached(position, 0):
        return True
    if await running.written(found[1], int(found[2])) is False:
        raise PositionUnknownError("after")
    return await running.reached(position)


class ReachedHeader:
    """Puts the header on every answer to a reading with `after`, whatever the answer is."""

    def __init__(self, app: ASGIApp) -> None:
        """Stand before `app`."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, and look at the request's state when the answer begins."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        state = scope.setdefault("state", {})

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start" and STATE in state:
                MutableHeaders(scope=message)[HEADER] = "true" if state[STATE] else "false"
            await send(message)

        await self._app(scope, receive, told)


def describe(app: FastAPI) -> None:
    """Let the OpenAPI document of `app` name the header where `after` is taken, and ask for a token."""
    plain = app.openapi

    def told() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = plain()
            document.setdefault("components", {})["securitySchemes"] = {"token": _TOKEN}
            document["security"] = [{"token": []}]
            for path in document["paths"].values():
                for operation in path.values():
                    _name_header(operation)
        return plain()

    app.openapi = told  # type: ignore[method-assign]


def _name_header(operation: dict[str, Any]) -> None:
    if any(one["name"] == "after" for one in operation.get("parameters", ())):
        header = {"description": _HEADER_SAYS, "schema": {"type": "string", "enum": ["true", "false"]}}
        operation["responses"]["200"].setdefault("headers", {})[HEADER] = header
