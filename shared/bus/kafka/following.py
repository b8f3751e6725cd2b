"""Following a log in commit order: of any number of processes one leads, from where the last one was."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from typing import Any

import structlog
from aiokafka.errors import KafkaError

from shared.bus.kafka.leader import RENEW_SECONDS, GivenUpError, leading, renew
from shared.bus.outage import is_outage
from shared.eventstore.log import POLL_SECONDS, SQL, EventLog, Stored, wait_for_hint
from shared.eventstore.position import START, Position
from shared.eventstore.tables import Connection
from shared.observe.logs import named

log = structlog.get_logger("jiujin.following")
BATCH = 500
TROUBLE_WAIT = 0.5
HIDDEN_SECONDS = 0.002
"""How soon to look again, at first, for events that a transaction still open elsewhere hides."""


class Following(ABC):
    """What is done with the events is for its kinds to say: `_begin`, `_take` and `_end`."""

    def __init__(self, events: EventLog, name: str, cursor: str, move: str, seconds: float | None) -> None:
        """Of this log, leading under `name`.

        How far it is stands under `cursor` and is written by the statement `move`. A batch may take so many
        `seconds`; None for as long as it likes.
        """
        self.log = events
        self.leads = False
        self.cursor = START
        self.trouble = ""
        """What interrupted it; empty again once it has gone on."""
        self._name, self._place, self._move, self._seconds = name, cursor, move, seconds
        self._stopping = asyncio.Event()
        self._hint = asyncio.Event()

    async def run(self) -> None:
        """Follow until `stop`, whatever happens to the broker or the database."""
        self.log.listen(self._hint)
        try:
            while not self._stopping.is_set():
                try:
                    async with leading(
                        self.log.pool, self._stopping, self._name, self._recovered
                    ) as connection:
                        await self._lead(connection)
                except GivenUpError:
                    return
                except Exception as error:  # noqa: BLE001  whatever it is, it is tried again
                    self.trouble = type(error).__name__
                    known = is_outage(error) or isinstance(error, KafkaError | TimeoutError)
                    tell = log.warning if known else log.exception
                    tell("interrupted", what=self._name, source=self.log.source, error=named(error))
                    await self._pause(TROUBLE_WAIT)
                finally:
                    self._set_leads(leads=False)
        finally:
            self.log.unlisten(self._hint)

    def stop(self) -> None:
        """End after the batch under way."""
        self._stopping.set()
        self._hint.set()

    async def _begin(self) -> None:  # noqa: B027  not every kind has anything to do
        """Before the first batch."""

    @abstractmethod
    async def _take(self, batch: Sequence[Stored]) -> None:
        """Do with these what is to be done; once it is over they don't come again."""

    async def _end(self) -> None:  # noqa: B027  as before the first
        """Behind the last batch, whatever ended it."""

    async def _lead(self, connection: Connection) -> None:
        row = await connection.fetchrow(SQL.cursor_of.sql, self._place, self.log.source)
        self.cursor = Position(*row) if row else START
        try:
            await self._while_leading(connection, self._begin())
            self._set_leads(leads=True)
            await self._follow(connection)
        finally:
            await self._end()

    def _set_leads(self, *, leads: bool) -> None:
        self.leads = leads

    async def _follow(self, connection: Connection) -> None:
        now = asyncio.get_running_loop().time
        renewed, waited = now(), 0.0
        while not self._stopping.is_set():
            self._hint.clear()
            batch, last = await self.log.look(self.cursor, BATCH)
            if batch:
                await self._while_leading(connection, self._take(batch))
                await self._go_on(connection, batch[-1].position)
            if now() - renewed > RENEW_SECONDS:
                await renew(connection, self._name)
                renewed = now()
            self._recovered()
            if len(batch) < BATCH:
                waited = await self._rest(0.0 if batch else waited, hidden=last > self.cursor)

    async def _rest(self, waited: float, *, hidden: bool) -> float:
        """Wait for a hint, or for what a transaction still open elsewhere hides: each time longer.

        Takes and gives how long it has waited for that.
        """
        seconds = (min(2 * waited, POLL_SECONDS) or HIDDEN_SECONDS) if hidden else 0.0
        await wait_for_hint(self._hint, seconds or POLL_SECONDS)
        return seconds

    async def _while_leading(self, connection: Connection, work: Coroutine[Any, Any, None]) -> None:
        """Until it is done, but no longer than it may take: a leader that waits for it isn't silent."""
        task = asyncio.create_task(work)
        try:
            async with asyncio.timeout(self._seconds):
                while not (await asyncio.wait({task}, timeout=RENEW_SECONDS))[0]:
                    await renew(connection, self._name)
            await task
        finally:
            task.cancel()

    def _recovered(self) -> None:
        """It goes on, or another does in its place."""
        self.trouble = ""

    async def _go_on(self, connection: Connection, place: Position) -> None:
        """Over the leader's own connection: one that leads no more fails here."""
        await connection.execute(self._move, self._place, self.log.source, *place)
        self.cursor = place

    async def _pause(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), seconds)
