"""The year's budgets: what is committed, paid and left, by fund and by community."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response

from services.care.api.budgets import Use, list_budgets, list_use
from services.care.console.funding import PAGES
from shared.console.session import Visit
from shared.deadlines import SHANGHAI

router = APIRouter()
Done = Literal["opened", "changed"] | None


@router.get("/budgets")
async def budgets(
    request: Request,
    visit: Visit,
    year: Annotated[int | None, Query(ge=2000, le=2100)] = None,
    done: Done = None,
) -> Response:
    """A year's."""
    every = (await list_budgets(visit.reading)).items
    this = visit.running.clock.now().astimezone(SHANGHAI).year
    shown = year or this
    use = (await list_use(visit.reading, shown)).items
    return PAGES.answer(
        request,
        "budget.html",
        visit,
        year=shown,
        done=done,
        years=sorted({one["year"] for one in every} | {this}, reverse=True),
        budgets=[_told(one, use) for one in every if one["year"] == shown],
        use=_by_community(use),
    )


def _told(budget: dict[str, Any], use: list[Use]) -> dict[str, Any]:
    """A budget with what is paid, less what came back, and what is on its way."""
    asked = sum(one.asked for one in use if one.fund == budget["fund"])
    return {**budget, "paid": budget["spent"] - budget["returned"], "asked": asked}


def _by_community(use: list[Use]) -> list[dict[str, Any]]:
    """The funds of a community added up, the one with most first."""
    found: dict[Any, dict[str, Any]] = {}
    for one in use:
        row = found.setdefault(
            one.community, {"name": one.community_name, "cases": 0, "asked": 0, "reserved": 0, "paid": 0}
        )
        for figure in ("cases", "asked", "reserved", "paid"):
            row[figure] += getattr(one, figure)
    return sorted(found.values(), key=lambda row: -(row["reserved"] + row["paid"]))
