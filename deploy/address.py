"""Takes the one address before anything else: what refuses a start costs nothing then, and harms nothing."""

import errno
import socket

from deploy.errors import CantListenError, PortTakenError
from deploy.folder import DataFolder
from deploy.postgres.errors import AlreadyRunning

BACKLOG = 512


def listen(host: str, port: int, folder: DataFolder) -> socket.socket:
    """Take the address. PortTakenError, CantListenError; AlreadyRunning when the folder is in use."""
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
    if folder.held():
        door.close()
        raise AlreadyRunning(data=folder.path)
    return door
