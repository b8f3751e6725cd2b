"""Visits that don't go as agreed, through intake, matching and care as they are."""

from datetime import datetime
from typing import Any

from tests.city_cases import CARE, INTAKE, MATCHING, Town, Volunteer, found_town
from tests.harness import City


async def _visited_in_vain(city: City) -> tuple[Town, Volunteer, str, str]:
    """Nobody opened the door: the request and its visit."""
    town = await found_town(city)
    volunteer = await town.volunteer()
    request, visit = await town.assigned(await town.cadre(), volunteer)
    await volunteer.client.done(f"{CARE}/visits/{visit}/no-answer", {"note": "敲门无人应"})
    await city.settle()
    assert await town.bookings(volunteer) == [("Released", "no_answer")]
    return town, volunteer, request, visit


async def _seen_at(town: Town, volunteer: Volunteer, request: str, visit: str) -> set[datetime]:
    """When somebody comes, as every list that tells it says."""
    (booking, *_) = (await town.coordinator.read(f"{MATCHING}/helpers/{volunteer.helper}/bookings"))["items"]
    (offer,) = (await volunteer.client.read(f"{MATCHING}/offers", state="Accepted"))["items"]
    match = await town.coordinator.read(f"{MATCHING}/matches/{request}")
    shown = await town.operator.read(f"{INTAKE}/requests/{request}")
    mine = await volunteer.client.read(f"{CARE}/visits/{visit}")
    told: list[Any] = [booking["starts"], offer["starts"], match["starts"]]
    return {datetime.fromisoformat(one) for one in [*told, shown["slot_start"], mine["slot_start"]]}


async def test_another_try_is_booked_anew_and_done(city: City) -> None:
    """Nobody opened; the coordinator agrees another time, the same volunteer comes, and is credited once."""
    town, volunteer, request, visit = await _visited_in_vain(city)
    slot = town.slot(2)
    await town.coordinator.done(f"{CARE}/visits/{visit}/again", {"slot": slot, "reason": "家属改天在家"})
    await city.settle()
    assert await town.states(request) == ("Assigned", "Assigned", "Open", ["Scheduled"])
    assert await town.bookings(volunteer) == [("Booked", "")]
    assert await _seen_at(town, volunteer, request, visit) == {datetime.fromisoformat(slot["start"])}
    await town.served(request, volunteer)
    assert await town.states(request) == ("CallbackDue", "Assigned", "Reported", ["Done"])
    assert await town.bookings(volunteer) == [("Released", "done")]
    file = await town.coordinator.read(f"{MATCHING}/helpers/{volunteer.helper}")
    assert (file["minutes"], file["visits"]) == (50, 1)
    await town.nothing_parked()


async def test_another_try_waits_when_the_volunteer_has_no_time(city: City) -> None:
    """The time went to another cadre: the visit waits on the list with the reason; another time may do."""
    town, volunteer, request, visit = await _visited_in_vain(city)
    other, visit_there = await town.assigned(await town.cadre("李淑芬"), volunteer, "shopping")
    taken = await volunteer.client.read(f"{CARE}/visits/{visit_there}")
    slot = {"start": taken["slot_start"], "end": taken["slot_end"]}
    path = f"{CARE}/visits/{visit}"
    await town.coordinator.done(f"{path}/again", {"slot": slot, "reason": "改天再来"})
    await city.settle()
    waiting = (await town.coordinator.read(f"{CARE}/visits", which="waiting"))["items"]
    assert [(one["visit"], one["state"], one["refusal"]) for one in waiting] == [
        (visit, "NoAnswer", "booked")
    ]
    await town.coordinator.done(f"{path}/again", {"slot": town.slot(3), "reason": "再改一天"})
    await city.settle()
    assert (await town.states(request))[3] == ["Scheduled"]
    assert (await town.states(other))[3] == ["Scheduled"]
    await town.nothing_parked()


async def test_a_moved_visit_shows_its_time_in_every_list(city: City) -> None:
    """Asked in care, answered by matching, followed by intake."""
    town = await found_town(city)
    volunteer = await town.volunteer()
    request, visit = await town.assigned(await town.cadre(), volunteer)
    slot = town.slot(2)
    await volunteer.client.done(f"{CARE}/visits/{visit}/move", {"slot": slot, "reason": "上午体检"})
    await city.settle()
    assert await town.states(request) == ("Assigned", "Assigned", "Open", ["Scheduled"])
    assert await _seen_at(town, volunteer, request, visit) == {datetime.fromisoformat(slot["start"])}
    await town.nothing_parked()
