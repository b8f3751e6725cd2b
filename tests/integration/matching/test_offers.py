"""The cascade: who is asked, who answers, who has it."""

import asyncio

from shared.contracts import matching as m
from shared.contracts.values import Urgency
from shared.roles import Role
from tests.integration.matching.stage import API, ELSEWHERE, Stage, states


async def test_the_nearest_is_asked_and_a_no_goes_to_the_next(stage: Stage) -> None:
    """Each offer follows a ranking of its own; when nobody is left, the coordinator's list shows it."""
    near, far = await stage.helper("近", metres=100), await stage.helper("远", metres=900)
    request = await stage.request()
    match = await stage.match(request)
    assert match["state"] == "Offering"
    assert [one["name"] for one in match["ranking"]["ranked"]] == ["近", "远"]
    for helper in (near, far):
        offer = await stage.open_offer(request, helper)
        body = {"offer": offer, "reason": "busy"}
        await stage.people[helper].done(f"{API}/matches/{request}/decline", body)
        await stage.city.settle()
    match = await stage.match(request)
    assert match["state"] == "Exhausted"
    assert states(match) == [("近", "Declined"), ("远", "Declined")]
    assert match["ranking"]["excluded"] == [{"rule": "already_asked", "count": 2}]
    todo = await stage.coordinator.read(f"{API}/matches", state="todo")
    assert [one["request"] for one in todo["items"]] == [str(request)]


async def test_an_offer_expires_by_the_clock(stage: Stage) -> None:
    """After four hours; the next was asked beside it after two."""
    await stage.helper("近", metres=100)
    await stage.helper("远", metres=900)
    request = await stage.request()
    await stage.city.advance(hours=1, minutes=59)
    assert states(await stage.match(request)) == [("近", "Open")]
    await stage.city.advance(minutes=1, seconds=1)
    assert states(await stage.match(request)) == [("近", "Open"), ("远", "Open")]
    await stage.city.advance(hours=2)
    assert sorted(states(await stage.match(request))) == [("近", "Expired"), ("远", "Open")]


async def test_a_wave_goes_out_beside_the_offers_that_are_open(stage: Stage) -> None:
    """紧急: two at once, two more after ten minutes, and one for each that ends."""
    for number in range(1, 6):
        await stage.helper(f"{number}", metres=100 * number)
    request = await stage.request(Urgency.URGENT)
    assert sorted(states(await stage.match(request))) == [("1", "Open"), ("2", "Open")]
    await stage.city.advance(minutes=9, seconds=59)
    assert len((await stage.match(request))["offers"]) == 2
    await stage.city.advance(seconds=1)
    assert sorted(states(await stage.match(request))) == [(name, "Open") for name in "1234"]
    await stage.city.advance(minutes=5, seconds=1)
    ended, waiting = [(name, "Expired") for name in "12"], [(name, "Open") for name in "345"]
    assert sorted(states(await stage.match(request))) == ended + waiting


async def test_nobody_is_asked_at_night(stage: Stage) -> None:
    """The ranking can be read; the offer goes out at eight. 特急 doesn't wait."""
    await stage.helper("近")
    await stage.city.advance(hours=12)
    request = await stage.request()
    match = await stage.match(request)
    assert (match["state"], match["offers"]) == ("Opened", [])
    assert [one["name"] for one in match["ranking"]["ranked"]] == ["近"]
    rescue = await stage.request(Urgency.RESCUE)
    assert states(await stage.match(rescue)) == [("近", "Open")]
    await stage.city.advance(hours=10, minutes=59)
    assert (await stage.match(request))["offers"] == []
    await stage.city.advance(minutes=1, seconds=1)
    assert states(await stage.match(request)) == [("近", "Open")]


async def test_a_no_of_the_night_is_made_good_in_the_morning(stage: Stage) -> None:
    """An offer of the evening waits through the night, and so does the next after a no."""
    near, _ = await stage.helper("近", metres=100), await stage.helper("远", metres=900)
    await stage.city.advance(hours=11, minutes=30)
    request = await stage.request()
    await stage.city.advance(hours=5)
    body = {"offer": await stage.open_offer(request, near), "reason": "busy"}
    await stage.people[near].done(f"{API}/matches/{request}/decline", body)
    await stage.city.settle()
    assert states(await stage.match(request)) == [("近", "Declined")]
    await stage.city.advance(hours=6, minutes=30, seconds=1)
    assert sorted(states(await stage.match(request))) == [("近", "Declined"), ("远", "Open")]


async def test_a_yes_takes_the_helpers_time_and_tells_the_address(stage: Stage) -> None:
    """Before it only what they need to decide; the timer of the offer is gone."""
    helper = await stage.helper("近", metres=105)
    request = await stage.request()
    person = stage.people[helper]
    (offer,) = (await person.read(f"{API}/offers"))["items"]
    assert (offer["service"], offer["metres"] // 10, offer["address"]) == ("shopping", 10, None)
    assert offer["cadre_name"] is offer["elements"] is None
    assigned = await stage.assigned(request, helper)
    (offer,) = (await person.read(f"{API}/offers", state="Accepted"))["items"]
    assert (offer["address"], offer["cadre_name"]) == ("河南街道 12 号", "张桂兰")
    assert offer["elements"]["what"] == "米和油"
    file = await person.read(f"{API}/helpers/{helper}")
    assert [one["booking"] for one in file["bookings"]] == [str(assigned.booking)]
    await stage.city.advance(days=1)
    assert (await stage.match(request))["state"] == "Assigned"


async def test_of_two_who_accept_at_once_the_first_has_it(stage: Stage) -> None:
    """The others are told with a 409 that says so, and only one time is taken."""
    helpers = [await stage.helper(name) for name in ("甲", "乙", "丙")]
    request = await stage.request(Urgency.RESCUE)
    assert [state for _, state in states(await stage.match(request))] == ["Open"] * 3
    offers = [(helper, await stage.open_offer(request, helper)) for helper in helpers]
    answers = await asyncio.gather(*(stage.accept(request, *each) for each in offers))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409]
    assert {answer.json()["type"] for answer in answers if answer.status_code == 409} == {
        "urn:jiujin:problem:FirstCame"
    }
    await stage.city.settle()
    assert len(await stage.told(m.BookingMade)) == 1
    assert sorted(state for _, state in states(await stage.match(request))) == [
        "Accepted",
        "Revoked",
        "Revoked",
    ]


async def test_nobody_is_in_two_places(stage: Stage) -> None:
    """Of two offers for the same hour the second yes is refused, and that match stays as it was."""
    helper = await stage.helper("甲")
    requests = [await stage.request(), await stage.request()]
    answers = await asyncio.gather(*(stage.accept(request, helper) for request in requests))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    (refused,) = [answer for answer in answers if answer.status_code == 409]
    assert refused.json()["type"] == "urn:jiujin:problem:Overlap"
    await stage.city.settle()
    assert sorted([(await stage.match(request))["state"] for request in requests]) == ["Assigned", "Offering"]


async def test_an_offer_is_answered_by_who_was_asked(stage: Stage) -> None:
    """For anybody else it isn't there."""
    helper, other = await stage.helper("近"), await stage.helper("远", metres=900)
    request = await stage.request()
    offer = await stage.open_offer(request, helper)
    stranger = stage.people[other]
    answer = await stranger.command(f"{API}/matches/{request}/accept", {"offer": offer})
    assert answer.status_code == 404
    assert (await stranger.get(f"{API}/offers/{offer}")).status_code == 404


async def test_a_coordinator_chooses_a_helper(stage: Stage) -> None:
    """Even one whom the ranking excludes for a skill; revoked, the cascade goes on."""
    near = await stage.helper("近")
    chosen = await stage.helper("选", skills=[])
    request = await stage.request()
    await stage.coordinator.done(f"{API}/matches/{request}/offers", {"helper": str(chosen)})
    await stage.city.settle()
    offer = await stage.open_offer(request, chosen)
    await stage.coordinator.done(f"{API}/matches/{request}/revoke", {"offer": offer})
    await stage.city.settle()
    match = await stage.match(request)
    assert (match["state"], states(match)) == ("Offering", [("近", "Open"), ("选", "Revoked")])
    assert await stage.open_offer(request, near)


async def test_ranking_again_asks_who_said_nothing(stage: Stage) -> None:
    """In a new round."""
    helper = await stage.helper("甲")
    request = await stage.request()
    await stage.city.advance(hours=4, seconds=1)
    assert (await stage.match(request))["state"] == "Exhausted"
    await stage.coordinator.done(f"{API}/matches/{request}/rank-again")
    await stage.city.settle()
    assert (await stage.match(request))["round"] == 2
    assert await stage.open_offer(request, helper)


async def test_a_ranking_is_explained_from_its_position(stage: Stage) -> None:
    """Rank and parts of then, though the skills have changed; the rule for who was excluded."""
    near, far = await stage.helper("近"), await stage.helper("远", metres=900)
    other = await stage.helper("别", skills=[])
    request = await stage.request()
    recorded = (await stage.match(request))["ranking"]["ranked"]
    await stage.coordinator.done(f"{API}/helpers/{near}/skills", {"skills": []})
    late = await stage.helper("晚")
    await stage.city.settle()
    path = f"{API}/matches/{request}/explain"
    for rank, helper in enumerate((near, far), 1):
        found = await stage.coordinator.read(path, helper=helper)
        assert (found["rank"], found["excluded"], found["considered"]) == (rank, None, 3)
        told = recorded[rank - 1].items()
        wanted = {name: value for name, value in told if name not in {"name", "phone"}}
        assert found["candidate"] == wanted
        nearer = [change["by"] for change in found["changes"] if change["what"] == "distance"]
        if rank == 1:
            assert nearer == []
        else:  # as near as the first, or ten metres less, as the lot falls
            lead = recorded[0]["metres"] // 10 - (recorded[1]["metres"] - nearer[0]) // 10
            assert lead in (0, 1)
    assert (await stage.coordinator.read(path, helper=other))["excluded"] == "skill"
    assert (await stage.coordinator.get(path, params={"helper": str(late)})).status_code == 404


async def test_whom_a_rule_excluded_is_told_by_name(stage: Stage) -> None:
    """As it was then, in pages; who serves elsewhere only to whoever reads their file."""
    for name in ("安", "白"):
        await stage.helper(name, skills=[])
    everywhere = stage.city.client(Role.COORDINATOR)
    body = {"kind": "volunteer", "skills": [{"code": "shopping"}], "capacity": 5, "profile": {"name": "远"}}
    await everywhere.done(f"{API}/helpers", {**body, "community": str(ELSEWHERE)})
    request = await stage.request()
    await stage.helper("晚", skills=[])
    await stage.city.settle()
    path = f"{API}/matches/{request}/excluded"
    first = await stage.coordinator.read(path, rule="skill", limit=1)
    rest = await stage.coordinator.read(path, rule="skill", limit=1, cursor=first["next"])
    assert [one["name"] for one in (*first["items"], *rest["items"])] == ["安", "白"]
    assert rest["next"] == ""
    assert (await stage.coordinator.read(path, rule="community"))["items"] == []
    assert [one["name"] for one in (await everywhere.read(path, rule="community"))["items"]] == ["远"]
    assert (await stage.coordinator.get(path, params={"rule": "nonsense"})).status_code == 422


async def test_a_home_off_the_earth_is_refused(stage: Stage) -> None:
    """It would fit into no column; who has it in their file would keep everybody from being ranked."""
    far = {"name": "远", "home": {"x": 2**40, "y": 0, "z": 0}}
    body = {"kind": "volunteer", "skills": [{"code": "shopping"}], "capacity": 5, "profile": far}
    answer = await stage.coordinator.command(f"{API}/helpers", body)
    assert answer.status_code == 422, answer.text
    near = await stage.helper("近")
    request = await stage.request()
    (first,) = (await stage.match(request))["ranking"]["ranked"]
    assert first["helper"] == str(near)
