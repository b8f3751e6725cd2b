"""A death recorded in error and taken back, through every service as it is, whoever hears of it when."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest

from shared.bus.consumer import Consumer
from shared.bus.local import LocalCarrier
from shared.eventstore.position import START as BEGINNING
from shared.roles import Role
from tests.city_cases import INTAKE, MATCHING, Town, Volunteer, found_town
from tests.e2e.test_crossings import DEATH, LATE
from tests.harness import City

REASON = {"reason": "同名同姓,误报"}


@pytest.fixture
async def town(city: City) -> Town:
    """Two communities at work."""
    return await found_town(city)


async def _died(town: Town, cadre: str) -> None:
    await town.operator.done(f"{INTAKE}/cadres/{cadre}/death", DEATH)


async def _retracted(town: Town, cadre: str) -> None:
    await town.operator.done(f"{INTAKE}/cadres/{cadre}/retract-death", REASON)


async def _asked(town: Town, cadre: str) -> str:
    """Somebody calls at once; nothing has had its effect yet."""
    body = {
        "cadre": cadre,
        "elements": {"what": "水管漏水"},
        "service": "repair",
        "urgency": "routine",
        "overruled": "重新求助",
    }
    return str((await town.operator.done(f"{INTAKE}/requests", body))["id"])


async def _ended(town: Town) -> dict[str, tuple[str, str]]:
    """What the one retraction says that the death had ended: kind and detail by id."""
    (todo,) = await town.todos("death_retracted")
    return {one["id"]: (one["kind"], one["detail"]) for one in todo["ended"]}


@pytest.mark.parametrize("late", [(), *LATE], ids=lambda late: "-".join(late) or "nobody")
async def test_deceased_and_retracted(town: Town, late: tuple[str, ...]) -> None:
    """What had ended stays so and stands on the list of what is to do; all of it can be begun anew."""
    volunteer, cadre = await town.volunteer(), await town.cadre()
    pair = {"helper": volunteer.helper, "cadre": cadre}
    pairing = (await town.coordinator.done(f"{MATCHING}/pairings", pair))["id"]
    old, _ = await town.assigned(cadre, volunteer)
    await town.budget()
    plan, held = await town.active_plan(cadre), await town.reserved(old)
    async with town.unheard(*late):
        await _died(town, cadre)
        await _retracted(town, cadre)
        anew = await _asked(town, cadre)
    assert (await town.operator.read(f"{INTAKE}/cadres/{cadre}"))["state"] == "Registered"
    assert await town.states(old) == ("Cancelled", "Closed", "Closed", ["Cancelled"])
    assert (await town.secretary.read(plan))["reason"] == "deceased"
    assert await _ended(town) == {
        old: ("request", "repair"),
        plan.rsplit("/", 1)[1]: ("plan", ""),
        held.rsplit("/", 1)[1]: ("funding", ""),
        pairing: ("pairing", volunteer.helper),
    }
    assert (await town.states(anew))[:2] == ("Matching", "Offering")
    await town.accept(anew, volunteer)
    await town.city.settle()
    assert await town.states(anew) == ("Assigned", "Assigned", "Open", ["Scheduled"])
    await town.coordinator.done(f"{MATCHING}/pairings", pair)
    assert (await town.secretary.read(await town.active_plan(cadre)))["state"] == "Active"
    await town.drafted(anew)
    await _followed_up(town, cadre)
    await town.nothing_parked()


async def _followed_up(town: Town, cadre: str) -> None:
    """The community says that it saw to it; a second time there is nothing."""
    path = f"{INTAKE}/cadres/{cadre}/follow-up"
    await town.secretary.done(path, {"note": "已逐项重新安排"})
    await town.city.settle()
    assert await town.todos("death_retracted") == []
    assert (await town.secretary.command(path)).status_code == 409


async def _until(found: Callable[[], Awaitable[Any]]) -> Any:
    """What is found, once it is there; while somebody hears of nothing the city never settles."""
    for _ in range(500):
        result = await found()
        if result:
            return result
        await asyncio.sleep(0.01)
    raise AssertionError


async def _offered(volunteer: Volunteer, request: str) -> None:
    async def offers() -> list[str]:
        listed = (await volunteer.client.read(f"{MATCHING}/offers", state="Open"))["items"]
        return [one["offer"] for one in listed if one["request"] == request]

    await _until(offers)


def _care(town: Town) -> Consumer:
    carrier = town.city.system.carrier
    assert isinstance(carrier, LocalCarrier)
    (care,) = [one for one in carrier.consumers if one.name == "care"]
    return care


@pytest.mark.parametrize("died_before", [True, False], ids=["death heard", "nothing heard"])
async def test_an_assignment_heard_before_the_retraction(town: Town, *, died_before: bool) -> None:
    """Matching's word overtakes intake's on the way to care: the new request's visit stands all the same."""
    volunteer, cadre = await town.volunteer(), await town.cadre()
    old, _ = await town.assigned(cadre, volunteer)
    if died_before:
        await _died(town, cadre)
        await town.city.settle()
    async with town.unheard("care"):
        if not died_before:
            await _died(town, cadre)
        await _retracted(town, cadre)
        anew = await _asked(town, cadre)
        await _offered(volunteer, anew)
        await town.accept(anew, volunteer)
        for source in ("matching", "care"):
            told = await town.city.store(source).read_all(BEGINNING, 10_000)
            await _care(town).deliver([placed.envelope for placed in told])
    assert await town.states(old) == ("Cancelled", "Closed", "Closed", ["Cancelled"])
    assert await town.states(anew) == ("Assigned", "Assigned", "Open", ["Scheduled"])
    assert ("Booked", "") in await town.bookings(volunteer)
    await town.served(anew, volunteer)
    assert await town.states(anew) == ("CallbackDue", "Assigned", "Reported", ["Done"])
    await town.nothing_parked()


async def test_a_request_that_crossed_the_death_and_its_retraction(town: Town) -> None:
    """Stored after the death, looked at after the retraction: it goes on in every service."""
    volunteer, cadre = await town.volunteer(), await town.cadre()
    async with town.unheard("intake", "matching", "care"):
        first = await _asked(town, cadre)
        await _died(town, cadre)
        await _retracted(town, cadre)
        second = await _asked(town, cadre)
    assert await town.states(first) == ("Cancelled", "Closed", "", [])
    assert (await town.states(second))[:2] == ("Matching", "Offering")
    assert await _ended(town) == {first: ("request", "repair")}
    await town.accept(second, volunteer)
    await town.nothing_parked()


@pytest.mark.parametrize("late", [(), *LATE], ids=lambda late: "-".join(late) or "nobody")
async def test_merged_and_retracted(town: Town, late: tuple[str, ...]) -> None:
    """A plan and a pairing under the file that was merged are named, and that file's person is alive, too."""
    volunteer, cadre, stranger = await town.volunteer(), await town.cadre(), await town.stranger()
    pair = {"helper": volunteer.helper, "cadre": stranger}
    await town.coordinator.done(f"{MATCHING}/pairings", pair)
    old, _ = await town.assigned(stranger, volunteer)
    await town.active_plan(stranger)
    async with town.unheard(*late):
        await town.operator.done(f"{INTAKE}/cadres/{cadre}/merge", {"merged": stranger})
        await _died(town, cadre)
        await _retracted(town, cadre)
    assert sorted(kind for kind, _ in (await _ended(town)).values()) == [
        "pairing",
        "pairing",
        "plan",
        "request",
    ]
    assert (await town.states(old))[0] == "Cancelled"
    await town.coordinator.done(f"{MATCHING}/pairings", pair)
    await town.active_plan(stranger)
    await town.city.settle()
    assert (await town.operator.read(f"{INTAKE}/cadres/{stranger}"))["state"] == "Merged"
    await _followed_up(town, cadre)
    await town.nothing_parked()


async def test_in_hospital_before_the_death(town: Town) -> None:
    """The file is where it was: what can wait waits for the discharge, a new plan rests until then."""
    volunteer, cadre = await town.volunteer(), await town.cadre()
    await town.operator.done(f"{INTAKE}/cadres/{cadre}/admit", {"hospital": "市医院"})
    await _died(town, cadre)
    await _retracted(town, cadre)
    await town.city.settle()
    assert (await town.operator.read(f"{INTAKE}/cadres/{cadre}"))["state"] == "Admitted"
    plan = await town.active_plan(cadre)
    assert (await town.secretary.read(plan))["state"] == "Suspended"
    await town.operator.done(f"{INTAKE}/cadres/{cadre}/discharge")
    await town.city.settle()
    assert (await town.secretary.read(plan))["state"] == "Active"
    await town.assigned(cadre, volunteer)
    await town.nothing_parked()


async def test_who_may_retract_and_of_whom(town: Town) -> None:
    """Who may record a death, for their own community; not of the living."""
    cadre = await town.cadre()
    path = f"{INTAKE}/cadres/{cadre}/retract-death"
    assert (await town.secretary.command(path, REASON)).status_code == 409
    await _died(town, cadre)
    assert (await town.their_secretary.command(path, REASON)).status_code == 403
    assert (await town.coordinator.command(path, REASON)).status_code == 403
    await town.secretary.done(path, REASON)
    await town.city.settle()
    history = await town.city.client(Role.AUDITOR).read(
        f"/reporting/api/v1/cadres/{cadre}/history", why="复核误报"
    )
    said = {entry["type"]: entry for entry in history["items"]}
    retraction = said["intake.DeathRetracted"]
    assert UUID(retraction["details"]["corrects"]) == UUID(said["intake.CadreDeceased"]["id"])
    assert retraction["why"] == REASON["reason"]


async def test_what_was_to_do_before_is_to_do_again(town: Town) -> None:
    """Somebody unknown is still unknown; for the dead nothing is listed."""
    stranger = await town.stranger()
    assert len(await town.todos("provisional")) == 1
    await _died(town, stranger)
    await town.city.settle()
    assert await town.todos("provisional") == []
    await _retracted(town, stranger)
    await town.city.settle()
    assert [one["about"] for one in await town.todos("provisional")] == [stranger]


async def test_a_closed_request_of_the_dead_is_not_opened_again(town: Town) -> None:
    """Nobody can be sent; once the death is retracted it can be opened."""
    volunteer, cadre = await town.volunteer(), await town.cadre()
    request, _ = await town.assigned(cadre, volunteer)
    await town.served(request, volunteer)
    path = f"{INTAKE}/requests/{request}"
    await town.operator.done(f"{path}/callback", {"outcome": "solved"})
    await _died(town, cadre)
    await town.city.settle()
    reopen = {"reason": "recurs"}
    assert (await town.operator.command(f"{path}/reopen", reopen)).status_code == 409
    await _retracted(town, cadre)
    await town.operator.done(f"{path}/reopen", reopen)
    await town.city.settle()
    assert await town.states(request) == ("Matching", "Offering", "Unassigned", ["Done"])
    await town.nothing_parked()
