"""What may be wished of a register file, and why it may be refused."""

import hashlib
from datetime import date, timedelta
from typing import Annotated
from uuid import UUID

from pydantic import Field

from shared import ids
from shared.contracts.command import Command
from shared.contracts.event import Frozen
from shared.contracts.values import (
    Details,
    Flag,
    Guarantor,
    Ids,
    Line,
    Note,
    Reason,
    Residence,
    Standing,
    Validity,
)

YEAR = timedelta(days=366)
LONGEST = 5 * YEAR
"""How long an assessment may hold before somebody has to look again."""

Guarantors = tuple[Guarantor, ...]


class RegisterCadre(Command):
    """Enter a cadre into the register of a community."""

    community: UUID
    standing: Standing
    details: Details
    valid_from: date | None = None


class RegisterProvisional(Command):
    """Enter somebody who was spoken for and whom nobody knows yet."""

    community: UUID | None = None
    details: Details


class IdentifyPerson(Command):
    """Say who the provisional person is, when the register had no file of them."""

    community: UUID
    standing: Standing
    details: Details
    valid_from: date | None = None


class MergeCadres(Command):
    """Say that the file `merged` is the same person as this one, which goes on."""

    merged: UUID


class BeMerged(Command):
    """The other side of a merge: `into` goes on, and is `deceased` or not."""

    into: UUID
    deceased: bool


class CorrectDetails(Command):
    """Put the file right; `corrects` names the event that was wrong."""

    standing: Standing | None = None
    details: Details | None = None
    reason: Reason
    corrects: UUID | None = None


class AssessHardship(Command):
    """Say that a hardship holds, from when and until when; `corrects` names an assessment that was wrong."""

    flag: Flag
    validity: Validity
    note: Note = ""
    corrects: UUID | None = None


class WithdrawHardship(Command):
    """Say that an assessment holds no longer than `until`."""

    assessment: UUID
    until: date
    reason: Reason


class NameGuarantors(Command):
    """Name the persons of the four-party guarantee, all of them anew."""

    guarantors: Guarantors = Field(min_length=1, max_length=8)
    validity: Validity


class MoveCadre(Command):
    """Say where the cadre lives from a day on."""

    community: UUID
    residence: Residence
    valid_from: date | None = None


class AdmitCadre(Command):
    """Say that the cadre is in hospital."""

    hospital: Line


class DischargeCadre(Command):
    """Say that the cadre is back from hospital."""


class RecordDeath(Command):
    """Say that the cadre has died, and on which day."""

    on: date


class RetractDeath(Command):
    """Say that the death was recorded in error: the file is as it was before."""

    reason: Reason


class Retract(RetractDeath):
    """The same, with the event that is wrong and the files merged into this one."""

    corrects: UUID | None
    also: Ids


class FollowUpRetraction(Command):
    """Say that what the death recorded in error had ended was taken up again, or is not needed."""

    note: Note = ""


class RecordConsent(Command):
    """Say whether the cadre agrees that family read medical notes."""

    family_reads_medical: bool


class KeepPhoto(Command):
    """A photo of the cadre, by its SHA-256 in hex, in the place of an earlier one; kept beside the events."""

    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    size: Annotated[int, Field(ge=1)]


class RemovePhoto(Command):
    """Say that no photo of the cadre is to be on file."""


class Hardship(Frozen):
    """A hardship as a table's row tells it."""

    flag: Flag
    until: date


class ImportCadre(Command):
    """Enter or correct a file as a table's row tells; the same row again changes nothing."""

    community: UUID
    standing: Standing
    details: Details
    hardships: tuple[Hardship, ...] = Field(default=(), max_length=8)
    guarantors: Guarantors = Field(default=(), max_length=8)
    fingerprint: str = Field(pattern=r"^[0-9a-f]{64}$")


class ExpireHardship(Command):
    """The day after an assessment's last has come (the system's own wish)."""

    assessment: UUID


def natural_keys(details: Details) -> tuple[str, ...]:
    """SHA-256 (hex) of the keys under which a person is found again: those of `shared.tables.records`."""
    phone = details.phones[0] if details.phones else ""
    person = f"{details.name}|{details.birth.isoformat() if details.birth else ''}|{phone}"
    keys = [
        f"cadre:{details.id_number}" if details.id_number else f"unidentified:{person}",
        f"anyone:{person}",
    ]
    return tuple(hashlib.sha256(key.encode()).hexdigest() for key in keys)


def cadre_id(details: Details, salt: str) -> UUID:
    """The id that a person's natural key gives, so that nobody is entered twice by the same table.

    `salt` is the bureau's secret: nobody else can find the id from an ID number.
    """
    return ids.derive(ids.EPOCH, "cadre", salt, natural_keys(details)[0])


# Refusals
