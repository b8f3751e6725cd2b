"""Rebuilding the cadres' history, against reading and decoding the same rows, and against `eventsourcing`.

The history is rebuilt as `./jiujin rebuild` does it: beside the live table, compared with it, swapped in.
"""

import asyncio
import time
from typing import Any

import orjson

from bench.archive import standing_archive, tell
from bench.ground import Ground
from bench.measure import Line, Scale, Target, alternate
from bench.notes import Writer
from bench.projection_peer import Projected
from services.reporting.archive import entries_of
from services.reporting.history_rebuild import BATCH, rebuild_history
from shared.service import Running

CADRE_EVENTS = 20


async def rebuilt(running: Running) -> float:
    """Rebuild the history; gives events a second. Any difference to the old table is an error."""
    began = time.perf_counter()
    last: dict[str, Any] = {}
    async for line in rebuild_history(running):
        last = orjson.loads(line)
    taken = time.perf_counter() - began
    if any(count for table in last["differences"].values() for count in table.values()):
        raise AssertionError(f"rebuilt otherwise: {last['differences']}")
    return float(last["events"] / taken)


async def dropped(running: Running) -> float:
    """Read the same headers in the same batches, decode them, and drop them; gives events a second."""
    began, number = time.perf_counter(), 0
    while rows := await running.store.pool.fetch(
        "SELECT number, header FROM archive.arrivals WHERE number > $1 ORDER BY number LIMIT $2",
        number,
        BATCH,
    ):
        for row in rows:
            entries_of(row["number"], row["header"])
        number = rows[-1]["number"]
    return number / (time.perf_counter() - began)


async def measure(ground: Ground, scale: Scale) -> list[Line]:
    """The three in turn; the library has fewer events, since a round of it would take minutes."""
    events, theirs = scale.pick(100_000, 2_000), scale.pick(5_000, 1_000)
    projected = await asyncio.to_thread(Projected, await ground.database(), theirs)
    async with standing_archive(ground) as running:
        for _ in range(events // CADRE_EVENTS):
            await tell(running, Writer(running.store, length=CADRE_EVENTS), CADRE_EVENTS)
        taken = await alternate(
            scale.rounds,
            {
                "rebuilt": lambda: rebuilt(running),
                "dropped": lambda: dropped(running),
                "projected": lambda: asyncio.to_thread(projected.run),
            },
        )
    what = f"rebuild of the history, {events:,} events of {events // CADRE_EVENTS:,} cadres"
    return [
        Line(
            what=what,
            ours=taken["rebuilt"],
            peer="reading and decoding the same headers, dropped",
            theirs=taken["dropped"],
            unit="events/s",
            target=Target("at least", 0.5),
            note="Indexes, the comparison with the old table and the swap are part of the rebuild.",
        ),
        Line(
            what=what,
            ours=taken["rebuilt"],
            peer=f"`eventsourcing`'s projection runner, {theirs:,} events",
            theirs=taken["projected"],
            unit="events/s",
            target=Target("at least", 5.0),
        ),
    ]
