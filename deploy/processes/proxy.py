"""Sends a request on to the process of a service, and its answer back as it comes."""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Iterable

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from deploy.processes.line import Line, Lines
from shared.http.problems import problem, said

log = structlog.get_logger("jiujin.gateway")
OF_THE_LINE = frozenset(
    {
        *(b"connection", b"expect", b"keep-alive", b"proxy-authenticate", b"proxy-authorization", b"te"),
        *(b"trailer", b"transfer-encoding", b"upgrade", b"x-forwarded-for", b"x-forwarded-proto", b"date"),
    }
)
"""Headers that belong to one connection, and those that this one or the server around it writes itself.

The host stays: by it a service tells whether a form was sent from a page of its own.
"""

Headers = Iterable[tuple[bytes, bytes]]


class Proxy:
    """An ASGI application that stands for a service elsewhere."""

    def __init__(self, base: str) -> None:
        """At `base`, `http://HOST:PORT`."""
        self._lines = Lines(base)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on; 503 when nobody is there, 502 when the line broke before the answer."""
        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        try:
            line = await self._lines.take()
        except OSError as error:
            await self._away(request, 503, error)(scope, receive, send)
            return
        try:
            await self._ask(line, request, send)
        finally:
            self._lines.give_back(line)

    async def close(self) -> None:
        """Give the connections back."""
        await self._lines.close()

    async def _ask(self, line: Line, request: Request, send: Send) -> None:
        bodiless = request.method == "HEAD"
        try:
            status, headers = await line.ask(self._head(request), _body(request), bodiless=bodiless)
        except ClientDisconnect:
            return
        except OSError as error:
            await self._away(request, 502, error)(request.scope, request.receive, send)
            return
        passed = list(_passed(headers))
        await send({"type": "http.response.start", "status": status, "headers": passed})
        passing = _pass_on(line, send)
        await (passing if line.whole else _until_gone(request.receive, passing))

    def _head(self, request: Request) -> bytes:
        scope = request.scope
        target = scope.get("raw_path") or scope["path"].encode()
        if scope["query_string"]:
            target += b"?" + scope["query_string"]
        lines = [request.method.encode() + b" " + target + b" HTTP/1.1"]
        lines += [name + b": " + value for name, value in _passed(scope["headers"])]
        if "host" not in request.headers:
            lines.append(b"host: " + self._lines.host.encode())
        if scope.get("client"):
            lines.append(b"x-forwarded-for: " + scope["client"][0].encode())
        lines.append(b"x-forwarded-proto: " + scope["scheme"].encode())
        if "transfer-encoding" in request.headers:
            lines.append(b"transfer-encoding: chunked")
        return b"\r\n".join([*lines, b"", b""])

    def _away(self, request: Request, status: int, error: Exception) -> Response:
        log.warning("service away", path=request.url.path, error=type(error).__name__)
        detail = said(
            request,
            "服务暂时不可用，请稍后重试同一命令。",
            "The service is away; repeat the same command soon.",
        )
        return problem(request, status, detail, code="Away", headers={"Retry-After": "1"})


async def _body(request: Request) -> AsyncIterator[bytes]:
    """The request's body as it comes, in chunks where nothing says how long it is."""
    if "transfer-encoding" in request.headers:
        async for part in request.stream():
            if part:
                yield b"%x\r\n%b\r\n" % (len(part), part)
        yield b"0\r\n\r\n"
    elif "content-length" in request.headers:
        async for part in request.stream():
            yield part


async def _pass_on(line: Line, send: Send) -> None:
    async for part, more in line.body():
        await send({"type": "http.response.body", "body": part, "more_body": more})


async def _until_gone(receive: Receive, work: Coroutine[None, None, None]) -> None:
    """To its end, or until nobody listens any more: a stream would never notice."""
    working, gone = asyncio.ensure_future(work), asyncio.ensure_future(_gone(receive))
    try:
        await asyncio.wait({working, gone}, return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            await working
    finally:
        working.cancel()
        gone.cancel()
        await asyncio.gather(working, gone, return_exceptions=True)


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _passed(headers: Headers) -> Iterable[tuple[bytes, bytes]]:
    return ((name, value) for name, value in headers if name.lower() not in OF_THE_LINE)
