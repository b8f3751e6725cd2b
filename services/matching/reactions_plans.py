"""What matching does about plans: scheduled visits wait for the morning's, and its pairs are asked."""

from datetime import datetime, timedelta
from uuid import UUID

from services.matching.arranging import ASKS_MORE, arrange, judge, patience
from services.matching.domain.helper import HELPER
from services.matching.domain.match import MATCH
from services.matching.domain.match_commands import AskHelper
from services.matching.domain.match_rounds import Need, Opened
from services.matching.domain.plan import PLAN, AcceptPlan
from services.matching.domain.plan_states import Plan, Proposed
from services.matching.domain.travel import place_to_reach
from services.matching.domain.week import DAY, day_of, moment
from services.matching.engine import Rule
from services.matching.planning import best_plan, open_visits
from shared import ids
from shared.contracts import matching as m
from shared.contracts.values import Urgency
from shared.eventstore.work import Work

PLAN_DUE, PLAN_ENDS = "plan-due", "plan-ends"
QUEUE = (
    "SELECT request FROM matches WHERE state = 'Opened' AND urgency = 'routine'"
    " ORDER BY since, request LIMIT 2000"
)


def plan_for(need: Need, work: Work) -> datetime | None:
    """When the plan is made that this visit can wait for; None for one that can't, or where none is made."""
    at, slot = work.settings.plan_at, need.slot
    if at is None or need.urgency is not Urgency.SCHEDULED or slot is None:
        return None
    minute, today = at // timedelta(minutes=1), day_of(work.at)
    due = moment(today, minute)
    if due <= work.at:
        due = moment(today + DAY, minute)
    return due if slot.start - due >= work.settings.plan_lead else None


def leave_to_plan(request: UUID, due: datetime, work: Work) -> None:
    """The plan is made then; whom it forgets, or nobody has accepted, is matched alone."""
    work.set_timer(PLAN_DUE, ids.derive(due, "plan", due), due)
    work.set_timer(ASKS_MORE, request, due + 2 * work.settings.plan_patience)


async def make_plan(about: UUID, _: bytes, work: Work) -> None:
    """The scheduled visits that nobody has are decided together; nothing where there are none."""
    plan: Plan | None = await work.load(PLAN, about)
    if plan is not None:
        return
    rows = await work.db.fetch(
        "SELECT request FROM matches WHERE state = 'Opened' AND urgency = 'scheduled' AND wanted_start > $1",
        work.at,
    )
    asked = await open_visits(work, [row["request"] for row in rows])
    if asked:
        await work.execute(PLAN, about, await best_plan(work, asked))
        work.set_timer(PLAN_ENDS, about, work.at + work.settings.plan_patience)


async def waits_in_queue(request: UUID, work: Work) -> bool:
    """Whether the request is decided together with others that nobody has been asked for.

    By day each is asked for at once; what came in quiet hours is due all at the same time. The first of them
    makes the plan of the hour.
    """
    longest, delay = work.settings.plan_queue, work.settings.queue_patience
    match = await work.load(MATCH, request)
    if longest is None or not isinstance(match, Opened) or match.facts.need.urgency is not Urgency.ROUTINE:
        return False
    hour = work.at.replace(minute=0, second=0, microsecond=0)
    about = ids.derive(hour, "queue", hour)
    plan: Plan | None = await work.load(PLAN, about)
    if plan is None:
        rows = await work.db.fetch(QUEUE)
        asked = await open_visits(work, [row["request"] for row in rows])
        if len(asked) <= longest:
            return False
        await work.execute(PLAN, about, await best_plan(work, asked))
        work.set_timer(PLAN_ENDS, about, work.at + delay)
        plan = await work.load(PLAN, about)
    waits = isinstance(plan, Proposed) and request in plan.facts.open
    if waits:
        work.set_timer(ASKS_MORE, request, work.at + 2 * delay)
    return waits


async def end_plan(about: UUID, _: bytes, work: Work) -> None:
    """What no coordinator has decided by now is accepted as it stands."""
    plan: Plan | None = await work.load(PLAN, about)
    if isinstance(plan, Proposed):
        await work.execute(PLAN, about, AcceptPlan())


async def ask_planned(event: m.PairAccepted, work: Work) -> None:
    """The planned helper, if they still can; else whoever is the best now."""
    match = await work.load(MATCH, event.request)
    helper = await work.load(HELPER, event.helper)
    if not isinstance(match, Opened) or helper is None:
        return
    judged = await judge(work, match.facts, event.helper)
    need = match.facts.need
    hindered = helper.facts.hindrance(event.slot, place_to_reach(need.urgency, match.facts.side))
    if isinstance(judged, Rule) or hindered is not None or event.slot.start <= work.at:
        await arrange(work, event.request)
        return
    waits = patience(work.settings.cascades.of(need.urgency), work.at)
    await work.execute(
        MATCH, event.request, AskHelper(candidate=judged.told(), slot=event.slot, patience=waits)
    )


async def match_alone(event: m.VisitReturned, work: Work) -> None:
    """Ranked and asked by itself."""
    await arrange(work, event.request)
