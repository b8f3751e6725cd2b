"""The process of relays: those of several services, one of any number of such processes leading for each."""

from contextlib import AsyncExitStack

import asyncpg
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from deploy.processes.frame import Opened
from deploy.settings import NAMES, Relay
from shared.bus.kafka import KafkaCarrier
from shared.eventstore.hints import Hints
from shared.eventstore.log import EventLog
from shared.eventstore.opening import LINEAGE
from shared.migrations import migrate

LEAST, MOST = 2, 4
"""A leader's lock and its hints have a connection each; it reads over a third."""


async def open_relay(settings: Relay, stack: AsyncExitStack) -> Opened:
    """Connect to the stores of the services that are relayed here; nothing of the vault is needed."""
    logs = []
    for name in settings.relayed:
        dsn = settings.dsn(name)
        await migrate(dsn, LINEAGE, "store_version")
        pool = await asyncpg.create_pool(dsn, min_size=LEAST, max_size=MOST)
        logs.append(EventLog(name, await stack.enter_async_context(pool)))
    carrier = KafkaCarrier(settings.cluster(), NAMES, logs)
    return Opened(make_watch(carrier), [carrier, *(Hints(log) for log in logs)])


def make_watch(carrier: KafkaCarrier) -> Starlette:
    """What a relay's process answers: that it lives, and which services it leads for."""

    async def alive(_: Request) -> JSONResponse:
        return JSONResponse({"live": True})

    async def ready(_: Request) -> JSONResponse:
        leads = [relay.log.source for relay in carrier.relays if relay.leads]
        return JSONResponse({"ready": True, "leads": leads})

    return Starlette(routes=[Route("/livez", alive), Route("/readyz", ready)])
