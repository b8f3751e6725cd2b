"""What is being taken in at this moment: who reads about it waits for that, rather than miss it narrowly."""

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from shared.bus.envelope import Envelope
from shared.eventstore.log import wait_for_hint

ID = 36
"""A stream's name ends with its id: what several services know of one thing stands under the same."""


class InHand:
    """Of one consumer in one process."""

    def __init__(self) -> None:
        """Nothing."""
        self._ids: Counter[str] = Counter()
        self._let_go = asyncio.Event()

    @contextmanager
    def holding(self, envelopes: Sequence[Envelope]) -> Iterator[None]:
        """These, until they had their effect or it is known that they haven't now."""
        ids = Counter(envelope.stream[-ID:] for envelope in envelopes)
        self._ids += ids
        try:
            yield
        finally:
            self._ids -= ids
            self._let_go.set()
            self._let_go = asyncio.Event()

    async def let_go(self, stream: str, seconds: float) -> None:
        """Wait until nothing is in hand of what has the id of this stream, `seconds` at most."""
        now = asyncio.get_running_loop().time
        until = now() + seconds
        while stream[-ID:] in self._ids and now() < until:
            await wait_for_hint(self._let_go, until - now())
