"""Plans: the morning's, a coordinator's, changed and accepted, and made again."""

from typing import Any
from uuid import UUID, uuid4

from shared.contracts import intake
from shared.contracts import matching as m
from shared.contracts.values import Urgency, WithdrawReason
from shared.roles import Role
from tests.integration.matching.stage import API, ELSEWHERE, Stage, states, tomorrow

PLANS = f"{API}/plans"


async def scheduled(stage: Stage, *hours: float) -> list[UUID]:
    """Visits that a care plan asks for, so many hours after nine today."""
    return [await stage.request(Urgency.SCHEDULED, tomorrow(one)) for one in hours]


async def only(stage: Stage) -> dict[str, Any]:
    """The one plan that there is."""
    await stage.city.settle()
    (found,) = (await stage.coordinator.read(PLANS))["items"]
    plan: dict[str, Any] = await stage.coordinator.read(f"{PLANS}/{found['plan']}")
    return plan


async def test_scheduled_visits_wait_for_the_morning(stage: Stage) -> None:
    """Then they are planned together, and asked when nobody has decided otherwise for two hours."""
    near, far = await stage.helper("近", capacity=1), await stage.helper("远", metres=900)
    requests = await scheduled(stage, 49, 73)
    assert [(await stage.match(one))["state"] for one in requests] == ["Opened", "Opened"]
    await stage.city.advance(hours=22.6)
    plan = await only(stage)
    assert (plan["state"], plan["visits"], plan["unplanned"], plan["gap"]) == ("Proposed", 2, 0, 0)
    assert {one["helper"] for one in plan["pairs"]} == {str(near), str(far)}
    assert await stage.told(m.OfferMade) == []
    await stage.city.advance(hours=2)
    assert (await only(stage))["state"] == "Closed"
    asked = {one.request: one.helper for one in await stage.told(m.OfferMade)}
    assert asked == {UUID(one["request"]): UUID(one["helper"]) for one in plan["pairs"]}


async def asked_at_night(stage: Stage, count: int) -> list[UUID]:
    """So many routine requests at ten in the evening, for the days after tomorrow."""
    await stage.city.advance(hours=13)
    return [
        await stage.request(slot=tomorrow(49 + 24 * (number % 4) + number // 4)) for number in range(count)
    ]


async def test_what_gathers_in_the_night_is_decided_together(stage: Stage) -> None:
    """At eight, when the first would be asked; ten minutes later the planned ones are, each once."""
    for number in range(6):
        await stage.helper(f"某{number}", metres=100 * number)
    requests = await asked_at_night(stage, 11)
    await stage.city.advance(hours=9.9)
    assert (await stage.coordinator.read(PLANS))["items"] == []
    await stage.city.advance(hours=0.15)
    plan = await only(stage)
    assert (plan["state"], plan["visits"], plan["unplanned"]) == ("Proposed", 11, 0)
    assert await stage.told(m.OfferMade) == []
    await stage.city.advance(hours=0.5)
    assert (await only(stage))["state"] == "Closed"
    asked = {one.request: str(one.helper) for one in await stage.told(m.OfferMade)}
    assert asked == {UUID(one["request"]): one["helper"] for one in plan["pairs"]}
    assert asked.keys() == set(requests)


async def test_a_short_queue_is_asked_at_once(stage: Stage) -> None:
    """One after the other, when the night is over."""
    for number in range(3):
        await stage.helper(f"某{number}", metres=100 * number)
    requests = await asked_at_night(stage, 10)
    await stage.city.advance(hours=10.05)
    assert (await stage.coordinator.read(PLANS))["items"] == []
    assert {one.request for one in await stage.told(m.OfferMade)} == set(requests)


async def test_a_visit_that_is_soon_does_not_wait(stage: Stage) -> None:
    """It is asked for at once."""
    await stage.helper("近")
    (request,) = await scheduled(stage, 25)
    assert states(await stage.match(request)) == [("近", "Open")]


async def planned(stage: Stage) -> tuple[str, list[UUID], UUID, UUID]:
    """A coordinator's plan of two visits, and who is nearer and who farther."""
    near, far = await stage.helper("近", capacity=1), await stage.helper("远", metres=900)
    requests = await scheduled(stage, 49, 73)
    plan = (await stage.coordinator.done(PLANS))["id"]
    await stage.city.settle()
    return plan, requests, near, far


async def test_a_pin_shows_what_it_costs_and_can_be_taken_back(stage: Stage) -> None:
    """The other visit goes to the other helper; freed, the plan is as before. Then it is accepted in part."""
    plan, (first, second), near, far = await planned(stage)
    before = {one["request"]: one["helper"] for one in (await only(stage))["pairs"]}
    had = UUID(before[str(first)])
    other = far if had == near else near
    body = {"request": str(first), "helper": str(other)}
    pinned = (await stage.coordinator.done(f"{PLANS}/{plan}/pin", body))["found"]
    assert {one["request"] for one in pinned["changed"]} == {str(first), str(second)}
    assert pinned["score"] <= pinned["score_before"]
    assert (await only(stage))["wishes"] == [{**body, "kind": "pinned"}]
    freed = (await stage.coordinator.done(f"{PLANS}/{plan}/free", body))["found"]
    assert (freed["score"], freed["revision"]) == (pinned["score_before"], 3)
    assert {one["request"]: one["helper"] for one in (await only(stage))["pairs"]} == before
    await stage.coordinator.done(f"{PLANS}/{plan}/accept", {"requests": [str(first)]})
    await stage.city.settle()
    assert [(one.request, one.helper) for one in await stage.told(m.OfferMade)] == [(first, had)]
    await stage.coordinator.done(f"{PLANS}/{plan}/return")
    await stage.city.settle()
    assert (await only(stage))["state"] == "Closed"
    assert {one.request for one in await stage.told(m.OfferMade)} == {first, second}


async def test_a_pin_that_cannot_be_is_refused_with_the_rule(stage: Stage) -> None:
    """Who lacks the skill, and who has no room beside another pin; the plan stays as it was."""
    plan, (first, second), near, far = await planned(stage)
    before = await only(stage)
    await stage.coordinator.done(f"{API}/helpers/{far}/skills", {"skills": []})
    unable = await stage.coordinator.command(
        f"{PLANS}/{plan}/pin", {"request": str(first), "helper": str(far)}
    )
    assert (unable.status_code, "(skill)" in unable.json()["detail"]) == (409, True)
    assert await only(stage) == before
    await stage.coordinator.done(f"{PLANS}/{plan}/pin", {"request": str(first), "helper": str(near)})
    full = await stage.coordinator.command(
        f"{PLANS}/{plan}/pin", {"request": str(second), "helper": str(near)}
    )
    assert (full.status_code, "(no_room)" in full.json()["detail"]) == (409, True)


async def test_a_plan_is_made_again_and_is_the_same(stage: Stage) -> None:
    """From what was known then: what has changed since doesn't count. After a pin, too."""
    plan, (first, _), near, far = await planned(stage)
    await stage.coordinator.done(f"{API}/helpers/{near}/skills", {"skills": []})
    auditor = stage.city.client(Role.AUDITOR)
    found = await auditor.read(f"{PLANS}/{plan}/verify")
    assert (found["same"], found["gap"], found["faults"], found["different"]) == (True, 0, [], [])
    body = {"request": str(first), "helper": str(far)}
    await stage.coordinator.done(f"{PLANS}/{plan}/pin", body)
    found = await auditor.read(f"{PLANS}/{plan}/verify")
    assert (found["same"], found["revision"]) == (True, 2)


async def test_only_ones_own_communities(stage: Stage) -> None:
    """Elsewhere there is nothing to plan, to pin or to accept."""
    plan, (first, _), near, _ = await planned(stage)
    stranger = stage.city.client(Role.COORDINATOR, communities=[ELSEWHERE])
    assert (await stranger.command(PLANS)).status_code == 409
    body = {"request": str(first), "helper": str(near)}
    assert (await stranger.command(f"{PLANS}/{plan}/pin", body)).status_code == 403
    assert (await stranger.command(f"{PLANS}/{plan}/accept", {"requests": [str(first)]})).status_code == 403
    assert (await stranger.command(f"{PLANS}/{plan}/accept")).status_code == 409
    assert (await stranger.read(f"{PLANS}/{plan}"))["pairs"] == []


async def test_a_plan_that_crossed_the_end_of_a_request_asks_nobody_for_it(stage: Stage) -> None:
    """The request was withdrawn while the plan lay there."""
    plan, (first, second), _, _ = await planned(stage)
    about = {"request": first, "cadre": stage.cadre}
    withdrawn = intake.RequestWithdrawn(**about, reason=WithdrawReason.CALLER)
    await stage.say("intake", "request", first, withdrawn)
    await stage.coordinator.done(f"{PLANS}/{plan}/accept")
    await stage.city.settle()
    assert [one.request for one in await stage.told(m.OfferMade)] == [second]


async def test_what_a_plan_paid_for_a_helpers_time_counts_until_the_next(stage: Stage) -> None:
    """Half of what a visit has lost by another: a plan changed and changed back is still one."""
    plan, (first, _), near, far = await planned(stage)
    await stage.coordinator.done(f"{PLANS}/{plan}/forbid", {"request": str(first), "helper": str(far)})
    await stage.coordinator.done(f"{PLANS}/{plan}/free", {"request": str(first), "helper": str(far)})
    await stage.request(Urgency.ROUTINE, tomorrow(26))
    await stage.city.settle()
    ranked = (await stage.told(m.CandidatesRanked))[-1]
    points = {one.helper: {part.name: part.points for part in one.parts} for one in ranked.ranked}
    assert "scarcity" not in points[far]
    paid = -points[near].pop("scarcity")
    lost = sum(points[near].values()) - sum(points[far].values())
    assert paid in {lost // 2, (lost - 1) // 2}  # the lot that settles ties is a part of a point


async def test_a_plan_of_a_model_that_is_not_known_cannot_be_made_again(stage: Stage) -> None:
    """It says so, and doesn't try by another."""
    await planned(stage)
    (header,), pairs = await stage.told(m.PlanProposed), await stage.told(m.PairPlanned)
    plan = uuid4()
    told = (header.model_copy(update={"model_version": "flow-0"}), *pairs)
    await stage.say("matching", "plan", plan, *(one.model_copy(update={"plan": plan}) for one in told))
    answer = await stage.city.client(Role.AUDITOR).get(f"{PLANS}/{plan}/verify")
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:jiujin:problem:ModelUnknown")
