"""Visits while care runs: its API, reactions and timers."""

from typing import Any

from shared.contracts import care, intake, matching
from shared.contracts.values import (
    CancelReason,
    Flag,
    ReopenReason,
)
from shared.roles import Role
from tests.harness import City, Client
from tests.integration.care.told import API, ELSEWHERE, HERE, assigned, of_type, slot, tell


async def test_a_visit_is_done_and_the_callback_closes(city: City) -> None:
    """Assigned, begun, done, reported, closed by the callback alone."""
    case = await assigned(city)
    assert await case.state() == ("Open", "Scheduled")
    await case.worker.done(f"{API}/visits/{case.visit}/begin")
    done = await case.worker.done(
        f"{API}/visits/{case.visit}/complete", {"minutes": 55, "outcome": "已打扫", "medical": "血压偏高"}
    )
    await city.settle()
    assert await case.state() == ("Reported", "Done")
    assert done["version"] == 3
    closed = intake.RequestClosed(request=case.request, cadre=case.cadre, by_callback=True)
    await tell(city, case.request, closed)
    assert await case.state() == ("Closed", "Done")
    again = intake.RequestReopened(
        request=case.request, cadre=case.cadre, reason=ReopenReason.UNSOLVED, round=2
    )
    await tell(city, case.request, again)
    assert await case.state() == ("Unassigned", "Done")


async def test_medical_notes_are_for_those_who_may(city: City) -> None:
    """The clinic's side, not the coordinator's; the family's only when the cadre agrees."""
    case = await assigned(city)
    await case.worker.done(
        f"{API}/visits/{case.visit}/complete", {"minutes": 5, "outcome": "看望", "medical": "血压偏高"}
    )
    await city.settle()
    family = city.client(Role.FAMILY, cadre=case.cadre, communities=[])

    async def seen(client: Client) -> Any:
        found = await client.read(f"{API}/cases/{case.request}")
        return found["visits"][0].get("medical")

    assert await seen(city.client(Role.SECRETARY, communities=[HERE])) == "血压偏高"
    assert await seen(case.worker) == "血压偏高"
    assert await seen(city.client(Role.COORDINATOR, communities=[HERE])) is None
    assert await seen(family) is None
    await tell(city, case.cadre, intake.ConsentRecorded(cadre=case.cadre, family_reads_medical=True))
    assert await seen(family) == "血压偏高"


async def test_no_answer_at_a_frail_cadres_raises_a_check(city: City) -> None:
    """Somebody who lives alone; for others the visit waits on the coordinator's list."""
    frail, other = await assigned(city, Flag.LIVING_ALONE), await assigned(city, Flag.EMPTY_NEST)
    for case in (frail, other):
        await case.worker.done(f"{API}/visits/{case.visit}/no-answer", {"note": "敲门无人应"})
    await city.settle()
    assert [check.cadre for check in await of_type(city, care.WelfareCheckRaised)] == [frail.cadre]
    coordinator = city.client(Role.COORDINATOR, communities=[HERE])
    waiting = await coordinator.read(f"{API}/visits", which="waiting")
    assert {item["visit"] for item in waiting["items"]} == {str(frail.visit), str(other.visit)}


async def test_another_try_is_asked_of_matching_while_the_case_is_open(city: City) -> None:
    """The visit is scheduled again when matching could book it; not for a case that has ended."""
    case = await assigned(city)
    coordinator = city.client(Role.COORDINATOR, communities=[HERE])
    await case.worker.done(f"{API}/visits/{case.visit}/no-answer")
    later = slot(city, 24)
    body = {"slot": later.model_dump(mode="json"), "reason": "改天再来"}
    await coordinator.done(f"{API}/visits/{case.visit}/again", body)
    answer = matching.BookingMoved(
        helper=case.helper,
        booking=case.booking,
        request=case.request,
        cadre=case.cadre,
        visit=case.visit,
        slot=later,
    )
    await tell(city, case.helper, answer)
    assert await case.state() == ("Open", "Scheduled")
    await city.advance(days=1)
    await case.worker.done(f"{API}/visits/{case.visit}/no-answer")
    gone = intake.RequestCancelled(request=case.request, cadre=case.cadre, reason=CancelReason.UNREACHABLE)
    await tell(city, case.request, gone)
    assert (await coordinator.command(f"{API}/visits/{case.visit}/again", body)).status_code == 409
    assert await case.state() == ("Closed", "NoAnswer")


async def test_helpers_see_their_own_visits_only(city: City) -> None:
    """Mine today, and nobody else's; another's visit is not there for me."""
    mine, others = await assigned(city), await assigned(city, hours=3)
    found = await mine.worker.read(f"{API}/visits", which="today")
    assert [item["visit"] for item in found["items"]] == [str(mine.visit)]
    answer = await mine.worker.command(f"{API}/visits/{others.visit}/begin")
    assert answer.status_code == 404
    assert (await mine.worker.get(f"{API}/cases/{others.request}")).status_code == 404
    outside = city.client(Role.COORDINATOR, communities=[ELSEWHERE])
    assert (await outside.read(f"{API}/visits"))["items"] == []
    assert (await outside.get(f"{API}/cases/{mine.request}")).status_code == 403


async def test_lists_go_on_behind_their_cursor(city: City) -> None:
    """Page by page, each visit once."""
    for hours in (1, 2, 3):
        await assigned(city, hours=hours)
    operator = city.client(Role.OPERATOR)
    first = await operator.read(f"{API}/visits", limit=2)
    second = await operator.read(f"{API}/visits", limit=2, cursor=first["next"])
    seen = [item["visit"] for item in first["items"] + second["items"]]
    assert (len(seen), len(set(seen)), second["next"]) == (3, 3, "")
    assert (await operator.get(f"{API}/visits", params={"cursor": "WyJhIiwiYiJd"})).status_code == 422


async def test_a_silent_slot_becomes_a_missed_visit(city: City) -> None:
    """Half an hour after its end, by the timer; nobody has the case then."""
    case = await assigned(city)
    await city.advance(hours=3, minutes=29)
    assert await case.state() == ("Open", "Scheduled")
    await city.advance(minutes=2)
    assert await case.state() == ("Unassigned", "Missed")


async def test_a_move_takes_effect_when_matching_says_so(city: City) -> None:
    """Asked, answered, and the timer goes with the new time."""
    case = await assigned(city)
    later = slot(city, 6)
    body = {"slot": later.model_dump(mode="json"), "reason": "上午体检"}
    await case.worker.done(f"{API}/visits/{case.visit}/move", body)
    answer = matching.BookingMoved(
        helper=case.helper,
        booking=case.booking,
        request=case.request,
        cadre=case.cadre,
        visit=case.visit,
        slot=later,
    )
    await tell(city, case.helper, answer)
    await city.advance(hours=5)
    assert await case.state() == ("Open", "Scheduled")
    await city.advance(hours=3)
    assert await case.state() == ("Unassigned", "Missed")
