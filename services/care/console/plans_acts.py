"""What is done to a care plan by forms: each sent once, for the plan as its sender saw it."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Any, NamedTuple
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from pydantic import ValidationError

from services.care.api import plans as api
from services.care.console.plans import PAGES, Wrong, as_seen, chosen, show
from services.care.domain import plan_commands as commands
from shared.console.session import Key, Visit, VisitContext, see
from shared.contracts.command import Command
from shared.contracts.values import PlannedService
from shared.errors import DomainError, UnknownError
from shared.http.call import CallContext
from shared.http.problems import status_of

router = APIRouter()
Seen = Annotated[int, Form(ge=1, le=2**31 - 1)]


class Act(NamedTuple):
    """What a form of the page does; what can't be undone is asked once more."""

    command: type[Command]
    take: Callable[[UUID, Any, CallContext], Awaitable[Response]]
    final: bool = False


ACTS = {
    "assess": Act(commands.AssessPlan, api.assess_again),
    "activate": Act(commands.ActivatePlan, api.activate_plan),
    "suspend": Act(commands.SuspendPlan, api.suspend_plan),
    "resume": Act(commands.ResumePlan, api.resume_plan),
    "end": Act(commands.EndPlan, api.end_plan, final=True),
}


class NoSuchPlanActError(UnknownError):
    """There is nothing of that name to be done with a plan. Go back to it."""

    zh = "计划没有这项操作。请返回计划页面。"


@router.post("/plans/{plan}/{act}")
async def take(plan: UUID, act: str, request: Request, visit: Visit, key: Key, seen: Seen) -> Response:
    """An act, or a question before one that can't be undone."""
    one = ACTS.get(act)
    if one is None:
        raise NoSuchPlanActError
    typed = {name: value for name, value in (await request.form()).items() if isinstance(value, str)}
    try:
        command = one.command.model_validate(told(one.command, typed))
        if one.final and not typed.get("sure"):
            return await _ask(plan, request, visit, act, typed)
        answer = await one.take(plan, command, visit.call(key, await as_seen(plan, visit, seen)))
    except UnknownError:
        raise
    except (DomainError, ValidationError) as error:
        status = status_of(error) if isinstance(error, DomainError) else 422
        return await show(plan, request, visit, wrong=wrong_of(error, visit, act, typed), status=status)
    await visit.shows(answer)
    return see(f"/care/plans/{plan}?done={act}")


def told(kind: type[Command], typed: Mapping[str, str]) -> dict[str, Any]:
    """What a form's fields tell of a command; empty ones are left out."""
    found: dict[str, Any] = {
        name: typed[name].strip().replace("\r\n", "\n")
        for name in kind.model_fields
        if typed.get(name, "").strip() and name != "happened"
    }
    if "services" in kind.model_fields:
        found["services"] = [
            {name: typed.get(f"services-{row}-{name}", "") for name in PlannedService.model_fields}
            for row in chosen(typed)
        ]
    return found


def wrong_of(
    error: DomainError | ValidationError, visit: VisitContext, act: str, typed: Mapping[str, str]
) -> Wrong:
    """A refusal in words; of a value that breaks a rule the field, which the page has words for."""
    if isinstance(error, DomainError):
        return Wrong(act, error.code, error.field, error.message(visit.language), typed)
    at = list(error.errors(include_input=False)[0]["loc"])
    if len(at) > 1:
        at[1] = chosen(typed)[int(at[1])]
    return Wrong(act, "Field", "-".join(map(str, at)), "", typed)


async def _ask(
    plan: UUID, request: Request, visit: VisitContext, act: str, typed: Mapping[str, str]
) -> Response:
    visit.reading.reach(ACTS[act].command.__name__)
    found = await api.get_plan(plan, visit.reading, Response())
    kept = {name: value for name, value in typed.items() if name not in ("mark", "sure")}
    return PAGES.answer(request, "plan_ask.html", visit, plan=found, kept=kept, reason=typed["reason"])
