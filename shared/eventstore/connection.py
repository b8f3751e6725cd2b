"""A connection to PostgreSQL that notices when the other side is gone."""

import socket
from asyncio import Transport
from typing import Any

import asyncpg

IDLE, INTERVAL, COUNT = 5, 5, 3
"""Seconds of silence before the other side is asked whether it lives, and between questions; how many."""
UNHEARD_MS = 20_000
"""How long what was sent may wait for its receipt."""


class Watched(asyncpg.Connection):
    """Lost with an error within 20 seconds after its peer vanished without a word.

    A machine that loses its power or its network tells nobody. Whoever waits for an answer then would wait
    for two hours, by the system's own default (tcp(7): TCP_KEEPIDLE, TCP_USER_TIMEOUT).
    """

    def __init__(self, protocol: Any, transport: Transport, *rest: Any) -> None:
        """As the library makes it, over this transport."""
        super().__init__(protocol, transport, *rest)
        peer = transport.get_extra_info("socket")
        if peer is None or peer.family == socket.AF_UNIX:
            return
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for name, value in OPTIONS.items():
            if hasattr(socket, name):  # not every system has them all
                peer.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)


OPTIONS = {
    "TCP_KEEPIDLE": IDLE,
    "TCP_KEEPINTVL": INTERVAL,
    "TCP_KEEPCNT": COUNT,
    "TCP_USER_TIMEOUT": UNHEARD_MS,
}
