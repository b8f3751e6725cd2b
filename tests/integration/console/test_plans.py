"""Pages of care plans: who sees what, what is done and refused and in which words, two people on one plan."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest

from shared.roles import Role
from tests.city_cases import INTAKE, Town, found_town
from tests.harness import running_city
from tests.integration.console.plan_desk import HEALTH, READERS, Desk, api, begun, form_of, state
from tests.postgres import Postgres


@pytest.fixture(scope="module")
async def town(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    """A town."""
    async with running_city(postgres.superuser_dsn, tmp_path_factory.mktemp("files")) as city:
        yield await found_town(city)


@pytest.fixture
def secretary(town: Town) -> Desk:
    """Of the community."""
    return Desk(town.city, Role.SECRETARY, communities=[town.here])


async def test_from_the_need_to_the_end(town: Town, secretary: Desk) -> None:
    """Every act by its form; each is a step of the plan's past, with its reason and who did it."""
    plan = await begun(secretary, await town.cadre())
    for act, fields, then in (
        ("activate", {}, "Active"),
        ("suspend", {"reason": "away"}, "Suspended"),
        ("resume", {}, "Active"),
        ("assess", {"risk": "key", "note": "好多了"}, "Active"),
    ):
        answer = await secretary.does(plan, act, **fields)
        assert answer.url.params["done"] == act, answer.text
        assert await state(town, plan) == then
    asked = await secretary.does(plan, "end", reason="moved_away")
    assert "End this plan?" in asked.text
    assert await state(town, plan) == "Active"
    ended = await secretary.sends(f"{plan}/end", form_of(asked.text, f"{plan}/end"))
    assert "This plan has ended" in ended.text
    shown = await town.secretary.read(api(plan))
    assert (shown["state"], shown["reason"]) == ("Ended", "moved_away")
    assert [step["what"] for step in shown["steps"]] == [
        "PlanAssessed", "PlanActivated", "PlanSuspended", "PlanResumed", "PlanAssessed", "PlanEnded",
    ]  # fmt: skip
    assert all(step["role"] == "secretary" for step in shown["steps"])
    assert [step["medical"] for step in shown["steps"] if "medical" in step] == [HEALTH, "好多了"]
    assert HEALTH in ended.text
    assert f"{plan}/end" not in ended.text
    assert "/care/plans/new?cadre=" in ended.text


async def test_what_recurs_is_as_the_form_says(town: Town, secretary: Desk) -> None:
    """Rows without a service are left out; the next visits are those, the nearest first."""
    plan = await begun(secretary, await town.cadre(), "general")
    first = {"services-0-service": "visit", "services-0-every_days": "14", "services-0-hour": "10"}
    second = {"services-2-service": "cleaning", "services-2-every_days": "7", "services-2-minutes": "90"}
    answer = await secretary.does(plan, "activate", **first, **second)
    assert answer.url.params["done"] == "activate", answer.text
    shown = await town.secretary.read(api(plan))
    assert shown["services"] == [
        {"service": "visit", "every_days": 14, "minutes": 60, "hour": 10},
        {"service": "cleaning", "every_days": 7, "minutes": 90, "hour": 9},
    ]
    starts = [one["slot"]["start"] for one in shown["coming"]]
    assert starts == sorted(starts)
    assert [one["service"] for one in shown["coming"]].count("cleaning") == 4
    assert len(starts) == 6
    await town.city.advance(days=6)
    later = (await town.secretary.read(api(plan)))["coming"]
    assert any(one["raised"] for one in later)
    assert len({(one["service"], one["slot"]["start"]) for one in later}) == len(later), "none told twice"
    assert "asked for" in (await secretary.open(plan)).text


async def test_each_role_sees_what_it_may(town: Town, secretary: Desk) -> None:
    """Readers read, health is the secretary's, forms are the secretary's, others are sent away."""
    plan = await begun(secretary, await town.cadre())
    here: dict[Role, Any] = {role: {"communities": [town.here]} for role in READERS} | {Role.OPERATOR: {}}
    for role in READERS:
        desk = Desk(town.city, role, **here[role])
        page = await desk.open(plan)
        assert page.status_code == 200, role
        assert (HEALTH in page.text) is (role is Role.SECRETARY), role
        assert (f'action="{plan}/' in page.text) is (role is Role.SECRETARY), role
        assert plan in (await desk.open("/care/plans")).text, role
        new = await desk.open("/care/plans/new")
        assert new.status_code == (200 if role is Role.SECRETARY else 403), role
        if role is not Role.SECRETARY:
            seen = {"mark": "form", "key": uuid4().hex, "seen": "1"}
            answer = await desk.sends(f"{plan}/activate", seen)
            assert answer.status_code == 403, role
            assert 'role="alert"' in answer.text, "said beside"
            ending = await desk.sends(f"{plan}/end", {**seen, "key": uuid4().hex, "reason": "not_needed"})
            assert ending.status_code == 403, role
    for role in set(Role) - set(READERS):
        desk = Desk(town.city, role)
        for path in (plan, "/care/plans", f"{plan}/moved?seen=1"):
            assert (await desk.open(path)).status_code == 403, (role, path)
        home = await desk.open("/care/")
        assert 'href="/care/plans"' not in home.text, role
    assert await state(town, plan) == "Assessed"


async def test_another_community_sees_nothing(town: Town, secretary: Desk) -> None:
    """Neither in the list, nor the page, nor the form; nor is anything done."""
    cadre = await town.cadre("钱不在此")
    plan = await begun(secretary, cadre)
    other = await town.cadre("孙不在此")
    there = Desk(town.city, Role.SECRETARY, communities=[town.there])
    for path in ("/care/plans", f"/care/plans?cadre={cadre}", "/care/plans/new"):
        text = (await there.open(path)).text
        assert "不在此" not in text, path
    assert (await there.open(plan)).status_code == 403
    assert (await there.open(f"/care/plans/new?cadre={other}")).status_code == 403
    body = {"mark": "form", "key": uuid4().hex, "cadre": other, "risk": "high"}
    assert (await there.sends("/care/plans/new", body)).status_code == 403
    sent = {"mark": "form", "key": uuid4().hex, "seen": "1"}
    assert (await there.sends(f"{plan}/activate", sent)).status_code == 403
    assert await state(town, plan) == "Assessed"


async def test_home_and_navigation_lead_to_the_plans(town: Town) -> None:
    """An operator begins there; the others have a tab, on visits and on funding."""
    operator = await Desk(town.city, Role.OPERATOR).open("/care/")
    assert operator.url.path == "/care/plans"
    assert 'href="/intake/rescue" data-key="F2"' in operator.text, "a rescue is never further than a key"
    assert 'href="/care/"' in (await Desk(town.city, Role.OPERATOR).open("/intake/")).text
    for path in ("/care/visits", "/care/fundings"):
        assert 'href="/care/plans"' in (await Desk(town.city, Role.SECRETARY).open(path)).text


async def test_a_file_and_a_visit_lead_to_the_plans_of_their_cadre(town: Town) -> None:
    """For those who may read plans, and nobody else."""
    volunteer, cadre = await town.volunteer(), await town.cadre()
    _, visit = await town.assigned(cadre, volunteer)
    link = f'href="/care/plans?cadre={cadre}"'
    for role, path, there in (
        (Role.OPERATOR, f"/intake/register/{cadre}", True),
        (Role.SECRETARY, f"/intake/register/{cadre}", True),
        (Role.ADMIN, f"/intake/register/{cadre}", False),
        (Role.COORDINATOR, f"/care/visits/{visit}", True),
        (Role.VOLUNTEER, f"/care/visits/{visit}", False),
    ):
        page = await Desk(town.city, role, helper=volunteer.helper).open(path)
        assert page.status_code == 200, (role, path)
        assert (link in page.text) is there, (role, path)


async def test_the_second_of_two_is_told_and_loses_nothing(town: Town, secretary: Desk) -> None:
    """Both have the page open; the second's form isn't taken, what was typed stands in the field."""
    plan = await begun(secretary, await town.cadre())
    two = Desk(town.city, Role.SECRETARY, communities=[town.here])
    stale = form_of((await two.open(plan)).text, f"{plan}/assess")
    await secretary.does(plan, "activate")
    assert (
        "Meanwhile this plan was changed: active"
        in (await two.get(f"{plan}/moved", params={"seen": stale["seen"]})).text
    )
    answer = await two.sends(f"{plan}/assess", {**stale, "risk": "key", "note": "我写的"})
    assert answer.status_code == 412
    assert "What you typed is still here" in answer.text
    assert "我写的</textarea>" in answer.text
    assert 'value="key" required checked' in answer.text
    again = await two.sends(
        f"{plan}/assess", form_of(answer.text, f"{plan}/assess") | {"risk": "key", "note": "我写的"}
    )
    assert again.url.params["done"] == "assess"
    latest = (await town.secretary.get(api(plan))).headers["etag"].strip('"')
    assert (await two.get(f"{plan}/moved", params={"seen": latest})).text.strip() == ""


async def test_a_visit_that_comes_near_makes_no_form_stale(town: Town, secretary: Desk) -> None:
    """By itself the system raises it; what somebody decides meanwhile is decided by the same plan."""
    plan = await begun(secretary, await town.cadre())
    await secretary.does(plan, "activate")
    form = form_of((await secretary.open(plan)).text, f"{plan}/suspend")
    await town.city.advance(days=10)
    latest = (await town.secretary.get(api(plan))).headers["etag"].strip('"')
    assert int(latest) > int(form["seen"])
    assert (await secretary.get(f"{plan}/moved", params={"seen": form["seen"]})).text.strip() == ""
    answer = await secretary.sends(f"{plan}/suspend", {**form, "reason": "asked"})
    assert answer.url.params["done"] == "suspend"


async def test_what_was_typed_into_a_form_that_is_gone_is_still_shown(town: Town, secretary: Desk) -> None:
    """Services for a plan that somebody suspended meanwhile; and rows that fresh forms don't have."""
    plan = await begun(secretary, await town.cadre())
    await secretary.does(plan, "activate")
    stale = form_of((await secretary.open(plan)).text, f"{plan}/activate")
    typed = {"services-7-service": "cleaning", "services-7-every_days": "11"}
    rest = {"services-7-hour": "9", "services-7-minutes": "60"}
    wrong = await secretary.sends(f"{plan}/activate", {**stale, **typed, **rest, "services-7-hour": "5"})
    assert wrong.status_code == 422
    assert form_of(wrong.text, f"{plan}/activate").items() >= typed.items()
    await secretary.does(plan, "suspend", reason="asked")
    late = await secretary.sends(f"{plan}/activate", {**stale, **typed, **rest})
    assert late.status_code == 412
    assert f"{plan}/activate" not in late.text
    assert "Cleaning every 11 days" in late.text


async def test_both_files_of_one_person_have_the_same_plans(town: Town, secretary: Desk) -> None:
    """Two files were merged: neither is without a plan, and each leads to it."""
    one, other = await town.cadre("卫二档"), await town.cadre("卫二档")
    plan = await begun(secretary, other)
    await town.operator.done(f"{INTAKE}/cadres/{one}/merge", {"merged": other})
    await town.city.settle()
    for cadre in (one, other):
        assert plan in (await secretary.open(f"/care/plans?cadre={cadre}")).text
        assert "There is a plan that goes on" in (await secretary.open(f"/care/plans/new?cadre={cadre}")).text
    assert "Nobody without a plan" in (await secretary.open("/care/plans/new?name=卫二档")).text


async def test_a_form_that_is_sent_twice_takes_effect_once(town: Town, secretary: Desk) -> None:
    """A plan that is begun, and one that is activated."""
    cadre = await town.cadre()
    path = f"/care/plans/new?cadre={cadre}"
    form = form_of((await secretary.open(path)).text, path) | {"risk": "key", "note": ""}
    first, second = [await secretary.sends(path, form) for _ in range(2)]
    assert first.url == second.url
    plan = first.url.path
    form = form_of((await secretary.open(plan)).text, f"{plan}/activate")
    for _ in range(2):
        assert (await secretary.sends(f"{plan}/activate", form)).url.params["done"] == "activate"
    steps = (await town.secretary.read(api(plan)))["steps"]
    assert [step["what"] for step in steps] == ["PlanAssessed", "PlanActivated"]
    assert "There is a plan that goes on: active" in (await secretary.open(path)).text


@pytest.mark.parametrize(
    ("act", "fields", "status", "words"),
    [
        ("activate", {"services-0-every_days": "0"}, 422, "from 1 to 366"),
        ("activate", {"services-0-hour": "22"}, 422, "from 6 to 20"),
        ("activate", {"services-0-minutes": "zwei"}, 422, "how many minutes"),
        ("activate", {"starts": "2020-01-01"}, 422, "in the past"),
        ("activate", {"starts": "2099-01-01", "review_on": "2098-01-01"}, 422, "review comes after"),
        ("activate", {"starts": "morgen"}, 422, "look at the fields"),
        ("suspend", {"reason": "away"}, 409, "Only an active plan can rest"),
        ("resume", {}, 409, "not suspended"),
        ("end", {"reason": ""}, 422, "Choose a reason"),
        ("end", {"reason": "none"}, 422, "Choose a reason"),
        ("assess", {"risk": "", "note": HEALTH}, 422, "how great the need is"),
        ("assess", {"risk": "high", "note": "长" * 4001}, 422, "4,000 characters"),
    ],
)
async def test_what_is_refused_is_said_in_words(
    town: Town, secretary: Desk, act: str, fields: dict[str, str], status: int, words: str
) -> None:
    """Beside the form, with all that was sent still in it; nothing is done."""
    plan = await begun(secretary, await town.cadre())
    hidden = form_of((await secretary.open(plan)).text, f"{plan}/assess")
    answer = await secretary.does(plan, act, mark="form", key=uuid4().hex, seen="1", **fields)
    assert answer.status_code == status, answer.text
    assert 'role="alert"' in answer.text
    assert words in answer.text
    for value in fields.values():
        assert value in answer.text
    assert form_of(answer.text, f"{plan}/assess")["seen"] == hidden["seen"]
    assert await state(town, plan) == "Assessed"


async def test_nothing_is_planned_for_who_has_died(town: Town, secretary: Desk) -> None:
    """The page says so and has no form; a form of before is refused in words."""
    cadre = await town.cadre()
    path = f"/care/plans/new?cadre={cadre}"
    form = form_of((await secretary.open(path)).text, path)
    day = str(town.city.clock.now().date())
    await town.operator.done(f"{INTAKE}/cadres/{cadre}/death", {"on": day})
    await town.city.settle()
    page = await secretary.open(path)
    assert "This cadre has died" in page.text
    assert 'id="form-new"' not in page.text
    assert (await secretary.sends(path, {**form, "risk": "high"})).status_code == 409
    assert (await secretary.open(f"/care/plans/new?cadre={uuid4()}")).status_code == 404
    assert (await secretary.open(f"/care/plans/{uuid4()}")).status_code == 404
