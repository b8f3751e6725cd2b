"""What becomes of requests, as a browser gets it: rescue, put right, under another person, lists."""

import httpx

from services.intake.domain.community import community_id
from tests.browser import Browser
from tests.integration.console.desk import CALL, Desk


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
