"""A city of ten demos: the demo's own events, and nine times the same of other people at other places.

The demo lives through its past in a process of its own, by its API. Each of its events is then written as
often as there are to be cities, the ids in it those of that city, sealed with that city's keys and chained
anew; the services follow all of them into their views, and react to none. Accounts there are once: their
names are taken.
"""

import asyncio
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import asyncpg
import orjson
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bench.ground import Ground
from bench.serving import serving
from deploy.demo.loading import load_demo
from deploy.folder import DataFolder
from deploy.services import SERVICES
from deploy.system import System, open_system
from services.identity.keys import load_or_make
from shared.bus import codec
from shared.bus.envelope import GENESIS, Envelope, from_attributes
from shared.bus.recorded import Recorded
from shared.clock import wall_now
from shared.contracts.event import revive
from shared.eventstore.opening import Kind
from shared.eventstore.position import START
from shared.eventstore.store import EventStore
from shared.vault import Vault

BATCH = 500
COLUMNS = ("epoch", "xid", "seq", "stream", "stream_version", "header", "data", "hash")
EARLY = 3
"""The first transaction that there can be: whatever the system itself appends is behind it."""
_ID = re.compile(rb"([0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-)([0-9a-f]{2})([0-9a-f]{10})")


@asynccontextmanager
async def standing_city(
    ground: Ground, days: int, cities: int
) -> AsyncIterator[tuple[System, Ed25519PrivateKey]]:
    """The system of so many cities, each with a past of so many days, and the key of its tokens.

    Its carrier doesn't run: nothing happens but what is asked.
    """
    names = [service.name for service in SERVICES]
    dsns = {name: await ground.database() for name in (*names, "vault")}
    key = await _lived(ground, days, dsns)
    fresh = {**dsns, **{name: await ground.database() for name in names}}
    system = await open_system(
        [replace(service, reactions={}, timers={}) for service in SERVICES],
        fresh.__getitem__,
        ground.folder,
        key.public_key(),
        kind=Kind(demo=True, virtual=False),
        start=wall_now(),
    )
    try:
        for running in system.services.values():
            async with asyncpg.create_pool(dsns[running.name], min_size=1, max_size=2) as pool:
                demo = EventStore(running.name, pool, running.store.vault, system.clock)
                events = await _copy(demo, running.store, 1 if running.name == "identity" else cities)
                _say(f"{running.name}: {events:,} events")
        await _follow(system)
        yield system, key
    finally:
        await system.close()


async def _lived(ground: Ground, days: int, dsns: dict[str, str]) -> Ed25519PrivateKey:
    """Let a demo live so many days in these databases; gives the key of its tokens."""
    folder = DataFolder(ground.folder / "demo")
    folder.demo_log.parent.mkdir(parents=True)
    key = await asyncio.to_thread(load_or_make, folder.key)
    config = {
        "dsns": dsns,
        "files": str(ground.folder),
        "public_key": key.public_key().public_bytes_raw().hex(),
        "days": days,
    }
    async with serving(config) as address:
        if not await load_demo(folder, address, _say):
            raise RuntimeError(folder.demo_log.read_text(encoding="utf-8"))
    return key


async def _follow(system: System) -> None:
    """Bring all views up to date with all that there is."""
    carrying = asyncio.create_task(system.carrier.run())
    for running in system.services.values():
        await running.store.head()
    await system.carrier.settle()
    system.carrier.stop()
    await carrying
    for running in system.services.values():
        if await running.store.pool.fetchval("SELECT count(*) FROM store.held"):
            raise AssertionError(f"{running.name} could not take everything in")
        await running.store.pool.execute("ANALYZE")


@dataclass
class _Copier:
    """Writes events anew for each city; `last` is the head of each stream's chain."""

    vault: Vault
    cities: int
    last: dict[str, bytes] = field(default_factory=dict)
    seq: int = 0

    async def rows(self, batch: list[Recorded]) -> list[tuple[Any, ...]]:
        """Of these events and their likes, a row each."""
        made = [self._of(one, city) for one in batch for city in range(self.cities)]
        await self.vault.fetch((name for event, _ in made for name in codec.keys_needed(event)), make=True)
        rows = []
        for event, envelope in made:
            previous = self.last.get(envelope.stream, GENESIS)
            whole = codec.write(event, replace(envelope, previous=previous), self.vault)
            self.last[whole.stream] = whole.hash
            self.seq += 1
            place = (1, EARLY, self.seq, whole.stream, whole.stream_version)
            rows.append((*place, whole.header, whole.data, whole.hash))
        return rows

    def _of(self, recorded: Recorded, city: int) -> tuple[Any, Envelope]:
        """What happened there, and its envelope without the bytes."""
        fields = orjson.loads(_there(recorded.event.model_dump_json().encode(), city))
        attributes = orjson.loads(_there(recorded.envelope.header, city))
        envelope = from_attributes(attributes, b"")
        return revive(envelope.type, envelope.version, fields), envelope


async def _copy(demo: EventStore, city: EventStore, cities: int) -> int:
    """All events of one service; gives how many were written."""
    copier, place = _Copier(city.vault, cities), START
    while placed := await demo.read_all(place, BATCH):
        place = placed[-1].position
        rows = await copier.rows(await codec.read([one.envelope for one in placed], demo.vault))
        async with city.pool.acquire() as db:
            await db.copy_records_to_table("events", schema_name="store", records=rows, columns=COLUMNS)
    return copier.seq


def _there(text: bytes, city: int) -> bytes:
    """The text with the ids of another city; the first keeps its own."""
    if not city:
        return text
    return _ID.sub(lambda found: b"%b%02x%b" % (found[1], int(found[2], 16) ^ city, found[3]), text)


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")
