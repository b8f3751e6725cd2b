"""A community of a test's own in a demo that is up: what is done there by the API, and who signs in."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
from playwright.async_api import Page

from deploy.client import Client, Signer, Who
from services.intake.domain.community import community_id
from shared.clock import wall_now
from shared.roles import Role
from tests.command_line import Up

INTAKE, MATCHING, CARE, IDENTITY = (f"/{name}/api/v1" for name in ("intake", "matching", "care", "identity"))
PASSWORD = "close at hand"
LOCAL = (Role.COORDINATOR, Role.SECRETARY, Role.SUBDISTRICT)
SECONDS = 30.0


async def until(look: Callable[[], Awaitable[Any]]) -> Any:
    """What `look` finds, once it finds something."""
    async with asyncio.timeout(SECONDS):
        while not (found := await look()):  # noqa: ASYNC110  a poll with a deadline
            await asyncio.sleep(0.05)
    return found


async def sign_in(page: Page, login: str, after: str = "") -> Page:
    """As a person does, without a mouse; `after` is the page that follows, else the role's own."""
    await page.goto(f"/identity/sign-in?next={after}" if after else "/identity/sign-in")
    await page.focus("#login")
    await page.keyboard.type(login)
    await page.keyboard.press("Tab")
    await page.keyboard.type(PASSWORD)
    async with page.expect_navigation():
        await page.keyboard.press("Enter")
    assert page.url.endswith(after), await page.inner_text("main")
    assert "/sign-in" not in page.url, await page.inner_text("main")
    return page


@dataclass
class Place:
    """One community; `mark` is in its name and its accounts, so that a test finds its own."""

    up: Up
    mark: str = field(default_factory=lambda: secrets.token_hex(3))

    def __post_init__(self) -> None:
        """Not founded yet."""
        self.community = str(community_id(self.mark))
        self._tokens = Signer.of(self.up.data)

    async def found(self) -> None:
        """The community."""
        body = {"code": self.mark, "name": f"社区{self.mark}", "subdistrict": "河南街道"}
        await self.does(Role.ADMIN, f"{INTAKE}/communities", body)

    def client(self) -> Client:
        """Talks to the demo's API; to be closed by whoever opens it."""
        return Client(self.up.address, self._tokens)

    def local(self, role: Role, name: str = "") -> Who:
        """Somebody of this community."""
        return Who(f"{role}{name}-{self.mark}", role, (UUID(self.community),))

    def _who(self, who: Who | str) -> Who:
        """That account, or the one of a role over the whole city."""
        return who if isinstance(who, Who) else Who(f"{who}-{self.mark}", Role(who))

    async def send(self, who: Who | str, method: str, path: str, **more: Any) -> httpx.Response:
        """One request, whatever the answer."""
        async with self.client() as client:
            return await client.send(self._who(who), method, path, **more)

    async def does(self, who: Who | str, path: str, body: Any = None) -> Any:
        """A command of an account, or of a role over the whole city."""
        async with self.client() as client:
            return await client.done(self._who(who), path, body, key=secrets.token_hex(8))

    async def sees(self, who: Who | str, path: str, **query: Any) -> Any:
        """What an account or a role reads."""
        async with self.client() as client:
            return await client.read(self._who(who), path, **query)

    async def until(self, who: Who | str, path: str, holds: Callable[[Any], Any], **query: Any) -> Any:
        """What `holds` finds in what an account or a role reads, once it finds something."""
        async with self.client() as client:

            async def look() -> Any:
                answer = await client.send(self._who(who), "GET", path, query=query)
                return holds(answer.json()) if answer.is_success else None

            return await until(look)

    async def account(self, role: Role, name: str, **bound: Any) -> str:
        """An account that can sign in on pages, of this community where its role has one; gives its login."""
        login = f"{role}.{secrets.token_hex(2)}.{self.mark}".replace("_", "-")
        communities = [self.community] if role in LOCAL else [] if bound else None
        grant = {"role": role.value, "communities": communities, **bound}
        body = {"login": login, "name": f"{name}{self.mark}", "grants": [grant], "password": PASSWORD}
        await self.does(Role.ADMIN, f"{IDENTITY}/accounts", body)
        return login

    async def cadre(self, name: str = "张桂兰", *, unit: str = "", **details: Any) -> str:
        """Somebody who is served, of this managing unit."""
        standing = {"category": "tuixiu", "sex": "female", "covered": True}
        body = {
            "community": self.community,
            "standing": standing | ({"managing_unit": unit} if unit else {}),
            "details": {
                "name": name,
                "phones": ["+864340100188"],
                "address": "站前街 1 号",
                **details,
            },
        }
        return str((await self.does(Role.OPERATOR, f"{INTAKE}/cadres", body))["id"])

    async def helper(self, name: str = "李敏", **more: Any) -> str:
        """Somebody who repairs at any time."""
        body = {
            "kind": "volunteer",
            "community": self.community,
            "skills": [{"code": "repair"}, {"code": "shopping"}],
            "capacity": 20,
            "profile": {"name": name, "phone": "+864340100199"},
            **more,
        }
        return str((await self.does(Role.COORDINATOR, f"{MATCHING}/helpers", body))["id"])

    async def request(self, cadre: str, service: str = "repair", urgency: str = "urgent", **more: Any) -> str:
        """A triaged request, once matching shows it."""
        body = {
            "cadre": cadre,
            "elements": {"what": "水管漏水"},
            "service": service,
            "urgency": urgency,
            "overruled": "另一件事",
            **more,
        }
        request = str((await self.does(Role.OPERATOR, f"{INTAKE}/requests", body))["id"])
        await self.until(Role.COORDINATOR, f"{MATCHING}/matches/{request}", bool)
        return request

    async def offers(self, request: str, helper: str, hours: float = 0.5) -> None:
        """The coordinator asks this helper for a visit that begins so soon, at whatever time of the day."""
        start = wall_now() + timedelta(hours=hours)
        slot = {"start": start.isoformat(), "end": (start + timedelta(minutes=15)).isoformat()}
        asked = {"helper": helper, "slot": slot}
        path = f"{MATCHING}/matches/{request}"
        await self.until(Role.COORDINATOR, path, bool)
        await self.does(Role.COORDINATOR, f"{path}/offers", asked)
