"""What stands at the one address: it answers 503 until everything serves."""

import socket
from collections.abc import Sequence

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from deploy.gateway import starting

GRACE_SECONDS = 15
"""How long a request in flight may take after the signal to stop."""


class Door:
    """An ASGI application that stands before the system: `open` lets requests in."""

    def __init__(self) -> None:
        """Shut."""
        self._app: ASGIApp = starting

    def open(self, app: ASGIApp) -> None:
        """Send requests on to `app` from now on."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on."""
        await self._app(scope, receive, send)


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
