"""Where each role begins in care's pages."""

from fastapi import APIRouter, Response

from shared.access import BUREAU, HELPERS
from shared.console.session import HOME, Visit, see
from shared.roles import Role

router = APIRouter()
VISITS, FUNDINGS, BUDGETS, PLANS = "/care/visits", "/care/fundings", "/care/budgets", "/care/plans"
STARTS = (
    dict.fromkeys((*HELPERS, Role.COORDINATOR, Role.SUBDISTRICT), VISITS)
    | dict.fromkeys((*BUREAU, Role.SECRETARY, Role.UNIT_LIAISON, Role.FAMILY), FUNDINGS)
    | {Role.ADMIN: BUDGETS, Role.OPERATOR: PLANS}
)


@router.get("/")
async def home(visit: Visit) -> Response:
    """On to the page that this role works on."""
    return see(STARTS.get(visit.principal.role, HOME))
