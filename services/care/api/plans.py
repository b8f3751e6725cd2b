"""Care plans: who is visited how often."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response

from services.care import register
from services.care.api.acting import act, found, reads_medical, resource_of
from services.care.api.plan_history import next_visits, steps_of
from services.care.domain.plan import PLAN, Plan
from services.care.domain.plan_commands import (
    ActivateFor,
    ActivatePlan,
    AssessFor,
    AssessPlan,
    EndPlan,
    ResumePlan,
    SuspendPlan,
)
from services.care.domain.plan_schedule import usual_services
from shared.contracts.command import Command
from shared.contracts.values import Category, Risk
from shared.deadlines import SHANGHAI
from shared.errors import RefusedError, UnknownError
from shared.eventstore.decider import Decider
from shared.eventstore.work import Work
from shared.http.call import Call
from shared.http.reading import Cursor, Limit, Page, Reading, keys_of, moment, page, shown
from shared.roles import Resource

router = APIRouter(tags=["plans"])

State = Literal["Assessed", "Active", "ReviewDue", "Suspended", "Ended"]

ONE = """
SELECT l.plan, l.cadre, coalesce(p.community, l.community) AS community, l.risk, l.note AS medical,
       l.services, l.starts, l.review_on, l.last_raised, l.state, l.reason, l.changed, l.version,
       p.name AS cadre_name, p.category, k.name AS community_name
FROM plans l LEFT JOIN people p USING (cadre)
LEFT JOIN communities k ON k.community = coalesce(p.community, l.community)"""
LIST = f"""{ONE}
WHERE ($1::uuid[] IS NULL OR coalesce(p.community, l.community) = ANY ($1))
  AND ($2::text IS NULL OR l.state = $2) AND ($3::uuid[] IS NULL OR l.cadre = ANY ($3))
  AND ($4::timestamptz IS NULL OR (l.changed, l.plan) < ($4, $5))
ORDER BY l.changed DESC, l.plan DESC LIMIT $6"""
WITHOUT = """
SELECT p.cadre, p.name AS cadre_name, p.community, k.name AS community_name, p.category,
       ARRAY(SELECT DISTINCT h.flag FROM hardships h WHERE h.cadre = p.cadre AND h.valid_from <= $2
             AND (h.valid_to IS NULL OR h.valid_to >= $2) ORDER BY h.flag) AS flags
FROM people p LEFT JOIN communities k USING (community)
WHERE ($1::uuid[] IS NULL OR p.community = ANY ($1)) AND NOT p.deceased
  AND strpos(p.name, $3) > 0 AND ($4::text IS NULL OR (p.name, p.cadre) > ($4, $5))
  AND NOT EXISTS (SELECT FROM plans l WHERE l.cadre = p.cadre AND l.state <> 'Ended')
  AND NOT EXISTS (SELECT FROM merged m JOIN plans l ON l.cadre = m.other
                  WHERE m.cadre = p.cadre AND l.state <> 'Ended')
ORDER BY p.name, p.cadre LIMIT $6"""
NAME = 60


class UnknownCadreError(UnknownError):
    """Care has not heard of this cadre. Check the id; somebody registered just now is known in moments."""

    zh = "没有这位干部的资料。请核对编号；刚登记的请稍候再试。"


class CadreGoneError(RefusedError):
    """This cadre has died: nothing can be planned or asked for any more."""

    zh = "该干部已去世，不能再安排或申请。"


async def living(work: Work, cadre: UUID) -> register.Person:
    """What care knows of a cadre who is alive."""
    known = await register.person(work.db, cadre)
    if known is None:
        raise UnknownCadreError("cadre")
    if known.deceased:
        raise CadreGoneError("cadre")
    return known


@router.get("/plans")
async def list_plans(
    reading: Reading,
    state: Annotated[State | None, Query(description="only those in this state")] = None,
    cadre: Annotated[UUID | None, Query(description="only of this one, in whichever file")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[dict[str, Any]]:
    """Plans, the last changed first; `Assessed` and `ReviewDue` wait for the community."""
    communities = reading.communities("read_plans")
    files = await register.files(reading.pool, cadre) if cadre else None
    at, key = keys_of(cursor, moment, UUID)
    rows = await reading.pool.fetch(LIST, communities, state, files, at, key, limit + 1)
    listed = [shown(row, "services", hidden=("medical",)) for row in rows]
    return page(listed, limit, "changed", "plan")


@router.get("/plans/without")
async def list_without(
    reading: Reading,
    name: Annotated[str, Query(max_length=NAME, description="a part of the name")] = "",
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[dict[str, Any]]:
    """Cadres alive who have no plan that goes on, by name, with the hardships that hold today."""
    communities = reading.communities("read_plans")
    today = reading.running.clock.now().astimezone(SHANGHAI).date()
    after, key = keys_of(cursor, str, UUID)
    rows = await reading.pool.fetch(
        WITHOUT, communities, today, name.replace("\0", "").strip(), after, key, limit + 1
    )
    return page(rows, limit, "cadre_name", "cadre")


@router.get("/plans/{plan}")
async def get_plan(plan: UUID, reading: Reading, response: Response) -> dict[str, Any]:
    """A plan, what is usual for its risk, its next visits and its steps; notes for who reads medical ones."""
    reading.reach("read_plans")
    row = await reading.pool.fetchrow(f"{ONE} WHERE l.plan = $1", plan)
    if row is None:
        raise UnknownError(what="care plan")
    reading.permit("read_plans", resource_of(row))
    response.headers["ETag"] = f'"{row["version"]}"'
    past = await reading.running.store.read_stream(PLAN.stream(plan))
    category = Category(row["category"]) if row["category"] else None
    hidden = () if await reads_medical(reading, row) else ("medical",)
    return {
        **shown(row, "services", hidden=hidden),
        "usual": [one.model_dump() for one in usual_services(Risk(row["risk"]), category)],
        "coming": next_visits(past, reading.running.clock.now()),
        "steps": await steps_of(past, reading.pool, hidden),
    }


@router.post("/plans", status_code=201)
async def assess_plan(body: AssessPlan, call: Call) -> Response:
    """A cadre's need for regular care: a new plan."""
    plan = call.new_id()

    async def do(work: Work) -> tuple[Decider[Any], UUID]:
        known = await living(work, body.cadre)
        call.permit(body, Resource(known.community, body.cadre))
        await work.execute(PLAN, plan, AssessFor(**dict(body), community=known.community))
        return PLAN, plan

    return await call.perform(body, do, status=201)


@router.post("/plans/{plan}/assess")
async def assess_again(plan: UUID, body: AssessPlan, call: Call) -> Response:
    """The need as it is now; what recurs goes on until the plan is activated anew."""

    async def do(work: Work) -> tuple[Decider[Any], UUID]:
        state: Plan = await found(call, work, PLAN, plan, body)
        if body.cadre != state.facts.cadre:
            raise UnknownCadreError("cadre")
        known = await living(work, body.cadre)
        await work.execute(PLAN, plan, AssessFor(**dict(body), community=known.community))
        return PLAN, plan

    return await call.perform(body, do, plan)


@router.post("/plans/{plan}/activate")
async def activate_plan(plan: UUID, body: ActivatePlan, call: Call) -> Response:
    """From now on the services recur; without any given, those usual for the risk."""

    async def with_defaults(work: Work, state: Plan) -> Command:
        known = await living(work, state.facts.cadre)
        return ActivateFor(**dict(body), category=known.category, review_after=work.settings.plan_review)

    return await act(call, PLAN, plan, body, full=with_defaults)


@router.post("/plans/{plan}/suspend")
async def suspend_plan(plan: UUID, body: SuspendPlan, call: Call) -> Response:
    """No visits for a while."""
    return await act(call, PLAN, plan, body)


@router.post("/plans/{plan}/resume")
async def resume_plan(plan: UUID, body: ResumePlan, call: Call) -> Response:
    """Visits recur again."""
    return await act(call, PLAN, plan, body)


@router.post("/plans/{plan}/end")
async def end_plan(plan: UUID, body: EndPlan, call: Call) -> Response:
    """No more visits."""
    return await act(call, PLAN, plan, body)
