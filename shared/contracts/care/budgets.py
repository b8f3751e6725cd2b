"""Events of budgets: a fund in a year."""

from uuid import UUID

from shared.contracts.event import Event


class BudgetOpened(Event, name="care.BudgetOpened"):
    """What a fund may spend in a year, in fen; above `threshold` a grant takes a second approver."""

    budget: UUID
    fund: str
    title: str
    year: int
    amount: int
    threshold: int


class BudgetAdjusted(Event, name="care.BudgetAdjusted"):
    """More or less, in fen."""

    budget: UUID
    by: int
    reason: str


class AmountReserved(Event, name="care.AmountReserved"):
    """Held for a funding case; written together with the case's own event."""

    budget: UUID
    funding: UUID
    request: UUID
    cadre: UUID
    amount: int


class AmountReleased(Event, name="care.AmountReleased"):
    """Held no more, and not spent."""

    budget: UUID
    funding: UUID
    request: UUID
    cadre: UUID
    amount: int


class AmountSpent(Event, name="care.AmountSpent"):
    """What was held is paid."""

    budget: UUID
    funding: UUID
    request: UUID
    cadre: UUID
    amount: int


class AmountReturned(Event, name="care.AmountReturned"):
    """What was paid came back."""

    budget: UUID
    funding: UUID
    request: UUID
    cadre: UUID
    amount: int
