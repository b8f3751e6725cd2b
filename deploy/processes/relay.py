"""The process of relays: those of several services, one of any number of such processes leading for each."""

import asyncio
from contextlib import AsyncExitStack

from fastapi import FastAPI

from deploy.pools import relay_pool
from deploy.processes.frame import Opened
from deploy.settings import NAMES, Relay
from shared.bus.kafka import KafkaCarrier
from shared.eventstore.hints import Hints
from shared.eventstore.log import EventLog
from shared.eventstore.opening import LINEAGE
from shared.migrations import migrate
from shared.observe.figures import Figures
from shared.observe.health import store_unready
from shared.observe.routes import add_watch


async def open_relay(settings: Relay, stack: AsyncExitStack) -> Opened:
    """Connect to the stores of the services that are relayed here; nothing of the vault is needed."""
    logs = []
    for name in settings.relayed:
        dsn = settings.dsn(name)
        await migrate(dsn, LINEAGE, "store_version")
        pool = await relay_pool(dsn)
        logs.append(EventLog(name, await stack.enter_async_context(pool)))
    carrier = KafkaCarrier(settings.cluster(), NAMES, logs)
    return Opened(make_watch(carrier), [carrier, *(Hints(log) for log in logs)])


def make_watch(carrier: KafkaCarrier) -> FastAPI:
    """What a relay's process answers: that it lives, whether databases and broker do, what it sends."""
    app = FastAPI(openapi_url=None)

    async def unready() -> list[str]:
        wrong = []
        stores = await asyncio.gather(*(store_unready(relay.log.pool) for relay in carrier.relays))
        for relay, faults in zip(carrier.relays, stores, strict=True):
            source = relay.log.source
            wrong += [f"{source}: {fault}" for fault in faults]
            if relay.trouble:
                wrong.append(f"the relay of {source} was interrupted: {relay.trouble}")
        return wrong

    add_watch(app, unready, Figures(parts=["relay"]))
    return app
