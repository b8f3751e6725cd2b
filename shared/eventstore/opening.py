"""Opening a store: migrated, of this cluster, and of the kind of data it was begun with."""

from dataclasses import dataclass
from pathlib import Path

import asyncpg

from shared.eventstore.log import SQL
from shared.migrations import migrate

LINEAGE = Path(__file__).with_name("migrations")


class RestoredDataError(Exception):
    """A database was restored from a dump: it needs a new epoch, so that new events sort last."""

    def __init__(self, source: str) -> None:
        """Of this service."""
        super().__init__(
            f"the database of {source} was restored from a dump: begin a new epoch first, "
            "docs/how-to/backup-and-restore.md."
        )


class NotAloneError(Exception):
    """Another process is at work in this database and doesn't end: stop it, then start again."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What data a store holds: a demo's or a bureau's own, and whether its clock is still virtual."""

    demo: bool
    virtual: bool


async def prepare(dsn: str, source: str, kind: Kind) -> Kind:
    """Migrate and mark a store; gives the kind of data that it has held from the beginning."""
    await migrate(dsn, LINEAGE, "store_version")
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(SQL.found.sql, source, kind.demo, kind.virtual)
        meta = await connection.fetchrow(SQL.meta.sql)
        here = await connection.fetchrow(SQL.cluster.sql)
        head = await connection.fetchrow(SQL.head.sql)
        assert meta is not None  # noqa: S101  the statement before has made it
        assert here is not None  # noqa: S101  a function gives a row
        if head is not None and head["epoch"] == meta["epoch"]:
            moved = here["cluster"] != meta["cluster"]
            if moved or head["xid"] >= here["xid"]:
                raise RestoredDataError(source)
        return Kind(meta["demo"], meta["virtual"])
    finally:
        await connection.close()


async def be_alone(dsn: str) -> None:
    """End what a process that died has left at work in this database: the caller alone appends now."""
    connection = await asyncpg.connect(dsn)
    try:
        if not all(row["ended"] for row in await connection.fetch(SQL.end_others.sql)):
            raise NotAloneError
    finally:
        await connection.close()


async def begin_epoch(dsn: str) -> None:
    """After a logical restore: let new events sort behind all that were restored."""
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(SQL.new_epoch.sql)
    finally:
        await connection.close()
