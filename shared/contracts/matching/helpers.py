"""Events of a helper's file."""

from datetime import date, datetime
from uuid import UUID

from shared.contracts.event import Event, Personal
from shared.contracts.values import HelperKind, HelperProfile, Sex, Skill, Weekly, Wish


class HelperEnrolled(Event, name="matching.HelperEnrolled", subject="helper"):
    """Somebody who serves entered the file: a volunteer, community staff, an organisation, an institution."""

    helper: UUID
    kind: HelperKind
    community: UUID | None
    association: str
    sex: Sex | None
    skills: tuple[Skill, ...]
    availability: tuple[Weekly, ...]
    capacity: int
    dialects: tuple[str, ...]
    since: date | None
    profile: Personal[HelperProfile | None]


class HelperCorrected(Event, name="matching.HelperCorrected", subject="helper"):
    """The personal part of the file, put right."""

    helper: UUID
    sex: Sex | None
    dialects: tuple[str, ...]
    profile: Personal[HelperProfile | None]


class HelperImported(Event, name="matching.HelperImported", subject="helper"):
    """A row of a register file says this; `natural` and `fingerprint` are hashes of its key and words."""

    helper: UUID
    natural: Personal[str]
    fingerprint: Personal[str]


class SkillsChanged(Event, name="matching.SkillsChanged"):
    """All skills, as they are now."""

    helper: UUID
    skills: tuple[Skill, ...]


class AvailabilityChanged(Event, name="matching.AvailabilityChanged"):
    """The weekly pattern and the capacity in visits a week, as they are now."""

    helper: UUID
    availability: tuple[Weekly, ...]
    capacity: int


class AbsenceNoted(Event, name="matching.AbsenceNoted", subject="helper"):
    """Not available for a while."""

    helper: UUID
    slot_start: datetime
    slot_end: datetime
    reason: Personal[str] = ""


class HelperAllocated(Event, name="matching.HelperAllocated"):
    """Serves this community from now on."""

    helper: UUID
    community: UUID | None
    association: str


class HelperSuspended(Event, name="matching.HelperSuspended", subject="helper"):
    """Gets no offers until resumed."""

    helper: UUID
    reason: Personal[str]


class HelperResumed(Event, name="matching.HelperResumed"):
    """Gets offers again."""

    helper: UUID


class HelperLeft(Event, name="matching.HelperLeft", subject="helper"):
    """Serves no more."""

    helper: UUID
    reason: Personal[str] = ""


class RecusalDeclared(Event, name="matching.RecusalDeclared", subject="helper"):
    """This helper is never matched to this cadre: a relative, or a complaint between the two."""

    helper: UUID
    cadre: UUID
    reason: Personal[str]


class PreferencesChanged(Event, name="matching.PreferencesChanged"):
    """The services that this helper is glad to give, all of them as they are now."""

    helper: UUID
    services: tuple[str, ...]


class WishRecorded(Event, name="matching.WishRecorded", subject="cadre"):
    """What a cadre wishes of this helper from now on: the same again, rather not, or never."""

    helper: UUID
    cadre: UUID
    wish: Wish
    reason: Personal[str] = ""
