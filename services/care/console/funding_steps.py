"""The steps of a funding case as forms: each sent once, for the case as its sender saw it."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Any, NamedTuple
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from pydantic import ValidationError
from starlette.datastructures import FormData

from services.care.api import fundings
from services.care.api.evidence import attach, sent
from services.care.console.funding import PAGES, show
from services.care.console.funding_money import fen_of
from services.care.domain import funding_commands as commands
from shared.console.session import Key, Visit, VisitContext, see
from shared.contracts.command import Command
from shared.errors import DomainError, InvalidError, UnknownError
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
    "submit": Act(commands.SubmitFunding, fundings.submit_funding),
    "verify": Act(commands.VerifyFunding, fundings.verify_funding),
    "confirm": Act(commands.ConfirmByUnit, fundings.confirm_by_unit),
    "review": Act(commands.ReviewFunding, fundings.review_funding),
    "approve": Act(commands.ApproveFunding, fundings.approve_funding),
    "disburse": Act(commands.DisburseFunding, fundings.disburse_funding, final=True),
    "receipt": Act(commands.ConfirmReceipt, fundings.confirm_receipt),
    "close": Act(commands.CloseFunding, fundings.close_funding),
    "return": Act(commands.ReturnForEvidence, fundings.return_for_evidence),
    "reject": Act(commands.RejectFunding, fundings.reject_funding, final=True),
    "withdraw": Act(commands.WithdrawFunding, fundings.withdraw_funding, final=True),
    "reverse": Act(commands.ReverseFunding, fundings.reverse_funding, final=True),
    "recuse": Act(commands.RecuseFromFunding, fundings.recuse_from_funding),
}


class NoSuchActError(UnknownError):
    """There is no such step. Go back to the case."""

    zh = "没有这个环节。请返回案件页面。"


class AmountError(InvalidError):
    """Write an amount in yuan, such as 1,234.50."""

    zh = "请填写金额（元），如 1,234.50。"


@router.post("/fundings/{funding}/evidence")
async def attach_file(funding: UUID, request: Request, visit: Visit, key: Key) -> Response:
    """A file is added to the case."""
    form = await request.form()
    try:
        plain, declared, label = await sent(form)
        answer = await attach(funding, plain, declared, label, visit.call(key))
    except DomainError as error:
        return await _refused(funding, request, visit, "attach", form, error)
    return await _done(funding, visit, "attach", answer)


@router.post("/fundings/{funding}/{act}")
async def take(funding: UUID, act: str, request: Request, visit: Visit, key: Key, seen: Seen) -> Response:
    """A step, or a question before one that can't be undone."""
    one = ACTS.get(act)
    if one is None:
        raise NoSuchActError
    form = await request.form()
    typed = {name: value for name, value in form.items() if isinstance(value, str)}
    try:
        command = _command(one.command, typed)
        if one.final and not typed.get("sure"):
            return await _ask(funding, request, visit, act, typed)
        answer = await one.take(funding, command, visit.call(key, seen))
    except (DomainError, ValidationError) as error:
        return await _refused(funding, request, visit, act, form, error)
    return await _done(funding, visit, act, answer)


def _command(kind: type[Command], typed: Mapping[str, str]) -> Command:
    """The command that a form's fields tell; an amount is in yuan, and empty ones are left out."""
    told: dict[str, Any] = {
        name: typed[name].replace("\r\n", "\n")
        for name in kind.model_fields
        if typed.get(name, "").strip() and name != "happened"
    }
    if "amount" in told:
        told["amount"] = fen_of(told["amount"])
        if told["amount"] is None:
            raise AmountError("amount")
    return kind.model_validate(told)


async def _ask(
    funding: UUID, request: Request, visit: VisitContext, act: str, typed: Mapping[str, str]
) -> Response:
    case = await fundings.get_funding(funding, visit.reading, Response())
    kept = {name: value for name, value in typed.items() if name not in ("mark", "sure")}
    amount = fen_of(typed["amount"]) if typed.get("amount", "").strip() else case["amount"]
    return PAGES.answer(
        request, "funding_ask.html", visit, case=case, act=act, kept=kept, typed=typed, amount=amount
    )


async def _done(funding: UUID, visit: VisitContext, act: str, answer: Response) -> Response:
    """Back to the case, once it shows what was done."""
    await visit.shows(answer)
    return see(f"/care/fundings/{funding}?done={act}")


async def _refused(
    funding: UUID,
    request: Request,
    visit: VisitContext,
    act: str,
    form: FormData,
    error: DomainError | ValidationError,
) -> Response:
    """The case as it is now, what was wrong, and all that had been typed."""
    if isinstance(error, UnknownError):
        raise error
    typed = {name: value for name, value in form.items() if isinstance(value, str)}
    if isinstance(error, ValidationError):
        code, field, facts, status = "Field", str(error.errors(include_input=False)[0]["loc"][0]), {}, 422
        said = ""
    else:
        code, field, facts, status = error.code, error.field, error.facts, status_of(error)
        said = error.message(visit.language)
    wrong = {"act": act, "code": code, "field": field, "facts": facts, "typed": typed, "said": said}
    return await show(funding, request, visit, wrong=wrong, status=status)
