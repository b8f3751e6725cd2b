"""Waiting until a place in a stream has been taken in."""

import asyncio
import re
from collections.abc import Awaitable, Callable

POSITION = re.compile(r"([a-z_]+-[0-9a-f-]{36})@([0-9]{1,9})")
"""`stream@version`, as writes are answered."""
POLL_SECONDS = 0.01


async def reached(
    has: Callable[[str, int], Awaitable[bool]],
    position: str,
    seconds: float,
    moved: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> bool:
    """Wait until `has` the stream's version; False when it hasn't in time, or `position` is none.

    `moved` waits for so many seconds, or for less when something was taken in.
    """
    found = POSITION.fullmatch(position)
    if found is None:
        return False
    stream, version = found.groups()
    deadline = asyncio.get_running_loop().time() + seconds
    while not await has(stream, int(version)):
        if asyncio.get_running_loop().time() > deadline:
            return False
        await moved(POLL_SECONDS)
    return True
