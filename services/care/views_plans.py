"""The lists of care plans and of budgets."""

from typing import Any

import orjson

from shared.bus.recorded import Recorded
from shared.contracts import care
from shared.contracts.event import Event
from shared.eventstore.tables import Tables
from shared.eventstore.views import Handler, update

ASSESSED = """
INSERT INTO plans (plan, cadre, community, risk, note, state, changed, version)
VALUES ($1, $2, $3, $4, $5, 'Assessed', $6, $7)
ON CONFLICT (plan) DO UPDATE SET community = excluded.community, risk = excluded.risk, note = excluded.note,
    changed = excluded.changed, version = excluded.version"""


async def _assessed(db: Tables, recorded: Recorded) -> None:
    event, envelope = recorded.event, recorded.envelope
    if isinstance(event, care.PlanAssessed):
        await db.execute(
            ASSESSED,
            event.plan,
            event.cadre,
            event.community,
            event.risk,
            event.note,
            envelope.recorded,
            envelope.stream_version,
        )


async def _changed(db: Tables, recorded: Recorded) -> None:
    change: dict[str, Any]
    match recorded.event:
        case care.PlanActivated() as event:
            services = orjson.dumps([service.model_dump() for service in event.services]).decode()
            change = {
                "state": "Active",
                "reason": "",
                "services": services,
                "starts": event.starts,
                "review_on": event.review_on,
            }
        case care.PlannedVisitDue() as event:
            change = {"last_raised": event.slot.start}
        case care.PlanReviewDue() as event:
            change = {"state": "ReviewDue"}
        case care.PlanSuspended() as event:
            change = {"state": "Suspended", "reason": event.reason}
        case care.PlanResumed() as event:
            change = {"state": "Active", "reason": ""}
        case care.PlanEnded() as event:
            change = {"state": "Ended", "reason": event.reason}
        case _:
            return
    change["changed"] = recorded.envelope.recorded
    await update(db, recorded, "plans", "plan", event.plan, **change)


PLANS: dict[type[Event], Handler] = {
    care.PlanAssessed: _assessed,
    **dict.fromkeys(
        (
            care.PlanActivated,
            care.PlannedVisitDue,
            care.PlanReviewDue,
            care.PlanSuspended,
            care.PlanResumed,
            care.PlanEnded,
        ),
        _changed,
    ),
}


async def _opened(db: Tables, recorded: Recorded) -> None:
    event = recorded.event
    if isinstance(event, care.BudgetOpened):
        await db.execute(
            "INSERT INTO budgets (budget, fund, title, year, amount, threshold, version)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7)",
            event.budget,
            event.fund,
            event.title,
            event.year,
            event.amount,
            event.threshold,
            recorded.envelope.stream_version,
        )


async def _moved(db: Tables, recorded: Recorded) -> None:
    amount = reserved = spent = returned = 0
    match recorded.event:
        case care.BudgetAdjusted() as event:
            amount = event.by
        case care.AmountReserved() as event:
            reserved = event.amount
        case care.AmountReleased() as event:
            reserved = -event.amount
        case care.AmountSpent() as event:
            reserved, spent = -event.amount, event.amount
        case care.AmountReturned() as event:
            returned = event.amount
        case _:
            return
    await db.execute(
        "UPDATE budgets SET amount = amount + $2, reserved = reserved + $3, spent = spent + $4,"
        " returned = returned + $5, version = $6 WHERE budget = $1",
        event.budget,
        amount,
        reserved,
        spent,
        returned,
        recorded.envelope.stream_version,
    )


BUDGETS: dict[type[Event], Handler] = {
    care.BudgetOpened: _opened,
    care.BudgetAdjusted: _moved,
    care.AmountReserved: _moved,
    care.AmountReleased: _moved,
    care.AmountSpent: _moved,
    care.AmountReturned: _moved,
}
