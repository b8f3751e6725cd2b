"""Offers and visits in a browser without scripts: forms, what they do once, what nobody else sees."""

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from shared.contracts import care
from shared.roles import Role
from tests.browser import HOME, SCRIPT, Browser
from tests.city_cases import CARE, INTAKE, MATCHING, Town, Volunteer, found_town
from tests.harness import running_city
from tests.integration.console.conftest import PASSWORD
from tests.photo_cases import JPEG, PLACED
from tests.postgres import Postgres


class Door:
    """A town, and browsers in which its people have signed in."""

    def __init__(self, town: Town, stack: AsyncExitStack) -> None:
        """Nobody yet."""
        self.town, self._stack = town, stack

    async def browser(self, login: str, **grant: Any) -> Browser:
        """Somebody new, signed in."""
        account = {"login": login, "name": "李敏", "grants": [grant], "password": PASSWORD}
        await self.town.admin.done("/identity/api/v1/accounts", account)
        await self.town.city.settle()
        transport = httpx.ASGITransport(app=self.town.city.gateway, raise_app_exceptions=False)
        made = await self._stack.enter_async_context(Browser(transport=transport))
        await made.sign_in(login, PASSWORD)
        return made

    async def volunteer(self, login: str) -> tuple[Volunteer, Browser]:
        """Somebody who helps, at the API and in a browser."""
        helper = await self.town.volunteer()
        return helper, await self.browser(login, role="volunteer", helper=helper.helper)

    async def events(self, visit: str, kind: type[Any]) -> list[Any]:
        """What was recorded of a visit."""
        found = await self.town.city.events("care")
        return [one for one in found if isinstance(one, kind) and str(one.visit) == visit]


@pytest.fixture(scope="module")
async def door(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Door]:
    """One for all tests here: each has people of its own."""
    files: Path = tmp_path_factory.mktemp("door")
    async with running_city(postgres.superuser_dsn, files) as city, AsyncExitStack() as stack:
        city.system.services["identity"].extras["private_key"] = city.key
        yield Door(await found_town(city), stack)


def key_of(page: httpx.Response, form: str) -> str:
    """The key of one of a page's forms."""
    (found,) = re.findall(rf'action="[^"]*/{form}".*?name="key" value="([^"]+)"', page.text, re.DOTALL)[:1]
    return str(found)


async def test_offer_visit_report_by_forms(door: Door) -> None:
    """The name follows the yes; a form sent twice has one effect; the time it was filled in counts."""
    town = door.town
    volunteer, browser = await door.volunteer("li.min")
    request = await town.request(await town.cadre("欧阳淑芬"))
    page = await browser.open("/matching/offers")
    assert "Repair" in page.text
    assert "欧阳淑芬" not in page.text
    (offer,) = (await volunteer.client.read(f"{MATCHING}/offers", state="Open"))["items"]
    fields = {"key": key_of(page, "accept"), "offer": offer["offer"]}
    page = await browser.submit(f"/matching/offers/{request}/accept", **fields)
    assert "欧阳淑芬" in page.text
    await town.city.settle()
    visit = await town.visit(request)
    await town.arrive(visit)
    there = town.city.clock.now()
    await town.city.advance(minutes=5)
    assert "欧阳淑芬" in (await browser.open("/care/")).text
    path = f"/care/visits/{visit}"
    page = await browser.open(path)
    fields = {"key": key_of(page, "begin"), "happened": there.isoformat()}
    for _ in range(2):
        again = await browser.submit(f"{path}/begin", **fields)
        assert "You are checked in" in again.text
    (begun,) = await door.events(visit, care.VisitBegun)
    assert str(begun.helper) == volunteer.helper
    seen = await volunteer.client.read(f"{CARE}/visits/{visit}")
    assert seen["begun"] == there.isoformat().replace("+00:00", "Z")
    report = {"minutes": "5", "outcome": "换了水龙头", "needs": ["meals", "shopping"], "unsolved": "true"}
    told: Any = {"key": key_of(again, "complete"), "happened": "", **report}
    assert "Recorded" in (await browser.submit(f"{path}/complete", **told)).text
    (done,) = await door.events(visit, care.VisitDone)
    assert (done.minutes, done.needs, done.solved) == (5, ("meals", "shopping"), False)


async def test_a_report_is_corrected_by_a_form(door: Door) -> None:
    """It holds what was reported; sent twice it counts once; what a volunteer can't see stays as it was."""
    town = door.town
    volunteer, browser = await door.volunteer("he.jun")
    request, visit = await town.assigned(await town.cadre("何桂英"), volunteer)
    await town.arrive(visit)
    told = {"minutes": 500, "outcome": "第一行\n<b>第二行</b>", "needs": ["meals"], "medical": "血压偏高"}
    await volunteer.client.done(f"{CARE}/visits/{visit}/complete", told)
    await town.city.settle()
    path = f"/care/visits/{visit}"
    page = await browser.open(path)
    assert 'name="minutes" type="number" inputmode="numeric" min="1" max="1440" value="500"' in page.text
    assert "第一行\n&lt;b&gt;第二行&lt;/b&gt;</textarea>" in page.text
    assert re.findall(r'value="(\w+)" checked', page.text) == ["meals"]
    assert "血压偏高" not in page.text
    fields: Any = {"key": key_of(page, "correct"), "happened": "", "minutes": "50", "unsolved": "true"}
    fields |= {"outcome": told["outcome"], "reason": "多写了一个零"}
    for _ in range(2):
        again = await browser.submit(f"{path}/correct", **fields)
        assert "Corrected. Hours" in again.text
    (corrected,) = await door.events(visit, care.VisitCorrected)
    assert (corrected.minutes, corrected.needs, corrected.solved, corrected.medical) == (50, (), False, None)
    secretary = await town.secretary.read(f"{CARE}/visits/{visit}")
    assert (secretary["medical"], secretary["corrections"][0]["name"]) == ("血压偏高", "李敏")
    await town.operator.done(f"{INTAKE}/requests/{request}/callback", {"outcome": "solved"})
    await town.city.settle()
    late = await browser.submit(f"{path}/correct", **{**fields, "key": "a-key-of-mine"})
    assert late.status_code == 409
    closed = await browser.open(path)
    assert "the report stands" in closed.text
    assert f"{path}/correct" not in closed.text


async def test_an_auditor_sees_what_was_corrected(door: Door) -> None:
    """The first report is marked and leads to its correction and back; one that names none has no link."""
    town = door.town
    volunteer, _ = await door.volunteer("gao.jie")
    cadre = await town.cadre("高玉芝")
    _, visit = await town.assigned(cadre, volunteer)
    await town.arrive(visit)
    path = f"{CARE}/visits/{visit}"
    await volunteer.client.done(f"{path}/complete", {"minutes": 500, "outcome": "换了水龙头"})
    right = {"minutes": 50, "outcome": "换了水龙头", "reason": "多写了一个零"}
    await volunteer.client.done(f"{path}/correct", right)
    details = {"details": {"name": "高玉枝", "phones": []}, "reason": "认错了字"}
    await town.operator.done(f"{INTAKE}/cadres/{cadre}/correct", details)
    await town.city.settle()
    auditor = await door.browser("gu.ming", role=Role.AUDITOR.value)
    about = f"/reporting/cadres/{cadre}"
    await auditor.open(about)
    page = await auditor.submit(f"{about}/why", why="complaint 17")
    lines = re.findall(r'class="what">(?:<span.*?</span>)?([^<]+)<(.*?)</li>', page.text, re.DOTALL)
    marked = [what for what, rest in lines if "corrected later" in rest]
    assert marked == ["The visit was done", "Hours were credited"]
    found = await town.city.client(Role.AUDITOR).read(f"/reporting/api/v1{about[10:]}/history", why="17")
    by_type = {one["type"]: one["id"] for one in found["items"]}
    done, corrected = by_type["care.VisitDone"], by_type["care.VisitCorrected"]
    for event, other in ((done, corrected), (corrected, done)):
        part = await auditor.get(f"{about}/entries/{event}", headers=SCRIPT)
        assert f'data-to="{other}"' in part.text
    plain = await auditor.get(f"{about}/entries/{by_type['intake.DetailsCorrected']}", headers=SCRIPT)
    assert plain.status_code == 200
    assert "what was recorded first" not in plain.text
    assert "corrected later" in (await auditor.open(f"{about}/print")).text
    file = (await auditor.get(f"{about}/file?thing=visits.{visit}", headers=SCRIPT)).text
    assert "Corrections" in file
    assert "corrected later" in file
    assert "多写了一个零" in file


async def test_the_server_looks_at_photos(door: Door) -> None:
    """Where no script made it small: one with its place comes back with what to do, one without is shown."""
    town = door.town
    volunteer, browser = await door.volunteer("wu.fang")
    _, visit = await town.assigned(await town.cadre("吴秀英"), volunteer)
    await town.arrive(visit)
    await volunteer.client.done(f"{CARE}/visits/{visit}/begin")
    await town.city.settle()
    path = f"/care/visits/{visit}"

    async def add(plain: bytes) -> httpx.Response:
        page = await browser.open(path)
        fields = {"mark": browser.form, "key": key_of(page, "photos"), "label": "<b>水管</b>"}
        files = {"file": ("a.jpg", plain, "image/jpeg")}
        return await browser.post(f"{path}/photos", data=fields, files=files, headers=HOME)

    refused = await add(PLACED)
    assert refused.status_code == 422
    assert "This photo tells where it was taken" in refused.text
    shown = await add(JPEG)
    assert "The photo is kept" in shown.text
    assert 'alt="&lt;b&gt;水管&lt;/b&gt;"' in shown.text
    (address,) = re.findall(r'<img src="([^"]+)"', shown.text)
    given = await browser.get(address)
    assert (given.content, given.headers["x-content-type-options"]) == (JPEG, "nosniff")
    assert (await add(b"%PDF-1.7")).status_code == 422
    assert len(await door.events(visit, care.PhotoAttached)) == 1


async def test_a_refusal_is_said_to_scripts_and_to_people(door: Door) -> None:
    """What is wrong and what to do, as a page or as a problem; nothing has happened."""
    town = door.town
    volunteer, browser = await door.volunteer("zhao.qiang")
    _, visit = await town.assigned(await town.cadre("赵桂珍"), volunteer)
    path = f"/care/visits/{visit}"
    await browser.open(path)
    refused = await browser.submit(f"{path}/photos", key="a-key-of-mine")
    assert refused.status_code == 422
    page = await browser.open(path)
    mark = {"Jiujin-Form": browser.form, **SCRIPT}
    early = town.city.clock.now() - timedelta(days=9)
    told = {"key": key_of(page, "begin"), "happened": early.isoformat()}
    answer = await browser.post(f"{path}/begin", data=told, headers=mark)
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:jiujin:problem:NotYet")
    assert await door.events(visit, care.VisitBegun) == []


async def test_nobody_elses(door: Door) -> None:
    """To another helper a visit doesn't exist; a secretary sees it, and can't check in for anybody."""
    town = door.town
    volunteer, _ = await door.volunteer("sun.li")
    _, visit = await town.assigned(await town.cadre("孙玉梅"), volunteer)
    _, other = await door.volunteer("qian.wei")
    path = f"/care/visits/{visit}"
    assert (await other.open(path)).status_code == 404
    here = [str(town.here)]
    secretary = await door.browser("lin.xiao", role=Role.SECRETARY.value, communities=here)
    page = await secretary.open(path)
    assert "孙玉梅" in page.text
    assert f"{path}/begin" not in page.text
    sent = await secretary.submit(f"{path}/begin", key="a-key-of-mine", happened="")
    assert sent.status_code == 403
    elsewhere = await door.browser("zhou.ping", role=Role.SECRETARY.value, communities=[str(town.there)])
    assert (await elsewhere.open(path)).status_code == 403
