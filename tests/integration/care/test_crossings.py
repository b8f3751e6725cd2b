"""What crosses on its way to care, and how the lists go on."""

from datetime import date

from shared.contracts import care, intake
from shared.contracts.values import (
    CancelReason,
)
from shared.roles import Role
from tests.harness import City
from tests.integration.care.told import API, ELSEWHERE, HERE, Assigned, assigned, cadre, of_type, tell


async def test_a_withdrawal_before_its_assignment_opens_no_case(city: City) -> None:
    """Withdrawn × assigned: intake's word comes first, matching's later."""
    case = Assigned(city, await cadre(city))
    gone = intake.RequestCancelled(
        request=case.request, cadre=case.cadre, reason=CancelReason.SERVED_ELSEWHERE
    )
    await tell(city, case.request, gone)
    await tell(city, case.request, case.event())
    assert await of_type(city, care.CaseOpened) == []


async def test_a_withdrawal_after_its_assignment_cancels_the_visit(city: City) -> None:
    """Nobody comes, and the case is closed."""
    case = await assigned(city)
    gone = intake.RequestCancelled(
        request=case.request, cadre=case.cadre, reason=CancelReason.SERVED_ELSEWHERE
    )
    await tell(city, case.request, gone)
    assert await case.state() == ("Closed", "Cancelled")


async def test_the_new_community_looks_after_a_cadre_who_moved(city: City) -> None:
    """Moved × scope: the list and the permission go with the cadre."""
    case = await assigned(city)
    moved = intake.CadreMoved(
        cadre=case.cadre, left=HERE, community=ELSEWHERE, residence=None, valid_from=date(2026, 6, 1)
    )
    await tell(city, case.cadre, moved)
    await city.advance(hours=2, minutes=10)
    body = {"reason": "没有来"}
    old, new = (city.client(Role.SECRETARY, communities=[where]) for where in (HERE, ELSEWHERE))
    assert (await old.command(f"{API}/visits/{case.visit}/miss", body)).status_code == 403
    await new.done(f"{API}/visits/{case.visit}/miss", body)
    await city.settle()
    assert await case.state() == ("Unassigned", "Missed")
