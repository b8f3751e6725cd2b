"""Ports for servers of our own that must come back under the same one."""

import secrets
import socket
from contextlib import suppress

HOST = "127.0.0.1"
FIRST, AFTER_LAST = 15_000, 30_000
"""Below those that Linux gives to whoever asks for any: a server that is away for a moment keeps its port."""


def free_port(*taken: int) -> int:
    """A port of 127.0.0.1 that nobody has, and that isn't one of those that somebody will soon have."""
    while True:
        port = FIRST + secrets.randbelow(AFTER_LAST - FIRST)
        if port not in taken and is_free(port):
            return port


def is_free(port: int) -> bool:
    """Whether a server could listen there."""
    with suppress(OSError), socket.create_server((HOST, port)):
        return True
    return False
