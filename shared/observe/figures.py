"""Brings the gauges of a service up to date when they are asked for."""

import asyncio
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.responses import Response

from shared.bus.outage import is_outage
from shared.clock import wall_now
from shared.eventstore.log import RELAY, SQL
from shared.eventstore.position import START, Position
from shared.observe import metrics
from shared.service import Running
from shared.version import VERSION

UNKNOWN = float("nan")
ANSWER_SECONDS = 8.0
"""Prometheus waits for ten."""
FRESH_SECONDS = 5.0
"""Figures of the database are as old at the most: many who ask at once cost no more than one."""


class Figures:
    """Of this process: of the services in it, and of other parts of the system that it is."""

    def __init__(self, services: Iterable[Running] = (), parts: Iterable[str] = ()) -> None:
        """Nothing is asked yet."""
        self._services = list(services)
        for part in (*(running.name for running in self._services), *parts):
            metrics.PART.labels(part, VERSION).set(1)
        self._turn = asyncio.Lock()
        self._fresh_until = 0.0

    def forget(self) -> None:
        """Ask the databases anew the next time."""
        self._fresh_until = 0.0

    async def answer(self) -> Response:
        """All figures, as Prometheus reads them."""
        async with self._turn:
            now = asyncio.get_running_loop().time()
            if now >= self._fresh_until:
                await asyncio.gather(*(_bring_up_to_date(running) for running in self._services))
                self._fresh_until = now + FRESH_SECONDS
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


async def _bring_up_to_date(running: Running) -> None:
    """When a service's database doesn't answer, what it said last stands, and that it is away is told."""
    answers = metrics.DATABASE.labels(running.name)
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            await _ask(running)
    except Exception as error:
        if not (isinstance(error, TimeoutError) or is_outage(error)):
            raise
        answers.set(0)
    else:
        answers.set(1)


async def _ask(running: Running) -> None:
    name, pool = running.name, running.store.pool
    await _lag(running)
    held = await pool.fetchrow(SQL.waits.sql)
    timers = await pool.fetchrow("SELECT count(*) AS n, min(due) AS first FROM store.timers")
    if held is not None and timers is not None:
        metrics.WAITING.labels(name).set(held["waiting"])
        metrics.PARKED.labels(name).set(held["parked"])
        metrics.RETRYING.labels(name).set(held["retrying"])
        metrics.TIMERS.labels(name).set(timers["n"])
        late = (running.clock.now() - timers["first"]).total_seconds() if timers["first"] else 0.0
        metrics.TIMERS_LATE.labels(name).set(max(0.0, late))
    for view in await pool.fetch("SELECT name, built FROM store.views"):
        metrics.VIEW_BUILT.labels(name, view["name"]).set(view["built"].timestamp())
    metrics.STALL.labels(name).set(await pool.fetchval(SQL.horizon.sql))
    if running.carrier.sends:
        await _sending(running)
    for what, sql in running.definition.counts.items():
        gauge = metrics.COUNTS[what]
        gauge.clear()
        for row in await pool.fetch(sql):
            gauge.labels(row["state"]).set(row["count"])


async def _lag(running: Running) -> None:
    lags = await running.lag()
    for source, events in lags.items():
        metrics.LAG.labels(running.name, source).set(UNKNOWN if events is None else events)
        metrics.LAG_SECONDS.labels(running.name, source).set(_age(running, source, events))
    for view in running.definition.views:
        sources = {kind.NAME.partition(".")[0] for kind in view.handlers}
        behind: list[Any] = [events for source, events in lags.items() if source in sources]
        total = float("nan") if None in behind else sum(behind)
        metrics.VIEW_LAG.labels(running.name, view.name).set(total)


def _age(running: Running, source: str, events: int | None) -> float:
    """Seconds since the newest event taken in was recorded, if any waits; no end if none has come yet."""
    if not events:
        return UNKNOWN if events is None else 0.0
    taken: datetime | None = running.consumer.newest.get(source)
    return max(0.0, (running.clock.now() - taken).total_seconds()) if taken else float("inf")


async def _sending(running: Running) -> None:
    name, pool = running.name, running.store.pool
    row = await pool.fetchrow(SQL.cursor_of.sql, RELAY, name)
    place = Position(*row) if row else START
    first = await running.store.read_all(place, 1)
    age = (wall_now() - first[0].envelope.recorded).total_seconds() if first else 0.0
    metrics.UNSENT.labels(name).set(await pool.fetchval(SQL.lag.sql, *place))
    metrics.UNSENT_SECONDS.labels(name).set(max(0.0, age))
    silent = await pool.fetchval(SQL.leader.sql, RELAY)
    metrics.LEADER_SILENT.labels(name).set(float("inf") if silent is None else silent)
