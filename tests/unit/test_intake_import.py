"""What a table's row makes of a register file."""

from datetime import date

from services.intake.domain import cadre_commands as wish
from services.intake.domain import cadre_refusals as refusal
from services.intake.domain.cadre import CADRE
from shared.contracts import intake as told
from shared.contracts.values import (
    Flag,
    Guarantor,
    Party,
)
from tests.register_cases import DECEASED, DETAILS, HERE, STANDING, THERE, provisional
from tests.unit.given import given

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
        given(CADRE).when(ROW.model_copy(update={"hardships": wrong})).refused(refusal.ExpiryMissingError)


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
