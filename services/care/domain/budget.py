"""A budget: what one fund may spend in one year, in fen. reserved + spent - returned never exceeds it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from shared import ids
from shared.contracts import care
from shared.contracts.command import Command
from shared.contracts.event import Event
from shared.contracts.values import Code, Fen, Line, Reason
from shared.errors import InvalidError, RefusedError
from shared.eventstore.decider import Decider, Moment

Year = Annotated[int, Field(ge=2000, le=2100)]
Difference = Annotated[int, Field(ge=-100_000_000_000, le=100_000_000_000)]
Positive = Annotated[int, Field(gt=0, le=100_000_000_000)]
USUAL_THRESHOLD = 1_000_000
"""10,000 yuan: above it a grant takes a second approver, unless the budget says otherwise."""


@dataclass(frozen=True, slots=True)
class Budget:
    """All in fen. `spent` counts what was ever paid, `returned` what of it came back."""

    budget: UUID
    fund: str
    title: str
    year: int
    amount: int
    threshold: int
    reserved: int = 0
    spent: int = 0
    returned: int = 0

    @property
    def free(self) -> int:
        """What can still be approved."""
        return self.amount - self.reserved - self.spent + self.returned


class OpenBudget(Command):
    """Say what a fund may spend in a year."""

    fund: Code
    title: Line
    year: Year
    amount: Fen
    threshold: Fen = USUAL_THRESHOLD


class AdjustBudget(Command):
    """More or less, in fen."""

    by: Difference
    reason: Reason


class ImportBudget(OpenBudget):
    """A row of a table: opened, or brought to the row's amount, or already so."""


class _OfFunding(Command):
    """A step of a funding case that moves money."""

    funding: UUID
    request: UUID
    cadre: UUID
    amount: Positive


class ReserveAmount(_OfFunding):
    """Hold it for a case."""


class ReleaseAmount(_OfFunding):
    """Hold it no more."""


class SpendAmount(_OfFunding):
    """What was held is paid."""


class TakeBackAmount(_OfFunding):
    """What was paid came back."""


FundingStep = ReserveAmount | ReleaseAmount | SpendAmount | TakeBackAmount
BudgetCommand = OpenBudget | AdjustBudget | FundingStep


class BudgetKnownError(RefusedError):
    """The fund {fund} already has a budget for {year}. Adjust that one."""

    zh = "资金 {fund} 已有 {year} 年的预算。请调整原预算。"


class NoBudgetError(RefusedError):
    """There is no budget of the fund {fund} for {year}. Ask the bureau to open it."""

    zh = "资金 {fund} 没有 {year} 年的预算。请由老干部局先开立。"


class BudgetExceededError(RefusedError):
    """Only {free} fen of this year's budget are free. Approve less, or have the budget adjusted."""

    zh = "本年预算只余 {free} 分。请减少批准金额，或先调整预算。"


class BudgetTooSmallError(RefusedError):
    """{bound} fen are already reserved or spent: the budget can't become less than that."""

    zh = "已预留或支出 {bound} 分，预算不能低于此数。"


class NothingAdjustedError(InvalidError):
    """An adjustment needs an amount. Say how many fen more or less."""

    zh = "调整金额不能为零。请填写增加或减少多少分。"


class NotHeldError(RefusedError):
    """The budget holds or has paid only {held} fen of this. Check the case."""

    zh = "预算中相应的金额只有 {held} 分。请核对案件。"


def budget_of(fund: str, year: int) -> UUID:
    """The id of a fund's budget for a year: always the same."""
    return ids.derive(datetime(year, 1, 1, tzinfo=UTC), "budget", fund, year)


def evolve(budget: Budget | None, event: Event) -> Budget:
    """The budget after an event."""
    if isinstance(event, care.BudgetOpened):
        return Budget(event.budget, event.fund, event.title, event.year, event.amount, event.threshold)
    if budget is None:
        raise ValueError(f"{event.NAME} before the budget was opened")
    match event:
        case care.BudgetAdjusted():
            return replace(budget, amount=budget.amount + event.by)
        case care.AmountReserved():
            return replace(budget, reserved=budget.reserved + event.amount)
        case care.AmountReleased():
            return replace(budget, reserved=budget.reserved - event.amount)
        case care.AmountSpent():
            return replace(budget, reserved=budget.reserved - event.amount, spent=budget.spent + event.amount)
        case care.AmountReturned():
            return replace(budget, returned=budget.returned + event.amount)
        case _:
            return budget


def decide(budget: Budget | None, command: BudgetCommand, _: Moment) -> Sequence[Event]:
    """What follows from a command."""
    match budget, command:
        case None, OpenBudget():
            return [_opened(command)]
        case Budget(), ImportBudget():
            difference = command.amount - budget.amount
            return _adjusted(budget, difference, "import") if difference else []
        case Budget(), OpenBudget():
            raise BudgetKnownError(fund=budget.fund, year=budget.year)
        case Budget(), AdjustBudget():
            if command.by == 0:
                raise NothingAdjustedError("by")
            return _adjusted(budget, command.by, command.reason)
        case Budget(), ReserveAmount() if command.amount > budget.free:
            raise BudgetExceededError("amount", free=budget.free)
        case Budget(), ReserveAmount():
            return [_told(care.AmountReserved, budget, command)]
        case Budget(), ReleaseAmount() | SpendAmount() if command.amount > budget.reserved:
            raise NotHeldError(held=budget.reserved)
        case Budget(), ReleaseAmount():
            return [_told(care.AmountReleased, budget, command)]
        case Budget(), SpendAmount():
            return [_told(care.AmountSpent, budget, command)]
        case Budget(), TakeBackAmount():
            if command.amount > budget.spent - budget.returned:
                raise NotHeldError(held=budget.spent - budget.returned)
            return [_told(care.AmountReturned, budget, command)]
        case _:
            raise ValueError(f"{type(command).__name__} before the budget was opened")


def _opened(command: OpenBudget) -> Event:
    return care.BudgetOpened(
        budget=budget_of(command.fund, command.year),
        fund=command.fund,
        title=command.title,
        year=command.year,
        amount=command.amount,
        threshold=command.threshold,
    )


def _adjusted(budget: Budget, by: int, reason: str) -> Sequence[Event]:
    if by < -budget.free:
        raise BudgetTooSmallError("amount", bound=budget.amount - budget.free)
    return [care.BudgetAdjusted(budget=budget.budget, by=by, reason=reason)]


def _told(kind: type[Event], budget: Budget, command: FundingStep) -> Event:
    return kind.model_validate({"budget": budget.budget, **command.model_dump(exclude={"happened"})})


BUDGET: Decider[Budget] = Decider("budget", "budget", evolve, decide, by_cadre=False)
