"""Events of intake: communities, the catalogue of services, the register, requests."""

from datetime import date, datetime
from uuid import UUID

from shared.contracts.event import Event, Medical, Personal
from shared.contracts.values import (
    CadreSide,
    Caller,
    CancelReason,
    Channel,
    Details,
    Elements,
    Flag,
    Guarantor,
    HelperKind,
    HoldReason,
    Ids,
    Level,
    Point,
    RejectReason,
    ReopenReason,
    Residence,
    Slot,
    Stage,
    Standing,
    Urgency,
    Validity,
    WithdrawReason,
)

# Communities


class CommunityRegistered(Event, name="intake.CommunityRegistered"):
    """A community of the city, with its centre."""

    community: UUID
    code: str
    name: str
    subdistrict: str
    centre: Point | None
    address: str = ""
    phone: str = ""
    party_branch: str = ""


class CommunityCorrected(Event, name="intake.CommunityCorrected"):
    """The file of a community was put right; all fields as they are now."""

    community: UUID
    name: str
    subdistrict: str
    centre: Point | None
    address: str = ""
    phone: str = ""
    party_branch: str = ""


class CommunityImported(Event, name="intake.CommunityImported"):
    """Its file came from a table; `fingerprint` says what the table's row told (SHA-256, hex)."""

    community: UUID
    fingerprint: str


# The catalogue of services


class ServiceDefined(Event, name="intake.ServiceDefined"):
    """A service that may be asked for, and who may do it. Also revises an earlier definition."""

    service: UUID
    code: str
    zh: str
    en: str
    skills: tuple[str, ...]
    helper_kinds: tuple[HelperKind, ...]
    urgency: Urgency
    minutes: int
    recurs: bool


class ServiceRetired(Event, name="intake.ServiceRetired"):
    """Not offered any more; requests that have it go on."""

    service: UUID
    code: str


# The register


class CadreRegistered(Event, name="intake.CadreRegistered", subject="cadre"):
    """A cadre entered the register."""

    cadre: UUID
    community: UUID | None
    standing: Standing
    details: Personal[Details | None]
    valid_from: date


class ProvisionalPersonRegistered(Event, name="intake.ProvisionalPersonRegistered", subject="cadre"):
    """Somebody was spoken for whom nobody knows yet."""

    cadre: UUID
    community: UUID | None
    details: Personal[Details | None]


class PersonIdentified(Event, name="intake.PersonIdentified", subject="cadre"):
    """A provisional person turned out to be a cadre who was not in the register."""

    cadre: UUID
    community: UUID | None
    standing: Standing
    details: Personal[Details | None]
    valid_from: date


class DetailsCorrected(Event, name="intake.DetailsCorrected", subject="cadre"):
    """What the register said was wrong or has changed; takes over the validity of what it corrects."""

    cadre: UUID
    corrects: UUID | None
    standing: Standing | None
    details: Personal[Details | None]
    reason: Personal[str]


class HardshipAssessed(Event, name="intake.HardshipAssessed", subject="cadre"):
    """A hardship holds for a time, says the assessor."""

    cadre: UUID
    community: UUID | None
    assessment: UUID
    flag: Flag
    assessor: str
    validity: Validity
    corrects: UUID | None = None
    note: Medical[str] = ""


class HardshipWithdrawn(Event, name="intake.HardshipWithdrawn", subject="cadre"):
    """An assessment does not hold any more from a day on."""

    cadre: UUID
    assessment: UUID
    flag: Flag
    until: date
    reason: Personal[str]


class HardshipExpired(Event, name="intake.HardshipExpired"):
    """An assessment ran out: somebody has to assess anew."""

    cadre: UUID
    community: UUID | None
    assessment: UUID
    flag: Flag


class GuarantorsNamed(Event, name="intake.GuarantorsNamed", subject="cadre"):
    """The named persons of the four-party guarantee, all of them anew."""

    cadre: UUID
    guarantors: Personal[tuple[Guarantor, ...]]
    validity: Validity


class CadreMoved(Event, name="intake.CadreMoved", subject="cadre"):
    """A cadre lives elsewhere from a day on."""

    cadre: UUID
    left: UUID | None
    community: UUID | None
    residence: Personal[Residence | None]
    valid_from: date


class CadreAdmitted(Event, name="intake.CadreAdmitted", subject="cadre"):
    """A cadre is in hospital."""

    cadre: UUID
    hospital: Medical[str]


class CadreDischarged(Event, name="intake.CadreDischarged"):
    """A cadre is back from hospital."""

    cadre: UUID


class CadreDeceased(Event, name="intake.CadreDeceased"):
    """A cadre has died."""

    cadre: UUID
    on: date


class DeathRetracted(Event, name="intake.DeathRetracted", subject="cadre"):
    """The death was recorded in error: `corrects` is the event that said so, `on` the day it gave.

    The file is as it was before. `also` are the files merged into it, whose person is alive as well. What the
    death has ended stays ended until somebody takes it up again.
    """

    cadre: UUID
    also: Ids
    corrects: UUID | None
    on: date
    reason: Personal[str]

    def about(self) -> tuple[UUID, ...]:
        """All files of the person."""
        return (self.cadre, *self.also)


class RetractionFollowedUp(Event, name="intake.RetractionFollowedUp", subject="cadre"):
    """Somebody has seen to what a death recorded in error had ended."""

    cadre: UUID
    note: Personal[str] = ""


class ConsentRecorded(Event, name="intake.ConsentRecorded"):
    """Whether the cadre agrees that family read medical notes."""

    cadre: UUID
    family_reads_medical: bool


class CadresMerged(Event, name="intake.CadresMerged"):
    """Two files are one person: written to both streams; both histories stay and show each other."""

    cadre: UUID
    merged: UUID

    def about(self) -> tuple[UUID, ...]:
        """Both."""
        return (self.cadre, self.merged)


class CadreImported(Event, name="intake.CadreImported", subject="cadre"):
    """The file came from a table; `fingerprint` says what the table's row told (SHA-256, hex)."""

    cadre: UUID
    fingerprint: Personal[str]


# Requests


class RequestReceived(Event, name="intake.RequestReceived", subject="cadre"):
    """Somebody asked for help. `likely` are the open requests it resembles; overruling them has a reason."""

    request: UUID
    cadre: UUID
    community: UUID | None
    covered: bool
    channel: Channel
    service: str
    urgency: Urgency | None
    slot: Slot | None
    linked: UUID | None
    likely: Ids
    caller: Personal[Caller | None]
    elements: Personal[Elements | None]
    overruled: Personal[str] = ""


class RequestCorrected(Event, name="intake.RequestCorrected", subject="cadre"):
    """The five elements, put right."""

    request: UUID
    cadre: UUID
    elements: Personal[Elements | None]
    slot: Slot | None


class RequestTriaged(Event, name="intake.RequestTriaged", subject="cadre"):
    """The service, how urgent it is, who may do it; with the cadre's side as it was then."""

    request: UUID
    cadre: UUID
    community: UUID | None
    service: str
    urgency: Urgency
    skills: tuple[str, ...]
    helper_kinds: tuple[HelperKind, ...]
    minutes: int
    slot: Slot | None
    side: Personal[CadreSide | None]
    triaged_by: str


class RequestHeld(Event, name="intake.RequestHeld", subject="cadre"):
    """It waits; its deadlines pause."""

    request: UUID
    cadre: UUID
    reason: HoldReason
    until: datetime | None
    note: Personal[str] = ""


class RequestResumed(Event, name="intake.RequestResumed"):
    """It goes on where it was."""

    request: UUID
    cadre: UUID


class ReferredToEmergencyLine(Event, name="intake.ReferredToEmergencyLine", subject="cadre"):
    """Handed over to an emergency line."""

    request: UUID
    cadre: UUID
    line: str
    note: Personal[str] = ""


class MarkedDuplicate(Event, name="intake.MarkedDuplicate"):
    """It is the same as another request, which goes on."""

    request: UUID
    cadre: UUID
    of: UUID


class DuplicateSuspected(Event, name="intake.DuplicateSuspected"):
    """It resembles these open requests, too, which nobody could see yet when it was received."""

    request: UUID
    cadre: UUID
    likely: Ids


class DuplicateOverruled(Event, name="intake.DuplicateOverruled", subject="cadre"):
    """It is another matter than the suspected ones, and why."""

    request: UUID
    cadre: UUID
    likely: Ids
    reason: Personal[str]


class RequestRejected(Event, name="intake.RequestRejected", subject="cadre"):
    """Not for us; where the caller was referred to is said."""

    request: UUID
    cadre: UUID
    reason: RejectReason
    referred_to: Personal[str] = ""


class RequestCancelled(Event, name="intake.RequestCancelled", subject="cadre"):
    """No longer needed."""

    request: UUID
    cadre: UUID
    reason: CancelReason
    note: Personal[str] = ""


class RequestWithdrawn(Event, name="intake.RequestWithdrawn", subject="cadre"):
    """The caller or the family took it back, or it was an error; `replaced_by` is the one received anew."""

    request: UUID
    cadre: UUID
    reason: WithdrawReason
    replaced_by: UUID | None = None
    note: Personal[str] = ""


class RequestHandedOver(Event, name="intake.RequestHandedOver"):
    """The cadre has moved: another community is responsible from now on."""

    request: UUID
    cadre: UUID
    left: UUID | None
    community: UUID | None


class MatchingBegun(Event, name="intake.MatchingBegun"):
    """Matching has taken it up."""

    request: UUID
    cadre: UUID
    round: int


class RequestAssigned(Event, name="intake.RequestAssigned"):
    """A helper has it."""

    request: UUID
    cadre: UUID
    helper: UUID
    slot: Slot | None


class RequestRescheduled(Event, name="intake.RequestRescheduled"):
    """The helper comes at another time."""

    request: UUID
    cadre: UUID
    helper: UUID
    slot: Slot


class RequestUnassigned(Event, name="intake.RequestUnassigned"):
    """The helper no longer has it; it is being matched again."""

    request: UUID
    cadre: UUID
    helper: UUID


class RequestBegun(Event, name="intake.RequestBegun"):
    """The helper has begun."""

    request: UUID
    cadre: UUID


class RequestServiceReported(Event, name="intake.RequestServiceReported"):
    """The helper says that it is done."""

    request: UUID
    cadre: UUID


class CallbackDue(Event, name="intake.CallbackDue"):
    """Somebody has to call back and ask."""

    request: UUID
    cadre: UUID
    drawn: bool


class CallbackAttempted(Event, name="intake.CallbackAttempted", subject="cadre"):
    """A callback that reached nobody."""

    request: UUID
    cadre: UUID
    attempt: int
    note: Personal[str] = ""


class CallbackAnswered(Event, name="intake.CallbackAnswered", subject="cadre"):
    """The cadre said whether it was solved, and how satisfied they are (1 to 5)."""

    request: UUID
    cadre: UUID
    solved: bool
    satisfaction: int | None
    note: Personal[str] = ""


class RequestClosed(Event, name="intake.RequestClosed"):
    """Solved. A scheduled one that was not drawn for a callback closes on its report."""

    request: UUID
    cadre: UUID
    by_callback: bool


class RequestReopened(Event, name="intake.RequestReopened", subject="cadre"):
    """It goes back to matching."""

    request: UUID
    cadre: UUID
    reason: ReopenReason
    round: int
    note: Personal[str] = ""


class RequestEscalated(Event, name="intake.RequestEscalated"):
    """The bureau is asked for money."""

    request: UUID
    cadre: UUID
    funding: UUID


class EscalationEnded(Event, name="intake.EscalationEnded"):
    """The bureau's answer is known; the request goes on where it was."""

    request: UUID
    cadre: UUID
    funding: UUID
    granted: bool


class DeadlinePassed(Event, name="intake.DeadlinePassed"):
    """A deadline came near, was missed, or was missed so far that the next level is told."""

    request: UUID
    cadre: UUID
    stage: Stage
    level: Level
    due: datetime


class DeadlineExtended(Event, name="intake.DeadlineExtended", subject="cadre"):
    """More time was given: once by a coordinator, a second time by the subdistrict."""

    request: UUID
    cadre: UUID
    stage: Stage
    count: int
    reason: Personal[str]
