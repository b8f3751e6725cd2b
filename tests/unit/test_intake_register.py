"""What follows in communities, the catalogue and the register."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from services.intake.catalogue import CATALOGUE, related
from services.intake.domain import cadre_commands as wish
from services.intake.domain import community as places
from services.intake.domain import service as catalogue
from services.intake.domain.cadre import CADRE
from services.intake.domain.cadre_file import Merged, Registered, flags_on, side_of
from services.intake.domain.community import COMMUNITY
from services.intake.domain.service import SERVICE
from shared.contracts import intake as told
from shared.contracts.command import Command
from shared.contracts.event import Event
from shared.contracts.values import (
    Category,
    Details,
    Flag,
    Guarantor,
    HelperKind,
    Party,
    Point,
    Residence,
    Sex,
    Standing,
    Urgency,
    Validity,
)
from shared.errors import DomainError, UnknownError
from tests.unit.given import ITSELF, given

HERE, THERE, OTHER = (UUID(f"01997000-0000-7000-8000-00000000000{n}") for n in (2, 3, 4))
ASSESSMENT = UUID("01997000-0000-7000-8000-00000000000a")
TODAY = date(2026, 6, 1)
YEAR = Validity(valid_from=TODAY, valid_to=date(2027, 5, 31))
STANDING = Standing(category=Category.LIXIU, sex=Sex.FEMALE, managing_unit="市教育局", dialect="东北话")
DETAILS = Details(name="张桂兰", phones=("+8613904340188",), address="站前街 1 号")


def registered() -> Event:
    """A cadre is in the register."""
    return told.CadreRegistered(
        cadre=ITSELF, community=HERE, standing=STANDING, details=DETAILS, valid_from=TODAY
    )


def provisional() -> Event:
    """Somebody unknown."""
    return told.ProvisionalPersonRegistered(cadre=ITSELF, community=None, details=Details(name="老刘"))


def assessed(validity: Validity = YEAR, assessment: UUID = ASSESSMENT) -> Event:
    """Living alone."""
    return told.HardshipAssessed(
        cadre=ITSELF,
        community=HERE,
        assessment=assessment,
        flag=Flag.LIVING_ALONE,
        assessor="secretary",
        validity=validity,
    )


ADMITTED = told.CadreAdmitted(cadre=ITSELF, hospital="市医院")
DECEASED = told.CadreDeceased(cadre=ITSELF, on=TODAY)
MERGED = told.CadresMerged(cadre=OTHER, merged=ITSELF)
IDENTIFY = wish.IdentifyPerson(community=HERE, standing=STANDING, details=DETAILS)
MOVE = wish.MoveCadre(community=THERE, residence=Residence(address="新华路 2 号"))
DIE = wish.RecordDeath(on=TODAY)
ASSESS = wish.AssessHardship(flag=Flag.LIVING_ALONE, validity=YEAR)
NAME = wish.NameGuarantors(guarantors=(Guarantor(party=Party.FAMILY, name="王强"),), validity=YEAR)
CORRECT = wish.CorrectDetails(details=DETAILS.model_copy(update={"name": "张桂岚"}), reason="写错了")
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
         wish.AlreadyRegisteredError),
        ((registered(),), IDENTIFY, wish.NotProvisionalError),
        ((registered(), MERGED), MOVE, wish.MergedAwayError),
        ((registered(), DECEASED), MOVE, wish.DeceasedError),
        ((registered(),), wish.CorrectDetails(details=DETAILS, reason="写错了"), wish.NothingCorrectedError),
        ((registered(),), wish.AssessHardship(flag=Flag.BEDRIDDEN, validity=Validity(valid_from=TODAY)),
         wish.ExpiryMissingError),
        ((registered(), assessed()),
         wish.AssessHardship(flag=Flag.BEDRIDDEN, validity=YEAR, corrects=ASSESSMENT), wish.OtherFlagError),
        ((registered(),), wish.AssessHardship(flag=Flag.BEDRIDDEN, validity=YEAR, corrects=ASSESSMENT),
         wish.UnknownAssessmentError),
        ((registered(), assessed()),
         wish.WithdrawHardship(assessment=ASSESSMENT, until=date(2027, 5, 31), reason="好转"),
         wish.WithdrawalDayError),
        ((registered(),), wish.MoveCadre(community=HERE, residence=Residence(address="站前街 1 号")),
         wish.SamePlaceError),
        ((registered(), ADMITTED), wish.AdmitCadre(hospital="市医院"), wish.InHospitalError),
        ((registered(),), wish.DischargeCadre(), wish.NotInHospitalError),
        ((registered(),), wish.RecordDeath(on=date(2026, 6, 2)), wish.FutureDayError),
        ((registered(),), wish.RecordConsent(family_reads_medical=False), wish.ConsentKnownError),
        ((registered(),), wish.BeMerged(into=ITSELF, deceased=False), wish.SelfMergeError),
        ((registered(), DECEASED), wish.BeMerged(into=OTHER, deceased=False), wish.OneDeceasedError),
        ((registered(), MERGED), wish.BeMerged(into=THERE, deceased=False), wish.MergedAwayError),
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
    given(CADRE, registered(), assessed(), withdrawn).when(command).refused(wish.AssessmentOverError)


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


ROW = wish.ImportCadre(
    community=HERE,
    standing=STANDING,
    details=DETAILS,
    hardships=(wish.Hardship(flag=Flag.BEDRIDDEN, until=date(2027, 1, 1)),),
    guarantors=(Guarantor(party=Party.FAMILY, name="王强"),),
    fingerprint="a" * 64,
)


def test_a_row_becomes_a_file_with_hardships_and_guarantors() -> None:
    """And the same row again nothing."""
    whole = (
        told.CadreRegistered,
        told.HardshipAssessed,
        told.GuarantorsNamed,
        told.CadreImported,
    )
    given(CADRE).when(ROW).then(*whole)
    given(CADRE, *given(CADRE).when(ROW).events()).when(ROW).then()


def test_a_row_with_an_assessment_that_cannot_hold_is_refused() -> None:
    """Run out, or for more than five years."""
    for until in (date(2026, 5, 31), date(2033, 1, 1)):
        wrong = (wish.Hardship(flag=Flag.BEDRIDDEN, until=until),)
        given(CADRE).when(ROW.model_copy(update={"hardships": wrong})).refused(wish.ExpiryMissingError)


def test_another_row_tells_only_what_is_new() -> None:
    """A move and a correction; the hardship and the guarantor are known."""
    past = given(CADRE).when(ROW).events()
    anew = ROW.model_copy(
        update={
            "community": THERE,
            "details": DETAILS.model_copy(update={"name": "张桂岚"}),
            "fingerprint": "b" * 64,
        }
    )
    given(CADRE, *past).when(anew).then(told.CadreMoved, told.DetailsCorrected, told.CadreImported)
    given(CADRE, provisional()).when(ROW).then(
        told.PersonIdentified, told.HardshipAssessed, told.GuarantorsNamed, told.CadreImported
    )
    given(CADRE, *past, DECEASED).when(anew).then()


def test_the_natural_keys_are_those_of_the_tables() -> None:
    """An ID number first; without one, name, birth and first phone."""
    with_number = wish.natural_keys(DETAILS.model_copy(update={"id_number": "1"}))
    assert len(set(with_number + wish.natural_keys(DETAILS))) == 3
    assert with_number[1] == wish.natural_keys(DETAILS)[1]


# Communities and the catalogue

PLACE = told.CommunityRegistered(
    community=ITSELF, code="zq", name="站前社区", subdistrict="河南街道", centre=None
)


def test_a_community_is_registered_once_under_its_code() -> None:
    """A correction that says nothing new is nothing; one to an unknown community is refused."""
    register = places.RegisterCommunity(code="zq", name="站前社区", subdistrict="河南街道")
    given(COMMUNITY).when(register).then(PLACE)
    given(COMMUNITY, PLACE).when(register).refused(places.CodeTakenError)
    same = places.CorrectCommunity(name="站前社区", subdistrict="河南街道")
    given(COMMUNITY, PLACE).when(same).then()
    other = places.CorrectCommunity(name="站前里社区", subdistrict="河南街道")
    given(COMMUNITY, PLACE).when(other).then(told.CommunityCorrected)
    given(COMMUNITY).when(other).refused(UnknownError)


def test_a_row_of_a_community_changes_what_it_tells() -> None:
    """The same fingerprint changes nothing."""
    row = places.ImportCommunity(code="zq", name="站前社区", subdistrict="河南街道", fingerprint="a" * 64)
    past = given(COMMUNITY).when(row).events()
    given(COMMUNITY, *past).when(row).then()
    changed = row.model_copy(update={"name": "站前里社区", "fingerprint": "b" * 64})
    given(COMMUNITY, *past).when(changed).then(told.CommunityCorrected, told.CommunityImported)


def test_a_service_is_defined_revised_retired_and_offered_again() -> None:
    """Saying the same again is nothing."""
    define = CATALOGUE[0]
    past = given(SERVICE).when(define).events()
    given(SERVICE, *past).when(define).then()
    longer = define.model_copy(update={"minutes": 90})
    given(SERVICE, *past).when(longer).then(told.ServiceDefined)
    retired = given(SERVICE, *past).when(catalogue.RetireService()).events()
    given(SERVICE, *past, *retired).when(catalogue.RetireService()).refused(catalogue.RetiredAlreadyError)
    given(SERVICE, *past, *retired).when(define).then(told.ServiceDefined)
    given(SERVICE).when(catalogue.RetireService()).refused(UnknownError)
    with pytest.raises(catalogue.ServiceRetiredError):
        catalogue.terms_offered(SERVICE.fold([*past, *retired]), "shopping")
    with pytest.raises(catalogue.ServiceUnknownError):
        catalogue.terms_offered(None, "shopping")


def test_the_catalogue_is_that_of_the_domain() -> None:
    """Fifteen services; only medical institutions do what is medical; rescue is 特急."""
    by_code = {service.code: service for service in CATALOGUE}
    assert len(by_code) == 15
    assert by_code["home_sickbed"].helper_kinds == (HelperKind.INSTITUTION,)
    assert by_code["rescue"].urgency is Urgency.RESCUE
    assert HelperKind.STAFF in by_code["rescue"].helper_kinds


def test_alike_is_mutual() -> None:
    """What resembles another is resembled by it."""
    codes = [service.code for service in CATALOGUE]
    assert all((one in related(other)) == (other in related(one)) for one in codes for other in codes)
    assert "home_rounds" in related("nursing")
