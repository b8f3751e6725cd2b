"""The bureau's figures."""

import pytest

from shared.contracts import care, intake, matching
from shared.contracts.values import HoldReason, Urgency
from shared.roles import Role
from tests.casefile_cases import CADRE, FUNDING, HELPER, OTHER, REQUEST
from tests.harness import City, Client
from tests.integration.reporting.recorded import API, CALL, FILE, GRANT, a_request, write


async def test_the_figures_of_the_bureau(house: City, auditor: Client) -> None:
    """Requests by state, time to match, hours, communities, funds."""
    await a_request(house)
    await house.advance(minutes=30)
    assigned = intake.RequestAssigned(request=REQUEST, cadre=CADRE, helper=HELPER, slot=None)
    held = intake.RequestHeld(request=REQUEST, cadre=CADRE, reason=HoldReason.WEATHER, until=None)
    resumed = intake.RequestResumed(request=REQUEST, cadre=CADRE)
    await write(house, "intake", CALL, REQUEST, assigned, held, resumed)
    credit = matching.HoursCredited(helper=HELPER, booking=OTHER, request=REQUEST, cadre=CADRE, minutes=45)
    await write(house, "matching", FILE, HELPER, credit, credit)
    approved = care.FundingApproved(
        funding=FUNDING, request=REQUEST, cadre=CADRE, amount=40000, level=1, final=True
    )
    reserved = care.FundsReserved(funding=FUNDING, request=REQUEST, cadre=CADRE, budget=OTHER, amount=40000)
    await write(house, "care", GRANT, FUNDING, approved, reserved)
    await house.settle()
    path = f"{API}/figures"
    assert await auditor.read(f"{path}/requests") == [
        {"state": "Assigned", "service": "meals", "urgency": Urgency.ROUTINE.value, "requests": 1}
    ]
    (matched,) = await auditor.read(f"{path}/matching")
    assert (matched["requests"], matched["matched"]) == (1, 1)
    assert matched["median_seconds"] == pytest.approx(32 * 60, abs=1)
    assert [(one["minutes"], one["visits"]) for one in await auditor.read(f"{path}/hours")] == [(90, 2)]
    assert [(one["minutes"]) for one in await auditor.read(f"{path}/helpers")] == [90]
    assert [(one["open"], one["late"]) for one in await auditor.read(f"{path}/communities")] == [(1, 0)]
    (fund,) = await auditor.read(f"{path}/funds")
    assert (fund["state"], fund["grants"], fund["amount"]) == ("Reserved", 1, 40000)
    assert await auditor.read(f"{path}/deadlines") == []
    assert (await house.client(Role.OPERATOR).get(f"{path}/funds")).status_code == 403
