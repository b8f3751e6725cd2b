"""Sends a log's events to its topic, in commit order, each behind the last acknowledged."""

import asyncio
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from typing import Any

import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from shared.bus.kafka.leader import RENEW_SECONDS, GivenUpError, leading, renew
from shared.bus.kafka.message import to_message
from shared.bus.kafka.topics import Cluster
from shared.bus.outage import is_outage
from shared.eventstore.log import POLL_SECONDS, RELAY, SQL, EventLog, Stored, wait_for_hint
from shared.eventstore.position import START, Position
from shared.eventstore.tables import Connection
from shared.observe.logs import named
from shared.observe.metrics import LEADS, SENT

log = structlog.get_logger("jiujin.relay")
BATCH = 500
TROUBLE_WAIT = 0.5
HIDDEN_SECONDS = 0.002
"""How soon to look again, at first, for events that a transaction still open elsewhere hides."""
SECONDS = 15.0
"""How long a batch may take to be acknowledged, and a producer to start or end."""


class Relay:
    """One of any number of a service's relays: the leader sends, the others wait."""

    def __init__(self, events: EventLog, cluster: Cluster) -> None:
        """Of this log, to its topic."""
        self.log = events
        self.leads = False
        self.cursor = START
        self.trouble = ""
        """What interrupted it; empty again once it has gone on."""
        self._cluster = cluster
        self._topic = cluster.topic(events.source)
        self._stopping = asyncio.Event()
        self._hint = asyncio.Event()

    async def run(self) -> None:
        """Relay until `stop`, whatever happens to the broker or the database."""
        self.log.listen(self._hint)
        try:
            while not self._stopping.is_set():
                try:
                    async with leading(
                        self.log.pool, self._stopping, others_turn=self._recovered
                    ) as connection:
                        await self._lead(connection)
                except GivenUpError:
                    return
                except Exception as error:  # noqa: BLE001  whatever it is, it is tried again
                    self.trouble = type(error).__name__
                    known = is_outage(error) or isinstance(error, KafkaError | TimeoutError)
                    tell = log.warning if known else log.exception
                    tell("relay interrupted", source=self.log.source, error=named(error))
                    await self._pause(TROUBLE_WAIT)
                finally:
                    self._set_leads(leads=False)
        finally:
            self.log.unlisten(self._hint)

    def stop(self) -> None:
        """End after the batch under way."""
        self._stopping.set()
        self._hint.set()

    async def _lead(self, connection: Connection) -> None:
        """As the leader: from where the last one was, with a producer of its own.

        An idempotent producer that has lost its sequence stays broken: any failure ends it, and this.
        """
        row = await connection.fetchrow(SQL.cursor_of.sql, RELAY, self.log.source)
        self.cursor = Position(*row) if row else START
        producer = AIOKafkaProducer(**self._cluster.client, enable_idempotence=True)
        try:
            await self._while_leading(connection, producer.start())
            self._set_leads(leads=True)
            await self._follow(connection, producer)
        finally:
            with suppress(KafkaError, TimeoutError):
                await asyncio.wait_for(producer.stop(), SECONDS)

    def _set_leads(self, *, leads: bool) -> None:
        self.leads = leads
        LEADS.labels(self.log.source).set(leads)

    async def _follow(self, connection: Connection, producer: AIOKafkaProducer) -> None:
        now = asyncio.get_running_loop().time
        renewed, hidden = now(), 0.0
        while not self._stopping.is_set():
            self._hint.clear()
            batch = await self.log.read_stored(self.cursor, BATCH)
            if batch:
                await self._while_leading(connection, self._send(producer, batch))
                await self._move(connection, batch[-1].position)
                SENT.labels(self.log.source).inc(len(batch))
            if now() - renewed > RENEW_SECONDS:
                await renew(connection)
                renewed = now()
            self._recovered()
            hidden = 0.0 if batch else await self._rest(hidden)

    async def _rest(self, hidden: float) -> float:
        """Wait for a hint, or for what a transaction still open elsewhere hides: each time longer.

        Takes and gives how long it has waited for that.
        """
        seconds = 0.0
        if await self.log.head() > self.cursor:
            seconds = min(2 * hidden, POLL_SECONDS) or HIDDEN_SECONDS
        await wait_for_hint(self._hint, seconds or POLL_SECONDS)
        return seconds

    async def _while_leading(self, connection: Connection, work: Coroutine[Any, Any, None]) -> None:
        """Until it is done, SECONDS at the most: a leader that waits for the broker isn't silent."""
        task = asyncio.create_task(work)
        try:
            async with asyncio.timeout(SECONDS):
                while not (await asyncio.wait({task}, timeout=RENEW_SECONDS))[0]:
                    await renew(connection)
            await task
        finally:
            task.cancel()

    def _recovered(self) -> None:
        """It goes on, or another does in its place."""
        self.trouble = ""

    async def _send(self, producer: AIOKafkaProducer, batch: Sequence[Stored]) -> None:
        """One by one, since a batch of the library's picks partitions without the key; then all answers."""
        sent = []
        for stored in batch:
            message = to_message(stored.header, stored.data)
            sent.append(
                await producer.send(self._topic, message.value, key=message.key, headers=message.headers)
            )
        await asyncio.gather(*sent)

    async def _move(self, connection: Connection, place: Position) -> None:
        """Over the leader's own connection: one that leads no more fails here."""
        await connection.execute(SQL.move_relay.sql, RELAY, self.log.source, *place)
        self.cursor = place

    async def _pause(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), seconds)
