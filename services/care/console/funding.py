"""Funding cases: what waits for me, and one case on a page with all that decides it."""

import secrets
from collections.abc import Mapping
from typing import Any, Literal
from uuid import UUID

from fastapi import APIRouter, Request, Response

from services.care.api.budgets import get_budget
from services.care.api.evidence import get_evidence
from services.care.api.funding_lists import PAID, list_fundings, list_waiting
from services.care.api.fundings import get_funding
from services.care.console.funding_live import mark_of
from services.care.console.funding_money import share_of, yuan_of
from services.care.domain.budget import budget_of
from services.care.domain.funding_states import CHAIN
from shared.actors import named, role_word
from shared.console.pages import Pages
from shared.console.session import Visit, VisitContext
from shared.errors import UnknownError
from shared.roles import Reach, Role

router = APIRouter()
PAGES = Pages("care")
ROWS, _FAR = 50, 1e10
"""Rows of a page; a second behind all others."""
Which = Literal["waiting", "open", "ended"]


@router.get("/fundings")
async def cases(request: Request, visit: Visit, which: Which | None = None, cursor: str = "") -> Response:
    """What waits for me, what goes on, what has ended; those who have no step see what goes on."""
    steps = [step.step for step in CHAIN if visit.principal.role in step.roles]
    mark = await mark_of(visit.running)
    waiting = await list_waiting(visit.reading, ROWS, cursor if which == "waiting" else None)
    if which is None:
        which = "waiting" if steps else "open"
    listed: Any = waiting
    if which != "waiting":
        listed = await list_fundings(visit.reading, open=which == "open", limit=ROWS, cursor=cursor or None)
    return PAGES.answer(
        request,
        "funding_list.html",
        visit,
        which=which,
        steps=steps,
        waiting=waiting,
        listed=listed,
        order=_order,
        most=ROWS,
        paged=bool(cursor),
        mark=mark,
    )


@router.get("/fundings/{funding}")
async def case(funding: UUID, request: Request, visit: Visit, done: str = "") -> Response:
    """A case."""
    return await show(funding, request, visit, done=done)


@router.get("/fundings/{funding}/moved")
async def moved(funding: UUID, request: Request, visit: Visit, seen: int) -> Response:
    """What tells that somebody has changed the case since it was `seen`; nothing while nobody has."""
    found = await get_funding(funding, visit.reading, answer := Response())
    changed = answer.headers["ETag"] != f'"{seen}"'
    last = found["steps"][-1]
    last["who"] = _who(last, visit.language, inside=visit.reading.reach("read_funding") is not Reach.OWN)
    return PAGES.answer(request, "funding_moved.html", visit, funding=funding, changed=changed, last=last)


@router.get("/fundings/{funding}/evidence/{sha256}")
async def evidence(funding: UUID, sha256: str, visit: Visit, show: str | None = None) -> Response:
    """A file, to be kept or to be looked at."""
    answer = await get_evidence(funding, sha256, visit.reading)
    if show is not None:
        answer.headers["Content-Disposition"] = "inline"
    return answer


async def show(
    funding: UUID,
    request: Request,
    visit: VisitContext,
    *,
    done: str = "",
    wrong: Mapping[str, Any] | None = None,
    status: int = 200,
) -> Response:
    """The page of a case; `wrong` is what was refused, with what had been typed."""
    reading, mark = visit.reading, await mark_of(visit.running)
    found = await get_funding(funding, reading, told := Response())
    share = None
    if visit.may("read_budgets"):
        try:
            budget = await get_budget(budget_of(found["fund"], found["year"]), reading, Response())
            share = share_of(budget, found)
        except UnknownError:
            share = None
    inside = reading.reach("read_funding") is not Reach.OWN
    for step in found["steps"]:
        step["who"] = _who(step, visit.language, inside=inside)
    return PAGES.answer(
        request,
        "funding.html",
        visit,
        status=status,
        case=found,
        version=int(told.headers["ETag"].strip('"')),
        key=secrets.token_hex(16),
        chain=_chain(found),
        share=share,
        recommended=yuan_of(found["amount"]),
        ended=not found["step"],
        unpaid=found["step"] and found["state"] not in PAID,
        done=done,
        wrong=wrong,
        mark=mark,
    )


def _order(case: Mapping[str, Any]) -> str:
    """Where a case stands in its list, as text: what waits by how long, all others by their last change."""
    if "calm" in case:
        return f"{case['calm']}{case['since'].timestamp():020.6f}"
    return f"{_FAR - case['changed'].timestamp():020.6f}"


def _who(step: Mapping[str, Any], language: str, *, inside: bool) -> str:
    """Who took a step: the name to those who work inside, else the role; empty for the system."""
    by, role = step["by"], step["role"]
    if role not in set(Role):
        return ""
    if step["name"]:
        return f"{step['name']} · {role_word(role, language)}"
    return named(by, role, language) if inside else role_word(role, language)


def _chain(found: Mapping[str, Any]) -> list[str]:
    """The steps that are still to come, the awaited one first."""
    names = [step.step for step in CHAIN]
    if not found["step"]:
        return []
    large = found["threshold"] is not None and found["amount"] > found["threshold"]
    skipped = {"verify", "confirm", "review"} if found["emergency"] else set()
    if not large and not found["emergency"] and found["step"] != "approve_again":
        skipped.add("approve_again")
    return [name for name in names[names.index(found["step"]) :] if name not in skipped]
