"""Care plans while care runs."""

from datetime import timedelta

from shared.contracts import care, intake
from shared.roles import Role
from tests.harness import City
from tests.integration.care.told import API, HERE, cadre, of_type, tell


async def test_a_plan_raises_its_visits_and_rests_in_hospital(city: City) -> None:
    """Weekly for high risk, two days ahead; none while in hospital; within a day of coming back."""
    person = await cadre(city)
    secretary = city.client(Role.SECRETARY, communities=[HERE])
    made = await secretary.done(f"{API}/plans", {"cadre": str(person), "risk": "high", "note": "术后"})
    await secretary.done(f"{API}/plans/{made['id']}/activate")
    await city.settle()
    await city.advance(days=15)
    assert len(await of_type(city, care.PlannedVisitDue)) == 2
    await tell(city, person, intake.CadreAdmitted(cadre=person, hospital="市医院"))
    await city.advance(days=15)
    assert len(await of_type(city, care.PlannedVisitDue)) == 2
    await tell(city, person, intake.CadreDischarged(cadre=person))
    due = await of_type(city, care.PlannedVisitDue)
    assert len(due) == 3
    assert due[-1].slot.start <= city.clock.now() + timedelta(days=1)
    await city.advance(days=180)
    shown = await secretary.read(f"{API}/plans/{made['id']}")
    assert (shown["state"], shown["medical"]) == ("ReviewDue", "术后")
