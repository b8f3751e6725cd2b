"""What a plan's own stream tells: its steps and who took them, its next visits."""

from collections.abc import Collection, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

import asyncpg

from services.care.domain.plan import PLAN, coming
from shared.bus.recorded import Recorded
from shared.contracts import care

NEXT = 6
"""So many visits are told ahead."""
ACCOUNTS = "SELECT account, name FROM accounts WHERE account = ANY ($1)"


def next_visits(past: Sequence[Recorded], now: datetime) -> list[dict[str, Any]]:
    """The next visits of a plan; a helper is looked for already for those that are `raised`."""
    events = [recorded.event for recorded in past]
    raised = [
        (event.slot, event.service, True)
        for event in events
        if isinstance(event, care.PlannedVisitDue) and event.slot.start > now
    ]
    planned = [(one.slot, one.service, False) for one in islice(coming(PLAN.fold(events), now), NEXT)]
    following = sorted([*raised, *planned], key=lambda one: one[0].start)[:NEXT]
    return [{"service": service, "slot": slot, "raised": early} for slot, service, early in following]


async def steps_of(
    past: Sequence[Recorded], pool: asyncpg.Pool, hidden: Collection[str]
) -> list[dict[str, Any]]:
    """What changed a plan, in order, by whom; `name` is empty for the system."""
    steps = [one for one in past if not isinstance(one.event, care.PlannedVisitDue)]
    rows = await pool.fetch(ACCOUNTS, [one.envelope.actor.sub for one in steps])
    names = {row["account"]: row["name"] for row in rows}
    return [
        {
            "what": type(one.event).__name__,
            "at": one.envelope.recorded,
            "by": one.envelope.actor.sub,
            "role": one.envelope.actor.role,
            "name": names.get(one.envelope.actor.sub, ""),
            **_facts(one, hidden),
        }
        for one in steps
    ]


def _facts(recorded: Recorded, hidden: Collection[str]) -> dict[str, Any]:
    """What the event says; the note of an assessment as `medical`."""
    told = recorded.event.model_dump(exclude={"plan", "cadre", "community", "note"})
    if isinstance(recorded.event, care.PlanAssessed) and "medical" not in hidden:
        told["medical"] = recorded.event.note
    return told
