"""A cadre moves while a helper has their request, through every service as it is."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from shared.contracts.values import Point
from tests.city_cases import CARE, INTAKE, MATCHING, Town, Volunteer, found_town
from tests.e2e.test_crossings import LATE
from tests.harness import City

NEW_HOME = Point.of(129.7, 44.7).model_dump(mode="json")


@pytest.fixture
async def town(city: City) -> Town:
    """Two communities at work."""
    return await found_town(city)


async def _moves(town: Town, cadre: str) -> None:
    body = {"community": str(town.there), "residence": {"address": "河北街 9 号", "home": NEW_HOME}}
    await town.operator.done(f"{INTAKE}/cadres/{cadre}/move", body)


async def _board(client: Any) -> list[tuple[str, str]]:
    """The requests on a coordinator's board with their states."""
    listed = (await client.read(f"{MATCHING}/matches"))["items"]
    return [(one["request"], one["state"]) for one in listed]


@pytest.mark.parametrize("late", [(), *LATE], ids=lambda late: "-".join(late) or "nobody")
async def test_an_assignment_goes_with_the_cadre(town: Town, late: tuple[str, ...]) -> None:
    """The new community sees it; the volunteer still comes, and has access to what is theirs."""
    volunteer, cadre = await town.volunteer(), await town.cadre()
    taken = await town.request(cadre)
    async with town.unheard(*late):
        await town.accept(taken, volunteer)
        await _moves(town, cadre)
    assert await town.states(taken) == ("Assigned", "Assigned", "Open", ["Scheduled"])
    assert (await _board(town.coordinator), await _board(town.their_coordinator)) == (
        [],
        [(taken, "Assigned")],
    )
    path = f"{MATCHING}/matches/{taken}"
    assert (await town.coordinator.get(path)).status_code == 403
    assert (await town.their_coordinator.read(path))["community"] == str(town.there)
    assert (await town.coordinator.command(f"{path}/reassign", {"reason": "换人"})).status_code == 403
    (offer,) = (await volunteer.client.read(f"{MATCHING}/offers", state="Accepted"))["items"]
    assert (offer["address"], offer["community_name"]) == ("河北街 9 号", "河北社区")
    assert await town.bookings(volunteer) == [("Booked", "")]
    await town.served(taken, volunteer)
    assert await town.bookings(volunteer) == [("Released", "done")]
    await town.nothing_parked()


async def _drops(_: Town, request: str, volunteer: Volunteer) -> None:
    await volunteer.client.done(f"{MATCHING}/matches/{request}/drop", {"reason": "太远了"})


async def _does_not_come(town: Town, request: str, _: Volunteer) -> None:
    await town.their_coordinator.done(f"{MATCHING}/matches/{request}/no-show")


async def _is_replaced(town: Town, request: str, _: Volunteer) -> None:
    await town.their_coordinator.done(f"{MATCHING}/matches/{request}/reassign", {"reason": "改由新社区上门"})


async def _is_missed(town: Town, request: str, _: Volunteer) -> None:
    visit = await town.visit(request)
    await town.arrive(visit)
    await town.their_secretary.done(f"{CARE}/visits/{visit}/miss", {"reason": "无人上门"})


async def _is_suspended(town: Town, _: str, volunteer: Volunteer) -> None:
    path = f"{MATCHING}/helpers/{volunteer.helper}/suspend"
    await town.coordinator.done(path, {"reason": "待核实投诉"})


async def _is_unsolved(town: Town, request: str, volunteer: Volunteer) -> None:
    await town.served(request, volunteer)
    await town.operator.done(f"{INTAKE}/requests/{request}/callback", {"outcome": "unsolved"})


LOST = [_drops, _does_not_come, _is_replaced, _is_missed, _is_suspended, _is_unsolved]


@pytest.mark.parametrize("lost", LOST, ids=lambda lost: lost.__name__.strip("_"))
async def test_the_next_round_is_for_the_new_community(
    town: Town, lost: Callable[[Town, str, Volunteer], Awaitable[None]]
) -> None:
    """Whatever ends the assignment: its helpers are asked, by how far they are from the new home."""
    volunteer, cadre = await town.volunteer(), await town.cadre()
    request, _ = await town.assigned(cadre, volunteer)
    await town.volunteer("何苗")
    await _moves(town, cadre)
    await town.city.settle()
    neighbour = await town.volunteer("林春", there=True, home=NEW_HOME)
    await lost(town, request, volunteer)
    await town.city.settle()
    match = await town.their_coordinator.read(f"{MATCHING}/matches/{request}")
    assert (match["state"], match["community"]) == ("Offering", str(town.there))
    asked = [one["helper"] for one in match["offers"] if one["state"] == "Open"]
    assert asked == [neighbour.helper]
    assert [one["metres"] for one in match["ranking"]["ranked"]] == [0]
    await town.accept(request, neighbour)
    await town.city.settle()
    assert (await town.states(request))[:3] == ("Assigned", "Assigned", "Open")
    assert await _board(town.coordinator) == []
    await town.nothing_parked()


async def test_a_closed_request_is_opened_again_where_the_cadre_lives(town: Town) -> None:
    """Closed, moved, opened again: the new community has it in every service."""
    volunteer, cadre = await town.volunteer(), await town.cadre()
    request, _ = await town.assigned(cadre, volunteer)
    await town.served(request, volunteer)
    await town.operator.done(f"{INTAKE}/requests/{request}/callback", {"outcome": "solved"})
    await _moves(town, cadre)
    await town.city.settle()
    neighbour = await town.volunteer("林春", there=True)
    await town.operator.done(f"{INTAKE}/requests/{request}/reopen", {"reason": "recurs"})
    await town.city.settle()
    assert await town.states(request) == ("Matching", "Offering", "Unassigned", ["Done"])
    shown = await town.operator.read(f"{INTAKE}/requests/{request}")
    assert shown["community"] == str(town.there)
    await town.accept(request, neighbour)
    await town.nothing_parked()
