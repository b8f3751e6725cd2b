"""Events of intake about the register: a file a person."""

from datetime import date
from uuid import UUID

from shared.contracts.event import Event, Medical, Personal
from shared.contracts.values import (
    Details,
    Flag,
    Guarantor,
    Ids,
    Residence,
    Standing,
    Validity,
)


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


class CadrePhotoKept(Event, name="intake.CadrePhotoKept"):
    """A photo of the cadre is on file, in the place of an earlier one; `sha256` is its picture's, in hex."""

    cadre: UUID
    sha256: str
    size: int


class CadrePhotoRemoved(Event, name="intake.CadrePhotoRemoved"):
    """There is no photo of the cadre on file any more."""

    cadre: UUID


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
