"""Brings a database to the newest version of a lineage of SQL files, by Alembic.

A lineage is a folder with `versions/NNNN_name.py`, each of which runs the SQL file beside it.
"""

from pathlib import Path
from typing import Any

import asyncpg

LOCK = 0x4A49554A  # one migration at a time in a database, whoever starts first


class NewerDatabaseError(Exception):
    """The database was written by a newer version of this program. Start that one, or upgrade this one."""


def newest(lineage: Path) -> str:
    """The newest revision that this program knows."""
    return max(path.name.split("_")[0] for path in lineage.joinpath("versions").glob("[0-9]*.sql"))


def run_sql(path: str) -> None:
    """Run the SQL file beside a revision's Python file, in the migration's transaction."""
    from alembic import op  # noqa: PLC0415  only a database that is behind loads Alembic

    connection = op.get_bind().connection.dbapi_connection
    script = Path(path).with_suffix(".sql").read_text(encoding="utf-8")
    connection.run_async(lambda driver: driver.execute(script))  # type: ignore[union-attr]


async def migrate(dsn: str, lineage: Path, table: str) -> bool:
    """Bring the database to the newest revision; gives whether there was anything to do.

    `table` keeps the lineage's revision. NewerDatabaseError when the database is ahead.
    """
    guard = await asyncpg.connect(dsn)
    try:
        await guard.execute("SELECT pg_advisory_lock($1)", LOCK)
        current = None
        if await guard.fetchval("SELECT to_regclass($1)", table):
            current = await guard.fetchval(f'SELECT version_num FROM "{table}"')  # noqa: S608  our own name
        target = newest(lineage)
        if current == target:
            return False
        if current is not None and current > target:
            raise NewerDatabaseError(f"{table}: {current}, newest known {target}")
        await _upgrade(dsn, lineage, table)
        return True
    finally:
        await guard.close()


async def _upgrade(dsn: str, lineage: Path, table: str) -> None:
    from alembic.config import Config  # noqa: PLC0415  a start with nothing to do needn't load Alembic
    from alembic.runtime.environment import EnvironmentContext  # noqa: PLC0415  the same
    from alembic.script import ScriptDirectory  # noqa: PLC0415  the same
    from sqlalchemy import Connection  # noqa: PLC0415  the same
    from sqlalchemy.ext.asyncio import create_async_engine  # noqa: PLC0415  the same
    from sqlalchemy.pool import NullPool  # noqa: PLC0415  the same

    script = ScriptDirectory(str(lineage))

    def steps(revision: Any, _: Any) -> Any:
        return script._upgrade_revs("head", revision)  # noqa: SLF001  as alembic.command.upgrade does

    def run(connection: Connection) -> None:
        with EnvironmentContext(Config(), script, fn=steps) as environment:
            environment.configure(
                connection=connection,
                version_table=table,
                transactional_ddl=True,
                transaction_per_migration=True,
            )
            with environment.begin_transaction():
                environment.run_migrations()

    engine = create_async_engine(
        "postgresql+asyncpg://", async_creator=lambda: asyncpg.connect(dsn), poolclass=NullPool
    )
    try:
        async with engine.connect() as connection:
            await connection.run_sync(run)
            await connection.commit()
    finally:
        await engine.dispose()
