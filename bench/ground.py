"""The ground of a run: an embedded PostgreSQL of its own in a temporary folder, a fresh database a use."""

import asyncio
import secrets
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from deploy.pools import keep
from deploy.postgres import EmbeddedPostgres
from shared.clock import WallClock
from shared.eventstore.opening import Kind, prepare
from shared.eventstore.store import EventStore
from shared.migrations import migrate
from shared.vault import LINEAGE, Vault


@dataclass(frozen=True)
class Ground:
    """A running PostgreSQL, with the settings that the system itself runs on (synchronous_commit is on)."""

    postgres: EmbeddedPostgres
    folder: Path

    async def database(self) -> str:
        """The address of a fresh, empty database."""
        name = f"bench_{secrets.token_hex(4)}"
        admin = await asyncpg.connect(self.postgres.superuser_dsn)
        try:
            await admin.execute(f"CREATE DATABASE {name} TEMPLATE template0")
        finally:
            await admin.close()
        return urlunsplit(urlsplit(self.postgres.superuser_dsn)._replace(path=f"/{name}"))

    async def version(self) -> str:
        """PostgreSQL's version."""
        admin = await asyncpg.connect(self.postgres.superuser_dsn)
        try:
            return str(await admin.fetchval("SHOW server_version"))
        finally:
            await admin.close()

    @asynccontextmanager
    async def store(
        self, connections: int, vault_dsn: str = "", source: str = "bench"
    ) -> AsyncIterator[tuple[EventStore, str]]:
        """An empty store on a pool of so many connections, and its address; the keys are in `vault_dsn`."""
        dsn, vault_dsn = await self.database(), vault_dsn or await self.database()
        await prepare(dsn, source, Kind(demo=False, virtual=False))
        await migrate(vault_dsn, LINEAGE, "vault_version")
        async with (
            asyncpg.create_pool(dsn, min_size=connections, max_size=connections, reset=keep) as pool,
            asyncpg.create_pool(vault_dsn, min_size=1, max_size=2) as vault_pool,
        ):
            yield EventStore(source, pool, Vault(vault_pool), WallClock()), dsn


@asynccontextmanager
async def standing() -> AsyncIterator[Ground]:
    """PostgreSQL for the length of a run; nothing is left behind."""
    folder = _open_folder()
    postgres = EmbeddedPostgres(folder / "data")
    try:
        await asyncio.to_thread(postgres.start, lambda _: None)
        yield Ground(postgres, folder)
    finally:
        await asyncio.to_thread(postgres.stop)
        shutil.rmtree(folder)


def _open_folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="jiujin-bench-"))
    folder.chmod(0o755)  # the user who runs PostgreSQL has to reach it
    return folder
