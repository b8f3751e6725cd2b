"""Plans: many visits decided together, changed by coordinators, accepted pair by pair."""

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import Field

from services.matching.arranging import judge
from services.matching.domain.match import MATCH
from services.matching.domain.plan import (
    PLAN,
    AcceptPlan,
    Change,
    ForbidPair,
    FreePair,
    PinPair,
    PlanOverError,
    ReturnVisits,
)
from services.matching.domain.plan_states import Facts, Proposed
from services.matching.engine import Rule
from services.matching.planning import best_plan, open_visits, told, verify
from shared.contracts.command import Command
from shared.errors import RefusedError, UnknownError
from shared.eventstore.decider import Decider
from shared.eventstore.work import Work
from shared.http.call import Call, CallContext
from shared.http.reading import Cursor, Limit, Page, Reading, keys_of, moment, page, shown
from shared.roles import Resource

router = APIRouter(tags=["plans"])
JSON = ("prices", "lacking")
MOST = 2_000
"""Visits in a plan."""


class MakePlan(Command):
    """Decide these requests together, now; all that nobody has, without any."""

    requests: Annotated[tuple[UUID, ...], Field(max_length=MOST)] = ()


class CannotComeError(RefusedError):
    """This helper can't have this visit ({rule}). Pin another, or free what else they are pinned to."""

    zh = "该服务者不能承接这次服务（{rule}）。请指定别人，或取消其他指定。"


class NothingToPlanError(RefusedError):
    """There is no request without anybody that could be planned. Look at the board."""

    zh = "没有无人承接、可供统筹的求助。请查看派单板。"


@router.post("/plans", status_code=201)
async def make(body: MakePlan, call: Call) -> Response:
    """The best plan of now, for the requests of the caller's communities that nobody has."""
    plan = call.new_id()

    async def do(work: Work) -> tuple[Decider[Any], UUID]:
        rows = await work.db.fetch(
            "SELECT request FROM matches WHERE state = 'Opened' AND ($1 OR request = ANY ($2))"
            " AND ($3::uuid[] IS NULL OR community = ANY ($3)) ORDER BY pressing, since LIMIT $4",
            not body.requests,
            list(body.requests),
            _communities(call, body),
            MOST,
        )
        asked = await open_visits(work, [row["request"] for row in rows])
        if not asked:
            raise NothingToPlanError
        await work.execute(PLAN, plan, await best_plan(work, asked))
        return PLAN, plan

    return await call.perform(body, do, status=201)


def _communities(call: CallContext, body: Command) -> list[UUID] | None:
    own = call.principal.communities
    call.permit(body, Resource(community=min(own) if own else None))
    return None if own is None else sorted(own)


async def _change(plan: UUID, call: CallContext, body: Change) -> Response:
    """Heed it, and decide anew what is open; says what that costs."""
    cost: dict[str, Any] = {}

    async def do(work: Work) -> tuple[Decider[Any], UUID]:
        before = await _open(work, plan)
        visit = before.visits.get(body.request)
        if visit is None:
            raise UnknownError(what="visit")
        call.permit(body, Resource(community=visit.community, cadre=visit.cadre))
        await call.check_version(work, PLAN, plan)
        await work.execute(PLAN, plan, body)
        asked = await open_visits(work, before.open)
        await work.execute(PLAN, plan, await best_plan(work, asked, await _open(work, plan)))
        if isinstance(body, PinPair):
            await _check_pin(work, plan, body, before)
        cost.update(told(await _open(work, plan), before))
        return PLAN, plan

    return await call.perform(body, do, plan, found=lambda: cost)


async def _check_pin(work: Work, plan: UUID, pin: PinPair, before: Facts) -> None:
    """A pin that can't be heeded would leave its visit, or that of another pin, to nobody without a word."""
    now = await _open(work, plan)
    left = {request for request, _ in now.pinned if now.pairs[request] is None}
    if not any(request == pin.request or before.pairs[request] for request in left):
        return
    match = await work.load(MATCH, pin.request)
    judged = await judge(work, match.facts, pin.helper) if match else None
    raise CannotComeError(rule=judged.value if isinstance(judged, Rule) else "no_room")


async def _open(work: Work, plan: UUID) -> Facts:
    state = await work.load(PLAN, plan)
    if state is None:
        raise UnknownError(what="plan")
    if not isinstance(state, Proposed):
        raise PlanOverError
    return state.facts


@router.post("/plans/{plan}/pin")
async def pin(plan: UUID, body: PinPair, call: Call) -> Response:
    """This helper shall have this visit; the rest is decided anew, and what that costs is told."""
    return await _change(plan, call, body)


@router.post("/plans/{plan}/forbid")
async def forbid(plan: UUID, body: ForbidPair, call: Call) -> Response:
    """This helper shall not have this visit; the rest is decided anew, and what that costs is told."""
    return await _change(plan, call, body)


@router.post("/plans/{plan}/free")
async def free(plan: UUID, body: FreePair, call: Call) -> Response:
    """Neither pinned nor forbidden any more; decided anew."""
    return await _change(plan, call, body)


@router.post("/plans/{plan}/accept")
async def accept(plan: UUID, body: AcceptPlan, call: Call) -> Response:
    """Ask the planned helpers of these requests; of all that are the caller's, without any."""
    return await _decide(plan, call, body)


@router.post("/plans/{plan}/return")
async def give_back(plan: UUID, body: ReturnVisits, call: Call) -> Response:
    """Take these requests out of the plan, each to be matched by itself; all that are the caller's."""
    return await _decide(plan, call, body)


async def _decide(plan: UUID, call: CallContext, body: AcceptPlan | ReturnVisits) -> Response:
    async def do(work: Work) -> tuple[Decider[Any], UUID]:
        facts = await _open(work, plan)
        own = call.principal.communities
        mine = [one for one in facts.open if own is None or facts.visits[one].community in own]
        requests: Sequence[UUID] = body.requests or mine
        for request in requests:
            visit = facts.visits.get(request)
            if visit is None:
                raise UnknownError(what="visit")
            call.permit(body, Resource(community=visit.community, cadre=visit.cadre))
        if not requests:
            raise NothingToPlanError
        await call.check_version(work, PLAN, plan)
        await work.execute(PLAN, plan, body.model_copy(update={"requests": tuple(requests)}))
        return PLAN, plan

    return await call.perform(body, do, plan)


@router.get("/plans")
async def list_plans(
    reading: Reading,
    state: Annotated[str | None, Query(pattern="^(Proposed|Closed)$")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[dict[str, Any]]:
    """Plans, the newest first: how many visits, how many of them with nobody, the prices of skills."""
    reading.reach("read_plans")
    at, last = keys_of(cursor, moment, UUID)
    rows = await reading.pool.fetch(
        "SELECT * FROM plans WHERE ($1::text IS NULL OR state = $1)"
        " AND ($2::timestamptz IS NULL OR (at, plan) < ($2, $3::uuid)) ORDER BY at DESC, plan DESC LIMIT $4",
        state,
        at,
        last,
        limit + 1,
    )
    return page([shown(row, *JSON) for row in rows], limit, "at", "plan")


@router.get("/plans/{plan}")
async def get_plan(plan: UUID, reading: Reading, response: Response) -> dict[str, Any]:
    """One plan: its visits in the caller's communities, with who is planned for each."""
    communities = reading.communities("read_plans")
    row = await reading.pool.fetchrow("SELECT * FROM plans WHERE plan = $1", plan)
    if row is None:
        raise UnknownError(what="plan")
    response.headers["ETag"] = f'"{row["version"]}"'
    visits = await reading.pool.fetch(
        "SELECT v.request, v.cadre, c.name AS cadre_name, v.community, v.helper, h.name AS helper_name,"
        " v.starts, v.ends, v.score, v.state FROM plan_visits v LEFT JOIN cadres c USING (cadre)"
        " LEFT JOIN helpers h ON h.helper = v.helper WHERE v.plan = $1"
        " AND ($2::uuid[] IS NULL OR v.community = ANY ($2)) ORDER BY v.starts, v.request",
        plan,
        communities,
    )
    wishes = await reading.pool.fetch(
        "SELECT request, helper, kind FROM plan_wishes WHERE plan = $1 ORDER BY request, helper", plan
    )
    mine = {one["request"] for one in visits}
    return {
        **shown(row, *JSON),
        "pairs": [dict(one) for one in visits],
        "wishes": [dict(one) for one in wishes if one["request"] in mine],
    }


@router.get("/plans/{plan}/verify")
async def verify_plan(plan: UUID, reading: Reading) -> dict[str, Any]:
    """The last revision made again from what was known then: whether the same comes out."""
    reading.reach("read_plans")
    return await verify(reading.running.store, plan)
