"""Holding a consumer of the local carrier still."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from shared.bus.local import LocalCarrier
from shared.service import Carrier


@asynccontextmanager
async def still(carrier: Carrier, consumer: str) -> AsyncIterator[None]:
    """Between two of its batches, its cursors written down."""
    assert isinstance(carrier, LocalCarrier)
    async with carrier.lock(consumer):
        await carrier.write_cursors(consumer)
        yield
