"""The operator's pages as a browser gets them: drafts, saving, what is refused, lists, one request."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import httpx
import pytest

from services.identity.service import SERVICE as IDENTITY
from services.intake import drafts
from services.intake.catalogue import define_services
from services.intake.domain.community import community_id
from services.intake.service import SERVICE as INTAKE
from shared.console.pages import HEADERS
from shared.roles import Role
from tests.browser import SCRIPT, Browser
from tests.harness import City, Client, running_city
from tests.intake_cases import API, STANDING
from tests.integration.console.conftest import PASSWORD
from tests.postgres import Postgres

KEY = re.compile(r'name="key" value="([0-9a-f]+)"')
PHONE = "+8613904340188"
CALL = {"caller": "cadre", "what": "水管漏水", "service": "repair", "where": "站前街 1 号"}


class Desk:
    """An operator's browser in a city with a community, and what the API shows of it."""

    def __init__(self, city: City, browser: Browser, operator: Client) -> None:
        """Signed in."""
        self.city, self.browser, self.operator = city, browser, operator

    async def cadre(self, name: str = "张桂兰", **more: Any) -> str:
        """A registered cadre's id."""
        details = {"name": name, "phones": [PHONE], "address": "站前街 1 号", **more}
        body = {"community": str(community_id("zq")), "standing": STANDING, "details": details}
        done = await self.operator.done(f"{API}/cadres", body)
        await self.city.settle()
        return str(done["id"])

    async def send(self, path: str, **fields: str) -> httpx.Response:
        """The form of the page at `path`, with its key and these fields."""
        page = await self.browser.open(path)
        (key,) = KEY.findall(page.text)[:1]
        answer = await self.browser.submit(path, **{"key": key, **fields})
        await self.city.settle()
        return answer

    async def requests(self, **query: Any) -> list[dict[str, Any]]:
        """What there is."""
        found: list[dict[str, Any]] = (await self.operator.read(f"{API}/requests", **query))["items"]
        return found


@pytest.fixture(scope="module")
async def desk(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    """One for all tests here: each has people of its own."""
    files: Path = tmp_path_factory.mktemp("desk")
    async with running_city(postgres.superuser_dsn, files, [IDENTITY, INTAKE]) as city:
        city.system.services["identity"].extras["private_key"] = city.key
        await define_services(city.store("intake"))
        admin = city.client(Role.ADMIN)
        grants = [{"role": "operator", "communities": None}]
        account = {"login": "li.na", "name": "李娜", "grants": grants, "password": PASSWORD}
        opened = await admin.done("/identity/api/v1/accounts", account)
        body = {"code": "zq", "name": "站前社区", "subdistrict": "河南街道"}
        await admin.done(f"{API}/communities", body)
        await city.settle()
        transport = httpx.ASGITransport(app=city.gateway, raise_app_exceptions=False)
        async with Browser(transport=transport) as browser:
            await browser.sign_in("li.na", PASSWORD)
            yield Desk(city, browser, city.client(Role.OPERATOR, sub=opened["id"]))


async def test_a_call_is_saved_and_sent_on(desk: Desk) -> None:
    """One form: received and triaged, by the suggestion where nothing is chosen; the page says so."""
    cadre = await desk.cadre("高文秀")
    answer = await desk.send(f"/intake/call/{cadre}", **CALL)
    assert urlsplit(str(answer.url)).path.startswith("/intake/requests/")
    assert "Saved. Matching has been told." in answer.text
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
    (request,) = await desk.requests(cadre=cadre)
    assert (request["state"], request["service"], request["urgency"]) == ("Triaged", "repair", "urgent")
    assert request["elements"]["what"] == "水管漏水"
    assert [one["id"] for one in await desk.requests(mine=True, cadre=cadre)] == [request["id"]]


async def test_a_form_sent_twice_takes_effect_once(desk: Desk) -> None:
    """As after an answer that never came."""
    cadre = await desk.cadre("罗玉珍")
    page = await desk.browser.open(f"/intake/call/{cadre}")
    (key,) = KEY.findall(page.text)[:1]
    form = desk.browser.form
    pages = []
    for _ in range(2):
        desk.browser.form = form
        pages.append(
            await desk.browser.submit(f"/intake/call/{cadre}", key=key, **CALL, same="", overruled="")
        )
    assert len(await desk.requests(cadre=cadre)) == 1


async def test_what_is_missing_is_said_and_nothing_is_lost(desk: Desk) -> None:
    """Each field has its fault; what was typed stands there again, as text."""
    cadre = await desk.cadre("宋长林")
    evil = '"><script>alert(1)</script>\u202e'
    answer = await desk.send(f"/intake/call/{cadre}", what="", why=evil, caller="cadre")
    assert answer.status_code == 422
    for field in ("what", "service"):
        assert f'id="{field}-fault"' in answer.text
    assert "<script>alert" not in answer.text
    assert "&lt;script&gt;" in answer.text
    for wrong, field in (
        ({"caller_phone": "12"}, "caller_phone"),
        ({"day": "2026-06-02", "start": "10:00", "end": "09:00"}, "day"),
        ({"action": "hold"}, "hold"),
        ({"action": "hold", "hold": "weather", "urgency": "rescue"}, "hold"),
    ):
        answer = await desk.send(f"/intake/call/{cadre}", **(CALL | wrong))
        assert (answer.status_code, f'id="{field}-fault"' in answer.text) == (422, True), wrong
    assert (await desk.send(f"/intake/call/{cadre}", **(CALL | {"caller": "ghost"}))).status_code == 422
    late = await desk.send(f"/intake/call/{cadre}", **CALL, urgency="scheduled")
    assert "A scheduled service needs a time" in late.text
    assert await desk.requests(cadre=cadre) == []


async def test_a_call_may_wait(desk: Desk) -> None:
    """Received and on hold, with its reason; a service may be still unknown then."""
    cadre = await desk.cadre("梁春和")
    answer = await desk.send(
        f"/intake/call/{cadre}", caller="family", what="再问问", action="hold", hold="facts_missing"
    )
    assert "It waits, and its deadlines pause." in answer.text
    (request,) = await desk.requests(cadre=cadre)
    assert (request["state"], request["hold_reason"]) == ("OnHold", "facts_missing")


async def test_a_likely_duplicate_is_decided_before_anything_is_saved(desk: Desk) -> None:
    """The same is linked, another matter needs its reason; neither is refused."""
    cadre = await desk.cadre("韩秀英")
    await desk.send(f"/intake/call/{cadre}", **CALL)
    (first,) = await desk.requests(cadre=cadre)
    undecided = await desk.send(f"/intake/call/{cadre}", **CALL)
    assert undecided.status_code == 422
    assert first["id"] in undecided.text
    assert (await desk.send(f"/intake/call/{cadre}", **CALL, same="other")).status_code == 422
    linked = await desk.send(f"/intake/call/{cadre}", **CALL, same=first["id"])
    assert "linked with the open request" in linked.text
    await desk.send(f"/intake/call/{cadre}", **CALL, same="other", overruled="另一处漏水")
    assert sorted(one["state"] for one in await desk.requests(cadre=cadre)) == [
        "Duplicate",
        "Triaged",
        "Triaged",
    ]


async def test_a_draft_is_kept_sealed_and_comes_back(desk: Desk) -> None:
    """What was typed isn't readable in the table, is there in another window, and goes once it was saved."""
    cadre = await desk.cadre("冯国栋")
    path = f"/intake/call/{cadre}"
    await desk.browser.open(path)
    typed = {"mark": desk.browser.form, "key": "a" * 32, **CALL, "what": "暖气不热"}
    beside = await desk.browser.post(f"{path}/draft", data=typed, headers={**SCRIPT, "HX-Request": "true"})
    assert beside.status_code == 200
    assert "<html" not in beside.text
    store = desk.city.store("intake")
    sealed = await store.pool.fetchval("SELECT sealed FROM drafts.drafts WHERE about = $1::uuid", cadre)
    assert "暖气".encode() not in sealed
    assert "暖气不热" in (await desk.browser.open(path)).text
    assert "暖气不热" in (await desk.browser.open("/intake/")).text
    typed["mark"] = desk.browser.form
    saved = await desk.send(path, **CALL)
    assert saved.status_code == 200
    assert "暖气不热" not in (await desk.browser.open(path)).text
    assert not await store.pool.fetchval("SELECT count(*) FROM drafts.drafts WHERE about = $1::uuid", cadre)


async def test_a_draft_ends_with_the_keys_of_the_person(desk: Desk) -> None:
    """Destroyed keys make it unreadable, and the page begins anew; so does giving it up."""
    store, about = desk.city.store("intake"), UUID(await desk.cadre("程玉兰"))
    await drafts.save(store, "somebody", about, about, {"what": "x"})
    kept = await drafts.load(store, "somebody", about)
    assert kept is not None
    assert kept.fields == {"what": "x"}
    assert await drafts.load(store, "somebody else", about) is None
    await store.vault.destroy(about)
    assert await drafts.load(store, "somebody", about) is None
    assert await drafts.unfinished(store, "somebody") == []


async def test_an_incoming_number_opens_what_it_belongs_to(desk: Desk) -> None:
    """One person, the list of several, somebody new."""
    cadre = await desk.cadre("邓淑芬", phones=["+8613904347001"])
    one = await desk.browser.open("/intake/call?from=139 0434 7001")
    assert one.url.path == f"/intake/call/{cadre}"
    assert 'value="139 0434 7001"' in one.text
    await desk.cadre("邓明", phones=["+8613904347001"])
    several = await desk.browser.open("/intake/call?from=13904347001")
    assert several.url.path == "/intake/call"
    assert "邓淑芬" in several.text
    assert "邓明" in several.text
    new = await desk.browser.open("/intake/call?from=13904349999")
    assert new.url.path.startswith("/intake/call/new/")


async def test_somebody_new_is_entered_with_what_is_needed(desk: Desk) -> None:
    """Provisional, with the request; the name is needed."""
    path = (await desk.browser.open("/intake/call?from=13904348888")).url.path
    assert (await desk.send(path, **CALL)).status_code == 422
    answer = await desk.send(
        path, **CALL, name="不知名老人", phone="139 0434 8888", caller_phone="13904348888"
    )
    assert "not identified yet" in answer.text
    found = await desk.operator.read(f"{API}/cadres/by-number", number="13904348888")
    assert [(one["name"], one["state"], one["open_requests"]) for one in found["items"]] == [
        ("不知名老人", "Provisional", 1)
    ]


async def test_somebody_entered_as_new_turns_out_to_be_known(desk: Desk) -> None:
    """Found, looked at, made one file; the request goes on under it. Nobody is the same as oneself."""
    known = await desk.cadre("祁连山")
    path = (await desk.browser.open("/intake/call?from=13904346666")).url.path
    answer = await desk.send(path, **CALL, name="老祁")
    entered = re.findall(r"/intake/call/([0-9a-f-]{36})/merge", answer.text)[0]
    hits = await desk.browser.get("/intake/find", params={"q": "祁连山", "for": f"merge-{entered}"})
    page = f"/intake/call/{entered}/merge"
    assert f"{page}?cadre={known}" in hits.text
    assert (await desk.send(f"{page}?cadre={known}", cadre=entered)).status_code in (409, 422)
    await desk.browser.open(f"{page}?cadre={known}")
    merged = await desk.browser.submit(page, key="merge-000001", cadre=known)
    await desk.city.settle()
    assert merged.url.path == f"/intake/call/{known}"
    assert (await desk.browser.open(f"/intake/call/{entered}")).url.path == f"/intake/call/{known}"
    assert "水管漏水" in (await desk.browser.open(f"/intake/call/{known}")).text


async def test_a_rescue_is_one_line(desk: Desk) -> None:
    """Sent at once though something is open; or handed over to the line, which is recorded."""
    cadre = await desk.cadre("沈桂珍")
    await desk.send(f"/intake/call/{cadre}", **CALL)
    path = f"/intake/rescue/{cadre}"
    assert (await desk.send(path, what="")).status_code == 422
    sent = await desk.send(path, what="摔倒了", overruled="sent at once", line="120", action="save")
    assert "Helpers are being asked at once" in sent.text
    rescue = (await desk.requests(cadre=cadre, urgency="rescue"))[0]
    assert (rescue["state"], rescue["elements"]["why"]) == ("Triaged", "☎ 120")
    assert (await desk.send(path, what="又摔了", action="refer", overruled="x")).status_code == 422
    referred = await desk.send(path, what="又摔了", line="120", action="refer", overruled="x")
    assert "The hand-over to the emergency line is recorded." in referred.text
    states = {one["state"] for one in await desk.requests(cadre=cadre, urgency="rescue")}
    assert states == {"Triaged", "ReferredToEmergencyLine"}
    unknown = await desk.send("/intake/rescue/new", name="不详", what="有人倒在路边", where="站前街口")
    assert "Helpers are being asked at once" in unknown.text


async def test_a_request_is_put_right_held_resumed_and_withdrawn(desk: Desk) -> None:
    """Each by its form; a correction from an old page is refused, and nothing of it is done."""
    cadre = await desk.cadre("曹德胜")
    saved = await desk.send(f"/intake/call/{cadre}", **CALL)
    path = saved.url.path

    async def act(verb: str, **fields: str) -> httpx.Response:
        await desk.browser.open(path)
        answer = await desk.browser.submit(f"{path}/{verb}", key=f"{verb}-{cadre}", **fields)
        await desk.city.settle()
        return answer

    assert "It waits" in (await act("hold", reason="weather", until="2026-06-03T09:00")).text
    assert "It goes on." in (await act("resume")).text
    version = str((await desk.requests(cadre=cadre))[0]["version"])
    assert "Put right." in (await act("correct", what="水龙头漏水", version=version)).text
    stale = await desk.browser.submit(f"{path}/correct", key="stale-0001", what="别的", version=version)
    assert stale.status_code == 412
    assert (await act("hold", reason="nonsense")).status_code == 422
    assert "Withdrawn." in (await act("withdraw", reason="error")).text
    (request,) = await desk.requests(cadre=cadre)
    assert (request["state"], request["elements"]["what"]) == ("Withdrawn", "水龙头漏水")
    assert (await act("nothing")).status_code == 404


async def test_a_request_under_the_wrong_person_is_received_anew(desk: Desk) -> None:
    """The page finds the right one, shows them, and leads on to the new request."""
    wrong, right = await desk.cadre("袁桂荣"), await desk.cadre("袁桂英")
    saved = await desk.send(f"/intake/call/{wrong}", **CALL)
    path = f"{saved.url.path}/relink"
    hits = await desk.browser.get(
        "/intake/find", params={"q": "袁桂英", "for": f"relink-{saved.url.path.rsplit('/')[-1]}"}
    )
    assert f"{path}?cadre={right}" in hits.text
    await desk.browser.open(f"{path}?cadre={right}")
    anew = await desk.browser.submit(path, key="relink-000001", cadre=right)
    await desk.city.settle()
    assert "Received anew for the right person." in anew.text
    assert [one["state"] for one in await desk.requests(cadre=right)] == ["Triaged"]


async def test_lists_filter_by_their_address(desk: Desk) -> None:
    """Each list, its filters, and what nonsense in the address becomes: the list without it."""
    cadre = await desk.cadre("许凤兰")
    await desk.send(f"/intake/call/{cadre}", **CALL)
    for name in ("mine", "all"):
        assert "许凤兰" in (await desk.browser.open(f"/intake/?list={name}")).text
    for name in ("callback", "late", "hold", "ended"):
        assert "许凤兰" not in (await desk.browser.open(f"/intake/?list={name}")).text
    assert (
        "许凤兰" in (await desk.browser.open(f"/intake/?community={community_id('zq')}&urgency=urgent")).text
    )
    empty = await desk.browser.open("/intake/?urgency=scheduled")
    assert "Nothing in this list matches the filters." in empty.text
    for nonsense in ("list=none", "community=1", "urgency=x"):
        assert (await desk.browser.open(f"/intake/?{nonsense}")).status_code == 200


async def test_the_pages_are_the_operators(desk: Desk) -> None:
    """An auditor may not, and nothing of a person is shown."""
    cadre = await desk.cadre("白玉芝")
    transport = httpx.ASGITransport(app=desk.city.gateway, raise_app_exceptions=False)
    async with Browser(transport=transport) as other:
        await other.open("/identity/demo")
        await other.submit("/identity/demo", role="auditor")
        for path in ("/intake/", f"/intake/call/{cadre}", "/intake/find?q=白玉芝", "/intake/rescue"):
            answer = await other.open(path)
            assert answer.status_code == 403, path
            assert "白玉芝" not in answer.text.replace("q=白玉芝", "")
