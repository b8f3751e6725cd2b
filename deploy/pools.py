"""Connections to a service's database and to the vault, as every way of running makes them."""

import asyncpg

from shared.migrations import migrate
from shared.service import Definition
from shared.vault import LINEAGE as VAULT_LINEAGE

VAULT = "vault"
LEAST, MOST = 2, 16
"""More than a consumer works on side by side: they may all wait while one of its views is swapped."""
VAULT_MOST = 4


async def migrate_vault(dsn: str) -> None:
    """Bring the vault's database to this version."""
    await migrate(dsn, VAULT_LINEAGE, "vault_version")


async def migrate_service(definition: Definition, dsn: str) -> None:
    """Bring what a service keeps beside its store to this version."""
    for lineage in definition.lineages:
        await migrate(dsn, lineage, f"{definition.name}_version")


async def vault_pool(dsn: str) -> asyncpg.Pool:
    """To the vault."""
    return await asyncpg.create_pool(dsn, min_size=1, max_size=VAULT_MOST)


async def service_pool(definition: Definition, dsn: str) -> asyncpg.Pool:
    """To a service's database, its views in the search path."""
    path = ", ".join([*(view.schema for view in definition.views), "public"])
    settings = {"search_path": path}
    return await asyncpg.create_pool(dsn, min_size=LEAST, max_size=MOST, server_settings=settings, reset=keep)


async def keep(_: asyncpg.Connection) -> None:
    """Give a connection back as it is: nothing here outlives its transaction, and a reset is a round trip."""
