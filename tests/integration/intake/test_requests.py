"""A request's way from the call to its end."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

from shared.contracts import care
from shared.contracts.values import Slot
from shared.roles import Role
from tests.intake_cases import API, Town


async def test_a_rescue_needs_a_cadre_and_one_line(town: Town) -> None:
    """One step: received and triaged, with the cadre's side and the catalogue's terms."""
    cadre = await town.cadre()
    body = {"cadre": cadre, "elements": {"what": "摔倒了"}, "service": "rescue", "urgency": "rescue"}
    answer = await town.operator.command(f"{API}/requests", body)
    assert answer.status_code == 201
    await town.city.settle()
    triaged = (await town.city.events("intake"))[-1]
    assert triaged.NAME == "intake.RequestTriaged"
    assert triaged.skills == ("rescue",)
    assert triaged.side.sex == "female"


async def test_a_likely_duplicate_is_shown_before_it_is_saved(town: Town) -> None:
    """409 lists it; linking or overruling goes through, and what was considered is recorded."""
    cadre = await town.cadre()
    first = await town.request(cadre)
    body = {"cadre": cadre, "elements": {"what": "又漏了"}, "service": "repair", "urgency": "routine"}
    answer = await town.operator.command(f"{API}/requests", body)
    assert answer.status_code == 409
    assert [one["id"] for one in answer.json()["likely"]] == [first]
    overruled = await town.operator.done(f"{API}/requests", body | {"overruled": "另一处水管"})
    linked = await town.operator.done(f"{API}/requests", body | {"duplicate_of": first})
    await town.city.settle()
    assert (await town.operator.read(f"{API}/requests/{overruled['id']}"))["likely"] == [first]
    assert await town.state(linked["id"]) == "Duplicate"
    assert await town.state(first) == "Triaged"


async def test_the_same_phone_makes_a_likely_duplicate_and_72_hours_later_none(own_town: Town) -> None:
    """Neighbours call for one another; an old request is another matter."""
    phone = "+8613904349999"
    first = await own_town.request(
        await own_town.cadre(), caller={"kind": "neighbour", "phone": phone}, service="nursing"
    )
    found = await own_town.operator.read(f"{API}/requests/likely", phone=phone, service="home_rounds")
    assert [one["id"] for one in found["items"]] == [first]
    assert not (await own_town.operator.read(f"{API}/requests/likely", phone=phone, service="meals"))["items"]
    await own_town.city.advance(hours=73)
    assert not (await own_town.operator.read(f"{API}/requests/likely", phone=phone, service="nursing"))[
        "items"
    ]


async def test_the_same_command_again_gives_the_first_answer(town: Town) -> None:
    """Even though the first request would now be its likely duplicate."""
    body = {"cadre": await town.cadre(), "elements": {"what": "x"}}
    first = await town.operator.done(f"{API}/requests", body, key="same-key-1")
    await town.city.settle()
    again = await town.operator.done(f"{API}/requests", body, key="same-key-1")
    assert again == first


async def test_a_request_goes_its_way_to_a_callback_and_is_closed(town: Town) -> None:
    """Matching, helper, visit, report, callback, closed: each is told by its owner."""
    cadre = await town.cadre()
    request = await town.request(cadre)
    helper = await town.assigned(request, cadre)
    assert await town.state(request) == "Assigned"
    of = {"request": UUID(request), "cadre": UUID(cadre), "helper": helper, "visit": uuid4()}
    await town.told("care", care.VisitBegun(**of))
    assert await town.state(request) == "InProgress"
    await town.told("care", care.ServiceReported(**of))
    assert await town.state(request) == "CallbackDue"
    await town.post(request, "callback", {"outcome": "solved", "satisfaction": 5})
    assert await town.state(request) == "Closed"
    listed = await town.operator.read(f"{API}/requests", state="Closed", cadre=cadre)
    assert [one["id"] for one in listed["items"]] == [request]


async def test_a_closed_request_reopens_within_seven_days(own_town: Town) -> None:
    """On the eighth only an audit's finding opens it."""
    cadre = await own_town.cadre()
    request = await own_town.closed(cadre)
    await own_town.post(request, "reopen", {"reason": "recurs"})
    assert await own_town.state(request) == "Reopened"
    other = await own_town.closed(cadre, service="meals")
    await own_town.city.advance(days=8)
    late = await own_town.operator.command(f"{API}/requests/{other}/reopen", {"reason": "recurs"})
    assert late.status_code == 409
    auditor = own_town.city.client(Role.AUDITOR)
    await auditor.done(f"{API}/requests/{other}/reopen", {"reason": "audit_finding"})
    await own_town.city.settle()
    assert await own_town.state(other) == "Reopened"


async def test_three_calls_in_vain_make_a_todo_and_allow_to_cancel(town: Town) -> None:
    """Before that the answer is to call back."""
    cadre = await town.cadre()
    request = await town.request(cadre)
    await town.assigned(request, cadre)
    of = {"request": UUID(request), "cadre": UUID(cadre), "helper": uuid4(), "visit": uuid4()}
    await town.told("care", care.ServiceReported(**of))
    early = await town.operator.command(f"{API}/requests/{request}/cancel", {"reason": "unreachable"})
    assert early.status_code == 409
    for _ in range(3):
        await town.post(request, "callback", {"outcome": "unreached"})
    assert await town.todos(cadre) == [("callback_unreached", "")]
    await town.post(request, "cancel", {"reason": "unreachable"})
    assert await town.todos(cadre) == []


async def test_deadlines_pass_by_levels_and_a_hold_stops_them(own_town: Town) -> None:
    """Urgent: matched within an hour; 75 %, due, +50 %, +100 %; a hold in between stops the clock."""
    cadre = await own_town.cadre()
    request = await own_town.request(cadre, urgency="urgent")
    await own_town.city.advance(minutes=46)
    assert (await own_town.operator.read(f"{API}/requests/{request}"))["level"] == "warned"
    await own_town.post(request, "hold", {"reason": "caller_asked"})
    await own_town.city.advance(hours=5)
    assert (await own_town.operator.read(f"{API}/requests/{request}"))["level"] == "warned"
    await own_town.post(request, "resume")
    await own_town.city.advance(minutes=15)
    late = await own_town.operator.read(f"{API}/requests", late=True)
    assert [one["level"] for one in late["items"]] == ["late"]
    await own_town.city.advance(hours=1)
    assert (await own_town.operator.read(f"{API}/requests/{request}"))["level"] == "supervised"
    explained = await own_town.operator.read(f"{API}/requests/{request}/deadline")
    assert "paused" in [stretch["kind"] for stretch in explained["stretches"]]
    assert explained["lines"][0].startswith("Urgent, matched")


async def test_a_hold_with_an_end_resumes_by_itself(own_town: Town) -> None:
    """The timer goes on for it."""
    request = await own_town.request(await own_town.cadre())
    await own_town.post(request, "hold", {"reason": "caller_asked", "until": "2026-06-01T12:00:00+08:00"})
    assert await own_town.state(request) == "OnHold"
    await own_town.city.advance(hours=4)
    assert await own_town.state(request) == "Triaged"


async def test_the_coordinator_extends_once_and_the_subdistrict_a_second_time(own_town: Town) -> None:
    """The wrong one is refused each time."""
    request = await own_town.request(await own_town.cadre(), urgency="urgent")
    coordinator = own_town.city.client(Role.COORDINATOR, communities=[own_town.community])
    subdistrict = own_town.city.client(Role.SUBDISTRICT, communities=[own_town.community])
    path, body = f"{API}/requests/{request}/extend", {"reason": "等配件"}
    assert (await subdistrict.command(path, body)).status_code == 409
    await coordinator.done(path, body)
    assert (await coordinator.command(path, body)).status_code == 409
    await subdistrict.done(path, body)
    await own_town.city.settle()
    shown = await own_town.operator.read(f"{API}/requests/{request}")
    assert shown["deadline"]["due"] == "2026-06-01T03:00:00Z"


async def test_a_planned_visit_opens_a_scheduled_request_once(town: Town) -> None:
    """Channel plan, with the plan's time."""
    cadre = await town.cadre()
    due = care.PlannedVisitDue(
        plan=uuid4(),
        cadre=UUID(cadre),
        community=town.community,
        occurrence=uuid4(),
        service="visit",
        slot=Slot(start=datetime(2026, 6, 3, 1, tzinfo=UTC), end=datetime(2026, 6, 3, 2, tzinfo=UTC)),
    )
    await town.told("care", due)
    listed = (await town.operator.read(f"{API}/requests", cadre=cadre))["items"]
    assert [(one["channel"], one["urgency"], one["state"]) for one in listed] == [
        ("plan", "scheduled", "Triaged")
    ]


async def test_a_welfare_check_opens_a_rescue_for_staff_too(town: Town) -> None:
    """Linked with the request whose visit found nobody."""
    cadre = await town.cadre()
    request = await town.request(cadre)
    raised = care.WelfareCheckRaised(
        check=uuid4(), visit=uuid4(), request=UUID(request), cadre=UUID(cadre), community=town.community
    )
    await town.told("care", raised)
    first = (await town.operator.read(f"{API}/requests", cadre=cadre))["items"][0]
    assert (first["channel"], first["urgency"], first["linked"]) == ("welfare_check", "rescue", request)
    triaged = [e for e in await town.city.events("intake") if e.NAME == "intake.RequestTriaged"][-1]
    assert "staff" in triaged.helper_kinds


async def test_a_need_seen_on_a_visit_is_a_todo_until_it_is_asked_for(town: Town) -> None:
    """No request is opened by itself."""
    cadre = await town.cadre()
    request = await town.request(cadre)
    done = care.VisitDone(
        visit=uuid4(),
        request=UUID(request),
        cadre=UUID(cadre),
        helper=uuid4(),
        booking=uuid4(),
        minutes=30,
        solved=True,
        needs=("nursing",),
        outcome="好了",
    )
    await town.told("care", done)
    assert await town.todos(cadre) == [("need", "nursing")]
    await town.request(cadre, "nursing", linked=request)
    assert await town.todos(cadre) == []
