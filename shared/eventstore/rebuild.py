"""Builds a view anew beside the live one, catches up, and swaps; readers never see half of it.

What has had its effect is told by the consumer's inbox, and what was passed by, since its type had not been
wanted, by its cursors. Any other event, because it waits or has not come, is the consumer's to bring. So it
doesn't matter in which process the consumer works, nor where the past is read from.

What was passed by goes into the view and no further: no reaction hears of it. The inbox then has it, too.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

import orjson

from shared.bus import codec
from shared.bus.envelope import Envelope, decode
from shared.bus.past import Read
from shared.contracts.operations import EventSkipped
from shared.eventstore.gate import between_batches
from shared.eventstore.log import SQL
from shared.eventstore.sieve import Found, Marks, Place, Sieve
from shared.eventstore.statement import lock_of_key
from shared.eventstore.tables import Connection
from shared.eventstore.turns import turn
from shared.eventstore.views import View
from shared.service import Running

WRITE = 200
"""Events a transaction: a longer one would stall every reader of the cluster."""
LACKING = "lacking"
"""Version of a view that lacks what was passed by behind an event that waits: the next start rebuilds it."""


class PastIncompleteError(Exception):
    """The topics lack what was taken in. Wait until `./jiujin status` shows nothing unsent; do it again."""


async def rebuild(running: Running, view: View) -> AsyncIterator[bytes]:
    """Rebuild `view`; gives lines of JSON: progress, and at the end the differences to the old tables.

    Two rebuilds of one view would write into the same tables: one after the other.
    """
    pool = running.store.pool
    async with turn(pool, f"rebuild {view.name}"), pool.acquire() as db:
        building = _Building(running, view, db)
        try:
            await building.begin()
            async for done in building.catch_up():
                yield _line(state="building", events=done)
            taken = await building.taken()
            async for done in building.catch_up():
                yield _line(state="catching up", events=done)
            await building.check(taken)
            async with between_batches(db, running.name):  # nothing is said in here: a listener may be slow
                async for _ in building.catch_up(still=True):
                    pass
                differences = await building.differences()
                await building.swap()
            await building.drop_old()
        finally:
            await building.close()
    yield _line(state="swapped", events=building.done, differences=differences, left=building.left)


class _Building:
    """`db` is used for everything: while the consumer stands still, the pool may have no other."""

    def __init__(self, running: Running, view: View, db: Connection) -> None:
        self.running, self.view, self.db = running, view, db
        self.next, self.old = f"{view.schema}_next", f"{view.schema}_old"
        self.types = {kind.NAME for kind in view.handlers}
        wanted = {name.split(".")[0] for name in self.types}
        if "operations" in wanted:  # what people did to the machinery is in every store
            wanted.update(running.past.names)
        self.reader = running.past.reader(wanted, running.name)
        self.kept: Sequence[Read] = ()
        self.left = 0
        """How many were passed by behind an event that waits, and are lacking."""
        self.reached: dict[str, int] = {}
        self.done = 0

    async def begin(self) -> None:
        """Empty tables beside the live ones; leftovers of a rebuild that was killed go."""
        await self.db.execute(f"DROP SCHEMA IF EXISTS {self.next} CASCADE")
        await self.db.execute(f"DROP SCHEMA IF EXISTS {self.old} CASCADE")
        async with self.db.transaction():
            await self.view.create(self.db, self.next)

    async def close(self) -> None:
        """Give back what the past is read with."""
        await self.reader.close()

    async def taken(self) -> Mapping[str, int]:
        """What the consumer has taken in by now, of each stream."""
        rows = await self.db.fetch(
            "SELECT stream, version FROM store.inbox WHERE consumer = $1", self.running.name
        )
        return {row["stream"]: row["version"] for row in rows}

    async def check(self, taken: Mapping[str, int]) -> None:
        """PastIncompleteError when the past lacked what had been taken in before it was read.

        Streams of kinds that it had none of at all aren't looked at: they are of services that weren't read.
        Nor are people's skips, which every service has.
        """
        kinds = {stream.partition("-")[0] for stream in self.reached} - {"skip"}
        for stream, version in taken.items():
            if stream.partition("-")[0] in kinds and self.reached.get(stream, 0) < version:
                raise PastIncompleteError(f"{stream}@{version}")
        if not self.reached and await self._shows():
            raise PastIncompleteError(self.view.name)

    async def _shows(self) -> bool:
        """Whether the live view has anything in it."""
        for table in await self._tables(self.view.schema):
            if await self.db.fetchval(f"SELECT EXISTS (SELECT FROM {self.view.schema}.{table})"):  # noqa: S608  our own names
                return True
        return False

    async def _tables(self, schema: str) -> list[str]:
        rows = await self.db.fetch(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = $1", schema
        )
        return [row["table_name"] for row in rows]

    async def catch_up(self, *, still: bool = False) -> AsyncIterator[int]:
        """Apply what belongs in the view by now; gives the count after each batch. What is kept comes first.

        `still` when the consumer stands still.
        """
        cursors = await self.reader.cursors(self.db)
        rows = await self.db.fetch(SQL.held_of.sql, self.running.name)
        waiting = {(row["stream"], row["stream_version"]) for row in rows}
        sieve = Sieve(Marks(cursors, waiting), still=still)
        pending = list(self.kept)
        async for read in self.reader.more():
            one = read.envelope
            if one.stream_version <= self.reached.get(one.stream, 0):
                continue  # a sender that tried again has sent it twice
            self.reached[one.stream] = one.stream_version
            if one.type in self.types or _place(one) in waiting:
                pending.append(read)
            if len(pending) >= WRITE and not still:
                await self._take(sieve, pending)
                yield self.done
                pending = []
        await self._take(sieve, pending)
        self.kept, self.left = sieve.kept, sieve.left
        yield self.done

    async def _take(self, sieve: Sieve, reads: Sequence[Read]) -> None:
        """Apply those of these that belong in the view."""
        if not reads:
            return
        streams = list({read.envelope.stream for read in reads})
        rows = await self.db.fetch(SQL.inbox_of.sql, self.running.name, streams)
        found = sieve.sift(reads, {row["stream"]: row["version"] for row in rows})
        skipped = await self._passed_over()  # after the inbox, which a person's skip moves as well
        ready = [
            one for one in found if one.envelope.type in self.types and _place(one.envelope) not in skipped
        ]
        for begin in range(0, len(ready), WRITE):
            await self._apply(ready[begin : begin + WRITE])

    async def _passed_over(self) -> set[Place]:
        """Events that a person let this consumer go past: they had no effect, and get none now."""
        rows = await self.db.fetch("SELECT header, data FROM store.events WHERE stream LIKE 'skip-%'")
        skips = await codec.read(
            [decode(row["header"], row["data"]) for row in rows], self.running.store.vault
        )
        return {
            (skip.event.stream, skip.event.stream_version)
            for skip in skips
            if isinstance(skip.event, EventSkipped) and skip.event.consumer == self.running.name
        }

    async def _apply(self, found: Sequence[Found]) -> None:
        """These, and note of those that were passed by that they were had, however this ends."""
        events = await codec.read([one for one, _ in found], self.running.store.vault)
        async with self.db.transaction():
            await self._note([one for one, passed in found if passed])
            await self._look()
            await self.view.apply(self.db, events)
        self.done += len(found)

    async def _note(self, gone: Sequence[Envelope]) -> None:
        """In the inbox: when they are delivered again they have no second effect."""
        if not gone:
            return
        name, versions = self.running.name, {one.stream: one.stream_version for one in gone}
        await self.db.execute(SQL.lock.sql, sorted({lock_of_key(name, one.key) for one in gone}))
        await self.db.execute(SQL.had.sql, name, list(versions), list(versions.values()))

    async def _look(self) -> None:
        path = await self.db.fetchval("SHOW search_path")
        await self.db.execute(f"SET LOCAL search_path = {self.next}, {path}")

    async def differences(self) -> dict[str, Mapping[str, int]]:
        """Rows that only the old or only the new tables have, by table."""
        found: dict[str, Mapping[str, int]] = {}
        for name in await self._tables(self.next):
            if not await self.db.fetchval("SELECT to_regclass($1)", f"{self.view.schema}.{name}"):
                continue
            found[name] = {
                "only_old": await self._only(self.view.schema, self.next, name),
                "only_new": await self._only(self.next, self.view.schema, name),
            }
        return found

    async def _only(self, there: str, here: str, table: str) -> int:
        """Rows of a table in one schema that the other hasn't; compared as text, so any column will do."""
        count: Any = await self.db.fetchval(
            f"SELECT count(*) FROM (SELECT t::text FROM {there}.{table} t "  # noqa: S608  our own names
            f"EXCEPT ALL SELECT t::text FROM {here}.{table} t) AS d"
        )
        return int(count)

    async def swap(self) -> None:
        """The new tables take the live ones' place, in one transaction."""
        async with self.db.transaction():
            await self.db.execute(f"ALTER SCHEMA {self.view.schema} RENAME TO {self.old}")
            await self.db.execute(f"ALTER SCHEMA {self.next} RENAME TO {self.view.schema}")
            await self.db.execute(
                "UPDATE store.views SET version = $2, built = now() WHERE name = $1",
                self.view.name,
                LACKING if self.left else self.view.version,
            )

    async def drop_old(self) -> None:
        """The old tables, once no reader has them."""
        await self.db.execute(f"DROP SCHEMA {self.old} CASCADE")


def _place(envelope: Envelope) -> Place:
    return envelope.stream, envelope.stream_version


def _line(**facts: object) -> bytes:
    return orjson.dumps(facts) + b"\n"
