"""Funding cases: the chain to the bureau, who took which step and who may take the next."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response

from services.care import register
from services.care.api.acting import found, resource_of
from services.care.api.funding_lists import ONE, timed
from services.care.api.plans import living
from services.care.colleagues import able
from services.care.domain.budget import BUDGET, budget_of
from services.care.domain.case import CASE, Closed, helpers_of
from services.care.domain.case import SOLVED as SOLVED_CASE
from services.care.domain.funding import FUNDING
from services.care.domain.funding_commands import (
    ApproveFunding,
    CaseOverError,
    CloseFunding,
    ConfirmByUnit,
    ConfirmReceipt,
    DisburseFunding,
    DraftFunding,
    DraftOfCase,
    RecuseFromFunding,
    RejectFunding,
    ReturnForEvidence,
    ReverseFunding,
    ReviewFunding,
    SubmitFunding,
    VerifyFunding,
    WithdrawFunding,
)
from services.care.domain.funding_states import REVERSE, Funding, Next, Paid, barred, next_of, refusing_of
from services.care.domain.settlement import settle
from shared.bus.envelope import Actor
from shared.contracts.command import Command
from shared.deadlines import SHANGHAI
from shared.errors import UnknownError
from shared.eventstore.decider import Decider
from shared.eventstore.work import AHEAD, HappenedInFutureError, Work
from shared.http.call import Call, CallContext
from shared.http.reading import ReadContext, Reading
from shared.roles import Reach, Resource

router = APIRouter(tags=["fundings"])

STEPS = """
SELECT s.what, s.step, s.by, s.role, s.at, s.amount, s.note, a.name
FROM funding_steps s LEFT JOIN accounts a ON a.account = s.by WHERE s.funding = $1 ORDER BY s.version"""
HARDSHIPS = """
SELECT DISTINCT flag, valid_from, valid_to FROM hardships
WHERE cadre = ANY ($1) AND valid_from <= $2 AND (valid_to IS NULL OR valid_to >= $2) ORDER BY flag"""
EVIDENCE = """
SELECT sha256, size, media_type, label, attached FROM evidence WHERE funding = $1 ORDER BY attached"""


@router.get("/fundings/{funding}")
async def get_funding(funding: UUID, reading: Reading, response: Response) -> dict[str, Any]:
    """A case: its steps, evidence and hardships, what comes next, who may do that, and why you may not."""
    reading.reach("read_funding")
    row = await reading.pool.fetchrow(f"{ONE} WHERE f.funding = $1", funding)
    if row is None:
        raise UnknownError(what="funding case")
    reading.permit("read_funding", resource_of(row))
    past = await reading.running.store.read_stream(FUNDING.stream(funding))
    state: Funding | None = FUNDING.fold([recorded.event for recorded in past])
    if state is None:
        raise UnknownError(what="funding case")
    inside = reading.reach("read_funding") is not Reach.OWN
    steps = await reading.pool.fetch(STEPS, funding)
    evidence = await reading.pool.fetch(EVIDENCE, funding)
    today = reading.running.clock.now().astimezone(SHANGHAI).date()
    hardships = await reading.pool.fetch(HARDSHIPS, await register.files(reading.pool, row["cadre"]), today)
    response.headers["ETag"] = f'"{past[-1].envelope.stream_version}"'
    return {
        **timed(row, reading),
        "taken": [taken._asdict() for taken in state.facts.taken],
        "recused": sorted(state.facts.recused),
        "next": await _told(state, next_of(state), reading, row if inside else None),
        "refusing": await _told(state, refusing_of(state), reading, None),
        "reversing": await _told(state, REVERSE if isinstance(state, Paid) else None, reading, None),
        "steps": [{**dict(step), "name": step["name"] if inside else None} for step in steps],
        "evidence": [dict(file) for file in evidence],
        "hardships": [dict(one) for one in hardships],
    }


async def _told(state: Funding, step: Next | None, reading: ReadContext, row: Any) -> dict[str, Any] | None:
    """A step with whose it is, and whether the reader may take it: `why_not` as `barred` says.

    `able` names the colleagues who may, to those who work inside.
    """
    if step is None:
        return None
    who = Actor(reading.principal.sub, reading.principal.role.value)
    why = barred(state.facts, step, who)
    colleagues = await able(reading.pool, state.facts, step, resource_of(row)) if row else []
    others = [one._asdict() for one in colleagues if one.account != who.sub]
    return {**step._asdict(), "you_may": not why, "why_not": why, "able": others}


@router.post("/fundings", status_code=201)
async def draft_funding(body: DraftFunding, call: Call) -> Response:
    """Begin to ask the bureau for money."""
    funding = call.new_id()

    async def do(work: Work) -> tuple[Decider[Any], UUID]:
        case = await work.load(CASE, body.request)
        if case is None:
            raise UnknownError("request", what="case")
        cadre = case.facts.cadre
        known = await living(work, cadre)
        helpers = helpers_of(case)
        community = known.community or case.facts.community
        call.permit(body, Resource(community, cadre, helpers, known.unit))
        if isinstance(case, Closed) and case.reason != SOLVED_CASE:
            raise CaseOverError
        draft = DraftOfCase(
            **dict(body),
            cadre=cadre,
            community=community,
            unit=known.unit,
            helper=next(iter(helpers), None),
        )
        await work.execute(FUNDING, funding, draft, begins=True)
        return FUNDING, funding

    return await call.perform(body, do, status=201)


async def _act(call: CallContext, funding: UUID, command: Command) -> Response:
    """A step of the case; what it means to the year's budget is written in the same transaction."""

    async def do(work: Work) -> tuple[Decider[Any], UUID]:
        state: Funding = await found(call, work, FUNDING, funding, command)
        if command.happened and command.happened > work.at + AHEAD:
            raise HappenedInFutureError("happened")
        budget_id = budget_of(state.facts.fund, state.facts.year)
        budget = await work.load(BUDGET, budget_id)
        settled = settle(state, budget, command, work.moment(funding))
        await work.record(FUNDING, funding, settled.funding, command.happened)
        await work.record(BUDGET, budget_id, settled.budget, command.happened)
        return FUNDING, funding

    return await call.perform(command, do, funding)


@router.post("/fundings/{funding}/submit")
async def submit_funding(funding: UUID, body: SubmitFunding, call: Call) -> Response:
    """Send it on its way."""
    return await _act(call, funding, body)


@router.post("/fundings/{funding}/verify")
async def verify_funding(funding: UUID, body: VerifyFunding, call: Call) -> Response:
    """The community has seen that it is so."""
    return await _act(call, funding, body)


@router.post("/fundings/{funding}/confirm")
async def confirm_by_unit(funding: UUID, body: ConfirmByUnit, call: Call) -> Response:
    """The original unit confirms."""
    return await _act(call, funding, body)


@router.post("/fundings/{funding}/review")
async def review_funding(funding: UUID, body: ReviewFunding, call: Call) -> Response:
    """The bureau's reviewer recommends an amount."""
    return await _act(call, funding, body)


@router.post("/fundings/{funding}/approve")
async def approve_funding(funding: UUID, body: ApproveFunding, call: Call) -> Response:
    """An approver says yes; the last one's yes reserves the money in the year's budget."""
    return await _act(call, funding, body)


@router.post("/fundings/{funding}/disburse")
async def disburse_funding(funding: UUID, body: DisburseFunding, call: Call) -> Response:
    """It was paid."""
    return await _act(call, funding, body)


@router.post("/fundings/{funding}/receipt")
async def confirm_receipt(funding: UUID, body: ConfirmReceipt, call: Call) -> Response:
    """The cadre or the family has the money."""
    return await _act(call, funding, body)


@router.post("/fundings/{funding}/close")
async def close_funding(funding: UUID, body: CloseFunding, call: Call) -> Response:
    """Paid, received, evidence complete."""
    return await _act(call, funding, body)


@router.post("/fundings/{funding}/return")
async def return_for_evidence(funding: UUID, body: ReturnForEvidence, call: Call) -> Response:
    """Something is missing."""
    return await _act(call, funding, body)


@router.post("/fundings/{funding}/reject")
async def reject_funding(funding: UUID, body: RejectFunding, call: Call) -> Response:
    """The answer is no."""
    return await _act(call, funding, body)


@router.post("/fundings/{funding}/withdraw")
async def withdraw_funding(funding: UUID, body: WithdrawFunding, call: Call) -> Response:
    """It is no longer asked for; what was reserved is free again."""
    return await _act(call, funding, body)


@router.post("/fundings/{funding}/reverse")
async def reverse_funding(funding: UUID, body: ReverseFunding, call: Call) -> Response:
    """Money that was paid has come back."""
    return await _act(call, funding, body)


@router.post("/fundings/{funding}/recuse")
async def recuse_from_funding(funding: UUID, body: RecuseFromFunding, call: Call) -> Response:
    """An account may take no step in this case."""
    return await _act(call, funding, body)
