"""Events of funding. `by` is the account that took the step: no one may take two of one case."""

from datetime import datetime
from uuid import UUID

from shared.contracts.event import Event, Personal


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
