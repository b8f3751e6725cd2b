"""Sends a request on to the process of a service, and its answer back as it comes."""

import asyncio
from collections.abc import Coroutine, Iterable

import httpx
import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from shared.http.problems import problem, said

log = structlog.get_logger("jiujin.gateway")
SECONDS = httpx.Timeout(120.0, connect=5.0)
LIMITS = httpx.Limits(max_connections=1_000, max_keepalive_connections=64, keepalive_expiry=4.0)
"""A connection is dropped before the service drops it: a request on a dead one would be lost. An open stream
of events holds one."""
OF_THE_LINE = frozenset(
    {
        *(b"connection", b"keep-alive", b"proxy-authenticate", b"proxy-authorization", b"te", b"trailer"),
        *(b"transfer-encoding", b"upgrade", b"x-forwarded-for", b"x-forwarded-proto"),
    }
)
"""Headers that belong to one connection, and those that this one writes itself.

The host stays: by it a service tells whether a form was sent from a page of its own.
"""

Headers = Iterable[tuple[bytes, bytes]]


class Proxy:
    """An ASGI application that stands for a service elsewhere."""

    def __init__(self, base: str, http: httpx.AsyncClient) -> None:
        """At `base`, `http://HOST:PORT`."""
        self._base, self._http = httpx.URL(base), http

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on; 503 when nobody is there, 502 when the line broke before the answer."""
        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        try:
            answer = await self._http.send(self._sent_on(request), stream=True)
        except ClientDisconnect:
            return
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            await self._away(request, 503, error)(scope, receive, send)
            return
        except httpx.TransportError as error:
            await self._away(request, 502, error)(scope, receive, send)
            return
        try:
            headers = list(_passed(answer.headers.raw))
            await send({"type": "http.response.start", "status": answer.status_code, "headers": headers})
            await _until_gone(receive, _pass_on(answer, send))
            await send({"type": "http.response.body", "body": b""})
        finally:
            await answer.aclose()

    def _sent_on(self, request: Request) -> httpx.Request:
        scope = request.scope
        query = scope["query_string"]
        path = scope.get("raw_path") or scope["path"].encode()
        url = self._base.copy_with(raw_path=path + (b"?" + query if query else b""))
        headers = list(_passed(scope["headers"]))
        if scope.get("client"):
            headers.append((b"x-forwarded-for", scope["client"][0].encode()))
        headers.append((b"x-forwarded-proto", scope["scheme"].encode()))
        sized = any(name in {b"content-length", b"transfer-encoding"} for name, _ in scope["headers"])
        content = request.stream() if sized else None
        return self._http.build_request(request.method, url, headers=headers, content=content)

    def _away(self, request: Request, status: int, error: Exception) -> Response:
        log.warning("service away", path=request.url.path, error=type(error).__name__)
        detail = said(
            request,
            "服务暂时不可用,请稍后重试同一命令。",
            "The service is away; repeat the same command soon.",
        )
        return problem(request, status, detail, code="Away", headers={"Retry-After": "1"})


async def _pass_on(answer: httpx.Response, send: Send) -> None:
    async for chunk in answer.aiter_raw():
        await send({"type": "http.response.body", "body": chunk, "more_body": True})


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


def make_http() -> httpx.AsyncClient:
    """The connections to the services; nothing is believed of the environment, no answer is decoded."""
    return httpx.AsyncClient(timeout=SECONDS, limits=LIMITS, trust_env=False)
