"""A funding case and the year's budget, decided together: what one says about money the other says too."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from services.care.domain import budget as budgets
from services.care.domain.budget import BUDGET, Budget, NoBudgetError
from services.care.domain.funding import FUNDING
from services.care.domain.funding_commands import ApproveFunding, ApproveWithin
from services.care.domain.funding_states import Funding, Reserved
from shared.contracts import care
from shared.contracts.command import Command
from shared.contracts.event import Event
from shared.eventstore.decider import Moment


class Settled(NamedTuple):
    """The events of the case and those of the budget; they are written in one transaction or not at all."""

    funding: Sequence[Event]
    budget: Sequence[Event]


def settle(funding: Funding, budget: Budget | None, command: Command, moment: Moment) -> Settled:
    """What follows from a command to the case, for the case and for the budget of its fund and year.

    Raises what either of them refuses; NoBudgetError when there is no budget to approve from.
    """
    if isinstance(command, ApproveFunding):
        if budget is None:
            raise NoBudgetError(fund=funding.facts.fund, year=funding.facts.year)
        command = ApproveWithin(**dict(command), budget=budget.budget, threshold=budget.threshold)
    told = FUNDING.decide(funding, command, moment)
    moved: list[Event] = []
    for event in told:
        step = _money(funding, event)
        if step is not None:
            moved += BUDGET.decide(budget, step, moment)
    return Settled(told, moved)


def _money(before: Funding, event: Event) -> budgets.FundingStep | None:
    """What an event of the case means to the budget."""
    match event:
        case care.FundsReserved():
            return budgets.ReserveAmount(**_of(event, event.amount))
        case care.FundingDisbursed():
            return budgets.SpendAmount(**_of(event, event.amount))
        case care.FundingReversed():
            return budgets.TakeBackAmount(**_of(event, event.amount))
        case care.FundingRejected() | care.FundingWithdrawn() | care.FundingLapsed():
            return (
                budgets.ReleaseAmount(**_of(event, before.amount)) if isinstance(before, Reserved) else None
            )
        case _:
            return None


def _of(event: Any, amount: int) -> dict[str, Any]:
    return {
        "funding": event.funding,
        "request": event.request,
        "cadre": event.cadre,
        "amount": amount,
    }
