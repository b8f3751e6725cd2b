"""What people may do with a register file, and what follows."""

from datetime import UTC, date, datetime

import pytest

from services.intake.domain import cadre_commands as wish
from services.intake.domain import cadre_refusals as refusal
from services.intake.domain.cadre import CADRE
from services.intake.domain.cadre_file import Merged, Registered, flags_on, side_of
from shared.contracts import intake as told
from shared.contracts.command import Command
from shared.contracts.event import Event
from shared.contracts.values import (
    Flag,
    Guarantor,
    Party,
    Point,
    Residence,
    Sex,
    Validity,
)
from shared.errors import DomainError, UnknownError
from tests.register_cases import (
    ADMITTED,
    ASSESSMENT,
    DECEASED,
    DETAILS,
    HERE,
    MERGED,
    OTHER,
    STANDING,
    THERE,
    TODAY,
    YEAR,
    assessed,
    provisional,
    registered,
)
from tests.unit.given import ITSELF, given

IDENTIFY = wish.IdentifyPerson(community=HERE, standing=STANDING, details=DETAILS)
MOVE = wish.MoveCadre(community=THERE, residence=Residence(address="新华路 2 号"))
DIE = wish.RecordDeath(on=TODAY)
ASSESS = wish.AssessHardship(flag=Flag.LIVING_ALONE, validity=YEAR)
NAME = wish.NameGuarantors(guarantors=(Guarantor(party=Party.FAMILY, name="王强"),), validity=YEAR)
CORRECT = wish.CorrectDetails(details=DETAILS.model_copy(update={"name": "张桂岚"}), reason="写错了")
PICTURE = wish.KeepPhoto(sha256="a" * 64, size=9)
KEPT = told.CadrePhotoKept(cadre=ITSELF, sha256="b" * 64, size=9)
CONSENT = wish.RecordConsent(family_reads_medical=True)


@pytest.mark.parametrize(
    ("past", "command", "event"),
    [
        ((), wish.RegisterCadre(community=HERE, standing=STANDING, details=DETAILS), told.CadreRegistered),
        ((), wish.RegisterProvisional(details=DETAILS), told.ProvisionalPersonRegistered),
        ((provisional(),), IDENTIFY, told.PersonIdentified),
        ((registered(),), CORRECT, told.DetailsCorrected),
        ((registered(), DECEASED), CORRECT, told.DetailsCorrected),
        ((registered(),), ASSESS, told.HardshipAssessed),
        ((registered(),), NAME, told.GuarantorsNamed),
        ((registered(),), MOVE, told.CadreMoved),
        ((registered(),), wish.AdmitCadre(hospital="市医院"), told.CadreAdmitted),
        ((registered(), ADMITTED), wish.DischargeCadre(), told.CadreDischarged),
        ((registered(), ADMITTED), DIE, told.CadreDeceased),
        ((registered(),), CONSENT, told.ConsentRecorded),
        ((registered(),), PICTURE, told.CadrePhotoKept),
        ((registered(), KEPT), wish.RemovePhoto(), told.CadrePhotoRemoved),
        ((registered(),), wish.MergeCadres(merged=OTHER), told.CadresMerged),
        ((provisional(),), wish.BeMerged(into=OTHER, deceased=False), told.CadresMerged),
    ],
)
def test_each_wish_becomes_its_event(past: tuple[Event, ...], command: Command, event: type[Event]) -> None:
    """One command, one event."""
    given(CADRE, *past).when(command).then(event)


@pytest.mark.parametrize(
    ("past", "command", "error"),
    [
        ((), CORRECT, UnknownError),
        ((registered(),), wish.RegisterCadre(community=HERE, standing=STANDING, details=DETAILS),
         refusal.AlreadyRegisteredError),
        ((registered(),), IDENTIFY, refusal.NotProvisionalError),
        ((registered(), MERGED), MOVE, refusal.MergedAwayError),
        ((registered(), DECEASED), MOVE, refusal.DeceasedError),
        ((registered(),), wish.CorrectDetails(details=DETAILS, reason="写错了"),
         refusal.NothingCorrectedError),
        ((registered(),), wish.AssessHardship(flag=Flag.BEDRIDDEN, validity=Validity(valid_from=TODAY)),
         refusal.ExpiryMissingError),
        ((registered(), assessed()),
         wish.AssessHardship(flag=Flag.BEDRIDDEN, validity=YEAR, corrects=ASSESSMENT),
         refusal.OtherFlagError),
        ((registered(),), wish.AssessHardship(flag=Flag.BEDRIDDEN, validity=YEAR, corrects=ASSESSMENT),
         refusal.UnknownAssessmentError),
        ((registered(), assessed()),
         wish.WithdrawHardship(assessment=ASSESSMENT, until=date(2027, 5, 31), reason="好转"),
         refusal.WithdrawalDayError),
        ((registered(),), wish.MoveCadre(community=HERE, residence=Residence(address="站前街 1 号")),
         refusal.SamePlaceError),
        ((registered(), ADMITTED), wish.AdmitCadre(hospital="市医院"), refusal.InHospitalError),
        ((registered(),), wish.DischargeCadre(), refusal.NotInHospitalError),
        ((registered(),), wish.RecordDeath(on=date(2026, 6, 2)), refusal.FutureDayError),
        ((registered(),), wish.RecordConsent(family_reads_medical=False), refusal.ConsentKnownError),
        ((registered(),), wish.BeMerged(into=ITSELF, deceased=False), refusal.SelfMergeError),
        ((registered(), DECEASED), wish.BeMerged(into=OTHER, deceased=False), refusal.OneDeceasedError),
        ((registered(), MERGED), wish.BeMerged(into=THERE, deceased=False), refusal.MergedAwayError),
    ],
)  # fmt: skip
def test_each_rule_refuses(past: tuple[Event, ...], command: Command, error: type[DomainError]) -> None:
    """With a message in both languages."""
    given(CADRE, *past).when(command).refused(error)


def test_an_assessment_is_refused_a_second_withdrawal() -> None:
    """It holds no more already."""
    withdrawn = told.HardshipWithdrawn(
        cadre=ITSELF, assessment=ASSESSMENT, flag=Flag.LIVING_ALONE, until=TODAY, reason="搬来同住"
    )
    command = wish.WithdrawHardship(assessment=ASSESSMENT, until=TODAY, reason="搬来同住")
    given(CADRE, registered(), assessed(), withdrawn).when(command).refused(refusal.AssessmentOverError)


def test_a_withdrawn_hardship_holds_until_its_new_last_day() -> None:
    """And the correction of an assessment takes its place."""
    until = told.HardshipWithdrawn(
        cadre=ITSELF, assessment=ASSESSMENT, flag=Flag.LIVING_ALONE, until=TODAY, reason="搬来同住"
    )
    state = CADRE.fold([registered(), assessed(), until])
    assert isinstance(state, Registered)
    assert flags_on(state.file, TODAY) == (Flag.LIVING_ALONE,)
    assert flags_on(state.file, date(2026, 6, 2)) == ()


EXPIRE = wish.ExpireHardship(assessment=ASSESSMENT)
AFTER = datetime(2027, 5, 31, 16, 0, tzinfo=UTC)
"""Midnight in Shanghai after the last day."""


def test_an_assessment_expires_the_day_after_its_last() -> None:
    """Not before, not twice."""
    expired = told.HardshipExpired(
        cadre=ITSELF, community=HERE, assessment=ASSESSMENT, flag=Flag.LIVING_ALONE
    )
    given(CADRE, registered(), assessed()).when(EXPIRE, at=AFTER).then(expired)
    given(CADRE, registered(), assessed()).when(EXPIRE).then()
    given(CADRE, registered(), assessed(), expired).when(EXPIRE, at=AFTER).then()


@pytest.mark.parametrize(
    "since",
    [
        assessed(Validity(valid_from=date(2027, 5, 1), valid_to=date(2028, 4, 30)), OTHER),
        DECEASED,
        MERGED,
    ],
)
def test_nothing_expires_that_was_assessed_anew_or_does_not_matter_any_more(since: Event) -> None:
    """A renewal, a death, a merge."""
    given(CADRE, registered(), assessed(), since).when(EXPIRE, at=AFTER).then()


def test_the_side_for_matching_is_that_of_the_day() -> None:
    """Where they live now, what they prefer, what holds today."""
    home = Point.of(124.3, 43.1)
    moved = told.CadreMoved(
        cadre=ITSELF, left=HERE, community=THERE, residence=Residence(home=home), valid_from=TODAY
    )
    state = CADRE.fold([registered(), assessed(), moved])
    assert isinstance(state, Registered)
    side = side_of(state.file, TODAY)
    assert (side.home, side.sex, side.dialect, side.flags) == (
        home,
        Sex.FEMALE,
        "东北话",
        (Flag.LIVING_ALONE,),
    )
    assert CADRE.resource(state).unit == "市教育局"


def test_a_merged_file_points_to_the_survivor_and_the_survivor_to_it() -> None:
    """The same event in both streams."""
    assert CADRE.fold([provisional(), MERGED]) == Merged(CADRE.fold([provisional()]).file, OTHER)  # type: ignore[union-attr]
    survivor = CADRE.fold([registered(), told.CadresMerged(cadre=ITSELF, merged=OTHER)])
    assert isinstance(survivor, Registered)
    assert survivor.file.also == (OTHER,)
