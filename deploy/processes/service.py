"""The process of one service: its API, its part of the consumer group, its timers."""

import asyncio
from contextlib import AsyncExitStack, suppress
from importlib import import_module
from pathlib import Path
from typing import Any

import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from deploy.errors import DeployError
from deploy.pools import VAULT, migrate_service, migrate_vault, service_pool, vault_pool
from deploy.processes.frame import Opened
from deploy.settings import NAMES, Care, Identity, Reporting, Service
from shared.bus.kafka import KafkaCarrier
from shared.bus.kafka.past import TopicsPast
from shared.clock import WallClock
from shared.eventstore.hints import Hints
from shared.eventstore.opening import Kind, prepare
from shared.eventstore.standing import stand_up
from shared.eventstore.store import EventStore
from shared.eventstore.timers import Timers
from shared.eventstore.turns import turn
from shared.http.app import make_app
from shared.http.tokens import TokenCheck
from shared.observe.logs import named
from shared.service import Definition, Part, Running
from shared.vault import Vault

log = structlog.get_logger("jiujin.process")
NOWHERE = Path("/nonexistent")
PACE_SECONDS = 0.5
"""Between two looks at how quick a demo is to be."""


class StillVirtualError(DeployError):
    """The past of this demo is not finished: start it once with `./jiujin up`, until its clock is real."""


class KeyUnfitError(DeployError):
    """{file} is no Ed25519 key in PEM: give the one that belongs to this bureau."""


async def open_service(name: str, settings: Service, stack: AsyncExitStack) -> Opened:
    """Migrate, mark, connect, wire; all of it is given back by `stack`."""
    definition: Definition = import_module(f"services.{name}.service").SERVICE
    key = public_key(settings.public_key_file)
    dsn = settings.dsn(name)
    await migrate_vault(settings.dsn(VAULT))
    await migrate_service(definition, dsn)
    kind = await prepare(dsn, name, Kind(demo=settings.demo, virtual=False))
    if kind.virtual:
        raise StillVirtualError
    vault = await stack.enter_async_context(await vault_pool(settings.dsn(VAULT)))
    pool = await stack.enter_async_context(await service_pool(definition, dsn))
    store = EventStore(name, pool, Vault(vault), WallClock())
    consumer = definition.make_consumer(store)
    timers = Timers(name, store, definition.timers)
    member = settings.member or None
    cluster = settings.cluster()
    carrier = KafkaCarrier(cluster, NAMES, consumers=[consumer], timers=[timers], member=member)
    running = Running(
        definition=definition,
        store=store,
        consumer=consumer,
        tokens=TokenCheck(key, demo=kind.demo),
        files=settings.files if isinstance(settings, Care) else NOWHERE,
        sources={name: store},
        past=TopicsPast(cluster, NAMES, store),
        carrier=carrier,
        clock=store.clock,
        extras=_extras(settings),
    )
    await stand_up(running, log.info)
    async with turn(pool, "furnish"):
        await _furnish(settings, store)
    parts: list[Part] = [
        carrier,
        Hints(store),
        *definition.parts(store),
        *([Pace(running)] if kind.demo else []),
    ]
    return Opened(make_app(running), parts)


def public_key(file: Path) -> Ed25519PublicKey:
    """The key that tokens are checked with; KeyUnfitError."""
    try:
        key = load_pem_public_key(file.read_bytes())
    except (OSError, ValueError) as error:
        raise KeyUnfitError(file=file) from error
    if not isinstance(key, Ed25519PublicKey):
        raise KeyUnfitError(file=file)
    return key


def _extras(settings: Service) -> dict[str, Any]:
    if isinstance(settings, Reporting):
        return {"owners": settings.address}
    if not isinstance(settings, Identity):
        return {}
    from services.identity.keys import KeyUnreadableError, load  # noqa: PLC0415  identity's process only

    try:
        return {"private_key": load(settings.private_key_file)}
    except (OSError, KeyUnreadableError) as error:
        raise KeyUnfitError(file=settings.private_key_file) from error


async def _furnish(settings: Service, store: EventStore) -> None:
    """What the service needs before its first request; nothing at a later start."""
    if store.source == "intake":
        from deploy.first import furnish  # noqa: PLC0415  intake's process only

        await furnish(store, log.info)
    if isinstance(settings, Identity) and settings.administrator and settings.administrator_password_file:
        from deploy.first import Administrator, open_first_account  # noqa: PLC0415  identity's process only

        password = settings.administrator_password_file.read_text(encoding="utf-8").splitlines()[0]
        await open_first_account(store, Administrator(settings.administrator, password), log.info)


class Pace:
    """Looks how quick a demo is to be: whoever was told so may have been another process of the service."""

    def __init__(self, running: Running) -> None:
        """Of this service."""
        self._running = running
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        """Look until `stop`."""
        while not self._stopping.is_set():
            try:
                await self._running.look_how_quick()
            except Exception as error:  # noqa: BLE001  whatever it is, the next look comes soon
                log.debug("not looked", error=named(error))
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), PACE_SECONDS)

    def stop(self) -> None:
        """End soon."""
        self._stopping.set()
