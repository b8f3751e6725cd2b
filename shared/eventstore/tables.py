"""The tables of a view as its handlers see them: writes of one kind in a row travel together."""

from collections.abc import Iterable
from typing import Any

import asyncpg

Connection = asyncpg.Connection | asyncpg.pool.PoolConnectionProxy


class Tables:
    """Written to in the order of the calls, read behind all that was written; the caller ends with `flush`.

    A write that fails raises at the next read, at a write of another kind or at the end: all of these are in
    the caller's transaction.
    """

    def __init__(self, db: Connection) -> None:
        """Over a connection with a transaction open."""
        self._db = db
        self._sql = ""
        self._rows: list[tuple[Any, ...]] = []

    async def execute(self, sql: str, *arguments: Any) -> None:
        """Write."""
        await self.executemany(sql, [arguments])

    async def executemany(self, sql: str, rows: Iterable[tuple[Any, ...]]) -> None:
        """Write once for each row."""
        if sql != self._sql:
            await self.flush()
            self._sql = sql
        self._rows.extend(rows)

    async def fetch(self, sql: str, *arguments: Any) -> list[Any]:
        """The rows of a query."""
        await self.flush()
        return await self._db.fetch(sql, *arguments)

    async def fetchrow(self, sql: str, *arguments: Any) -> Any:
        """The first row of a query; None when there is none."""
        await self.flush()
        return await self._db.fetchrow(sql, *arguments)

    async def fetchval(self, sql: str, *arguments: Any) -> Any:
        """The first value of the first row; None when there is none."""
        await self.flush()
        return await self._db.fetchval(sql, *arguments)

    async def flush(self) -> None:
        """Write what has been asked for and not been sent."""
        rows, self._rows = self._rows, []
        if len(rows) == 1:
            await self._db.execute(self._sql, *rows[0])
        elif rows:
            await self._db.executemany(self._sql, rows)
