"""What people may wish of a request, and why it may be refused."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from pydantic import AwareDatetime, Field

from services.intake.domain.service import Terms
from shared.contracts.command import Command
from shared.contracts.values import (
    Brief,
    CadreSide,
    Caller,
    CallerKind,
    CancelReason,
    Channel,
    Code,
    Elements,
    HoldReason,
    Ids,
    Line,
    Minutes,
    Note,
    Reason,
    RejectReason,
    ReopenReason,
    Slot,
    Urgency,
    WithdrawReason,
)

ATTEMPTS = 3
"""Callbacks that reached nobody before the cadre counts as unreachable."""


class Reaching(StrEnum):
    """How somebody asks us: the channels that people may name."""

    PHONE = "phone"
    WALK_IN = "walk_in"


class CallbackOutcome(StrEnum):
    """What a callback brought."""

    SOLVED = "solved"
    UNSOLVED = "unsolved"
    UNREACHED = "unreached"


class ReceiveRequest(Command):
    """Write a request down; with service and urgency it is triaged in the same step.

    `duplicate_of` links it to a likely duplicate, `overruled` says why it is none; `linked` is an earlier
    request out of which this one came.
    """

    cadre: UUID
    channel: Reaching = Reaching.PHONE
    caller: Caller = Caller(kind=CallerKind.CADRE)
    elements: Elements
    service: Code | None = None
    urgency: Urgency | None = None
    minutes: Minutes | None = None
    slot: Slot | None = None
    linked: UUID | None = None
    duplicate_of: UUID | None = None
    overruled: Note = ""


class CorrectRequest(Command):
    """Put the elements or the time asked for right."""

    elements: Elements
    slot: Slot | None = None


class TriageRequest(Command):
    """Choose the service, and how urgent it is if not as usual."""

    service: Code
    urgency: Urgency | None = None
    minutes: Minutes | None = None
    slot: Slot | None = None


class HoldRequest(Command):
    """Let it wait, for ever or until a time; its deadlines pause."""

    reason: HoldReason
    until: AwareDatetime | None = None
    note: Note = ""


class ResumeRequest(Command):
    """Let it go on."""


class ReferToEmergencyLine(Command):
    """Hand it over to an emergency line, such as 120."""

    line: Line
    note: Note = ""


class MarkDuplicate(Command):
    """Say that another open request is the same."""

    of: UUID


class OverruleDuplicate(Command):
    """Say that it is another matter than the suspected ones."""

    reason: Reason


class RejectRequest(Command):
    """Say that it isn't for us, and where the caller was referred to."""

    reason: RejectReason
    referred_to: Brief = ""


class CancelRequest(Command):
    """Say that it is no longer needed."""

    reason: CancelReason
    note: Note = ""


class WithdrawRequest(Command):
    """Take it back for the caller or the family."""

    reason: WithdrawReason
    note: Note = ""


class RelinkRequest(Command):
    """It stands under the wrong person: receive it anew under this one."""

    cadre: UUID
    note: Note = ""


class RecordCallback(Command):
    """Say what the callback brought; `satisfaction` from 1 to 5."""

    outcome: CallbackOutcome
    satisfaction: int | None = Field(default=None, ge=1, le=5)
    note: Note = ""


class ReopenRequest(Command):
    """Open a closed request again."""

    reason: ReopenReason
    note: Note = ""


class ExtendDeadline(Command):
    """Give the present stage half its time once more."""

    reason: Reason


# What the API adds to a wish from other aggregates


class OpenRequest(Command):
    """Receive a request, with what the register and the catalogue say; triaged when there are `terms`."""

    cadre: UUID
    community: UUID | None
    covered: bool
    channel: Channel
    service: str = ""
    urgency: Urgency | None = None
    slot: Slot | None = None
    linked: UUID | None = None
    likely: Ids = ()
    caller: Caller | None = None
    elements: Elements | None = None
    overruled: Note = ""
    duplicate_of: UUID | None = None
    terms: Terms | None = None
    side: CadreSide | None = None


class Triage(Command):
    """Triage, with the catalogue's terms and the cadre's side as it is today."""

    community: UUID | None
    terms: Terms
    urgency: Urgency
    slot: Slot | None
    side: CadreSide


class Reopen(Command):
    """Reopen, knowing until when that is possible: some days after it was closed."""

    reason: ReopenReason
    note: Note = ""
    until: datetime
    days: int


class Replace(Command):
    """Withdraw as an error, for the one that was received anew."""

    replaced_by: UUID
    note: Note = ""
