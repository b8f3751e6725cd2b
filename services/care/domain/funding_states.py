"""What a funding case can be, who took which step, and who may take the next."""

from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from shared.bus.envelope import Actor
from shared.contracts import care
from shared.contracts.event import Event
from shared.roles import Role


class Taken(NamedTuple):
    """A step and the account that took it."""

    step: str
    by: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What goes with a case through all its steps; `amount` is what is asked for, in fen."""

    funding: UUID
    request: UUID
    cadre: UUID
    community: UUID | None
    unit: str
    helper: UUID | None
    fund: str
    year: int
    amount: int
    emergency: bool
    taken: tuple[Taken, ...] = ()
    recused: frozenset[str] = frozenset()
    evidence: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Drafted:
    """Not asked yet."""

    facts: Facts


@dataclass(frozen=True, slots=True)
class Submitted:
    """The community verifies; an emergency waits for its first approver."""

    facts: Facts


@dataclass(frozen=True, slots=True)
class CommunityVerified:
    """The original unit confirms."""

    facts: Facts


@dataclass(frozen=True, slots=True)
class UnitConfirmed:
    """The bureau reviews."""

    facts: Facts


@dataclass(frozen=True, slots=True)
class BureauReviewed:
    """The bureau approves, `amount` fen at the most."""

    facts: Facts
    amount: int


@dataclass(frozen=True, slots=True)
class Approved:
    """One approver said yes to `amount`; a second is needed."""

    facts: Facts
    amount: int


@dataclass(frozen=True, slots=True)
class Reserved:
    """The year's budget holds `amount`; the payer pays."""

    facts: Facts
    amount: int


@dataclass(frozen=True, slots=True)
class Disbursed:
    """Paid; the receipt is awaited."""

    facts: Facts
    amount: int


@dataclass(frozen=True, slots=True)
class ReceiptConfirmed:
    """The cadre or the family has it."""

    facts: Facts
    amount: int


@dataclass(frozen=True, slots=True)
class Closed:
    """Paid, received, evidence complete."""

    facts: Facts
    amount: int


@dataclass(frozen=True, slots=True)
class ReturnedForEvidence:
    """Something is missing: it waits to be submitted again."""

    facts: Facts


@dataclass(frozen=True, slots=True)
class Rejected:
    """The answer is no."""

    facts: Facts


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """No longer asked for."""

    facts: Facts


@dataclass(frozen=True, slots=True)
class Lapsed:
    """Not completed in time, the year ended, or the cadre died."""

    facts: Facts


@dataclass(frozen=True, slots=True)
class Reversed:
    """Money that was paid has come back."""

    facts: Facts
    amount: int


Asked = Drafted | Submitted | CommunityVerified | UnitConfirmed | BureauReviewed | Approved
Paid = Disbursed | ReceiptConfirmed | Closed
Ended = Closed | Rejected | Withdrawn | Lapsed | Reversed
Funding = Asked | Reserved | Paid | ReturnedForEvidence | Rejected | Withdrawn | Lapsed | Reversed


class Next(NamedTuple):
    """A step that may come next: its name, the command that takes it, and the roles whose step it is."""

    step: str
    command: str
    roles: tuple[Role, ...]


ASKERS = (Role.SECRETARY, Role.CARE_WORKER, Role.COORDINATOR)
SUBMIT = Next("submit", "SubmitFunding", ASKERS)
VERIFY = Next("verify", "VerifyFunding", (Role.SECRETARY,))
CONFIRM = Next("confirm", "ConfirmByUnit", (Role.UNIT_LIAISON,))
REVIEW = Next("review", "ReviewFunding", (Role.REVIEWER,))
APPROVE = Next("approve", "ApproveFunding", (Role.APPROVER,))
APPROVE_AGAIN = Next("approve_again", "ApproveFunding", (Role.APPROVER,))
DISBURSE = Next("disburse", "DisburseFunding", (Role.PAYER,))
RECEIPT = Next("receipt", "ConfirmReceipt", (Role.SECRETARY, Role.FAMILY))
CLOSE = Next("close", "CloseFunding", (Role.REVIEWER,))
REVERSE = Next("reverse", "ReverseFunding", (Role.PAYER,))

CHAIN = (SUBMIT, VERIFY, CONFIRM, REVIEW, APPROVE, APPROVE_AGAIN, DISBURSE, RECEIPT, CLOSE)
"""In their order."""

STEPS: dict[type[Event], Next] = {
    care.FundingDrafted: SUBMIT,
    care.FundingSubmitted: SUBMIT,
    care.CommunityVerified: VERIFY,
    care.UnitConfirmed: CONFIRM,
    care.BureauReviewed: REVIEW,
    care.FundingDisbursed: DISBURSE,
    care.ReceiptConfirmed: RECEIPT,
    care.FundingClosed: CLOSE,
    care.FundingReversed: REVERSE,
}

BESIDE = frozenset({"verify", "receipt"})
"""The receipt is confirmed by the cadre or the family; who verified in the community may record that."""


def step_of(event: Event) -> str:
    """The step that an event says somebody took; empty when it is none."""
    match event:
        case care.FundingApproved():
            return APPROVE.step if event.level == 1 else APPROVE_AGAIN.step
        case care.ReturnedForEvidence() | care.FundingRejected():
            return event.step
        case _:
            step = STEPS.get(type(event))
            return step.step if step else ""


def next_of(funding: Funding) -> Next | None:
    """The step that brings the case forward; None at its end."""
    match funding:
        case Drafted() | ReturnedForEvidence():
            return SUBMIT
        case Submitted():
            return APPROVE if funding.facts.emergency else VERIFY
        case CommunityVerified():
            return CONFIRM
        case UnitConfirmed():
            return REVIEW
        case BureauReviewed():
            return APPROVE
        case Approved():
            return APPROVE_AGAIN
        case Reserved():
            return DISBURSE
        case Disbursed():
            return RECEIPT
        case ReceiptConfirmed():
            return CLOSE
        case Closed() | Rejected() | Withdrawn() | Lapsed() | Reversed():
            return None


def refusing_of(funding: Funding) -> Next | None:
    """Whose step it is to send the case back or to reject it; the bureau's while the unit is asked."""
    match funding:
        case Submitted() | UnitConfirmed() | BureauReviewed() | Approved():
            return next_of(funding)
        case CommunityVerified():
            return REVIEW
        case _:
            return None


def barred(facts: Facts, step: Next, by: Actor) -> str:
    """Why this person may not take this step: `role`, `recused`, the other step they took; else empty."""
    if by.role not in step.roles:
        return "role"
    if by.sub in facts.recused:
        return "recused"
    for taken in facts.taken:
        if taken.by == by.sub and taken.step != step.step and {taken.step, step.step} != BESIDE:
            return taken.step
    return ""
