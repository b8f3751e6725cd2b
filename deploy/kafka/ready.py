"""Whether a Kafka answers: one metadata request by hand, without a client that would retry and log."""

import socket
import struct
from contextlib import suppress

from deploy.ports import HOST

METADATA, VERSION, CORRELATION = 3, 1, 1
NO_CLIENT, NO_TOPICS = -1, 0


def answers(port: int, seconds: float = 1.0) -> bool:
    """Whether the Kafka at this port of 127.0.0.1 serves a broker, which is so once it takes messages."""
    request = struct.pack("!hhihi", METADATA, VERSION, CORRELATION, NO_CLIENT, NO_TOPICS)
    with suppress(OSError), socket.create_connection((HOST, port), timeout=seconds) as connection:
        connection.sendall(struct.pack("!i", len(request)) + request)
        with connection.makefile("rb") as reply:
            begin = reply.read(12)
        if len(begin) == 12:  # noqa: PLR2004 - three numbers of four bytes
            _, correlation, brokers = struct.unpack("!iii", begin)
            return bool(correlation == CORRELATION and brokers > 0)
    return False
