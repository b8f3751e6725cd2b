"""Events of visits."""

from uuid import UUID

from shared.contracts.event import Event, Medical, Personal
from shared.contracts.values import Slot, Urgency


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


class VisitCorrected(Event, name="care.VisitCorrected", subject="cadre"):
    """What was reported of a visit was put right: `corrects` is the report, and this holds in its place.

    `added` are the needs that it didn't name until now; medical notes that are None stay as they were.
    """

    visit: UUID
    request: UUID
    cadre: UUID
    helper: UUID
    booking: UUID
    corrects: UUID
    minutes: int
    solved: bool
    needs: tuple[str, ...]
    added: tuple[str, ...]
    outcome: Personal[str]
    reason: Personal[str]
    medical: Medical[str | None] = None


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


class PhotoAttached(Event, name="care.PhotoAttached", subject="cadre"):
    """A photo was taken there; `located` when it says where, which somebody kept on purpose."""

    visit: UUID
    request: UUID
    cadre: UUID
    helper: UUID
    sha256: str
    size: int
    located: bool
    label: Personal[str] = ""


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
