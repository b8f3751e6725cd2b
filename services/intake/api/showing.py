"""What a reading needs to know of its reader and its day."""

from datetime import date

from shared.access import check
from shared.deadlines import SHANGHAI
from shared.errors import ForbiddenError, UnknownError
from shared.http.reading import ReadContext
from shared.roles import Resource


def may(reading: ReadContext, action: str, resource: Resource) -> bool:
    """Whether the reader may do that as well."""
    try:
        check(reading.principal, f"{reading.running.name}.{action}", resource)
    except (ForbiddenError, UnknownError):
        return False
    return True


def today(reading: ReadContext) -> date:
    """The day in Shanghai, by the domain clock."""
    return reading.running.clock.now().astimezone(SHANGHAI).date()
