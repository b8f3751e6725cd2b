"""What is being taken in holds up those who read about the same, and nobody else."""

import asyncio
import time
from collections.abc import Sequence
from typing import cast

import pytest

from shared.bus.envelope import Envelope
from shared.bus.inhand import InHand
from shared.ids import draw
from tests.harness import START


class _Named:
    """As much of an envelope as is looked at."""

    def __init__(self, stream: str) -> None:
        """Of this stream."""
        self.stream = stream


def _of(*streams: str) -> Sequence[Envelope]:
    return cast("Sequence[Envelope]", [_Named(stream) for stream in streams])


async def test_a_reader_waits_until_the_last_has_let_go() -> None:
    """Whatever the kind of the stream is, by its id; another id isn't waited for."""
    hand, one, other = InHand(), draw(START), draw(START)
    with hand.holding(_of(f"request-{one}", f"request-{one}")):
        with hand.holding(_of(f"cadre-{one}")):
            waiting = asyncio.create_task(hand.let_go(f"match-{one}", 60))
            await asyncio.wait_for(hand.let_go(f"match-{other}", 60), 1)
            assert not waiting.done()
        await asyncio.sleep(0.01)
        assert not waiting.done()
    await asyncio.wait_for(waiting, 1)
    await asyncio.wait_for(hand.let_go(f"match-{one}", 60), 1)


async def test_nobody_waits_for_ever() -> None:
    """Not for what takes long, and not for what failed."""
    hand, one = InHand(), draw(START)
    with hand.holding(_of(f"request-{one}")):
        began = time.monotonic()
        await hand.let_go(f"match-{one}", 0.05)
        assert time.monotonic() - began >= 0.05
    with pytest.raises(ConnectionResetError), hand.holding(_of(f"request-{one}")):
        raise ConnectionResetError
    await asyncio.wait_for(hand.let_go(f"match-{one}", 60), 1)
