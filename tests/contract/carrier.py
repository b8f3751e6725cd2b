"""What a carrier must offer to be tested, and the local one offering it.

The toy services publish through their stores: `counting` counts, `hearing` reacts to it and shows sums.
Another carrier passes the same tests by giving another `CarrierUnderTest` to the fixture `carrier`.
"""

import asyncio
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import UUID, uuid4

from shared.bus.local import LocalCarrier
from shared.bus.retry import Retry
from shared.roles import Role
from tests.harness import City, Client

QUICK = Retry(tries=3, first=0.02)
DEADLINE = 20.0


class CarrierUnderTest(Protocol):
    """A running carrier with the toy services on it."""

    city: City

    async def start(self) -> None:
        """Begin to carry, as a process that has just started."""

    async def stop(self) -> None:
        """End in order; nothing is carried afterwards."""

    async def rewind(self) -> None:
        """Have every event delivered to every consumer once more."""

    async def settle(self) -> None:
        """Wait until nothing moves: all is handled, or is parked."""


@dataclass
class LocalUnderTest:
    """The local carrier."""

    city: City
    _running: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """A new carrier on the same services: it knows only what the databases tell it."""
        system = self.city.system
        old = system.carrier
        consumers = [running.consumer for running in system.services.values()]
        system.carrier = LocalCarrier(old.stores, consumers, old.timers)
        for running in system.services.values():
            running.carrier = system.carrier
        self._running = asyncio.create_task(system.carrier.run())

    async def stop(self) -> None:
        """End in order."""
        self.city.system.carrier.stop()
        if self._running is not None:
            await asyncio.wait_for(self._running, DEADLINE)
            self._running = None

    async def rewind(self) -> None:
        """Forget the cursors and start anew."""
        await self.stop()
        for running in self.city.system.services.values():
            await running.store.pool.execute("DELETE FROM store.cursors")
        await self.start()

    async def settle(self) -> None:
        """Wait until nothing moves."""
        await self.city.settle()


@dataclass
class Toys:
    """The toy services on a carrier, in the hands of an operator and an administrator."""

    carrier: CarrierUnderTest
    operator: Client = field(init=False)
    admin: Client = field(init=False)

    def __post_init__(self) -> None:
        """Sign in; retries are quick."""
        self.operator = self.carrier.city.client(Role.OPERATOR)
        self.admin = self.carrier.city.client(Role.ADMIN, sub="administrator-one")
        for running in self.carrier.city.system.services.values():
            running.consumer.retry = QUICK

    async def open(self, cadre: UUID | None = None) -> UUID:
        """A new counter."""
        body = {"cadre": str(cadre or uuid4()), "label": "计数"}
        return UUID((await self.operator.done("/counting/api/v1/counters", body))["id"])

    async def count(self, counter: UUID, *amounts: int) -> None:
        """Count, one event an amount."""
        for by in amounts:
            await self.operator.done(f"/counting/api/v1/counters/{counter}/count", {"by": by})

    async def heard(self) -> dict[UUID, int]:
        """What hearing's view shows."""
        rows = await self.carrier.city.store("hearing").pool.fetch("SELECT counter, total FROM heard")
        return {row["counter"]: row["total"] for row in rows}

    async def totals(self) -> dict[UUID, int]:
        """What counting's view shows."""
        rows = await self.carrier.city.store("counting").pool.fetch("SELECT counter, total FROM totals")
        return {row["counter"]: row["total"] for row in rows}

    async def effects(self, counter: UUID) -> list[int]:
        """What hearing has recorded of a counter, in order."""
        past = await self.carrier.city.store("hearing").read_stream(f"ear-{counter}")
        return [recorded.event.model_dump()["total"] for recorded in past]

    async def parked(self, service: str = "hearing") -> list[dict[str, Any]]:
        """What waits in a service, in order."""
        found: list[dict[str, Any]] = await self.admin.read(f"/{service}/api/v1/parked")
        return found
