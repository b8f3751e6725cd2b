"""What a register file can be, and how events make it so."""

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from shared.contracts import intake as told
from shared.contracts.event import Event
from shared.contracts.values import CadreSide, Details, Flag, Guarantor, Standing, Validity
from shared.errors import UnknownError


@dataclass(frozen=True, slots=True)
class Assessment:
    """A dated hardship; `settled` once it was withdrawn or ran out."""

    id: UUID
    flag: Flag
    validity: Validity
    settled: bool = False


@dataclass(frozen=True, slots=True)
class File:
    """What is on file of a person; `standing` is None while nobody knows who they are.

    `to_follow_up` says that a death recorded in error has ended things that nobody has seen to yet.
    """

    cadre: UUID
    community: UUID | None
    standing: Standing | None
    details: Details | None
    assessments: tuple[Assessment, ...] = ()
    guarantors: tuple[Guarantor, ...] = ()
    also: tuple[UUID, ...] = ()
    family_reads_medical: bool = False
    fingerprint: str = ""
    photo: str = ""
    to_follow_up: bool = False


# States


@dataclass(frozen=True, slots=True)
class Provisional:
    """Somebody whom nobody knows yet."""

    file: File


@dataclass(frozen=True, slots=True)
class Registered:
    """A cadre of the register."""

    file: File


@dataclass(frozen=True, slots=True)
class Admitted:
    """In hospital."""

    file: File


@dataclass(frozen=True, slots=True)
class Deceased:
    """Has died; `admitted` when in hospital then, where a retraction leads back to."""

    file: File
    on: date
    admitted: bool = False


@dataclass(frozen=True, slots=True)
class Merged:
    """The same person as `into`, whose file goes on."""

    file: File
    into: UUID


Cadre = Provisional | Registered | Admitted | Deceased | Merged


def evolve(state: Cadre | None, event: Event) -> Cadre:
    """The file after this event."""
    match event:
        case told.CadreRegistered():
            return Registered(File(event.cadre, event.community, event.standing, event.details))
        case told.ProvisionalPersonRegistered():
            return Provisional(File(event.cadre, event.community, None, event.details))
    if state is None:
        raise UnknownError(what="cadre")
    match event:
        case told.PersonIdentified():
            file = replace(
                state.file, community=event.community, standing=event.standing, details=event.details
            )
            return Registered(file) if isinstance(state, Provisional) else replace(state, file=file)
        case told.CadreAdmitted():
            return Admitted(state.file)
        case told.CadreDischarged():
            return _at_home(state.file)
        case told.CadreDeceased():
            return Deceased(state.file, event.on, isinstance(state, Admitted))
        case told.DeathRetracted() if isinstance(state, Deceased):
            file = replace(state.file, to_follow_up=True)
            return Admitted(file) if state.admitted else _at_home(file)
        case told.CadresMerged() if event.merged == state.file.cadre:
            return Merged(state.file, event.cadre)
        case _:
            return replace(state, file=_amended(state.file, event))


def _at_home(file: File) -> Cadre:
    return Registered(file) if file.standing else Provisional(file)


def _amended(file: File, event: Event) -> File:
    match event:
        case told.DetailsCorrected():
            return replace(
                file, standing=event.standing or file.standing, details=event.details or file.details
            )
        case told.HardshipAssessed():
            kept = tuple(one for one in file.assessments if one.id != event.corrects)
            return replace(
                file, assessments=(*kept, Assessment(event.assessment, event.flag, event.validity))
            )
        case told.HardshipWithdrawn():
            return replace(file, assessments=_shortened(file.assessments, event.assessment, event.until))
        case told.HardshipExpired():
            return replace(
                file,
                assessments=tuple(
                    replace(one, settled=True) if one.id == event.assessment else one
                    for one in file.assessments
                ),
            )
        case told.GuarantorsNamed():
            return replace(file, guarantors=event.guarantors)
        case told.CadreMoved():
            return replace(file, community=event.community, details=_moved(file.details, event))
        case told.CadresMerged():
            return replace(file, also=(*file.also, event.merged))
        case told.ConsentRecorded():
            return replace(file, family_reads_medical=event.family_reads_medical)
        case told.CadrePhotoKept():
            return replace(file, photo=event.sha256)
        case told.CadrePhotoRemoved():
            return replace(file, photo="")
        case told.CadreImported():
            return replace(file, fingerprint=event.fingerprint)
        case told.RetractionFollowedUp():
            return replace(file, to_follow_up=False)
        case _:
            return file


def _shortened(assessments: tuple[Assessment, ...], which: UUID, until: date) -> tuple[Assessment, ...]:
    """Without the assessment when it never held, else with an earlier last day."""
    found = []
    for one in assessments:
        if one.id != which:
            found.append(one)
        elif until >= one.validity.valid_from:
            shorter = Validity(valid_from=one.validity.valid_from, valid_to=until)
            found.append(Assessment(one.id, one.flag, shorter, settled=True))
    return tuple(found)


def _moved(details: Details | None, event: told.CadreMoved) -> Details | None:
    if details is None or event.residence is None:
        return details
    return details.model_copy(update={"address": event.residence.address, "home": event.residence.home})


def flags_on(file: File, day: date) -> tuple[Flag, ...]:
    """The hardships that hold on a day, in the order of their list."""
    held = {one.flag for one in file.assessments if one.validity.holds(day)}
    return tuple(flag for flag in Flag if flag in held)


def side_of(file: File, day: date) -> CadreSide:
    """What matching needs to know of the person on a day."""
    standing, details = file.standing, file.details
    return CadreSide(
        home=details.home if details else None,
        sex=standing.sex if standing else None,
        preferred_sex=standing.preferred_sex if standing else None,
        dialect=standing.dialect if standing else "",
        flags=flags_on(file, day),
    )


def covered(file: File) -> bool:
    """Within coverage; somebody unknown is served first and asked later."""
    return file.standing.covered if file.standing else True
