"""A register file and what may have happened to it."""

from datetime import date
from uuid import UUID

from shared.contracts import intake as told
from shared.contracts.event import Event
from shared.contracts.values import (
    Category,
    Details,
    Flag,
    Sex,
    Standing,
    Validity,
)
from tests.unit.given import ITSELF

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
