"""Communities, services, and which of them are alike."""

import pytest

from services.intake.catalogue import CATALOGUE, related
from services.intake.domain import community as places
from services.intake.domain import service as catalogue
from services.intake.domain.community import COMMUNITY
from services.intake.domain.service import SERVICE
from shared.contracts import intake as told
from shared.contracts.values import (
    HelperKind,
    Urgency,
)
from shared.errors import UnknownError
from tests.unit.given import ITSELF, given

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
