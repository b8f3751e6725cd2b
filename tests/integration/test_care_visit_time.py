"""Visits and their time, over HTTP."""

from datetime import timedelta

import pytest

from shared.settings import QUICK_SETTINGS
from tests.city_cases import CARE, Town, Volunteer, found_town
from tests.harness import City

WHATS = {
    "begin": {},
    "complete": {"minutes": 50, "outcome": "换了水龙头"},
    "refuse": {"reason": "今天不需要"},
    "no-answer": {"note": "敲门无人应"},
}


async def _agreed_for_tomorrow(city: City) -> tuple[Town, Volunteer, str]:
    """The visit is a day away."""
    town = await found_town(city)
    volunteer = await town.volunteer()
    _, visit = await town.assigned(await town.cadre(), volunteer)
    path = f"{CARE}/visits/{visit}"
    await volunteer.client.done(f"{path}/move", {"slot": town.slot(1), "reason": "家属明天在家"})
    await city.settle()
    return town, volunteer, path


@pytest.mark.parametrize("verb", WHATS)
async def test_nothing_is_recorded_long_before_the_visit(city: City, verb: str) -> None:
    """Two hours before it may be; the refusal says when that is, and left nothing."""
    town, volunteer, path = await _agreed_for_tomorrow(city)
    answer = await volunteer.client.command(f"{path}/{verb}", WHATS[verb])
    assert answer.status_code == 409
    assert answer.json()["type"].endswith("NotYet")
    assert "from 2026-06-02 07:00 on" in answer.json()["detail"]
    assert (await volunteer.client.read(path))["state"] == "Scheduled"
    await city.advance(hours=22)
    await volunteer.client.done(f"{path}/{verb}", WHATS[verb])
    await city.settle()
    await town.nothing_parked()


async def test_a_visit_is_moved_to_come_earlier(city: City) -> None:
    """Asked of matching; then it may be recorded."""
    _, volunteer, path = await _agreed_for_tomorrow(city)
    start = city.clock.now() + timedelta(minutes=5)
    slot = {"start": start.isoformat(), "end": (start + timedelta(hours=1)).isoformat()}
    await volunteer.client.done(f"{path}/move", {"slot": slot, "reason": "顺路,现在就去"})
    await city.settle()
    await volunteer.client.done(f"{path}/begin")
    await volunteer.client.done(f"{path}/complete", WHATS["complete"])


async def test_simulated_people_come_at_once(city: City) -> None:
    """On a real clock the time of the visit would never come."""
    _, volunteer, path = await _agreed_for_tomorrow(city)
    city.store("care").settings = QUICK_SETTINGS
    await volunteer.client.done(f"{path}/begin")
