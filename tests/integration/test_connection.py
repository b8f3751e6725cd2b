"""A connection that notices when the other side is gone."""

import socket
from typing import Any

from deploy.pools import relay_pool, service_pool, vault_pool
from shared.eventstore.connection import OPTIONS, Watched
from tests.postgres import Postgres
from tests.toy import HEARING


async def test_every_pool_asks_whether_its_peer_lives(postgres: Postgres) -> None:
    """The socket has the options: without them a query to a machine that vanished waits for hours."""
    dsn = postgres.superuser_dsn
    for pool in (await vault_pool(dsn), await relay_pool(dsn), await service_pool(HEARING, dsn)):
        async with pool, pool.acquire() as connection:
            held: Any = getattr(connection, "_con")  # noqa: B009  the pool hands out a stand-in for it
            peer = getattr(held, "_transport").get_extra_info("socket")  # noqa: B009  shown nowhere else
            assert isinstance(held, Watched)
            assert peer.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
            for name, value in OPTIONS.items():
                assert peer.getsockopt(socket.IPPROTO_TCP, getattr(socket, name)) == value
            assert await connection.fetchval("SELECT 1") == 1
