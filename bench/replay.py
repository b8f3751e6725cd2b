"""One cadre's replay: its time must grow with that cadre's events, not with the store's."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from statistics import median

from bench.ground import Ground
from bench.measure import Line, Scale, Target, alternate
from bench.notes import NOTES, Writer
from shared.eventstore.store import EventStore

EVENTS = 200
PIECES = 20
"""The cadre's events lie in so many places among the others'."""
FEW = 1_000
REPLAYS = 60
BATCH = 10_000
FILL = """
INSERT INTO store.events (epoch, xid, seq, stream, stream_version, header, data, hash)
SELECT 1, pg_current_xact_id(), nextval('store.seq'), 'note-' || gen_random_uuid(), 1, header, data, hash
FROM (SELECT header, data, hash FROM store.events LIMIT 1) AS sample, generate_series(1, $1)
"""


@asynccontextmanager
async def filled(ground: Ground, others: int) -> AsyncIterator[tuple[EventStore, str]]:
    """A store with one cadre's events scattered among so many others; and that cadre's stream."""
    async with ground.store(2) as (store, _):
        writer = Writer(store, length=EVENTS)
        stream = NOTES.stream(writer.stream)
        for _ in range(PIECES):
            work, answer = writer.work(EVENTS // PIECES)
            writer.written(await store.commit(work, answer=answer))
            for begun in range(0, others // PIECES, BATCH):
                await store.pool.execute(FILL, min(BATCH, others // PIECES - begun))
        await store.pool.execute("VACUUM ANALYZE store.events")
        yield store, stream


async def replay(store: EventStore, stream: str) -> float:
    """Milliseconds to read, open and fold one stream: the median of several."""
    taken = []
    for _ in range(REPLAYS):
        began = time.perf_counter()
        state = NOTES.fold([one.event for one in await store.read_stream(stream)])
        taken.append((time.perf_counter() - began) * 1000)
        if state != EVENTS:
            raise AssertionError(f"{state} of {EVENTS} events replayed")
    return median(taken)


async def measure(ground: Ground, scale: Scale) -> list[Line]:
    """The same cadre's replay in a small store and in a large one."""
    many = scale.pick(1_000_000, 50_000)
    async with filled(ground, FEW) as small, filled(ground, many) as large:
        taken = await alternate(scale.rounds, {"small": lambda: replay(*small), "large": lambda: replay(*large)})
    return [
        Line(
            what=f"replay of {EVENTS} events of one cadre among {many:,} others",
            ours=taken["large"],
            peer=f"the same among {FEW:,} others",
            theirs=taken["small"],
            unit="ms",
            target=Target("within", 0.20),
            note="Read of the owning stream, deciphering and fold; lower is better.",
        )
    ]
