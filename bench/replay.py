"""One cadre's replay: its time must grow with that cadre's events, not with the store's."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from statistics import median

from bench.archive import FILL as FILL_ARCHIVE
from bench.archive import standing_archive, tell
from bench.ground import Ground
from bench.measure import Line, Scale, Target, alternate
from bench.notes import NOTES, Writer
from services.reporting.stored import decoded, of_cadre
from shared.bus.recorded import Recorded

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


Read = Callable[[], Awaitable[Sequence[Recorded]]]


@asynccontextmanager
async def stream_among(ground: Ground, others: int) -> AsyncIterator[Read]:
    """Reads one cadre's stream from a store with so many other events."""
    async with ground.store(2) as (store, _):
        writer = Writer(store, length=EVENTS)
        stream = NOTES.stream(writer.stream)
        for _ in range(PIECES):
            work, answer = writer.work(EVENTS // PIECES)
            writer.written(await store.commit(work, answer=answer))
            for begun in range(0, others // PIECES, BATCH):
                await store.pool.execute(FILL, min(BATCH, others // PIECES - begun))
        await store.pool.execute("VACUUM ANALYZE store.events")
        yield lambda: store.read_stream(stream)


@asynccontextmanager
async def history_among(ground: Ground, others: int) -> AsyncIterator[Read]:
    """Reads one cadre's history from reporting's archive with so many other envelopes."""
    async with standing_archive(ground) as running:
        pool, writer = running.store.pool, Writer(running.store, length=EVENTS)
        for _ in range(PIECES):
            cadre = await tell(running, writer, EVENTS // PIECES)
            for begun in range(0, others // PIECES, BATCH):
                await pool.execute(FILL_ARCHIVE, min(BATCH, others // PIECES - begun))
        for table in ("archive.arrivals", "view_history.entries"):
            await pool.execute(f"VACUUM ANALYZE {table}")

        async def read() -> Sequence[Recorded]:
            return await decoded(await of_cadre(pool, cadre), running.store.vault)

        yield read


async def replay(read: Read) -> float:
    """Milliseconds to read, decipher and fold one cadre's events: the median of several."""
    taken = []
    for _ in range(REPLAYS):
        began = time.perf_counter()
        state = NOTES.fold([one.event for one in await read()])
        taken.append((time.perf_counter() - began) * 1000)
        if state != EVENTS:
            raise AssertionError(f"{state} of {EVENTS} events replayed")
    return median(taken)


async def measure(ground: Ground, scale: Scale) -> list[Line]:
    """The same cadre's replay among few and among many, from the owning stream and from the archive."""
    many = scale.pick(1_000_000, 20_000)
    lines = []
    for where, among in (("its stream", stream_among), ("reporting's archive", history_among)):
        async with among(ground, FEW) as small, among(ground, many) as large:
            contenders = {"small": small, "large": large}
            taken = await alternate(
                scale.rounds, {name: partial(replay, read) for name, read in contenders.items()}
            )
        lines.append(
            Line(
                what=f"replay of {EVENTS} events of one cadre from {where}, among {many:,} others",
                ours=taken["large"],
                peer=f"the same among {FEW:,} others",
                theirs=taken["small"],
                unit="ms",
                target=Target("within", 0.20),
                note="Read, deciphering and fold; lower is better.",
            )
        )
    return lines
