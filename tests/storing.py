"""One store on a real PostgreSQL, without the services around it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import asyncpg

from shared.bus.envelope import Actor
from shared.clock import VirtualClock
from shared.eventstore.opening import Kind, prepare
from shared.eventstore.store import EventStore
from shared.eventstore.values import Answer, Written
from shared.eventstore.work import Work
from shared.migrations import migrate
from shared.vault import LINEAGE, Vault
from tests.harness import START, make_databases
from tests.toy import COUNTER, Count, Open

KIND = Kind(demo=True, virtual=True)
CLERK = Actor("clerk", "operator")


@dataclass
class Shop:
    """A store, and its databases' addresses."""

    store: EventStore
    clock: VirtualClock
    dsn: str

    def work(self, actor: Actor = CLERK, command: str = "") -> Work:
        """Work of somebody."""
        return Work(self.store, actor, command=command or str(uuid4()))

    async def opened(self) -> UUID:
        """The id of a new counter."""
        counter = uuid4()
        work = self.work()
        await work.execute(COUNTER, counter, Open(cadre=uuid4(), label="计数"))
        await self.store.commit(work)
        return counter

    async def count(self, counter: UUID, by: int = 1, answer: Answer | None = None) -> Written:
        """Count once, without a second try."""
        work = self.work()
        await work.execute(COUNTER, counter, Count(by=by))
        return await self.store.commit(work, answer=answer)

    async def total(self, counter: UUID) -> int:
        """What its events add up to."""
        state = await self.work().load(COUNTER, counter)
        assert state is not None
        return state.total


@asynccontextmanager
async def open_shop(
    admin_dsn: str, start: datetime = START, *, exclusive: bool = False
) -> AsyncIterator[Shop]:
    """A migrated, marked store for as long as the context lasts."""
    dsns = await make_databases(admin_dsn, ["counting", "vault"])
    await migrate(dsns["vault"], LINEAGE, "vault_version")
    await prepare(dsns["counting"], "counting", KIND)
    clock = VirtualClock(start)
    async with (
        asyncpg.create_pool(dsns["counting"], min_size=1, max_size=16) as pool,
        asyncpg.create_pool(dsns["vault"], min_size=1, max_size=4) as keys,
    ):
        store = EventStore("counting", pool, Vault(keys), clock, exclusive=exclusive)
        yield Shop(store, clock, dsns["counting"])
    admin = await asyncpg.connect(admin_dsn)
    for dsn in dsns.values():
        await admin.execute(f"DROP DATABASE {urlsplit(dsn).path[1:]} WITH (FORCE)")
    await admin.close()
