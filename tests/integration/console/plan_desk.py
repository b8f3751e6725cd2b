"""Who works on care plans by page, in tests: what a form would send, and a plan that is begun."""

import re
from collections.abc import Mapping
from html import unescape
from typing import Any
from uuid import uuid4

import httpx

from shared.console.session import ACCESS
from shared.roles import Role
from tests.browser import HOME, Browser
from tests.city_cases import CARE, Town
from tests.harness import City

HIDDEN = re.compile(r'<input type="hidden" name="([\w-]+)" value="([^"]*)"')
ROW = re.compile(r'name="(services-\d+-\w+)" value="([^"]*)"')
CHOSEN = re.compile(r'<select name="(services-\d+-service)".*?</select>', re.DOTALL)
HEALTH = "术后三周,走路要扶"
READERS = (Role.SECRETARY, Role.COORDINATOR, Role.SUBDISTRICT, Role.OPERATOR)


def form_of(page: str, action: str) -> dict[str, str]:
    """What a form would send as it stands."""
    form = page.partition(f'action="{action}"')[2].partition("</form>")[0]
    chosen = {
        one[1]: found[1]
        for one in CHOSEN.finditer(form)
        if (found := re.search(r'value="([^"]*)" selected', one[0]))
    }
    return {name: unescape(value) for name, value in (*HIDDEN.findall(form), *ROW.findall(form))} | chosen


class Desk(Browser):
    """A browser in which somebody of this role is signed in."""

    def __init__(self, city: City, role: Role, **who: Any) -> None:
        """How one signs in has tests of its own."""
        super().__init__(transport=httpx.ASGITransport(app=city.gateway))
        self.city = city
        token = city.token(role, sub=str(uuid4()), version=1, form="form", **({"communities": "*"} | who))
        self.cookies.set(ACCESS, token)

    async def sends(self, action: str, form: Mapping[str, str]) -> httpx.Response:
        """A form, whatever stood on the page."""
        answer = await self.post(action, data=form, headers=HOME)
        await self.city.settle()
        return answer

    async def does(self, plan: str, act: str, **fields: str) -> httpx.Response:
        """A form of the plan's page, with what the page has in it unless it is among the fields."""
        page = await self.open(plan)
        return await self.sends(f"{plan}/{act}", form_of(page.text, f"{plan}/{act}") | fields)


async def begun(desk: Desk, cadre: str, risk: str = "high", note: str = HEALTH) -> str:
    """The page of a plan that is begun by page."""
    path = f"/care/plans/new?cadre={cadre}"
    form = form_of((await desk.open(path)).text, path)
    answer = await desk.sends(path, {**form, "risk": risk, "note": note})
    assert answer.url.params["done"] == "new", answer.text
    return answer.url.path


def api(plan: str) -> str:
    """The path of a plan in the API."""
    return plan.replace("/care/", f"{CARE}/")


async def state(town: Town, plan: str) -> str:
    """Of a plan, as the API says."""
    return str((await town.secretary.read(api(plan)))["state"])
