"""The gateway's proxy: a stream comes as it is made, and ends for the service when its client has gone."""

import asyncio
from collections.abc import AsyncIterator

import httpx
from starlette.types import Message

from deploy.processes.proxy import Proxy

SCOPE = {
    "type": "http",
    "method": "GET",
    "path": "/matching/stream",
    "query_string": b"",
    "headers": [(b"host", b"city")],
    "scheme": "http",
    "client": ("127.0.0.1", 1),
}


class Endless(httpx.AsyncByteStream):
    """A stream that says one thing and then waits."""

    def __init__(self) -> None:
        self.closed = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield b": \n\n"
        await asyncio.Event().wait()

    async def aclose(self) -> None:
        """Nobody listens any more."""
        self.closed = True


async def test_a_stream_ends_when_its_client_has_gone() -> None:
    """Without that each closed page would leave a stream behind, which nobody reads."""
    stream, gone, came = Endless(), asyncio.Event(), asyncio.Event()

    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, headers={"content-type": "text/event-stream"}, stream=stream)

    async def receive() -> Message:
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        if message.get("body"):
            came.set()

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as http, asyncio.timeout(10):
        passing = asyncio.create_task(Proxy("http://service", http)(dict(SCOPE), receive, send))
        await came.wait()
        assert not stream.closed
        gone.set()
        await passing
    assert stream.closed
