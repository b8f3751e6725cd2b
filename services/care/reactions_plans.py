"""What happens to care plans when the clock, the register or the plan itself says something."""

from datetime import datetime, time
from uuid import UUID

from services.care import register
from services.care.domain.plan import PLAN, Active, next_due
from services.care.domain.plan_commands import EndForGood, Hospital, RaiseDue, RaiseReview
from shared.contracts import care
from shared.deadlines import SHANGHAI
from shared.eventstore.work import Work

PLANNED, REVIEW = "planned-visit", "plan-review"


async def begin_plan(event: care.PlanActivated | care.PlanResumed, work: Work) -> None:
    """Set the plan's clock; a cadre who died or went to hospital meanwhile is no longer visited."""
    known = await register.person(work.db, event.cadre)
    if known is not None and known.deceased:
        await work.execute(PLAN, event.plan, EndForGood())
    elif known is not None and known.admitted:
        await work.execute(PLAN, event.plan, Hospital(admitted=True))
    await _set_clock(event.plan, work)


async def stop_plan(event: care.PlanSuspended | care.PlanEnded, work: Work) -> None:
    """Nothing recurs."""
    await _set_clock(event.plan, work)


async def raise_planned(about: UUID, _: bytes, work: Work) -> None:
    """A planned visit has come near: say so, and wait for the next."""
    plan = await work.load(PLAN, about)
    if plan is None:
        return
    known = await register.person(work.db, plan.facts.cadre)
    community = known.community if known else None
    await work.execute(PLAN, about, RaiseDue(ahead=work.settings.planned_ahead, community=community))
    await _set_clock(about, work)


async def raise_review(about: UUID, _: bytes, work: Work) -> None:
    """The day of the review has come."""
    await work.execute(PLAN, about, RaiseReview())


async def each_plan(cadre: UUID, command: Hospital | EndForGood, work: Work) -> None:
    """The same for every plan of a cadre that has not ended, under whichever of their files."""
    rows = await work.db.fetch(
        "SELECT plan FROM plans WHERE cadre = ANY ($1) AND state <> 'Ended' ORDER BY plan",
        await register.files(work.db, cadre),
    )
    for row in rows:
        await work.execute(PLAN, row["plan"], command)


async def _set_clock(plan_id: UUID, work: Work) -> None:
    plan = await work.load(PLAN, plan_id)
    due = next_due(plan, work.settings.planned_ahead, work.at)
    if due is None:
        work.drop_timer(PLANNED, plan_id)
    else:
        work.set_timer(PLANNED, plan_id, due)
    if isinstance(plan, Active):
        day = datetime.combine(plan.schedule.review_on, time(), SHANGHAI)
        work.set_timer(REVIEW, plan_id, day)
    else:
        work.drop_timer(REVIEW, plan_id)
