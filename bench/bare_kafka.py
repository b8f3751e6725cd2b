"""The bare pipeline over Kafka: insert, publish, consume, insert; and the tables that it needs."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, Protocol, Self
from uuid import uuid4

import asyncpg
from aiokafka import AIOKafkaProducer
from faststream.kafka import KafkaBroker, KafkaMessage
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bench.ground import Ground
from shared.bus.kafka import Cluster
from shared.bus.kafka.intake import BATCH, FETCH_MS, NEVER_MS
from shared.eventstore.log import POLL_SECONDS, wait_for_hint

CALLERS = 16
SIDE_BY_SIDE = 8
"""How many insertions at once: more made it no faster, fewer made it slower."""
BARE = """
CREATE TABLE asked (seq bigserial PRIMARY KEY, key text NOT NULL, body bytea NOT NULL);
CREATE TABLE answered (seq bigserial PRIMARY KEY, key text NOT NULL, body bytea NOT NULL);
"""
FIND = "CREATE INDEX ON answered (key);"
INSERT_ASKED = "INSERT INTO asked (key, body) VALUES ($1, $2)"
INSERT_ANSWERED = "INSERT INTO answered (key, body) VALUES ($1, $2)"


class BareConsumer:
    """Consume, insert: each record in a transaction of its own, some side by side."""

    def __init__(self, pool: asyncpg.Pool, cluster: Cluster) -> None:
        """A group of its own, from the beginning."""
        self._pool = pool
        self._broker = KafkaBroker(cluster.bootstrap, logger=None)
        self._broker.subscriber(
            cluster.topic("bench"),
            batch=True,
            max_records=BATCH,
            batch_timeout_ms=NEVER_MS,
            fetch_max_wait_ms=FETCH_MS,
            group_id=f"bare-{secrets.token_hex(4)}",
            auto_offset_reset="earliest",
            decoder=_undecoded,
        )(self._take)

    async def __aenter__(self) -> Self:
        await self._broker.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._broker.stop()

    async def _take(self, message: KafkaMessage) -> None:
        records: Any = message.raw_message
        rows = [(one.key.decode(), one.value) for one in records]

        async def some(lane: int) -> None:
            for row in rows[lane::SIDE_BY_SIDE]:
                await self._pool.execute(INSERT_ANSWERED, *row)

        await asyncio.gather(*(some(lane) for lane in range(SIDE_BY_SIDE)))


class Publisher(Protocol):
    """Sends rows to a topic."""

    async def start(self) -> None:
        """Connect."""

    async def stop(self) -> None:
        """Give the connections back."""

    async def publish(self, rows: Sequence[Any]) -> None:
        """Send these with their keys; returns once all are acknowledged."""


class ByFastStream:
    """As FastStream publishes: each row by a call of its broker, all of a batch side by side."""

    def __init__(self, cluster: Cluster) -> None:
        """To the topic of the bench."""
        self._topic = cluster.topic("bench")
        self._broker = KafkaBroker(cluster.bootstrap, logger=None, acks=1)

    async def start(self) -> None:
        """Connect."""
        await self._broker.connect()

    async def stop(self) -> None:
        """Give the connections back."""
        await self._broker.stop()

    async def publish(self, rows: Sequence[Any]) -> None:
        """Each with its key."""
        await asyncio.gather(
            *(self._broker.publish(row["body"], self._topic, key=row["key"].encode()) for row in rows)
        )


class ByProducer:
    """By the client library itself, which is the least that there is."""

    def __init__(self, cluster: Cluster) -> None:
        """To the topic of the bench."""
        self._topic = cluster.topic("bench")
        self._producer = AIOKafkaProducer(**cluster.client, acks=1)

    async def start(self) -> None:
        """Connect."""
        await self._producer.start()

    async def stop(self) -> None:
        """Give the connections back."""
        await self._producer.stop()

    async def publish(self, rows: Sequence[Any]) -> None:
        """Each with its key."""
        sent = [await self._producer.send(self._topic, row["body"], key=row["key"].encode()) for row in rows]
        await asyncio.gather(*sent)


class Pipeline:
    """Insert, publish, consume, insert."""

    def __init__(self, pool: asyncpg.Pool, cluster: Cluster, publisher: Publisher) -> None:
        """The topic must be there."""
        self.hint = asyncio.Event()
        """To be set after an insert."""
        self.published = 0
        """How many it has sent: without a guarantee some are passed over that were inserted side by side."""
        self._pool, self._publisher = pool, publisher
        self._empty = asyncio.Event()
        self._consumer = BareConsumer(pool, cluster)

    async def __aenter__(self) -> Self:
        await self._publisher.start()
        await self._consumer.__aenter__()
        self._publishing = asyncio.create_task(self._publish())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._publishing.cancel()
        await asyncio.gather(self._publishing, return_exceptions=True)
        await self._consumer.__aexit__()
        await self._publisher.stop()

    async def ask(self, count: int) -> None:
        """Insert so many, some side by side."""

        async def some() -> None:
            for _ in range(count // CALLERS):
                await self._pool.execute(INSERT_ASKED, secrets.token_hex(16), bytes(190))
                self.hint.set()

        await asyncio.gather(*(some() for _ in range(CALLERS)))

    async def drained(self) -> int:
        """Wait until all is sent that can be seen; gives how many that was."""
        for _ in range(2):  # the look under way may have begun before the last insert
            self._empty.clear()
            self.hint.set()
            await self._empty.wait()
        return self.published

    async def _publish(self) -> None:
        last = 0
        while True:
            self.hint.clear()
            rows = await self._pool.fetch(
                "SELECT seq, key, body FROM asked WHERE seq > $1 ORDER BY seq LIMIT $2", last, BATCH
            )
            await self._publisher.publish(rows)
            self.published += len(rows)
            if rows:
                last = rows[-1]["seq"]
            else:
                self._empty.set()
                await wait_for_hint(self.hint, POLL_SECONDS)


def bare_app(pool: asyncpg.Pool, inserted: Callable[[], None]) -> Starlette:
    """Its two paths, over tables with `FIND`; `inserted` is called after each insert."""

    async def ask(request: Request) -> Response:
        asked = str(uuid4())
        await pool.execute(INSERT_ASKED, asked, await request.body())
        inserted()
        return Response(f'{{"id":"{asked}"}}', 201, media_type="application/json")

    async def answer(request: Request) -> Response:
        key = str(request.path_params["id"])
        body = await pool.fetchval("SELECT body FROM answered WHERE key = $1", key)
        return Response(status_code=404) if body is None else Response(body, media_type="application/json")

    return Starlette(routes=[Route("/asked", ask, methods=["POST"]), Route("/answered/{id:uuid}", answer)])


async def _undecoded(message: Any) -> Any:
    return message.body


async def load(pool: asyncpg.Pool, rows: Sequence[tuple[str, bytes]]) -> None:
    """Insert these by a few statements side by side."""
    lanes = [rows[lane::SIDE_BY_SIDE] for lane in range(SIDE_BY_SIDE)]
    await asyncio.gather(*(pool.executemany(INSERT_ANSWERED, mine) for mine in lanes if mine))


@asynccontextmanager
async def bare_pool(ground: Ground) -> AsyncIterator[asyncpg.Pool]:
    """To a fresh database with the tables."""
    dsn = await ground.database()
    async with asyncpg.create_pool(dsn, min_size=CALLERS, max_size=CALLERS) as pool:
        await pool.execute(BARE)
        yield pool
