"""What happens to funding cases when time passes or a cadre dies."""

from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from services.care import register
from services.care.domain.budget import BUDGET, budget_of
from services.care.domain.funding import FUNDING
from services.care.domain.funding_commands import LapseFunding, NoteLateStep
from services.care.domain.funding_states import Disbursed, Ended, ReceiptConfirmed, next_of
from services.care.domain.settlement import settle
from services.care.funding_times import DEADLINED, deadline_of, lapses_at, over_at
from shared.contracts.event import Event
from shared.contracts.values import Level
from shared.deadlines import Level as Point
from shared.eventstore.work import Work

LAPSES, LATE = "funding-lapses", "funding-late"
LEVELS = {
    Point.WARN: Level.WARNED,
    Point.DUE: Level.LATE,
    Point.URGE: Level.URGED,
    Point.SUPERVISE: Level.SUPERVISED,
}


async def watch_funding(event: Event, work: Work) -> None:
    """Something was done: it lapses when nothing follows in time, or with the year."""
    funding_id: UUID = event.funding  # type: ignore[attr-defined]
    funding = await work.load(FUNDING, funding_id)
    if funding is None or isinstance(funding, Disbursed | ReceiptConfirmed | Ended):
        work.drop_timer(LAPSES, funding_id)
        work.drop_timer(LATE, funding_id)
        return
    known = await register.person(work.db, funding.facts.cadre)
    if known is not None and known.deceased:
        await lapse(funding_id, "deceased", work)
        return
    due = lapses_at(work.at, funding.facts.year, work.settings)
    version = await work.version(FUNDING, funding_id)
    work.set_timer(LAPSES, funding_id, due, str(version).encode())


async def begin_step(event: Event, work: Work) -> None:
    """A step of the chain begins that has to be taken in time."""
    await watch_funding(event, work)
    funding_id: UUID = event.funding  # type: ignore[attr-defined]
    funding = await work.load(FUNDING, funding_id)
    awaited = next_of(funding) if funding else None
    if awaited is not None and awaited.step in DEADLINED:
        began = work.cause.recorded if work.cause else work.at
        _set_late(funding_id, awaited.step, began, began, work)
    else:
        work.drop_timer(LATE, funding_id)


async def funding_lapses(about: UUID, data: bytes, work: Work) -> None:
    """Nobody did anything for so long, or the year is over."""
    funding = await work.load(FUNDING, about)
    if funding is None or await work.version(FUNDING, about) != int(data):
        return
    over = work.at >= over_at(funding.facts.year)
    await lapse(about, "year_ended" if over else "no_step_in_time", work)


async def funding_late(about: UUID, data: bytes, work: Work) -> None:
    """A point of a step's deadline has come."""
    told: dict[str, Any] = orjson.loads(data)
    start = datetime.fromisoformat(told["start"])
    deadline = deadline_of(told["step"], start, work.settings)
    level = deadline.level_at(work.at)
    if level is None or deadline.due is None:
        return
    note = NoteLateStep(step=told["step"], level=LEVELS[level], due=deadline.due)
    if await work.execute(FUNDING, about, note):
        _set_late(about, told["step"], start, work.at, work)


async def lapse_fundings(cadre: UUID, work: Work) -> None:
    """A cadre has died: what was not paid lapses, and the budget holds it no more."""
    rows = await work.db.fetch(
        "SELECT funding FROM fundings WHERE cadre = ANY ($1) AND step <> '' ORDER BY funding",
        await register.files(work.db, cadre),
    )
    for row in rows:
        await lapse(row["funding"], "deceased", work)


async def lapse(funding_id: UUID, reason: str, work: Work) -> None:
    """Let a case lapse, together with its share of the budget."""
    funding = await work.load(FUNDING, funding_id)
    if funding is None:
        return
    budget_id = budget_of(funding.facts.fund, funding.facts.year)
    budget = await work.load(BUDGET, budget_id)
    settled = settle(funding, budget, LapseFunding(reason=reason), work.moment(funding_id))
    await work.record(FUNDING, funding_id, settled.funding)
    await work.record(BUDGET, budget_id, settled.budget)
    work.drop_timer(LAPSES, funding_id)
    work.drop_timer(LATE, funding_id)


def _set_late(funding_id: UUID, step: str, start: datetime, after: datetime, work: Work) -> None:
    point = deadline_of(step, start, work.settings).next_point(after)
    if point is None:
        return
    data = orjson.dumps({"step": step, "start": start.isoformat()})
    work.set_timer(LATE, funding_id, point[0], data)
