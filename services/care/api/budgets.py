"""Budgets: what each fund may spend in a year, and what of it is held and spent."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from services.care.domain.budget import BUDGET, AdjustBudget, ImportBudget, OpenBudget, budget_of
from shared.contracts.command import Command
from shared.errors import UnknownError
from shared.eventstore.decider import Decider
from shared.eventstore.work import Work
from shared.http.call import Call
from shared.http.reading import Page, Reading
from shared.roles import Resource

router = APIRouter(tags=["budgets"])

LIST = """
SELECT budget, fund, title, year, amount, threshold, reserved, spent, returned,
       amount - reserved - spent + returned AS free, version
FROM budgets"""

USE = """
SELECT f.fund, coalesce(p.community, f.community) AS community, k.name AS community_name, count(*) AS cases,
       coalesce(sum(f.amount) FILTER (WHERE f.step NOT IN ('', 'submit', 'disburse', 'receipt', 'close')), 0)
           ::bigint AS asked,
       coalesce(sum(f.amount) FILTER (WHERE f.state = 'Reserved'), 0)::bigint AS reserved,
       coalesce(sum(s.paid), 0)::bigint AS paid
FROM fundings f LEFT JOIN people p USING (cadre)
LEFT JOIN communities k ON k.community = coalesce(p.community, f.community)
LEFT JOIN LATERAL (
    SELECT sum(CASE what WHEN 'FundingDisbursed' THEN amount WHEN 'FundingReversed' THEN -amount END) AS paid
    FROM funding_steps s WHERE s.funding = f.funding) s ON true
WHERE f.year = $1 GROUP BY 1, 2, 3 ORDER BY k.name, 2, 1"""


class Use(BaseModel):
    """What a community's cases of a year ask for, hold and have got of a fund, in fen."""

    fund: str
    community: UUID | None
    community_name: str | None
    cases: int
    asked: int
    """Of cases that are submitted and not yet approved."""
    reserved: int
    paid: int
    """Less what came back."""


class ImportBudgets(Command):
    """Rows of a table, entered together or not at all; the fund and the year say which budget a row is."""

    items: Annotated[tuple[OpenBudget, ...], Field(min_length=1, max_length=5_000)]


@router.get("/budgets")
async def list_budgets(reading: Reading, year: int | None = None) -> Page[dict[str, Any]]:
    """Every fund's budget, in fen, the newest year first; all of them, since there are few."""
    reading.permit("read_budgets", Resource())
    wanted = None if year is None else str(year)
    rows = await reading.pool.fetch(
        f"{LIST} WHERE $1::text IS NULL OR year::text = $1 ORDER BY year DESC, fund", wanted
    )
    return Page(items=[dict(row) for row in rows])


@router.get("/budgets/use")
async def list_use(reading: Reading, year: Annotated[int, Query(ge=2000, le=2100)]) -> Page[Use]:
    """Where a year's money goes, by fund and community; all of it, since there are few."""
    reading.permit("read_budgets", Resource())
    rows = await reading.pool.fetch(USE, year)
    return Page(items=[Use(**dict(row)) for row in rows])


@router.get("/budgets/{budget}")
async def get_budget(budget: UUID, reading: Reading, response: Response) -> dict[str, Any]:
    """A budget, in fen."""
    reading.permit("read_budgets", Resource())
    row = await reading.pool.fetchrow(f"{LIST} WHERE budget = $1", budget)
    if row is None:
        raise UnknownError(what="budget")
    response.headers["ETag"] = f'"{row["version"]}"'
    return dict(row)


@router.post("/budgets", status_code=201)
async def open_budget(body: OpenBudget, call: Call) -> Response:
    """Say what a fund may spend in a year."""
    budget = budget_of(body.fund, body.year)

    async def do(work: Work) -> tuple[Decider[Any], UUID]:
        call.permit(body, Resource())
        await work.execute(BUDGET, budget, body)
        return BUDGET, budget

    return await call.perform(body, do, status=201)


@router.post("/budgets/import")
async def import_budgets(body: ImportBudgets, call: Call) -> Response:
    """All rows in one transaction; `found` says of each whether it was created, changed or unchanged."""
    outcomes: list[dict[str, str]] = []

    async def do(work: Work) -> tuple[Decider[Any], UUID]:
        outcomes.clear()
        call.permit(body, Resource())
        for row in body.items:
            budget = budget_of(row.fund, row.year)
            known = await work.load(BUDGET, budget)
            events = await work.execute(BUDGET, budget, ImportBudget(**dict(row)))
            outcome = ("created" if known is None else "changed") if events else "unchanged"
            outcomes.append({"budget": str(budget), "outcome": outcome})
        return BUDGET, budget_of(body.items[0].fund, body.items[0].year)

    return await call.perform(body, do, found=lambda: list(outcomes))


@router.post("/budgets/{budget}/adjust")
async def adjust_budget(budget: UUID, body: AdjustBudget, call: Call) -> Response:
    """More or less, in fen; never less than what is already reserved or spent."""
    return await call.execute(BUDGET, budget, body)
