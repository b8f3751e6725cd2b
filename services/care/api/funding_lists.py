"""Lists of funding cases: what waits for whom, and all that there are."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query

from services.care.domain.funding_states import BESIDE, CHAIN
from services.care.funding_times import DEADLINED, deadline_of, lapses_at
from shared.deadlines import SHANGHAI
from shared.http.reading import Cursor, Limit, Page, ReadContext, Reading, keys_of, moment, page, small
from shared.roles import Reach

router = APIRouter(tags=["fundings"])

Step = Literal[
    "submit", "verify", "confirm", "review", "approve", "approve_again", "disburse", "receipt", "close"
]
PAID = ("Disbursed", "ReceiptConfirmed")
"""States in which a case doesn't lapse any more."""

ONE = """
SELECT f.funding, f.request, f.cadre, coalesce(p.community, f.community) AS community, f.unit, f.helper,
       f.fund, f.year, f.asked, f.amount, f.emergency, f.purpose, f.state, f.step, f.late, f.remark,
       f.drafted, f.since, f.changed, f.version, p.name AS cadre_name, k.name AS community_name,
       coalesce(b.title, f.fund) AS fund_title, b.threshold
FROM fundings f LEFT JOIN people p USING (cadre)
LEFT JOIN communities k ON k.community = coalesce(p.community, f.community)
LEFT JOIN budgets b ON b.fund = f.fund AND b.year = f.year"""
WITHIN = """
WHERE ($1::uuid[] IS NULL OR coalesce(p.community, f.community) = ANY ($1))
  AND (NOT $2 OR f.cadre = $3 OR f.helper = $4 OR f.unit = $5)"""
MINE = """$6 <> ALL (f.recused) AND f.funding NOT IN (
    SELECT t.funding FROM funding_steps t JOIN fundings g USING (funding)
    WHERE t.by = $6 AND t.step NOT IN ('', g.step) AND NOT (t.step = ANY ($7) AND g.step = ANY ($7)))"""
"""As the decider says in `barred`: no other step of the case taken, and not recused."""
LIST = f"""{ONE}{WITHIN}
  AND ($6::text IS NULL OR f.step = $6) AND ($7::uuid IS NULL OR f.cadre = $7)
  AND ($8::bool IS NULL OR (f.step <> '') = $8)
  AND ($9::timestamptz IS NULL OR (f.changed, f.funding) < ($9, $10))
ORDER BY f.changed DESC, f.funding DESC LIMIT $11"""
WAITING = f"""{ONE}{WITHIN} AND f.step = ANY ($8) AND {MINE}
  AND ($9::int IS NULL OR (1 - f.emergency::int, f.since, f.funding) > ($9, $10::timestamptz, $11::uuid))
ORDER BY 1 - f.emergency::int, f.since, f.funding LIMIT $12"""
COUNTS = f"""
SELECT f.step, count(*) FILTER (WHERE {MINE}) AS mine, count(*) FILTER (WHERE NOT ({MINE})) AS others
FROM fundings f LEFT JOIN people p USING (cadre){WITHIN} AND f.step = ANY ($8) GROUP BY f.step"""  # noqa: S608  ours
ACTED = "SELECT DISTINCT funding FROM funding_steps WHERE by = $1 AND funding = ANY ($2::uuid[])"

FUNDS = "SELECT fund, title, threshold FROM budgets WHERE year = $1 ORDER BY fund"


class Waiting(Page[dict[str, Any]]):
    """What waits for the reader; how many by step, and how many that they may not take: for colleagues."""

    mine: dict[str, int]
    others: dict[str, int]


def scope(reading: ReadContext) -> tuple[Any, ...]:
    """The first five parameters of a list: within which communities, or whose own cases."""
    who = reading.principal
    own = reading.reach("read_fundings") is Reach.OWN
    communities = None if own else reading.communities("read_fundings")
    return communities, own, who.cadre, who.helper, who.unit or None


def timed(row: Any, reading: ReadContext) -> dict[str, Any]:
    """A row with when its step is due and when it lapses; None where neither runs out."""
    settings = reading.running.store.settings
    step = row["step"]
    waits = step and row["state"] not in PAID
    return {
        **dict(row),
        "due": deadline_of(step, row["since"], settings).due if step in DEADLINED else None,
        "lapses": lapses_at(row["changed"], row["year"], settings) if waits else None,
    }


@router.get("/fundings")
async def list_fundings(
    reading: Reading,
    step: Annotated[Step | None, Query(description="only those that wait for this step")] = None,
    cadre: UUID | None = None,
    open: Annotated[bool | None, Query(description="only those that go on, or have ended")] = None,  # noqa: A002
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[dict[str, Any]]:
    """Funding cases, the last changed first; `you_acted` cases are for a colleague."""
    at, key = keys_of(cursor, moment, UUID)
    rows = await reading.pool.fetch(LIST, *scope(reading), step, cadre, open, at, key, limit + 1)
    found = await reading.pool.fetch(ACTED, reading.principal.sub, [row["funding"] for row in rows])
    acted = {row["funding"] for row in found}
    told = [{**timed(row, reading), "you_acted": row["funding"] in acted} for row in rows]
    return page(told, limit, "changed", "funding")


@router.get("/fundings/waiting")
async def list_waiting(reading: Reading, limit: Limit = 50, cursor: Cursor = None) -> Waiting:
    """What waits for a step of the reader's that they may take: emergencies, then the longest waiting."""
    steps = [step.step for step in CHAIN if reading.principal.role in step.roles]
    within = (*scope(reading), reading.principal.sub, sorted(BESIDE), steps)
    calm, since, key = keys_of(cursor, small, moment, UUID)
    rows = await reading.pool.fetch(WAITING, *within, calm, since, key, limit + 1)
    counts = await reading.pool.fetch(COUNTS, *within)
    told = [{**timed(row, reading), "calm": int(not row["emergency"])} for row in rows]
    listed = page(told, limit, "calm", "since", "funding")
    return Waiting(
        items=listed.items,
        next=listed.next,
        mine={row["step"]: row["mine"] for row in counts},
        others={row["step"]: row["others"] for row in counts},
    )


@router.get("/fundings/funds")
async def list_funds(reading: Reading) -> Page[dict[str, Any]]:
    """The funds that may be asked for money this year, and above how many fen it takes two approvers."""
    reading.reach("DraftFunding")
    year = reading.running.clock.now().astimezone(SHANGHAI).year
    return Page(items=[dict(row) for row in await reading.pool.fetch(FUNDS, year)])
