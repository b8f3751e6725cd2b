"""Calls as a browser sends them: saved, missing, waiting, drafts, who calls, somebody new."""

import re
from urllib.parse import urlsplit
from uuid import UUID

from services.intake import drafts
from shared.console.pages import HEADERS
from tests.browser import SCRIPT
from tests.intake_cases import API
from tests.integration.console.desk import CALL, KEY, Desk


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
