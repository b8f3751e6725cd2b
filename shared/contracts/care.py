"""Events of care: cases, visits, care plans, funding, budgets."""

from datetime import date, datetime
from uuid import UUID

from shared.contracts.event import Event, Medical, Personal
from shared.contracts.values import PlannedService, Risk, Slot, Urgency

# Cases


class CaseOpened(Event, name="care.CaseOpened"):
    """A helper was assigned: the case of this request is open."""

    request: UUID
    cadre: UUID
    community: UUID | None
    helper: UUID
    service: str
    urgency: Urgency
    round: int = 1
    visit: UUID | None = None


class CaseReassigned(Event, name="care.CaseReassigned"):
    """Another helper has it, or the same one again in a new round."""

    request: UUID
    cadre: UUID
    helper: UUID
    round: int
    visit: UUID | None = None


class CaseUnassigned(Event, name="care.CaseUnassigned"):
    """Nobody has it at the moment."""

    request: UUID
    cadre: UUID
    helper: UUID


class ServiceReported(Event, name="care.ServiceReported"):
    """The helper says that it is done."""

    request: UUID
    cadre: UUID
    visit: UUID
    helper: UUID


class CaseClosed(Event, name="care.CaseClosed"):
    """The callback said that it was solved, or the request ended in another way."""

    request: UUID
    cadre: UUID
    reason: str


class CaseReopened(Event, name="care.CaseReopened"):
    """It was not solved."""

    request: UUID
    cadre: UUID
    round: int


# Visits


class VisitScheduled(Event, name="care.VisitScheduled"):
    """A helper will come."""

    visit: UUID
    request: UUID
    cadre: UUID
    community: UUID | None
    helper: UUID
    booking: UUID
    service: str
    urgency: Urgency
    slot: Slot


class VisitBegun(Event, name="care.VisitBegun"):
    """The helper is there."""

    visit: UUID
    request: UUID
    cadre: UUID
    helper: UUID


class VisitDone(Event, name="care.VisitDone", subject="cadre"):
    """What was done, in minutes; new needs by their services."""

    visit: UUID
    request: UUID
    cadre: UUID
    helper: UUID
    booking: UUID
    minutes: int
    solved: bool
    needs: tuple[str, ...]
    outcome: Personal[str]
    medical: Medical[str] = ""


class VisitMissed(Event, name="care.VisitMissed", subject="cadre"):
    """The helper didn't come."""

    visit: UUID
    request: UUID
    cadre: UUID
    helper: UUID
    booking: UUID
    reason: Personal[str] = ""


class VisitRefused(Event, name="care.VisitRefused", subject="cadre"):
    """The cadre didn't want it."""

    visit: UUID
    request: UUID
    cadre: UUID
    helper: UUID
    booking: UUID
    reason: Personal[str] = ""


class NoAnswerRecorded(Event, name="care.NoAnswerRecorded", subject="cadre"):
    """Nobody opened the door. `frail` when the cadre lives alone or is bedridden."""

    visit: UUID
    request: UUID
    cadre: UUID
    helper: UUID
    booking: UUID
    frail: bool
    note: Personal[str] = ""


class WelfareCheckRaised(Event, name="care.WelfareCheckRaised"):
    """Somebody has to look at once whether the cadre is well: intake opens a 特急 request."""

    check: UUID
    visit: UUID
    request: UUID
    cadre: UUID
    community: UUID | None


class VisitMoveRequested(Event, name="care.VisitMoveRequested", subject="cadre"):
    """Another time is asked for; matching answers."""

    visit: UUID
    request: UUID
    cadre: UUID
    helper: UUID
    booking: UUID
    slot: Slot
    reason: Personal[str] = ""


class VisitMoved(Event, name="care.VisitMoved"):
    """Matching could move the booking."""

    visit: UUID
    request: UUID
    cadre: UUID
    helper: UUID
    slot: Slot


class VisitMoveRefused(Event, name="care.VisitMoveRefused"):
    """Matching couldn't; the visit stays at its time."""

    visit: UUID
    request: UUID
    cadre: UUID
    reason: str


class VisitCancelled(Event, name="care.VisitCancelled"):
    """It isn't needed, or another helper comes."""

    visit: UUID
    request: UUID
    cadre: UUID
    helper: UUID
    booking: UUID
    reason: str


# Care plans


class PlanAssessed(Event, name="care.PlanAssessed", subject="cadre"):
    """A cadre's need for regular care was assessed."""

    plan: UUID
    cadre: UUID
    community: UUID | None
    risk: Risk
    note: Medical[str] = ""


class PlanActivated(Event, name="care.PlanActivated"):
    """From now on these services recur, until the review."""

    plan: UUID
    cadre: UUID
    services: tuple[PlannedService, ...]
    starts: date
    review_on: date


class PlannedVisitDue(Event, name="care.PlannedVisitDue"):
    """A planned visit's time has come near: intake opens the request."""

    plan: UUID
    cadre: UUID
    community: UUID | None
    occurrence: UUID
    service: str
    slot: Slot


class PlanReviewDue(Event, name="care.PlanReviewDue"):
    """Somebody has to assess anew."""

    plan: UUID
    cadre: UUID


class PlanSuspended(Event, name="care.PlanSuspended"):
    """No visits for a while: in hospital, away."""

    plan: UUID
    cadre: UUID
    reason: str


class PlanResumed(Event, name="care.PlanResumed"):
    """Visits recur again."""

    plan: UUID
    cadre: UUID


class PlanEnded(Event, name="care.PlanEnded"):
    """No more visits."""

    plan: UUID
    cadre: UUID
    reason: str


# Funding. `by` is the account that took the step: no one may take two of one case.


class FundingDrafted(Event, name="care.FundingDrafted", subject="cadre"):
    """Money is to be asked for. `emergency` takes two approvers and evidence afterwards."""

    funding: UUID
    request: UUID
    cadre: UUID
    community: UUID | None
    unit: str
    fund: str
    year: int
    amount: int
    emergency: bool
    purpose: Personal[str]
    helper: UUID | None = None
    by: str = ""


class EvidenceAttached(Event, name="care.EvidenceAttached", subject="cadre"):
    """A file, kept encrypted under its SHA-256 (hex), which with the size (bytes) is of the plain file."""

    funding: UUID
    request: UUID
    cadre: UUID
    sha256: str
    size: int
    media_type: str
    label: Personal[str] = ""


class FundingSubmitted(Event, name="care.FundingSubmitted"):
    """On its way: the submitter's step."""

    funding: UUID
    request: UUID
    cadre: UUID
    amount: int
    by: str = ""


class CommunityVerified(Event, name="care.CommunityVerified", subject="cadre"):
    """The community's secretary has seen that it is so."""

    funding: UUID
    request: UUID
    cadre: UUID
    note: Personal[str] = ""
    by: str = ""


class UnitConfirmed(Event, name="care.UnitConfirmed", subject="cadre"):
    """The original unit confirms."""

    funding: UUID
    request: UUID
    cadre: UUID
    note: Personal[str] = ""
    by: str = ""


class BureauReviewed(Event, name="care.BureauReviewed", subject="cadre"):
    """The bureau's reviewer recommends an amount."""

    funding: UUID
    request: UUID
    cadre: UUID
    amount: int
    note: Personal[str] = ""
    by: str = ""


class FundingApproved(Event, name="care.FundingApproved", subject="cadre"):
    """An approver says yes; `level` 2 is the second approver that a large or emergency grant takes."""

    funding: UUID
    request: UUID
    cadre: UUID
    amount: int
    level: int
    final: bool
    note: Personal[str] = ""
    by: str = ""


class FundsReserved(Event, name="care.FundsReserved"):
    """The year's budget holds it for this case; written together with the budget's own event."""

    funding: UUID
    request: UUID
    cadre: UUID
    budget: UUID
    amount: int


class FundingDisbursed(Event, name="care.FundingDisbursed", subject="cadre"):
    """Paid."""

    funding: UUID
    request: UUID
    cadre: UUID
    amount: int
    reference: Personal[str]
    by: str = ""


class ReceiptConfirmed(Event, name="care.ReceiptConfirmed", subject="cadre"):
    """The cadre or the family has the money, recorded by the community or by themselves."""

    funding: UUID
    request: UUID
    cadre: UUID
    confirmed_by: str
    note: Personal[str] = ""
    by: str = ""


class FundingClosed(Event, name="care.FundingClosed"):
    """Paid, received, evidence complete."""

    funding: UUID
    request: UUID
    cadre: UUID
    by: str = ""


class ReturnedForEvidence(Event, name="care.ReturnedForEvidence", subject="cadre"):
    """Something is missing; it goes back to who submitted it."""

    funding: UUID
    request: UUID
    cadre: UUID
    missing: Personal[str]
    step: str = ""
    by: str = ""


class FundingRejected(Event, name="care.FundingRejected", subject="cadre"):
    """The answer is no."""

    funding: UUID
    request: UUID
    cadre: UUID
    step: str
    reason: Personal[str]
    by: str = ""


class FundingWithdrawn(Event, name="care.FundingWithdrawn", subject="cadre"):
    """No longer asked for."""

    funding: UUID
    request: UUID
    cadre: UUID
    reason: Personal[str]


class FundingLapsed(Event, name="care.FundingLapsed"):
    """Nobody completed it in time, the year ended, or the cadre died."""

    funding: UUID
    request: UUID
    cadre: UUID
    reason: str


class FundingReversed(Event, name="care.FundingReversed", subject="cadre"):
    """Money that was paid comes back."""

    funding: UUID
    request: UUID
    cadre: UUID
    amount: int
    reason: Personal[str]
    by: str = ""


class FundingRecused(Event, name="care.FundingRecused", subject="cadre"):
    """This account may take no step in this case: a relative."""

    funding: UUID
    request: UUID
    cadre: UUID
    account: str
    reason: Personal[str] = ""


class FundingStepLate(Event, name="care.FundingStepLate"):
    """A step of the bureau's chain was not taken in time."""

    funding: UUID
    request: UUID
    cadre: UUID
    step: str
    level: str
    due: datetime


# Budgets: a fund in a year


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
