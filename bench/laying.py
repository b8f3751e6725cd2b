"""How long the loop of a service stands still while a large plan is laid out, decided and recorded.

Others' requests wait as long. Counted is the processor time of the loop's thread between two ticks of a
millisecond, so that what other programs take from the machine doesn't count, and the wall's time beside it.
"""

import asyncio
import gc
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

from bench.crowd import Crowd
from bench.ground import Ground
from bench.measure import Line, Scale, Series, Target
from services.matching.domain.match import MATCH
from services.matching.domain.match_commands import OpenMatch
from services.matching.domain.plan import PLAN
from services.matching.engine import Roster
from services.matching.index import index_of
from services.matching.planning import best_plan, open_visits
from shared import ids
from shared.bus.envelope import Actor
from shared.contracts.values import Urgency
from shared.eventstore.store import EventStore
from shared.eventstore.work import Work

AT_MOST = Target("at most", 1.0)
TICK = 0.001
LIMIT = 20.0
BENCH = Actor("system:matching/bench", "system")


@dataclass
class Stall:
    """The longest, in milliseconds."""

    processor: float = 0.0
    wall: float = 0.0


@asynccontextmanager
async def watched() -> AsyncIterator[Stall]:
    """What happens within, seen by the loop."""
    longest = Stall()

    async def look() -> None:
        cpu, at = time.thread_time(), time.perf_counter()
        while True:
            await asyncio.sleep(TICK)
            new_cpu, new_at = time.thread_time(), time.perf_counter()
            longest.processor = max(longest.processor, (new_cpu - cpu) * 1000)
            longest.wall = max(longest.wall, (new_at - at - TICK) * 1000)
            cpu, at = new_cpu, new_at

    task = asyncio.create_task(look())
    try:
        yield longest
    finally:
        task.cancel()


async def _opened(store: EventStore, crowd: Crowd, visits: int) -> list[UUID]:
    """So many matches that have nobody."""
    found = []
    for _ in range(visits):
        enquiry = crowd.enquiry(Urgency.ROUTINE)
        work = Work(store, BENCH)
        request = enquiry.need.request
        await work.execute(MATCH, request, OpenMatch(need=enquiry.need, side=enquiry.side))
        await store.commit(work)
        found.append(request)
    return found


async def measure(ground: Ground, scale: Scale) -> list[Line]:
    """A thousand visits, five thousand helpers."""
    visits, helpers = scale.pick(1_000, 30), scale.pick(5_000, 300)
    async with ground.store(2) as (store, _):
        crowd = Crowd(helpers)
        requests = await _opened(store, crowd, visits)
        index = index_of(store)
        index.files.roster = Roster([crowd.file() for _ in range(helpers)])
        index.position = await store.head()
        gc.freeze()  # as an index does that has read so many
        stalls = []
        for _ in range(scale.pick(3, 1)):
            async with watched() as stall:
                work = Work(store, BENCH)
                asked = await open_visits(work, requests)
                plan = await best_plan(work, asked)
                await work.execute(PLAN, ids.draw(work.at), plan)
                await store.commit(work)
            stalls.append(stall)
    what = f"longest stall of the loop, a plan of {visits:,} visits × {helpers:,} helpers"
    ours = Series(tuple(stall.processor for stall in stalls))
    limit = Series((LIMIT,) * len(stalls))
    note = f"On the wall's clock {max(stall.wall for stall in stalls):,.0f} ms; lower is better."
    return [Line(what, ours, "the limit", limit, "ms", AT_MOST, note)]
