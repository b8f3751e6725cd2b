"""The register: a file a person, and what may become of it. States stand in `cadre_file`."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from services.intake.domain import cadre_commands as wish
from services.intake.domain import cadre_refusals as refusal
from services.intake.domain.cadre_file import (
    Admitted,
    Assessment,
    Cadre,
    Deceased,
    File,
    Merged,
    Provisional,
    Registered,
    evolve,
)
from services.intake.domain.cadre_import import imported
from shared.contracts import intake as told
from shared.contracts.command import Command
from shared.contracts.event import Event
from shared.contracts.values import Residence
from shared.deadlines import SHANGHAI
from shared.errors import UnknownError
from shared.eventstore.decider import Decider, Moment
from shared.roles import Resource


def decide(state: Cadre | None, command: Command, moment: Moment) -> Sequence[Event]:
    """The events of a command; a domain error when a rule forbids it."""
    today = moment.at.astimezone(SHANGHAI).date()
    match state, command:
        case _, wish.ImportCadre():
            return imported(state, command, moment, today)
        case None, wish.RegisterCadre():
            return [
                told.CadreRegistered(
                    cadre=moment.aggregate,
                    community=command.community,
                    standing=command.standing,
                    details=command.details,
                    valid_from=command.valid_from or today,
                )
            ]
        case None, wish.RegisterProvisional():
            return [
                told.ProvisionalPersonRegistered(
                    cadre=moment.aggregate, community=command.community, details=command.details
                )
            ]
        case None, _:
            raise UnknownError(what="cadre")
        case _, wish.RegisterCadre():
            raise refusal.AlreadyRegisteredError("id_number", cadre=state.file.cadre)
        case Merged() | Deceased(), wish.ExpireHardship():
            return []
        case Provisional() | Registered() | Admitted() | Merged(), wish.FollowUpRetraction():
            return [_followed_up(state.file, command)]
        case Merged(), _:
            raise refusal.MergedAwayError(survivor=state.into)
        case _, wish.CorrectDetails():
            return _corrected(state.file, command)
        case _, wish.MergeCadres():
            return [told.CadresMerged(cadre=state.file.cadre, merged=command.merged)]
        case _, wish.BeMerged():
            return _merged(state, command)
        case Deceased(), wish.Retract():
            return [
                told.DeathRetracted(
                    cadre=state.file.cadre,
                    also=command.also,
                    corrects=command.corrects,
                    on=state.on,
                    reason=command.reason,
                )
            ]
        case Deceased(), _:
            raise refusal.DeceasedError
        case _:
            return _of_the_living(state, command, moment, today)


def _of_the_living(
    state: Provisional | Registered | Admitted, command: Command, moment: Moment, today: date
) -> Sequence[Event]:
    file = state.file
    match command:
        case wish.IdentifyPerson():
            if file.standing is not None:
                raise refusal.NotProvisionalError
            return [
                told.PersonIdentified(
                    cadre=file.cadre,
                    community=command.community,
                    standing=command.standing,
                    details=command.details,
                    valid_from=command.valid_from or today,
                )
            ]
        case wish.AssessHardship():
            return [_assessed(file, command, moment, today)]
        case wish.WithdrawHardship():
            return [_withdrawn(file, command)]
        case wish.ExpireHardship():
            return _expired(file, command.assessment, today)
        case wish.NameGuarantors():
            return [
                told.GuarantorsNamed(
                    cadre=file.cadre, guarantors=command.guarantors, validity=command.validity
                )
            ]
        case wish.MoveCadre():
            return [_moved(file, command, today)]
        case wish.AdmitCadre():
            if isinstance(state, Admitted):
                raise refusal.InHospitalError
            return [told.CadreAdmitted(cadre=file.cadre, hospital=command.hospital)]
        case wish.DischargeCadre():
            if not isinstance(state, Admitted):
                raise refusal.NotInHospitalError
            return [told.CadreDischarged(cadre=file.cadre)]
        case wish.RecordDeath():
            if command.on > today:
                raise refusal.FutureDayError("on")
            return [told.CadreDeceased(cadre=file.cadre, on=command.on)]
        case wish.Retract():
            raise refusal.NotDeceasedError
        case wish.KeepPhoto():
            kept = told.CadrePhotoKept(cadre=file.cadre, sha256=command.sha256, size=command.size)
            return [] if command.sha256 == file.photo else [kept]
        case wish.RemovePhoto():
            if not file.photo:
                raise refusal.NoPhotoError
            return [told.CadrePhotoRemoved(cadre=file.cadre)]
        case wish.RecordConsent():
            if command.family_reads_medical == file.family_reads_medical:
                raise refusal.ConsentKnownError
            return [told.ConsentRecorded(cadre=file.cadre, family_reads_medical=command.family_reads_medical)]
        case _:
            raise UnknownError(what="command")


def _merged(state: Cadre, command: wish.BeMerged) -> list[Event]:
    """The same event goes into both streams; the two files must agree on life and death."""
    if command.into == state.file.cadre:
        raise refusal.SelfMergeError("merged")
    if command.deceased != isinstance(state, Deceased):
        raise refusal.OneDeceasedError
    return [told.CadresMerged(cadre=command.into, merged=state.file.cadre)]


def _followed_up(file: File, command: wish.FollowUpRetraction) -> Event:
    if not file.to_follow_up:
        raise refusal.NothingToFollowUpError
    return told.RetractionFollowedUp(cadre=file.cadre, note=command.note)


def _corrected(file: File, command: wish.CorrectDetails) -> list[Event]:
    standing = command.standing if command.standing != file.standing else None
    details = command.details if command.details != file.details else None
    if standing is None and details is None:
        raise refusal.NothingCorrectedError
    return [
        told.DetailsCorrected(
            cadre=file.cadre,
            corrects=command.corrects,
            standing=standing,
            details=details,
            reason=command.reason,
        )
    ]


def _assessed(file: File, command: wish.AssessHardship, moment: Moment, today: date) -> told.HardshipAssessed:
    validity = command.validity
    last = validity.valid_to
    near = validity.valid_from <= today + wish.YEAR
    if last is None or last < today or not near or last - validity.valid_from > wish.LONGEST:
        raise refusal.ExpiryMissingError("validity")
    if command.corrects is not None and _assessment(file, command.corrects).flag != command.flag:
        raise refusal.OtherFlagError("flag")
    return told.HardshipAssessed(
        cadre=file.cadre,
        community=file.community,
        assessment=moment.new_id("assessment", command.flag.value),
        flag=command.flag,
        assessor=moment.by.sub,
        validity=validity,
        corrects=command.corrects,
        note=command.note,
    )


def _withdrawn(file: File, command: wish.WithdrawHardship) -> told.HardshipWithdrawn:
    found = _assessment(file, command.assessment)
    if found.settled:
        raise refusal.AssessmentOverError
    last = found.validity.valid_to
    if last is not None and command.until >= last:
        raise refusal.WithdrawalDayError("until")
    return told.HardshipWithdrawn(
        cadre=file.cadre,
        assessment=found.id,
        flag=found.flag,
        until=command.until,
        reason=command.reason,
    )


def _assessment(file: File, which: UUID) -> Assessment:
    found = next((one for one in file.assessments if one.id == which), None)
    if found is None:
        raise refusal.UnknownAssessmentError("assessment")
    return found


def _expired(file: File, which: UUID, today: date) -> list[Event]:
    """Nothing when it was withdrawn, corrected, or assessed anew meanwhile."""
    found = next((one for one in file.assessments if one.id == which), None)
    if found is None or found.settled or found.validity.holds(today):
        return []
    if any(one.flag == found.flag and one.validity.holds(today) for one in file.assessments):
        return []
    return [
        told.HardshipExpired(cadre=file.cadre, community=file.community, assessment=which, flag=found.flag)
    ]


def _moved(file: File, command: wish.MoveCadre, today: date) -> told.CadreMoved:
    details = file.details
    here = Residence(address=details.address, home=details.home) if details else None
    if command.community == file.community and command.residence == here:
        raise refusal.SamePlaceError("community")
    return told.CadreMoved(
        cadre=file.cadre,
        left=file.community,
        community=command.community,
        residence=command.residence,
        valid_from=command.valid_from or today,
    )


def resource_of(state: Cadre) -> Resource:
    """What permissions look at: the community, the cadre, the managing unit."""
    file = state.file
    unit = file.standing.managing_unit if file.standing else ""
    return Resource(community=file.community, cadre=file.cadre, unit=unit)


CADRE: Decider[Cadre] = Decider("cadre", "cadre", evolve, decide, resource_of)
