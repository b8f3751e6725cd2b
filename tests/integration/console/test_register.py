"""The register's pages as a browser gets them: entering, putting right, hardships, moves, death, photos."""

import re
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx

from services.intake.domain.community import community_id
from shared.contracts.values import Point
from shared.roles import Role
from tests.browser import HOME as HOME_PAGE
from tests.browser import Browser
from tests.intake_cases import API
from tests.integration.console.conftest import PASSWORD
from tests.integration.console.desk import CALL, KEY, Desk
from tests.photo_cases import PICTURE

ZQ = str(community_id("zq"))
NEW = {"community": ZQ, "category": "lixiu", "sex": "male", "covered": "yes", "address": "站前街 9 号"}
HOME = Point.of(124.31, 43.17)


@asynccontextmanager
async def colleague(desk: Desk, role: Role, *communities: str) -> AsyncIterator[Browser]:
    """Somebody else's browser, signed in with these communities."""
    login = f"{role.value}.{secrets.token_hex(4)}"
    grants = [{"role": role.value, "communities": list(communities)}]
    account = {"login": login, "name": "林晓", "grants": grants, "password": PASSWORD}
    await desk.city.client(Role.ADMIN).done("/identity/api/v1/accounts", account)
    transport = httpx.ASGITransport(app=desk.city.gateway, raise_app_exceptions=False)
    async with Browser(transport=transport) as browser:
        await browser.sign_in(login, PASSWORD)
        yield browser


async def act(desk: Desk, cadre: str, verb: str, **fields: str) -> httpx.Response:
    """The operator's form of this verb on the page of the file."""
    return await acted(desk, desk.browser, cadre, verb, **fields)


async def acted(desk: Desk, browser: Browser, cadre: str, verb: str, **fields: str) -> httpx.Response:
    """Somebody's."""
    page = await browser.open(f"/intake/register/{cadre}")
    form = re.search(
        rf'<form method="post" action="/intake/register/{cadre}/{verb}">.*?</form>', page.text, re.DOTALL
    )
    assert form, f"{verb} isn't offered"
    (key,) = KEY.findall(form[0])
    answer = await browser.submit(f"/intake/register/{cadre}/{verb}", key=key, **fields)
    await desk.city.settle()
    return answer


async def seen(desk: Desk, cadre: str) -> dict[str, Any]:
    """The file by the API."""
    found: dict[str, Any] = await desk.operator.read(f"{API}/cadres/{cadre}")
    return found


async def test_somebody_is_entered_once(desk: Desk) -> None:
    """The ID number gives birth and sex; who is like somebody is asked about; who is there is led to."""
    path = "/intake/register/new"
    told = {
        **NEW,
        "name": "蒋为民",
        "phones": "0434-6200011\n139 0434 1200",
        "longitude": "124.31",
        "latitude": "43.17",
    }
    number = "000000194001010015"
    bad = await desk.send(path, **told, id_number="000000194001010018")
    assert (bad.status_code, 'id="id_number-fault"' in bad.text) == (422, True)
    assert "蒋为民" in bad.text
    for field, wrong in (
        ("name", ""),
        ("community", ""),
        ("category", ""),
        ("phones", "12"),
        ("latitude", "x"),
    ):
        answer = await desk.send(path, **{**told, field: wrong})
        at = "longitude" if field == "latitude" else field
        assert (answer.status_code, f'id="{at}-fault"' in answer.text) == (422, True), field
    saved = await desk.send(path, **{**told, "sex": ""}, id_number=number)
    assert "Entered into the register." in saved.text
    cadre = saved.url.path.rsplit("/")[-1]
    file = await seen(desk, cadre)
    assert file["details"]["phones"] == ["+864346200011", "+8613904341200"]
    assert (file["details"]["birth"], file["standing"]["sex"]) == ("1940-01-01", "male")
    assert file["details"]["home"] == Point.of(124.31, 43.17).model_dump(mode="json")
    alike = await desk.send(path, **NEW, name="蒋为民")
    assert alike.status_code == 422
    assert f'href="/intake/register/{cadre}"' in alike.text
    other = await desk.send(path, **NEW, name="蒋为民", sure="yes")
    assert other.url.path not in (path, saved.url.path)
    again = await desk.send(path, **told, id_number=number, sure="yes")
    assert again.status_code == 409
    assert f'href="/intake/register/{cadre}"' in again.text


async def test_what_a_file_says_is_put_right(desk: Desk) -> None:
    """Each part by its form; an old page is refused, and what was typed stands there again."""
    cadre = await desk.cadre("汤淑兰", home=HOME.model_dump(mode="json"))
    longitude, latitude = map(str, HOME.degrees)
    details = {"name": "汤淑蘭", "phones": "13904341300", "address": "站前街 2 号"}
    place = {"longitude": longitude, "latitude": latitude}
    version = str((await seen(desk, cadre))["version"])
    refused = await act(desk, cadre, "details", **details, **place)
    assert (refused.status_code, 'id="details-reason-fault"' in refused.text) == (422, True)
    assert "站前街 2 号" in refused.text
    put = await act(desk, cadre, "details", **details, **place, reason="户口本", version=version)
    assert "The details are put right." in put.text
    stale = await act(desk, cadre, "details", **details, reason="再改", version=version)
    assert stale.status_code == 412
    standing = {"category": "lixiu", "sex": "female", "rank": "副局级", "covered": "yes", "reason": "档案"}
    assert "Put right." in (await act(desk, cadre, "standing", **standing)).text
    file = await seen(desk, cadre)
    assert (file["name"], file["details"]["phones"]) == ("汤淑蘭", ["+8613904341300"])
    assert file["details"]["home"] == HOME.model_dump(mode="json")
    assert (file["standing"]["category"], file["standing"]["managing_unit"]) == ("lixiu", "")
    named = {
        "party0": "family",
        "who0": "汤明",
        "phone0": "13904341301",
        "relation0": "儿子",
        "valid_from": "2026-01-01",
    }
    assert (await act(desk, cadre, "guarantors", **{**named, "phone0": "1"})).status_code == 422
    assert "The guarantors are named." in (await act(desk, cadre, "guarantors", **named)).text
    assert (await act(desk, cadre, "guarantors", who0="")).status_code == 422
    assert [one["name"] for one in (await seen(desk, cadre))["guarantors"]] == ["汤明"]
    assert "The wish is recorded." in (await act(desk, cadre, "consent", family_reads_medical="yes")).text
    assert (await act(desk, cadre, "consent", family_reads_medical="yes")).status_code == 409


async def test_a_hardship_is_assessed_corrected_and_ended(desk: Desk) -> None:
    """By the secretary, with its last day; the operator isn't offered it."""
    cadre = await desk.cadre("潘凤岐")
    assert f"/{cadre}/assess" not in (await desk.browser.open(f"/intake/register/{cadre}")).text
    async with colleague(desk, Role.SECRETARY, ZQ) as secretary:
        told = {"flag": "bedridden", "valid_from": "2026-01-01", "valid_to": "2027-01-01", "note": "脑卒中"}
        endless = await acted(desk, secretary, cadre, "assess", **{**told, "valid_to": ""})
        assert endless.status_code == 422
        assert "脑卒中" in endless.text
        assert "The hardship is assessed." in (await acted(desk, secretary, cadre, "assess", **told)).text
        (first,) = (await seen(desk, cadre))["assessments"]
        right = {**told, "valid_to": "2026-12-01", "corrects": first["id"]}
        await acted(desk, secretary, cadre, "assess", **right)
        last = next(one for one in (await seen(desk, cadre))["assessments"] if one["state"] == "valid")
        ending = {"assessment": last["id"], "until": "2026-06-30", "reason": "已康复"}
        ended = await acted(desk, secretary, cadre, "withdraw", **ending)
        assert "ends on that day" in ended.text
        again = await secretary.open(f"/intake/register/{cadre}")
        assert f"/{cadre}/withdraw" not in again.text
    states = sorted(one["state"] for one in (await seen(desk, cadre))["assessments"])
    assert states == ["corrected", "withdrawn"]


async def test_hospital_and_back_and_a_move(desk: Desk) -> None:
    """What is open waits and goes on; the new community has it."""
    cadre = await desk.cadre("葛玉山")
    await desk.send(f"/intake/call/{cadre}", **CALL, urgency="routine")
    assert "In hospital" in (await act(desk, cadre, "admit", hospital="市医院")).text
    assert [one["state"] for one in await desk.requests(cadre=cadre)] == ["OnHold"]
    assert "Back from hospital" in (await act(desk, cadre, "discharge")).text
    assert [one["state"] for one in await desk.requests(cadre=cadre)] == ["Triaged"]
    east = {"code": "rg", "name": "东站社区", "subdistrict": "河北街道"}
    await desk.city.client(Role.ADMIN).done(f"{API}/communities", east)
    await desk.city.settle()
    to = str(community_id("rg"))
    moved = await act(desk, cadre, "move", community=to, address="东站路 5 号", valid_from="2026-05-01")
    assert "The move is recorded." in moved.text
    assert "东站路 5 号" in moved.text
    assert (await seen(desk, cadre))["community"] == to


async def test_a_death_asks_first_and_may_be_retracted(desk: Desk) -> None:
    """Not without the tick; what was open ends; retracted, it is listed until somebody has taken it up."""
    cadre = await desk.cadre("闫广田")
    await desk.send(f"/intake/call/{cadre}", **CALL)
    page = await desk.browser.open(f"/intake/register/{cadre}")
    assert "1 open request ends" in page.text
    hasty = await act(desk, cadre, "death", on="2026-05-30")
    assert (hasty.status_code, 'id="death-sure-fault"' in hasty.text) == (422, True)
    assert (await act(desk, cadre, "death", on="2036-05-30", sure="yes")).status_code == 422
    assert (await seen(desk, cadre))["state"] == "Registered"
    assert "The death is recorded." in (await act(desk, cadre, "death", on="2026-05-30", sure="yes")).text
    assert [one["state"] for one in await desk.requests(cadre=cadre)] == ["Cancelled"]
    assert f'href="/intake/register/{cadre}"' in (await desk.browser.open(f"/intake/call/{cadre}")).text
    back = await act(desk, cadre, "retract-death", reason="同名误报")
    assert "to be taken up again" in back.text
    assert "take up again" in (await desk.browser.open("/intake/register")).text
    assert "Noted" in (await act(desk, cadre, "follow-up", note="已重新受理")).text
    assert "闫广田" not in (await desk.browser.open("/intake/register")).text


async def test_a_photo_is_shown_where_the_person_is(desk: Desk) -> None:
    """Put on file by a form, shown on the call, refused when it is no picture, taken off again."""
    cadre = await desk.cadre("巩玉芳")
    path = f"/intake/register/{cadre}/photo"
    await desk.browser.open(f"/intake/register/{cadre}")

    async def put(plain: bytes, key: str) -> httpx.Response:
        answer = await desk.browser.post(
            path,
            data={"mark": desk.browser.form, "key": key},
            files={"file": ("a.jpg", plain)},
            headers=HOME_PAGE,
        )
        await desk.city.settle()
        return answer

    refused = await put(b"%PDF", "photo-000000")
    assert (refused.status_code, "A photo is a JPEG" in refused.text) == (422, True)
    assert "The photo is on file." in (await put(PICTURE, "photo-000001")).text
    assert (await desk.browser.get(path)).content == PICTURE
    assert f'src="{path}?' in (await desk.browser.open(f"/intake/call/{cadre}")).text
    assert "The photo is taken off." in (await act(desk, cadre, "photo-away")).text
    assert 'class="photo" aria-hidden="true"' in (await desk.browser.open(f"/intake/call/{cadre}")).text


async def test_somebody_unknown_is_identified_and_a_duplicate_merged(desk: Desk) -> None:
    """A provisional person becomes a file; of two files one goes on, and each shows the other."""
    body = {"community": ZQ, "details": {"name": "老佟"}}
    unknown = (await desk.operator.done(f"{API}/cadres/provisional", body))["id"]
    await desk.city.settle()
    assert "Not identified yet" in (await desk.browser.open("/intake/register")).text
    told = {**NEW, "name": "佟连生"}
    assert "It is known now who it is." in (await act(desk, unknown, "identify", **told)).text
    assert (await seen(desk, unknown))["state"] == "Registered"
    known = await desk.cadre("佟連生")
    page = f"/intake/call/{unknown}/merge"
    assert page in (await desk.browser.open(f"/intake/register/{unknown}")).text
    await desk.browser.open(f"{page}?cadre={known}")
    await desk.browser.submit(page, key="merge-000009", cadre=known)
    await desk.city.settle()
    gone = await desk.browser.open(f"/intake/register/{unknown}")
    assert f'href="/intake/register/{known}"' in gone.text
    assert f"/{unknown}/details" not in gone.text
    assert f'href="/intake/register/{unknown}"' in (await desk.browser.open(f"/intake/register/{known}")).text
