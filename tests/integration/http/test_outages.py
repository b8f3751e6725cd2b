"""While the database is away, and after it."""

import asyncio
from uuid import UUID

import asyncpg
import pytest

from shared.bus.outage import is_outage
from shared.roles import Role
from tests.harness import City, Client
from tests.integration.http.asking import counting, opened, problem
from tests.postgres import Postgres


async def test_cut_connections_are_made_anew(town: City, operator: Client, postgres: Postgres) -> None:
    """Every backend is ended at once: commands are answered or told to come back; all goes on by itself."""
    counter = await opened(operator)
    admin = await asyncpg.connect(postgres.superuser_dsn)
    try:
        await admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
    finally:
        await admin.close()
    await until_done(operator, counter)
    await town.settle()
    assert (await town.client(Role.ADMIN).read("/hearing/api/v1/parked")) == []


async def test_a_connection_that_is_cut_while_held_is_an_outage(town: City) -> None:
    """The first use tells of the cut, all later ones that the pool has taken the connection back."""
    pool = town.store("counting").pool
    async with pool.acquire() as held:
        assert await pool.fetchval("SELECT pg_terminate_backend($1, 5000)", held.get_server_pid())
        told = []
        for _ in range(2):
            with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, OSError)) as raised:
                await held.execute("SELECT 1")
            assert is_outage(raised.value)
            told.append(str(raised.value))
    assert "released back to the pool" in told[1]


async def until_done(operator: Client, counter: str) -> list[int]:
    """Repeat one command, as a client does, until it is answered; gives the answers' statuses."""
    statuses = []
    async with asyncio.timeout(30):
        while True:
            answer = await operator.command(counting(counter), {"by": 1}, key=f"again-{counter}")
            statuses.append(answer.status_code)
            if answer.is_success:
                return statuses
            await problem(answer, 503)
            assert int(answer.headers["retry-after"]) > 0
            await asyncio.sleep(0.01)


async def test_while_the_database_is_away_it_says_so_and_recovers(
    town: City, operator: Client, postgres: Postgres
) -> None:
    """503 with Retry-After while PostgreSQL restarts; then the same command goes through, once."""
    counter = await opened(operator)
    await asyncio.to_thread(postgres.stop)
    away = await operator.command(counting(counter), {"by": 1}, key=f"again-{counter}")
    starting = asyncio.create_task(asyncio.to_thread(postgres.start, lambda _: None))
    statuses = [away.status_code]
    while not starting.done():
        answer = await operator.command(counting(counter), {"by": 1}, key=f"again-{counter}")
        statuses.append(answer.status_code)
        await asyncio.sleep(0.01)
    await starting
    assert 503 in statuses
    assert set(statuses) <= {200, 503}
    await until_done(operator, counter)
    await town.settle()
    heard = await town.store("hearing").pool.fetchval(
        "SELECT total FROM heard WHERE counter = $1", UUID(counter)
    )
    assert heard == 1
