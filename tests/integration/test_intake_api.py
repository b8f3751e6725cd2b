"""Intake over HTTP on a real PostgreSQL."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import orjson
import pytest

from deploy.postgres import EmbeddedPostgres
from services.intake.catalogue import define_services
from services.intake.domain.community import community_id
from shared.contracts import care
from shared.contracts.values import Slot
from shared.http.reading import cursor_of
from shared.roles import Role
from tests.intake_cases import STANDING, TODAY, Town, intake_town

API = "/intake/api/v1"


@pytest.fixture(scope="module")
async def town(postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    """A community at work, shared by all tests that leave the clock alone."""
    async with intake_town(postgres.superuser_dsn, tmp_path_factory.mktemp("town")) as running:
        yield running


@pytest.fixture
async def own_town(postgres: EmbeddedPostgres, tmp_path: Path) -> AsyncIterator[Town]:
    """A community of one's own, whose clock may be moved."""
    async with intake_town(postgres.superuser_dsn, tmp_path) as running:
        yield running


async def _todos(town: Town, cadre: str) -> list[tuple[str, str]]:
    listed = (await town.secretary.read(f"{API}/todos"))["items"]
    return [(one["kind"], one["detail"]) for one in listed if one["cadre"] == cadre]


async def test_the_catalogue_holds_fifteen_services_and_is_defined_once(town: Town) -> None:
    """A second start defines nothing."""
    listed = await town.operator.read(f"{API}/services")
    assert len(listed["items"]) == 15
    assert await define_services(town.city.store("intake")) == 0


async def test_a_retired_service_cannot_be_asked_for(town: Town) -> None:
    """The refusal says to choose another; the catalogue no longer lists it."""
    cadre = await town.cadre()
    await town.admin.done(f"{API}/services/lecture/retire")
    await town.city.settle()
    answer = await town.operator.command(
        f"{API}/requests",
        {"cadre": cadre, "elements": {"what": "x"}, "service": "lecture", "urgency": "routine"},
    )
    assert answer.status_code == 409
    assert answer.json()["type"].endswith("ServiceRetired")
    assert "lecture" not in [one["code"] for one in (await town.operator.read(f"{API}/services"))["items"]]


async def test_a_code_is_given_to_one_community(town: Town) -> None:
    """A second registration is refused, a correction is shown."""
    body = {"code": "zq", "name": "别处", "subdistrict": "河南街道"}
    assert (await town.admin.command(f"{API}/communities", body)).status_code == 409
    await town.admin.done(
        f"{API}/communities/{town.community}/correct", {"name": "站前里社区", "subdistrict": "河南街道"}
    )
    await town.city.settle()
    shown = await town.operator.read(f"{API}/communities/{town.community}")
    assert shown["name"] == "站前里社区"


async def test_the_register_is_searched_by_name_pinyin_and_phone(town: Town) -> None:
    """Each way finds the same file, and only that."""
    cadre = await town.cadre("欧阳雪梅", phones=["+864340567890"])
    await town.cadre("李明", phones=["+8613904341234"])
    for query in ("雪梅", "ouyangxuemei", "oyxm", "0434-0567890", "7890", "欧阳", "Ou Yang"):
        found = await town.operator.read(f"{API}/cadres", q=query)
        assert [one["id"] for one in found["items"]] == [cadre], query


async def test_a_file_shows_facts_and_hides_medical_texts(town: Town) -> None:
    """The secretary reads the assessor's note, a coordinator doesn't; the ETag is the version."""
    cadre = await town.cadre("孟庆山")
    await town.secretary.done(
        f"{API}/cadres/{cadre}/hardships",
        {"flag": "living_alone", "validity": {"valid_from": TODAY, "valid_to": "2027-05-31"}, "note": "心衰"},
    )
    await town.city.settle()
    answer = await town.secretary.get(f"{API}/cadres/{cadre}")
    assert answer.headers["etag"] == '"2"'
    assert answer.json()["assessments"][0]["note"] == "心衰"
    assert answer.json()["assessments"][0]["holds"] is True
    coordinator = town.city.client(Role.COORDINATOR, communities=[town.community])
    assert (await coordinator.read(f"{API}/cadres/{cadre}"))["assessments"][0]["note"] == ""
    listed = await town.operator.read(f"{API}/cadres", flag="living_alone", q="mqs")
    assert listed["items"][0]["flags"] == ["living_alone"]


async def test_family_reads_its_own_and_medical_texts_only_with_consent(town: Town) -> None:
    """Another's file is not there for them."""
    cadre, other = await town.cadre(), await town.cadre("李明", phones=[])
    await town.secretary.done(f"{API}/cadres/{cadre}/admit", {"hospital": "市医院"})
    family = town.city.client(Role.FAMILY, cadre=UUID(cadre), communities=[])
    await town.city.settle()
    assert (await family.read(f"{API}/cadres/{cadre}"))["hospital"] == ""
    assert (await family.get(f"{API}/cadres/{other}")).status_code == 404
    await town.secretary.done(f"{API}/cadres/{cadre}/consent", {"family_reads_medical": True})
    await town.city.settle()
    assert (await family.read(f"{API}/cadres/{cadre}"))["hospital"] == "市医院"


async def test_an_id_number_is_registered_once(town: Town) -> None:
    """The second time the first file is named."""
    cadre = await town.cadre(id_number="000000193001011224")
    body = {
        "community": str(town.community),
        "standing": STANDING,
        "details": {"name": "张桂兰", "id_number": "000000193001011224"},
    }
    answer = await town.operator.command(f"{API}/cadres", body)
    assert answer.status_code == 409
    assert cadre in answer.json()["detail"]


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
    request = await _closed(own_town, cadre)
    await own_town.post(request, "reopen", {"reason": "recurs"})
    assert await own_town.state(request) == "Reopened"
    other = await _closed(own_town, cadre, service="meals")
    await own_town.city.advance(days=8)
    late = await own_town.operator.command(f"{API}/requests/{other}/reopen", {"reason": "recurs"})
    assert late.status_code == 409
    auditor = own_town.city.client(Role.AUDITOR)
    await auditor.done(f"{API}/requests/{other}/reopen", {"reason": "audit_finding"})
    await own_town.city.settle()
    assert await own_town.state(other) == "Reopened"


async def _closed(town: Town, cadre: str, service: str = "repair") -> str:
    request = await town.request(cadre, service)
    helper = await town.assigned(request, cadre)
    of = {"request": UUID(request), "cadre": UUID(cadre), "helper": helper, "visit": uuid4()}
    await town.told("care", care.VisitBegun(**of), care.ServiceReported(**of))
    await town.post(request, "callback", {"outcome": "solved"})
    return request


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
    assert await _todos(town, cadre) == [("callback_unreached", "")]
    await town.post(request, "cancel", {"reason": "unreachable"})
    assert await _todos(town, cadre) == []


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
    assert await _todos(town, cadre) == [("need", "nursing")]
    await town.request(cadre, "nursing", linked=request)
    assert await _todos(town, cadre) == []


async def test_an_assessment_expires_into_a_todo_until_assessed_anew(own_town: Town) -> None:
    """The day after its last, at midnight in Shanghai."""
    cadre = await own_town.cadre()
    path = f"{API}/cadres/{cadre}/hardships"
    first = {"flag": "bedridden", "validity": {"valid_from": TODAY, "valid_to": "2026-06-02"}}
    await own_town.secretary.done(path, first)
    await own_town.city.settle()
    await own_town.city.advance(hours=38)
    assert await _todos(own_town, cadre) == []
    await own_town.city.advance(hours=2)
    assert await _todos(own_town, cadre) == [("hardship_expired", "bedridden")]
    again = {"flag": "bedridden", "validity": {"valid_from": "2026-06-03", "valid_to": "2027-06-02"}}
    await own_town.secretary.done(path, again)
    await own_town.city.settle()
    assert await _todos(own_town, cadre) == []


async def test_a_table_brought_in_again_changes_nothing(town: Town) -> None:
    """Created, unchanged, changed: told for each item; the importer learns keys and fingerprints."""
    item = {
        "community": str(town.community),
        "standing": STANDING,
        "details": {"name": "王德福", "birth": "1931-02-03", "phones": ["+8643400000001"]},
        "hardships": [{"flag": "living_alone", "until": "2027-01-01"}],
        "guarantors": [{"party": "family", "name": "王强", "relation": "儿子"}],
        "fingerprint": "a" * 64,
    }
    path = f"{API}/cadres/import"
    first = await town.admin.done(path, {"items": [item]})
    await town.city.settle()
    again = await town.admin.done(path, {"items": [item]})
    moved = await town.admin.done(path, {"items": [item | {"fingerprint": "b" * 64}]})
    assert [one["found"][0]["outcome"] for one in (first, again, moved)] == [
        "created",
        "unchanged",
        "changed",
    ]
    await town.city.settle()
    cadre = first["found"][0]["id"]
    known = (await town.admin.read(f"{API}/cadres/known"))["items"]
    assert [(one["fingerprint"], len(one["keys"])) for one in known if one["id"] == cadre] == [("b" * 64, 2)]
    shown = await town.operator.read(f"{API}/cadres/{cadre}")
    assert [one["name"] for one in shown["guarantors"]] == ["王强"]
    assert len(shown["assessments"]) == 1


async def test_a_table_finds_the_file_that_was_entered_by_hand(town: Town) -> None:
    """No second file of the same person without an ID number."""
    cadre = await town.cadre("王宝山", birth="1931-02-03")
    item = {
        "community": str(town.community),
        "standing": STANDING,
        "details": {"name": "王宝山", "birth": "1931-02-03", "phones": ["+8613904340188"]},
        "fingerprint": "a" * 64,
    }
    answer = await town.operator.done(f"{API}/cadres/import", {"items": [item]})
    assert answer["found"] == [{"id": cadre, "outcome": "changed"}]


async def test_one_wrong_item_keeps_all_out(town: Town) -> None:
    """All or nothing; communities come the same way."""
    good = {"code": "xh", "name": "新华社区", "subdistrict": "新华街道", "fingerprint": "c" * 64}
    answer = await town.admin.done(f"{API}/communities/import", {"items": [good, good]})
    assert [one["outcome"] for one in answer["found"]] == ["created", "unchanged"]
    item = {
        "community": str(community_id("xh")),
        "standing": STANDING,
        "details": {"name": "郝玉珍"},
        "fingerprint": "a" * 64,
    }
    bad = item | {"community": str(uuid4()), "details": {"name": "赵某"}}
    refused = await town.admin.command(f"{API}/cadres/import", {"items": [item, bad]})
    assert refused.status_code == 422
    await town.city.settle()
    assert not (await town.operator.read(f"{API}/cadres", q="郝玉珍"))["items"]


async def test_lists_keep_to_the_communities_of_the_reader(town: Town) -> None:
    """Another community's secretary sees nothing and may do nothing."""
    cadre = await town.cadre()
    request = await town.request(cadre)
    stranger = town.city.client(Role.SECRETARY, communities=[uuid4()])
    for path in ("cadres", "requests", "todos"):
        assert (await stranger.read(f"{API}/{path}"))["items"] == []
    assert (await stranger.get(f"{API}/requests/{request}")).status_code == 403
    assert (await stranger.command(f"{API}/cadres/{cadre}/discharge")).status_code == 403


@pytest.mark.parametrize("path", ["cadres", "requests", "todos", "communities", "cadres/known"])
async def test_a_cursor_that_is_none_of_ours_is_refused(town: Town, path: str) -> None:
    """422 for texts, wrong counts and wrong kinds of keys."""
    for cursor in ("x", cursor_of("a"), cursor_of("a", "b"), cursor_of("a", "b", "c"), cursor_of(*"abcd")):
        answer = await town.admin.get(f"{API}/{path}", params={"cursor": cursor})
        operator = await town.operator.get(f"{API}/{path}", params={"cursor": cursor})
        assert {answer.status_code, operator.status_code} <= {200, 403, 422}


async def test_pages_follow_one_another(own_town: Town) -> None:
    """Rescue first, then by time; nothing twice, nothing left out."""
    made = []
    for name in ("甲", "乙", "丙"):
        made.append(await own_town.request(await own_town.cadre(name, phones=[])))
        await own_town.city.advance(minutes=1)
    rescue = await own_town.request(await own_town.cadre("丁", phones=[]), "rescue", "rescue")
    first = await own_town.operator.read(f"{API}/requests", limit=3)
    second = await own_town.operator.read(f"{API}/requests", limit=3, cursor=first["next"])
    assert [one["id"] for one in first["items"] + second["items"]] == [rescue, *made]
    assert second["next"] == ""


async def test_views_built_anew_are_the_same(own_town: Town) -> None:
    """Every view, after a story that touches them all."""
    cadre = await own_town.cadre()
    request = await _closed(own_town, cadre)
    await own_town.post(request, "reopen", {"reason": "recurs"})
    await own_town.operator.done(f"{API}/cadres/provisional", {"details": {"name": "老刘"}})
    await own_town.city.settle()
    for view in ("communities", "services", "cadres", "requests", "todos"):
        answer = await own_town.admin.command(f"{API}/views/{view}/rebuild")
        assert answer.is_success, answer.text
        last = orjson.loads(answer.text.splitlines()[-1])
        assert {(one["only_old"], one["only_new"]) for one in last["differences"].values()} == {(0, 0)}, last


async def test_the_api_describes_itself(town: Town) -> None:
    """The OpenAPI document can be made, and every command stands in it."""
    described = await town.operator.read(f"{API}/openapi.json")
    assert f"{API}/requests/{{request}}/callback" in described["paths"]
