"""The event loop, which many share: whatever takes long lets the others have their turn."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import TypeVar

T = TypeVar("T")

AT_ONCE = 50
"""So many events are encoded, read or folded within some milliseconds."""


async def in_turns(items: Sequence[T]) -> AsyncIterator[T]:
    """These, with a pause for others now and then."""
    for number, item in enumerate(items):
        if number and number % AT_ONCE == 0:
            await asyncio.sleep(0)
        yield item
