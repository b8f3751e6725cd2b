"""Fires timers once: the firing deletes the timer in the transaction that writes its effect."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog

from shared.bus.envelope import Actor, decode
from shared.bus.outage import is_outage
from shared.clock import wall_now
from shared.errors import VersionConflictError
from shared.eventstore.log import SQL
from shared.eventstore.signals import TimerGoneError
from shared.eventstore.store import EventStore
from shared.eventstore.values import Claim
from shared.eventstore.work import Work
from shared.observe.logs import named
from shared.observe.traces import span

TimerHandler = Callable[[UUID, bytes, Work], Awaitable[None]]
log = structlog.get_logger("jiujin.timers")

FIRST_WAIT = 0.25
LAST_WAIT = 300.0
REDECIDE = 20


@dataclass
class Timers:
    """The timers of one service; `handlers` says what each name does."""

    service: str
    store: EventStore
    handlers: Mapping[str, TimerHandler]
    failing: bool = True
    """Whether a timer may wait for a further try; not known at a start."""

    async def next_due(self) -> datetime | None:
        """When the next timer that hasn't failed is due, on the domain clock."""
        due: datetime | None = await self.store.pool.fetchval(SQL.next_timer.sql)
        return due

    async def fire_due(self, limit: int = 100) -> int:
        """Fire what is due; gives how many were due."""
        rows = await self.store.pool.fetch(SQL.due_timers.sql, self.store.clock.now(), wall_now(), limit)
        for row in rows:
            await self._fire(row)
        if self.failing:
            self.failing = await self.store.pool.fetchval(SQL.any_failed_timer.sql)
        return len(rows)

    async def _fire(self, row: Any) -> None:
        try:
            for again in range(REDECIDE):
                try:
                    await self._once(row)
                except VersionConflictError:
                    if again == REDECIDE - 1:
                        raise
                else:
                    return
        except TimerGoneError:
            return
        except Exception as error:
            if is_outage(error):
                raise
            wait = min(FIRST_WAIT * 4 ** row["attempts"], LAST_WAIT)
            log.warning("timer failed", service=self.service, timer=row["name"], error=named(error))
            await self.store.pool.execute(
                SQL.fail_timer.sql, row["id"], wall_now() + timedelta(seconds=wait), repr(error)
            )
            self.failing = True
            self.store.changed()

    async def _once(self, row: Any) -> None:
        name = f"system:{self.service}/{row['name']}"
        cause = decode(row["cause"], b"") if row["cause"] else None
        with span(name, cause.traceparent if cause else "") as trace:
            work = Work(
                self.store,
                Actor(name, "system"),
                cause=cause,
                seed=f"{row['id']}/{row['due'].isoformat()}",
                traceparent=trace,
            )
            await self.handlers[row["name"]](UUID(row["key"]), row["data"], work)
            await self.store.commit(work, claim=Claim(row["id"], row["due"]))
