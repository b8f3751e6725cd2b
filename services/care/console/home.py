"""Where each role begins in care's pages."""

from fastapi import APIRouter, Response

from shared.access import HELPERS, LOCAL
from shared.console.session import HOME, Visit, see

router = APIRouter()
VISITS = "/care/visits"
STARTS = dict.fromkeys((*HELPERS, *LOCAL), VISITS)


@router.get("/")
async def home(visit: Visit) -> Response:
    """On to the page that this role works on."""
    return see(STARTS.get(visit.principal.role, HOME))
