"""A service's own events, taken in from its own table: the broker is the way to the others."""

import asyncio
import time
from collections.abc import Sequence

from shared.bus.consumer import Consumer
from shared.bus.envelope import decode
from shared.bus.kafka.following import Following
from shared.bus.kafka.intake import lanes_of
from shared.bus.kafka.lag import STUCK_SECONDS
from shared.bus.outage import is_outage
from shared.eventstore.log import SQL, Stored
from shared.eventstore.position import START, Position

ANSWER_SECONDS = 2.0
OWN = "own events"
"""Under which name a process of the service leads in taking them in."""


class OwnEvents(Following):
    """Of one consumer, in one of any number of its processes: the leader takes in, the others wait.

    The cursor is the one that the local carrier moves. A service that read its own topic before has none, and
    begins at its first event: what was taken in has no second effect.
    """

    def __init__(self, consumer: Consumer) -> None:
        """Of its own store."""
        super().__init__(consumer.store, OWN, consumer.name, SQL.move_cursor.sql, None)
        self._consumer = consumer
        self._looked, self._moved = START, time.monotonic()

    async def lag(self) -> int:
        """How many events it has not taken in, whichever process does; the newest that was is noted."""
        pool, source = self.log.pool, self.log.source
        row = await pool.fetchrow(SQL.last_taken.sql, self._consumer.name, source)
        place = Position(*row[:3]) if row else START
        if row and row["header"]:
            self._consumer.newest[source] = decode(row["header"], b"").recorded
        left: int = await pool.fetchval(SQL.lag.sql, *place)
        if place != self._looked or not left:
            self._looked, self._moved = place, time.monotonic()
        return left

    async def moves(self) -> bool:
        """Whether it goes on, if there is anything to do. That the database is away is told elsewhere."""
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                left = await self.lag()
        except Exception as error:
            if isinstance(error, TimeoutError) or is_outage(error):
                return True
            raise
        return not left or time.monotonic() - self._moved <= STUCK_SECONDS

    async def _rest(self, waited: float, *, hidden: bool) -> float:
        seconds = await super()._rest(waited, hidden=hidden)
        await self._consumer.gathering()
        return seconds

    async def _take(self, batch: Sequence[Stored]) -> None:
        """Keys side by side, as what comes from the topics."""
        lanes = lanes_of([decode(stored.header, stored.data) for stored in batch])
        done = await asyncio.gather(*map(self._consumer.deliver, lanes), return_exceptions=True)
        for outcome in done:
            if isinstance(outcome, BaseException):
                raise outcome
