"""Ports for the servers that a test starts."""

import secrets
import socket
from contextlib import suppress

FIRST, AFTER_LAST = 15_000, 30_000
"""Below those that Linux gives to whoever asks for any: a server that is away for a moment keeps its port."""


def free_port() -> int:
    """A port of 127.0.0.1 that nobody has."""
    while True:
        port = FIRST + secrets.randbelow(AFTER_LAST - FIRST)
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
