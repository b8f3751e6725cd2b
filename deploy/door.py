"""What stands at the one address: it answers 503 until everything serves."""

import asyncio
import socket
from collections.abc import Sequence

import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from deploy.gateway import starting

GRACE_SECONDS = 15
"""How long a request in flight may take after the signal to stop."""


class Door:
    """An ASGI application that stands before the system: `open` lets requests in.

    A stream of events has no end of its own: `close` tells those who send one that nobody listens any more.
    """

    def __init__(self) -> None:
        """Shut."""
        self._app: ASGIApp = starting
        self._closing = asyncio.Event()

    def open(self, app: ASGIApp) -> None:
        """Send requests on to `app` from now on."""
        self._app = app

    def close(self) -> None:
        """Let streams end, so that whoever waits for what is in flight doesn't wait for them."""
        self._closing.set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on."""
        endless = asyncio.Event()

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start" and _is_stream(message):
                endless.set()
            await send(message)

        async def heard() -> Message:
            if not endless.is_set():
                return await receive()
            message = asyncio.ensure_future(receive())
            closing = asyncio.ensure_future(self._closing.wait())
            try:
                await asyncio.wait({message, closing}, return_when=asyncio.FIRST_COMPLETED)
                return message.result() if message.done() else {"type": "http.disconnect"}
            finally:
                message.cancel()
                closing.cancel()

        await self._app(scope, heard, told)


def _is_stream(start: Message) -> bool:
    kinds = [value for name, value in start["headers"] if name.lower() == b"content-type"]
    return any(value.startswith(b"text/event-stream") for value in kinds)


class Server(uvicorn.Server):
    """uvicorn, with the signals left to the runner."""

    def __init__(self, door: Door, proxies: Sequence[str] = ()) -> None:
        """Nothing is served yet. `proxies` are believed when they say for whom they ask."""
        super().__init__(
            uvicorn.Config(
                door,
                http="httptools",
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=bool(proxies),
                forwarded_allow_ips=list(proxies),
                timeout_graceful_shutdown=GRACE_SECONDS,
            )
        )

    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        """Serve until `should_exit`; requests in flight are finished first."""
        await self._serve(sockets)
