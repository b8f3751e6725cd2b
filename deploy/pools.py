"""Connections to a service's database and to the vault, as every way of running makes them."""

import asyncpg

from shared.eventstore.connection import Watched
from shared.migrations import migrate
from shared.service import Definition
from shared.vault import LINEAGE as VAULT_LINEAGE

VAULT = "vault"
LEAST, MOST = 2, 16
"""More than a consumer works on side by side: they may all wait while one of its views is swapped."""
VAULT_MOST = 4
RELAY_LEAST, RELAY_MOST = 2, 4
"""A leader's lock and its hints have a connection each; it reads over a third."""


async def migrate_vault(dsn: str) -> None:
    """Bring the vault's database to this version."""
    await migrate(dsn, VAULT_LINEAGE, "vault_version")


async def migrate_service(definition: Definition, dsn: str) -> None:
    """Bring what a service keeps beside its store to this version."""
    for lineage in definition.lineages:
        await migrate(dsn, lineage, f"{definition.name}_version")


async def vault_pool(dsn: str) -> asyncpg.Pool:
    """To the vault."""
    return await asyncpg.create_pool(
        dsn, min_size=1, max_size=VAULT_MOST, reset=keep, connection_class=Watched
    )


async def relay_pool(dsn: str) -> asyncpg.Pool:
    """To a service's database, for its relay alone."""
    return await asyncpg.create_pool(
        dsn, min_size=RELAY_LEAST, max_size=RELAY_MOST, reset=keep, connection_class=Watched
    )


async def service_pool(definition: Definition, dsn: str) -> asyncpg.Pool:
    """To a service's database, its views in the search path."""
    path = ", ".join([*(view.schema for view in definition.views), "public"])
    settings = {"search_path": path}
    return await asyncpg.create_pool(
        dsn,
        min_size=LEAST,
        max_size=MOST,
        server_settings=settings,
        reset=keep,
        connection_class=Watched,
    )


async def keep(_: asyncpg.Connection) -> None:
    """Give a connection back as it is: nothing here outlives its transaction, and a reset is a round trip."""
