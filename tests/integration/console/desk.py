"""An operator's browser in a city of identity and intake with one community."""

import re
from typing import Any

import httpx

from services.intake.domain.community import community_id
from tests.browser import Browser
from tests.harness import City, Client
from tests.intake_cases import API, STANDING

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
