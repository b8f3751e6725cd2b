"""The whole system in one process: every service, the local carrier, one address."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import asyncpg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from fastapi import FastAPI

from deploy.control import Clockwork, NotSimulatedError
from deploy.pools import VAULT, migrate_service, migrate_vault, service_pool, vault_pool
from shared.bus.consumer import Consumer
from shared.bus.envelope import decode
from shared.bus.local import LocalCarrier
from shared.bus.past import LogsPast
from shared.bus.virtual import advance
from shared.clock import Clock, VirtualClock, WallClock
from shared.eventstore.log import SQL
from shared.eventstore.opening import Kind, be_alone, prepare
from shared.eventstore.standing import stand_up
from shared.eventstore.store import EventStore
from shared.eventstore.timers import Timers
from shared.http.app import make_app
from shared.http.machinery import NotDemoError
from shared.http.tokens import TokenCheck
from shared.observe.figures import Figures
from shared.observe.health import unready
from shared.service import Definition, Running
from shared.settings import Settings
from shared.vault import Vault

Progress = Callable[[str], None]


@dataclass
class System:
    """Everything that runs; `open` makes it, `carrier.run()` keeps it going, `close` ends it."""

    services: Mapping[str, Running]
    apps: Mapping[str, FastAPI]
    carrier: LocalCarrier
    clock: Clock
    kind: Kind
    pools: Sequence[asyncpg.Pool]
    tokens: TokenCheck
    loading: bool = False
    figures: Figures = field(init=False)
    _moving: asyncio.Lock = field(default_factory=asyncio.Lock)

    def __post_init__(self) -> None:
        """The figures are those of all services; this process is all else of the system, too."""
        self.figures = Figures(self.services.values(), parts=("relay", "gateway"))

    async def close(self) -> None:
        """Give the connections back."""
        for pool in self.pools:
            await pool.close()

    async def clockwork(self) -> Clockwork:
        """The clock."""
        return Clockwork(
            now=self.clock.now(),
            virtual=self.clock.simulated,
            demo=self.kind.demo,
            loading=self.loading,
        )

    async def advance(self, to: datetime, /) -> int:
        """Move the virtual clock, every timer due on the way fired at its time. NotSimulatedError."""
        if not isinstance(self.clock, VirtualClock) or not self.clock.simulated:
            raise NotSimulatedError
        async with self._moving:
            return await advance(self.carrier, self.clock, max(to, self.clock.now()))

    async def settle(self, _: str) -> None:
        """Return once every event has had its effect."""
        await self.carrier.settle()

    async def be_quick(self, _: str, *, quick: bool) -> None:
        """Waits of seconds in place of minutes, or no longer. NotDemoError."""
        if not self.kind.demo:
            raise NotDemoError
        for running in self.services.values():
            await running.be_quick(quick=quick)

    async def unready(self) -> list[str]:
        """What isn't ready, by service."""
        told = [(name, await unready(running)) for name, running in self.services.items()]
        return [f"{name}: {what}" for name, wrong in told for what in wrong]

    async def turn_real(self) -> None:
        """A demo's virtual clock ends at the present, for good."""
        if isinstance(self.clock, VirtualClock):
            for running in self.services.values():
                await running.store.pool.execute(SQL.turn_real.sql)
            self.clock.turn_real()


async def open_system(
    definitions: Sequence[Definition],
    dsn: Callable[[str], str],
    files: Path,
    public_key: Ed25519PublicKey,
    *,
    kind: Kind,
    start: datetime,
    progress: Progress = lambda _: None,
    settings: Settings | None = None,
) -> System:
    """Migrate, mark, connect and wire. `dsn(name)` leads to a service's database or to `vault`.

    `kind` is for a new store; one that exists keeps its own. A virtual clock goes on from the newest event,
    else from `start`.
    """
    progress("checking the databases")
    await migrate_vault(dsn(VAULT))
    for definition in definitions:
        await migrate_service(definition, dsn(definition.name))
    kinds = [await prepare(dsn(definition.name), definition.name, kind) for definition in definitions]
    for definition in definitions:
        await be_alone(dsn(definition.name))
    kind = kinds[0]
    pool_of_vault = await vault_pool(dsn(VAULT))
    vault = Vault(pool_of_vault)
    by_name = {
        definition.name: await service_pool(definition, dsn(definition.name)) for definition in definitions
    }
    clock: Clock = VirtualClock(await _last(by_name, start)) if kind.virtual else WallClock()
    stores = {
        name: EventStore(name, pool, vault, clock, settings or Settings(), exclusive=True)
        for name, pool in by_name.items()
    }
    tokens = TokenCheck(public_key, demo=kind.demo)
    services: dict[str, Running] = {}
    timers: list[Timers] = []
    consumers: list[Consumer] = []
    carrier = LocalCarrier(stores, consumers, timers)
    for definition in definitions:
        store = stores[definition.name]
        consumer = definition.make_consumer(store)
        consumers.append(consumer)
        timers.append(Timers(definition.name, store, definition.timers))
        services[definition.name] = Running(
            definition=definition,
            store=store,
            consumer=consumer,
            tokens=tokens,
            files=files,
            sources=stores,
            past=LogsPast(stores),
            carrier=carrier,
            clock=clock,
        )
    for store in stores.values():
        await store.head()
    apps = {name: make_app(running) for name, running in services.items()}
    system = System(services, apps, carrier, clock, kind, [*by_name.values(), pool_of_vault], tokens)
    for running in services.values():
        await stand_up(running, progress)
    if settings is None:
        for running in services.values():
            await running.look_how_quick()
    return system


async def _last(pools: Mapping[str, asyncpg.Pool], start: datetime) -> datetime:
    headers = [await pool.fetchval(SQL.last_recorded.sql) for pool in pools.values()]
    return max([start, *(decode(header, b"").recorded for header in headers if header)])
