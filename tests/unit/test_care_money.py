"""Money: a budget never promises more than it has, and both sides of a settlement say the same."""

from typing import Any

import pytest
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st

from services.care.domain.budget import (
    BUDGET,
    AdjustBudget,
    Budget,
    BudgetExceededError,
    BudgetKnownError,
    BudgetTooSmallError,
    ImportBudget,
    NoBudgetError,
    NotHeldError,
    NothingAdjustedError,
    OpenBudget,
    ReleaseAmount,
    ReserveAmount,
    SpendAmount,
    TakeBackAmount,
    budget_of,
)
from services.care.domain.funding import FUNDING
from services.care.domain.funding_commands import (
    ApproveFunding,
    DisburseFunding,
    LapseFunding,
    ReverseFunding,
    WithdrawFunding,
)
from services.care.domain.settlement import settle
from shared.bus.envelope import Actor
from shared.contracts import care
from shared.contracts.command import Command
from shared.contracts.event import Event
from shared.errors import RefusedError
from shared.eventstore.decider import Moment
from tests.care_cases import (
    APPROVER,
    ASKER,
    BUDGET_ID,
    CADRE,
    PAYER,
    REQUEST,
    SECOND_PAYER,
    budget_opened,
    until,
)
from tests.unit.given import ITSELF, NOON, given

OPEN = OpenBudget(fund="hardship", title="帮困资金", year=2026, amount=100_000, threshold=80_000)


def of_case(amount: int) -> dict[str, Any]:
    """A step of a funding case over this amount."""
    return {"funding": ITSELF, "request": REQUEST, "cadre": CADRE, "amount": amount}


def moved(kind: type[Event], amount: int) -> Event:
    """An event of the budget."""
    return kind.model_validate({"budget": BUDGET_ID, **of_case(amount)})


def test_a_fund_has_one_budget_a_year() -> None:
    """Its id says so."""
    given(BUDGET).when(OPEN).then(budget_opened())
    given(BUDGET, budget_opened()).when(OPEN).refused(BudgetKnownError)
    assert budget_of("hardship", 2026) == BUDGET_ID
    assert budget_of("hardship", 2027) != BUDGET_ID


def test_an_imported_row_opens_adjusts_or_changes_nothing() -> None:
    """The same table again says nothing new."""
    row = ImportBudget(**OPEN.model_dump())
    given(BUDGET).when(row).then(budget_opened())
    given(BUDGET, budget_opened()).when(row).then()
    less = ImportBudget(**{**OPEN.model_dump(), "amount": 90_000})
    given(BUDGET, budget_opened()).when(less).then(
        care.BudgetAdjusted(budget=BUDGET_ID, by=-10_000, reason="import")
    )


def test_a_budget_cannot_become_less_than_what_is_held() -> None:
    """To the fen."""
    held = [budget_opened(), moved(care.AmountReserved, 60_000)]
    given(BUDGET, *held).when(AdjustBudget(by=-40_000, reason="调减")).then(care.BudgetAdjusted)
    given(BUDGET, *held).when(AdjustBudget(by=-40_001, reason="调减")).refused(BudgetTooSmallError)
    given(BUDGET, *held).when(AdjustBudget(by=0, reason="调减")).refused(NothingAdjustedError)


def test_what_is_free_can_be_reserved_and_not_one_fen_more() -> None:
    """What came back is free again."""
    given(BUDGET, budget_opened()).when(ReserveAmount(**of_case(100_000))).then(care.AmountReserved)
    given(BUDGET, budget_opened()).when(ReserveAmount(**of_case(100_001))).refused(BudgetExceededError)
    returned = [
        budget_opened(),
        moved(care.AmountReserved, 100_000),
        moved(care.AmountSpent, 100_000),
        moved(care.AmountReturned, 30_000),
    ]
    given(BUDGET, *returned).when(ReserveAmount(**of_case(30_000))).then(care.AmountReserved)
    given(BUDGET, *returned).when(ReserveAmount(**of_case(30_001))).refused(BudgetExceededError)


def test_only_what_is_held_is_released_or_spent_and_only_what_was_paid_comes_back() -> None:
    """A budget doesn't give what it doesn't have."""
    given(BUDGET, budget_opened()).when(ReleaseAmount(**of_case(1))).refused(NotHeldError)
    given(BUDGET, budget_opened()).when(SpendAmount(**of_case(1))).refused(NotHeldError)
    given(BUDGET, budget_opened()).when(TakeBackAmount(**of_case(1))).refused(NotHeldError)


AMOUNTS = st.integers(min_value=1, max_value=150_000)
STEPS = st.one_of(
    AMOUNTS.map(lambda amount: ReserveAmount(**of_case(amount))),
    AMOUNTS.map(lambda amount: ReleaseAmount(**of_case(amount))),
    AMOUNTS.map(lambda amount: SpendAmount(**of_case(amount))),
    AMOUNTS.map(lambda amount: TakeBackAmount(**of_case(amount))),
    st.integers(min_value=-150_000, max_value=150_000)
    .filter(bool)
    .map(lambda by: AdjustBudget(by=by, reason="调整")),
)


@settings(max_examples=200, deadline=None)
@for_all(st.lists(STEPS, max_size=40))
def test_no_order_of_steps_overspends(steps: list[Command]) -> None:
    """After any steps: reserved + spent - returned ≤ amount, nothing below zero, and all sums to the fen."""
    past: list[Event] = [budget_opened()]
    for step in steps:
        try:
            past += given(BUDGET, *past).when(step).events()
        except RefusedError:
            continue
    budget = BUDGET.fold(past)
    assert budget is not None

    def total(kind: type[Event], name: str = "amount") -> int:
        return sum(getattr(event, name) for event in past if type(event) is kind)

    reserved, released = total(care.AmountReserved), total(care.AmountReleased)
    spent, returned = total(care.AmountSpent), total(care.AmountReturned)
    assert budget.amount == 100_000 + total(care.BudgetAdjusted, "by")
    assert (budget.reserved, budget.spent, budget.returned) == (reserved - released - spent, spent, returned)
    assert min(budget.reserved, budget.free, budget.spent - budget.returned) >= 0
    assert budget.reserved + budget.spent - budget.returned <= budget.amount


def decided(
    state: str, command: Command, by: Actor, budget: Budget | None
) -> tuple[list[type[Event]], list[Event]]:
    """What a command to a case in this state gives: types of the case's events, the budget's events."""
    funding = FUNDING.fold(until(state))
    assert funding is not None
    settled = settle(funding, budget, command, Moment(NOON, by, "seed", ITSELF))
    return [type(event) for event in settled.funding], list(settled.budget)


def test_the_last_yes_reserves_in_both() -> None:
    """One decision over case and budget."""
    found = decided("reviewed", ApproveFunding(amount=50_000), APPROVER, BUDGET.fold([budget_opened()]))
    assert found == ([care.FundingApproved, care.FundsReserved], [moved(care.AmountReserved, 50_000)])


def test_the_first_of_two_yeses_moves_no_money() -> None:
    """Above the threshold the budget is not touched yet."""
    budget = BUDGET.fold([budget_opened(threshold=10_000)])
    assert decided("reviewed", ApproveFunding(amount=50_000), APPROVER, budget) == (
        [care.FundingApproved],
        [],
    )


def test_an_approval_beyond_the_budget_is_refused_as_a_whole() -> None:
    """By one fen."""
    with pytest.raises(BudgetExceededError):
        decided("reviewed", ApproveFunding(amount=50_000), APPROVER, BUDGET.fold([budget_opened(49_999)]))


def test_without_a_budget_nothing_is_approved() -> None:
    """It has to be opened first."""
    with pytest.raises(NoBudgetError):
        decided("reviewed", ApproveFunding(amount=50_000), APPROVER, None)


@pytest.mark.parametrize(
    ("state", "command", "by", "expected"),
    [
        ("reserved", DisburseFunding(reference="P-1"), PAYER, care.AmountSpent),
        ("disbursed", ReverseFunding(reason="重复支付"), SECOND_PAYER, care.AmountReturned),
        ("reserved", WithdrawFunding(reason="不再需要"), ASKER, care.AmountReleased),
        ("reserved", LapseFunding(reason="deceased"), ASKER, care.AmountReleased),
    ],
)
def test_what_happens_to_a_grant_happens_to_the_budget(
    state: str, command: Command, by: Actor, expected: type[Event]
) -> None:
    """Paid is spent, reversed is returned, what ends after the reservation is released."""
    past: list[Event] = [budget_opened(), moved(care.AmountReserved, 50_000)]
    if state == "disbursed":
        past.append(moved(care.AmountSpent, 50_000))
    assert decided(state, command, by, BUDGET.fold(past))[1] == [moved(expected, 50_000)]


def test_what_ends_before_the_reservation_moves_no_money() -> None:
    """There is nothing to release."""
    assert decided("reviewed", LapseFunding(reason="deceased"), ASKER, None) == ([care.FundingLapsed], [])
