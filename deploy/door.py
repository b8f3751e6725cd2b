"""The one address: taken before anything else starts, answering 503 until everything serves."""

import errno
import socket

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from deploy.errors import CantListenError, PortTakenError
from deploy.folder import DataFolder
from deploy.gateway import starting
from deploy.postgres.errors import AlreadyRunning

BACKLOG = 512
GRACE_SECONDS = 15
"""How long a request in flight may take after the signal to stop."""


def listen(host: str, port: int, folder: DataFolder) -> socket.socket:
    """Take the address. AlreadyRunning when this folder's own system has it, PortTakenError, CantListenError."""
    try:
        family, _, _, _, where = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        door = socket.socket(family, socket.SOCK_STREAM)
    except OSError as error:
        raise CantListenError(host=host, port=port, reason=error.strerror) from error
    try:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        door.bind(where)
        # Only listening tells whether another has the port.
        door.listen(BACKLOG)
    except OSError as error:
        door.close()
        if error.errno != errno.EADDRINUSE:
            raise CantListenError(host=host, port=port, reason=error.strerror) from error
        if folder.held():
            raise AlreadyRunning(data=folder.path) from error
        raise PortTakenError(port=port) from error
    return door


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

    def __init__(self, door: Door) -> None:
        """Nothing is served yet."""
        super().__init__(
            uvicorn.Config(
                door,
                http="httptools",
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                timeout_graceful_shutdown=GRACE_SECONDS,
            )
        )

    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        """Serve until `should_exit`; requests in flight are finished first."""
        await self._serve(sockets)
