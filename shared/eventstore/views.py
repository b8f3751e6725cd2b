"""Read models: tables folded from events, each view in a schema of its own so that it can be swapped."""

import hashlib
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg

from shared.bus.recorded import Recorded
from shared.contracts.event import Event
from shared.eventstore.tables import Connection, Tables

Handler = Callable[[Tables, Recorded], Awaitable[None]]
_SECTION = re.compile(r"^-- view: (\w+)$", re.MULTILINE)


@dataclass(frozen=True)
class View:
    """A read model: its tables and what each event does to them.

    It is rebuilt at the next start when its tables or the types that it follows are others. Raise `revision`
    when a handler changes its meaning, for the same.
    """

    name: str
    ddl: str
    handlers: Mapping[type[Event], Handler]
    revision: int = 1

    @property
    def schema(self) -> str:
        """Where its tables stand."""
        return f"view_{self.name}"

    @property
    def version(self) -> str:
        """What the tables on disk must have been built by."""
        told = "\n".join((self.ddl, *sorted(kind.NAME for kind in self.handlers)))
        return f"{self.revision}:{hashlib.sha256(told.encode()).hexdigest()[:12]}"

    async def apply(self, db: Connection, events: Sequence[Recorded]) -> None:
        """Bring the tables up to date with these events, in order."""
        tables = Tables(db)
        for recorded in events:
            handler = self.handlers.get(type(recorded.event))
            if handler is not None:
                await handler(tables, recorded)
        await tables.flush()

    async def create(self, db: Connection, schema: str = "") -> None:
        """Make the empty tables in `schema` (its own, when none is given)."""
        schema = schema or self.schema
        await db.execute(f"CREATE SCHEMA {schema}; SET LOCAL search_path = {schema}; {self.ddl}")


def tables_of(file: Path) -> dict[str, str]:
    """The definitions in a `views.sql`, by view: each begins with a line `-- view: NAME`."""
    parts = _SECTION.split(file.read_text(encoding="utf-8"))
    return dict(zip(parts[1::2], parts[2::2], strict=True))


async def insert(db: Tables, table: str, columns: Mapping[str, Any]) -> None:
    """A new row; the names are the program's own."""
    places = ", ".join(f"${place}" for place in range(1, len(columns) + 1))
    sql = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})"  # noqa: S608  our own names
    await db.execute(sql, *columns.values())


async def update(
    db: Tables, recorded: Recorded, table: str, key: str, value: object, /, **columns: object
) -> None:
    """Change columns of the row with this key, and its version to that of the event's stream."""
    change = {"version": recorded.envelope.stream_version, **columns}
    told = ", ".join(f"{name} = ${place}" for place, name in enumerate(change, 2))
    sql = f"UPDATE {table} SET {told} WHERE {key} = $1"  # noqa: S608  our own names
    await db.execute(sql, value, *change.values())


async def stand(pool: asyncpg.Pool, views: Sequence[View]) -> list[View]:
    """Make the views that don't exist yet; gives those that must be rebuilt before use."""
    stale: list[View] = []
    async with pool.acquire() as db:
        known: dict[str, Any] = dict(await db.fetch("SELECT name, version FROM store.views"))  # type: ignore[arg-type]
        fresh = not known and not await db.fetchval("SELECT EXISTS (SELECT FROM store.inbox)")
        for view in views:
            if known.get(view.name) == view.version:
                continue
            if view.name in known or not fresh:
                stale.append(view)
            if view.name not in known:
                async with db.transaction():
                    await view.create(db)
                    await db.execute(
                        "INSERT INTO store.views (name, version) VALUES ($1, $2)",
                        view.name,
                        view.version if fresh else "empty",
                    )
    return stale
