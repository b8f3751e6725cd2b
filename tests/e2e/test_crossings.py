"""Two things that happen at once, through every service as it is; how each pair is made good: races.md.

`unheard` keeps services from hearing of what happens, so that they go on as if nothing had.
"""

import asyncio
from typing import Any

import pytest

from tests.city_cases import CARE, INTAKE, MATCHING, Town, Volunteer, found_town
from tests.harness import City

LATE = [("matching",), ("matching", "care"), ("intake", "matching", "care")]
"""Who hears late."""
DEATH = {"on": "2026-06-01"}


@pytest.fixture
async def town(city: City) -> Town:
    """Two communities at work."""
    return await found_town(city)


async def _spent(town: Town, budget: str) -> tuple[int, int]:
    row = await town.payer.read(f"{CARE}/budgets/{budget}")
    return row["reserved"], row["spent"]


async def _pairings(town: Town, volunteer: Volunteer) -> dict[str, str]:
    """The state of the volunteer's pairing with each cadre."""
    path = f"{MATCHING}/pairings"
    found = await town.operator.read(path, helper=volunteer.helper, live=False)
    return {one["cadre"]: one["state"] for one in found["items"]}


@pytest.mark.parametrize("late", LATE, ids="-".join)
async def test_withdrawn_and_assigned(town: Town, late: tuple[str, ...]) -> None:
    """The family calls it off as the volunteer says yes: nobody comes, the time is free."""
    volunteer = await town.volunteer()
    request = await town.request(await town.cadre())
    async with town.unheard(*late):
        await town.operator.done(f"{INTAKE}/requests/{request}/withdraw", {"reason": "family"})
        await town.accept(request, volunteer)
    state, match, case, visits = await town.states(request)
    assert (state, match) == ("Withdrawn", "Closed")
    assert case in ("", "Closed")
    assert set(visits) <= {"Cancelled"}
    assert await town.bookings(volunteer) == [("Released", "withdrawn")]
    await town.nothing_left()


@pytest.mark.parametrize("late", LATE, ids="-".join)
async def test_duplicate_and_offered(town: Town, late: tuple[str, ...]) -> None:
    """It turns out to be another request as the volunteer says yes to it: only that other one goes on."""
    volunteer, cadre = await town.volunteer(), await town.cadre()
    first = await town.request(cadre, "shopping")
    again = await town.request(cadre)
    async with town.unheard(*late):
        await town.operator.done(f"{INTAKE}/requests/{again}/duplicate", {"of": first})
        await town.accept(again, volunteer)
    assert (await town.states(again))[:2] == ("Duplicate", "Closed")
    assert await town.bookings(volunteer) == [("Released", "duplicate")]
    assert await town.states(first) == ("Matching", "Offering", "", [])
    assert (await town.operator.read(f"{CARE}/visits", which="open"))["items"] == []
    await town.nothing_parked()


async def test_duplicate_revokes_the_offer(town: Town) -> None:
    """Nobody has answered yet: the volunteer need not."""
    volunteer, cadre = await town.volunteer(), await town.cadre()
    first, again = await town.request(cadre, "shopping"), await town.request(cadre)
    await town.operator.done(f"{INTAKE}/requests/{again}/duplicate", {"of": first})
    await town.city.settle()
    assert await town.offers(again) == ["Revoked"]
    assert await town.bookings(volunteer) == []
    await town.nothing_parked()


@pytest.mark.parametrize("late", LATE, ids="-".join)
async def test_deceased_and_everything(town: Town, late: tuple[str, ...]) -> None:
    """An offer accepted, a visit to come, a plan, money held, money just asked for, a pairing: all ends."""
    volunteer, cadre = await town.volunteer(), await town.cadre()
    pair = {"helper": volunteer.helper, "cadre": cadre}
    await town.coordinator.done(f"{MATCHING}/pairings", pair)
    booked, _ = await town.assigned(cadre, volunteer)
    asked = await town.request(cadre, "shopping")
    budget, plan = await town.budget(), await town.active_plan(cadre)
    held = await town.reserved(booked)
    assert await _spent(town, budget) == (100_000, 0)
    async with town.unheard(*late):
        await town.operator.done(f"{INTAKE}/cadres/{cadre}/death", DEATH)
        await town.accept(asked, volunteer)
        wished = await _drafted_if_unheard(town, booked, late)
        assert (await _asks_again(town, cadre)) == 409
    assert [(await town.states(one))[:2] for one in (booked, asked)] == [("Cancelled", "Closed")] * 2
    assert {state for state, _ in await town.bookings(volunteer)} == {"Released"}
    shown = await town.secretary.read(plan)
    assert (shown["state"], shown["reason"]) == ("Ended", "deceased")
    for funding in (held, *wished):
        assert (await town.payer.read(funding))["state"] == "Lapsed"
    assert await _spent(town, budget) == (0, 0)
    assert await _pairings(town, volunteer) == {cadre: "Ended"}
    await town.nothing_left()


async def _drafted_if_unheard(town: Town, request: str, late: tuple[str, ...]) -> list[str]:
    """Money is asked for by somebody who hasn't heard; care itself refuses once it has."""
    return [await town.drafted(request)] if "care" in late else []


async def _asks_again(town: Town, cadre: str) -> int:
    body = {"cadre": cadre, "elements": {"what": "买米"}, "overruled": "另一件事"}
    answer = await town.operator.command(f"{INTAKE}/requests", body)
    return answer.status_code


async def test_deceased_and_waiting_for_another_try(town: Town) -> None:
    """Another try was agreed as the news of the death came: nobody goes."""
    volunteer, cadre = await town.volunteer(), await town.cadre()
    request, visit = await town.assigned(cadre, volunteer)
    await volunteer.client.done(f"{CARE}/visits/{visit}/no-answer")
    await town.city.settle()
    async with town.unheard("intake", "matching", "care"):
        slot = {"slot": town.slot(2), "reason": "改天再来"}
        await town.coordinator.done(f"{CARE}/visits/{visit}/again", slot)
        await town.operator.done(f"{INTAKE}/cadres/{cadre}/death", DEATH)
    assert (await town.states(request))[:3] == ("Cancelled", "Closed", "Closed")
    assert {state for state, _ in await town.bookings(volunteer)} == {"Released"}
    await town.nothing_left()


async def test_deceased_and_paid(town: Town) -> None:
    """What was paid as the news of the death came stays paid; the budget counts it once."""
    volunteer, cadre = await town.volunteer(), await town.cadre()
    request, _ = await town.assigned(cadre, volunteer)
    budget, funding = await town.budget(), await town.reserved(request)
    async with town.unheard("care"):
        await town.operator.done(f"{INTAKE}/cadres/{cadre}/death", DEATH)
        await town.payer.done(f"{funding}/disburse", {"reference": "2026-0001"})
    assert (await town.payer.read(funding))["state"] == "Disbursed"
    assert await _spent(town, budget) == (0, 100_000)
    await town.nothing_left()


@pytest.mark.parametrize("late", LATE, ids="-".join)
async def test_moved_and_scope(town: Town, late: tuple[str, ...]) -> None:
    """Who said yes still comes; what is open is matched anew from there; the new community looks after it."""
    volunteer, cadre = await town.volunteer(), await town.cadre()
    taken = await town.request(cadre)
    asked = await town.request(cadre, "shopping")
    body = {"community": str(town.there), "residence": {"address": "河北街 9 号"}}
    async with town.unheard(*late):
        await town.operator.done(f"{INTAKE}/cadres/{cadre}/move", body)
        await town.accept(taken, volunteer)
    assert await town.states(taken) == ("Assigned", "Assigned", "Open", ["Scheduled"])
    assert (await town.offers(asked))[0] == "Revoked"
    assert (await town.coordinator.get(f"{MATCHING}/matches/{asked}")).status_code == 403
    assert (await town.their_coordinator.read(f"{MATCHING}/matches/{asked}"))["round"] == 2
    for path, key in ((f"{INTAKE}/requests", "id"), (f"{CARE}/visits", "request")):
        mine = (await town.secretary.read(path))["items"]
        theirs = (await town.their_secretary.read(path))["items"]
        assert (mine, taken in {one[key] for one in theirs}) == ([], True)
    await town.nothing_parked()


async def test_suspended_and_booked(town: Town) -> None:
    """The volunteer says yes as they are suspended: one is first, and either way another is asked."""
    volunteer, cadre = await town.volunteer(), await town.cadre()
    booked, _ = await town.assigned(cadre, volunteer)
    asked = await town.request(cadre, "shopping")
    other = await town.volunteer("赵红")
    (offer,) = (await volunteer.client.read(f"{MATCHING}/offers", state="Open"))["items"]
    await asyncio.gather(
        volunteer.client.command(f"{MATCHING}/matches/{asked}/accept", {"offer": offer["offer"]}),
        town.coordinator.done(f"{MATCHING}/helpers/{volunteer.helper}/suspend", {"reason": "待核实投诉"}),
    )
    await town.city.settle()
    assert {state for state, _ in await town.bookings(volunteer)} == {"Released"}
    open_offers = (await other.client.read(f"{MATCHING}/offers", state="Open"))["items"]
    assert {one["request"] for one in open_offers} == {booked, asked}
    assert await town.states(booked) == ("Matching", "Offering", "Unassigned", ["Cancelled"])
    assert (await town.states(asked))[:2] == ("Matching", "Offering")
    assert (await town.operator.read(f"{CARE}/visits", which="open"))["items"] == []
    await town.nothing_parked()


@pytest.mark.parametrize("late", LATE, ids="-".join)
async def test_reopened_and_closed(town: Town, late: tuple[str, ...]) -> None:
    """Closed by the callback and opened again before anybody heard: a new round, and it can be done."""
    volunteer = await town.volunteer()
    request, _ = await town.assigned(await town.cadre(), volunteer)
    await town.served(request, volunteer)
    async with town.unheard(*late):
        path = f"{INTAKE}/requests/{request}"
        await town.operator.done(f"{path}/callback", {"outcome": "solved", "satisfaction": 4})
        await town.operator.done(f"{path}/reopen", {"reason": "unsolved", "note": "又漏水了"})
    assert await town.states(request) == ("Matching", "Offering", "Unassigned", ["Done"])
    await town.accept(request, volunteer)
    await town.city.settle()
    assert await town.states(request) == ("Assigned", "Assigned", "Open", ["Done", "Scheduled"])
    await town.served(request, volunteer)
    assert await town.states(request) == ("CallbackDue", "Assigned", "Reported", ["Done", "Done"])
    assert await town.bookings(volunteer) == [("Released", "done")] * 2
    await town.nothing_parked()


async def test_solved_and_unsolved(town: Town) -> None:
    """Two operators call back at once: one answer counts, in every service."""
    volunteer = await town.volunteer()
    request, _ = await town.assigned(await town.cadre(), volunteer)
    await town.served(request, volunteer)
    path = f"{INTAKE}/requests/{request}/callback"
    answers = await asyncio.gather(
        *(town.operator.command(path, {"outcome": outcome}) for outcome in ("solved", "unsolved"))
    )
    await town.city.settle()
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    solved = answers[0].is_success
    expected: Any = ("Closed", "Closed", "Closed") if solved else ("Matching", "Offering", "Unassigned")
    assert (await town.states(request))[:3] == expected
    await town.nothing_parked()


async def _unknown_caller(town: Town) -> tuple[Volunteer, str, str, str]:
    """Somebody unknown who is helped already: the volunteer, both files, and the request."""
    volunteer, cadre, stranger = await town.volunteer(), await town.cadre(), await town.stranger()
    request, _ = await town.assigned(stranger, volunteer)
    return volunteer, cadre, stranger, request


@pytest.mark.parametrize("late", LATE, ids="-".join)
async def test_merged_and_deceased(town: Town, late: tuple[str, ...]) -> None:
    """A plan, money, a pairing, a visit and an offer under the file that was merged end with the cadre."""
    volunteer, cadre, stranger, request = await _unknown_caller(town)
    pair = {"helper": volunteer.helper, "cadre": stranger}
    await town.coordinator.done(f"{MATCHING}/pairings", pair)
    asked = await town.request(stranger, "shopping")
    budget, plan = await town.budget(), await town.active_plan(stranger)
    held = await town.reserved(request)
    async with town.unheard(*late):
        await town.operator.done(f"{INTAKE}/cadres/{cadre}/merge", {"merged": stranger})
        await town.accept(asked, volunteer)
        await town.operator.done(f"{INTAKE}/cadres/{cadre}/death", DEATH)
    assert [(await town.states(one))[:2] for one in (request, asked)] == [("Cancelled", "Closed")] * 2
    assert {state for state, _ in await town.bookings(volunteer)} == {"Released"}
    assert (await town.secretary.read(plan))["state"] == "Ended"
    assert (await town.payer.read(held))["state"] == "Lapsed"
    assert await _spent(town, budget) == (0, 0)
    assert set((await _pairings(town, volunteer)).values()) == {"Ended"}
    await town.nothing_left()


async def test_merged_and_moved(town: Town) -> None:
    """What is open under the merged file moves with the cadre."""
    volunteer, cadre, stranger, taken = await _unknown_caller(town)
    asked = await town.request(stranger, "shopping")
    body = {"community": str(town.there), "residence": {"address": "河北街 9 号"}}
    async with town.unheard("intake", "matching", "care"):
        await town.operator.done(f"{INTAKE}/cadres/{cadre}/merge", {"merged": stranger})
        await town.operator.done(f"{INTAKE}/cadres/{cadre}/move", body)
    assert (await town.their_coordinator.read(f"{MATCHING}/matches/{asked}"))["round"] == 2
    requests = (await town.their_secretary.read(f"{INTAKE}/requests"))["items"]
    assert {one["id"] for one in requests} == {taken, asked}
    assert await town.bookings(volunteer) == [("Booked", "")]
    visits = (await town.their_secretary.read(f"{CARE}/visits", which="open"))["items"]
    assert [one["request"] for one in visits] == [taken]
    await town.nothing_parked()


async def test_merged_and_no_answer(town: Town) -> None:
    """The file that goes on says that they live alone: nobody at the door is an alarm under the other too."""
    volunteer, cadre, stranger, request = await _unknown_caller(town)
    hardship = {
        "flag": "living_alone",
        "validity": {"valid_from": "2026-01-01", "valid_to": "2026-12-31"},
    }
    await town.secretary.done(f"{INTAKE}/cadres/{cadre}/hardships", hardship)
    await town.operator.done(f"{INTAKE}/cadres/{cadre}/merge", {"merged": stranger})
    await town.city.settle()
    await volunteer.client.done(f"{CARE}/visits/{await town.visit(request)}/no-answer")
    await town.city.settle()
    listed = (await town.operator.read(f"{INTAKE}/requests", cadre=cadre))["items"]
    checks = [one for one in listed if one["channel"] == "welfare_check"]
    assert [(one["cadre"], one["linked"], one["urgency"]) for one in checks] == [(cadre, request, "rescue")]
    await town.nothing_parked()
