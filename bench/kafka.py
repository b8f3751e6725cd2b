"""Through a real Kafka: from an append to the reaction committed, and a new consumer that catches up.

Against a bare FastStream pipeline on the same broker and database, guarantees off: insert, publish without
idempotence, consume with offsets committed first, insert. Both wake by a hint within the process and poll
otherwise, at the same interval. Without Java or Maven nothing is measured.
"""

import asyncio
import secrets
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition

from bench.bare_kafka import (
    CALLERS,
    BareConsumer,
    ByFastStream,
    ByProducer,
    Pipeline,
    Publisher,
    bare_pool,
    load,
)
from bench.ground import Ground
from bench.measure import SHOWN, Line, Scale, Series, Target
from bench.notes import Noted, Writer
from deploy.kafka import EmbeddedKafka, JavaMissingError, MavenMissingError
from shared.bus.consumer import Consumer
from shared.bus.kafka import Cluster, KafkaCarrier
from shared.bus.kafka.intake import BATCH, FETCH_MS, LANES
from shared.bus.kafka.topics import PARTITIONS, make_topics
from shared.bus.recorded import Recorded
from shared.contracts.event import Event
from shared.eventstore.decider import Decider
from shared.eventstore.log import POLL_SECONDS
from shared.eventstore.store import EventStore
from shared.eventstore.tables import Tables
from shared.eventstore.views import View, stand
from shared.eventstore.work import Work

ROUNDS = 3
WAIT = 0.01
PATIENCE = 300.0
SHOWN_TABLE = "CREATE TABLE noted (cadre uuid NOT NULL, version int NOT NULL, PRIMARY KEY (cadre, version))"


class Heard(Event, name="bench.Heard"):
    """The other side has heard of a note."""

    cadre: UUID
    nth: int


HEARD: Decider[int] = Decider("heard", "heard", lambda state, _: (state or 0) + 1, lambda *_: ())


async def hear(event: Noted, work: Work) -> None:
    """React with one event."""
    past = await work.load(HEARD, event.cadre)
    await work.record(HEARD, event.cadre, [Heard(cadre=event.cadre, nth=(past or 0) + 1)])


async def show(db: Tables, recorded: Recorded) -> None:
    """Show a note."""
    event: Any = recorded.event
    await db.execute(
        "INSERT INTO view_noted.noted VALUES ($1, $2)", event.cadre, recorded.envelope.stream_version
    )


@dataclass
class _Bench:
    ground: Ground
    bootstrap: str

    def cluster(self) -> Cluster:
        """With topics of its own."""
        return Cluster(self.bootstrap, prefix=f"b{secrets.token_hex(4)}")

    async def react(self, count: int) -> float:
        """Events a second, from the first append to the last reaction committed."""
        keys = await self.ground.database()
        async with (
            self.ground.store(CALLERS, keys) as (store, _),
            self.ground.store(CALLERS, keys, "hearing") as (other, __),
        ):
            consumer = Consumer("hearing", other, {Noted: hear}, [])
            async with _carrying(KafkaCarrier(self.cluster(), ["bench"], [store], [consumer])):
                await _write(store, CALLERS)  # the way is open
                await _reached(other.pool, "store.events", CALLERS)
                began = time.perf_counter()
                await _write(store, count)
                await _reached(other.pool, "store.events", CALLERS + count)
                return count / (time.perf_counter() - began)

    async def bare(self, count: int, by: Callable[[Cluster], Publisher]) -> float:
        """The same by the bare pipeline, published in this way."""
        cluster = self.cluster()
        await make_topics(cluster, ["bench"])
        async with bare_pool(self.ground) as pool, Pipeline(pool, cluster, by(cluster)) as pipeline:
            await pipeline.ask(CALLERS)
            before = await pipeline.drained()
            await _reached(pool, "answered", before)
            began = time.perf_counter()
            await pipeline.ask(count)
            sent = await pipeline.drained()
            await _reached(pool, "answered", sent)
            return (sent - before) / (time.perf_counter() - began)

    async def catch_up(self, cluster: Cluster, count: int) -> float:
        """Events a second of a new consumer that shows what is on the topic."""
        async with self.ground.store(CALLERS, source="showing") as (store, _):
            view = View("noted", SHOWN_TABLE, {Noted: show})
            await stand(store.pool, [view])
            consumer = Consumer(f"catching-{secrets.token_hex(3)}", store, {}, [view])
            began = time.perf_counter()
            async with _carrying(KafkaCarrier(cluster, ["bench"], consumers=[consumer])):
                await _reached(store.pool, "view_noted.noted", count)
                return count / (time.perf_counter() - began)

    async def catch_up_bare(self, cluster: Cluster, count: int) -> float:
        """The same rows by the consumer of the bare pipeline."""
        async with bare_pool(self.ground) as pool:
            began = time.perf_counter()
            async with BareConsumer(pool, cluster):
                await _reached(pool, "answered", count)
                return count / (time.perf_counter() - began)

    async def load(self, cluster: Cluster, count: int) -> float:
        """The same rows by what only reads batches and inserts them as batches."""
        async with bare_pool(self.ground) as pool:
            reader = AIOKafkaConsumer(**cluster.client, enable_auto_commit=False)
            parts = [TopicPartition(cluster.topic("bench"), number) for number in range(PARTITIONS)]
            began = time.perf_counter()
            await reader.start()
            try:
                reader.assign(parts)
                await reader.seek_to_beginning(*parts)
                done = 0
                while done < count:
                    found = await reader.getmany(timeout_ms=FETCH_MS, max_records=BATCH)
                    rows = [(one.key.decode(), one.value) for records in found.values() for one in records]
                    await load(pool, rows)
                    done += len(rows)
                return count / (time.perf_counter() - began)
            finally:
                await reader.stop()


@asynccontextmanager
async def _carrying(carrier: KafkaCarrier) -> AsyncIterator[None]:
    running = asyncio.create_task(carrier.run())
    try:
        yield
    finally:
        carrier.stop()
        await running


async def _write(store: EventStore, count: int) -> None:
    """Append so many, some side by side."""

    async def some() -> None:
        writer = Writer(store)
        for _ in range(count // CALLERS):
            work, answer = writer.work()
            writer.written(await store.commit(work, answer=answer))

    await asyncio.gather(*(some() for _ in range(CALLERS)))


async def _reached(pool: asyncpg.Pool, table: str, count: int) -> None:
    """Wait until a table has so many rows."""
    async with asyncio.timeout(PATIENCE):
        while await pool.fetchval(f"SELECT count(*) FROM {table}") < count:  # noqa: S608, ASYNC110  our own names; no event
            await asyncio.sleep(WAIT)


async def _filled(bench: _Bench, count: int) -> Cluster:
    """A topic with so many events."""
    cluster = bench.cluster()
    async with bench.ground.store(CALLERS) as (store, _):
        carrier = KafkaCarrier(cluster, ["bench"], [store])
        async with _carrying(carrier):
            await _write(store, count)
            async with asyncio.timeout(PATIENCE):
                while carrier.relays[0].cursor < store.newest:  # noqa: ASYNC110  no event
                    await asyncio.sleep(WAIT)
    return cluster


async def _rounds(count: int, *contenders: Callable[[], Awaitable[float]]) -> list[Series]:
    """In turn, as `alternate`, in fewer rounds."""
    figures: list[list[float]] = [[] for _ in contenders]
    for _ in range(count):
        for place, run in enumerate(contenders):
            figures[place].append(await run())
    return [Series(tuple(taken)) for taken in figures]


async def measure(ground: Ground, scale: Scale) -> list[Line]:
    """Both measures on one broker."""
    kafka = EmbeddedKafka(ground.folder / "kafka")
    try:
        await asyncio.to_thread(kafka.start, lambda _: None)
    except (JavaMissingError, MavenMissingError) as error:
        sys.stderr.write(f"no Kafka, nothing measured: {error}\n")
        return []
    try:
        bench = _Bench(ground, kafka.bootstrap)
        count, many = scale.pick(8000, 320), scale.pick(200_000, 1600)
        ours, theirs, least = await _rounds(
            scale.pick(ROUNDS + 2, 1),
            lambda: bench.react(count),
            lambda: bench.bare(count, ByFastStream),
            lambda: bench.bare(count, ByProducer),
        )
        cluster = await _filled(bench, many)
        caught, caught_bare, loaded = await _rounds(
            scale.pick(ROUNDS, 1),
            lambda: bench.catch_up(cluster, many),
            lambda: bench.catch_up_bare(cluster, many),
            lambda: bench.load(cluster, many),
        )
    finally:
        await asyncio.to_thread(kafka.stop)
    note = (
        f"{CALLERS} callers, {LANES} lanes, one broker on the same machine; both wake within the process and "
        f"poll every {POLL_SECONDS} s otherwise."
    )
    return [
        Line(
            "through Kafka, from append to reaction committed",
            ours,
            "insert → publish → consume → insert, by FastStream, guarantees off",
            theirs,
            "events/s",
            Target("at least", 0.6),
            note,
        ),
        Line(
            "through Kafka, from append to reaction committed",
            ours,
            "the same, published by aiokafka's producer itself in batches",
            least,
            "events/s",
            SHOWN,
        ),
        Line(
            f"a new consumer catches up {many:,} events into a view",
            caught,
            "the bare pipeline's consumer: each record inserted for itself",
            caught_bare,
            "events/s",
            Target("at least", 0.6),
        ),
        Line(
            f"a new consumer catches up {many:,} events into a view",
            caught,
            "loading: batches read, nothing decoded, the same rows inserted as batches",
            loaded,
            "events/s",
            SHOWN,
        ),
    ]
