"""A community of a test's own on a system that is up: cadres, a helper with an account, visits for soon."""

import asyncio
import json
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from playwright.async_api import Page

from deploy.tokens import person, signer
from services.intake.domain.community import community_id
from shared.clock import wall_now
from shared.contracts.values import Point
from shared.roles import Role
from tests.command_line import Up
from tests.harness import Client

INTAKE, MATCHING, CARE = "/intake/api/v1", "/matching/api/v1", "/care/api/v1"
IDENTITY = "/identity/api/v1"
PASSWORD = "correct horse battery"
TRIES = 400


async def until(look: Callable[[], Awaitable[Any]]) -> Any:
    """What `look` finds, once it finds something."""
    for _ in range(TRIES):
        if found := await look():
            return found
        await asyncio.sleep(0.05)  # a poll with an end
    raise AssertionError("it never came")


@dataclass
class Street:
    """One helper and the cadres of one community."""

    up: Up
    code: str
    helper: UUID
    login: str

    def client(self, role: Role, **bound: Any) -> Client:
        """Somebody of this role, at the API."""
        who = person(role, communities=None, **bound)
        token = signer(self.up.data).token(who)
        return Client(
            base_url=self.up.address,
            trust_env=False,
            headers={"Authorization": f"Bearer {token}", "Accept-Language": "en"},
        )

    async def does(self, role: Role, path: str, body: Any) -> dict[str, Any]:
        """One command by somebody of this role."""
        async with self.client(role) as client:
            return await client.done(path, body)

    async def reads(self, path: str, **query: Any) -> Any:
        """What the helper sees, by the API."""
        async with self.client(Role.VOLUNTEER, helper=self.helper) as client:
            return await client.read(path, **query)

    async def cadre(self, name: str, *flags: str, address: str = "站前街 1 号", **details: Any) -> str:
        """Somebody who lives here."""
        body = {
            "community": str(community_id(self.code)),
            "standing": {"category": "tuixiu", "sex": "female", "covered": True},
            "details": {
                "name": name,
                "phones": ["+864340100188"],
                "address": address,
                "home": Point.of(123.5, 43.2).model_dump(mode="json"),
                **details,
            },
        }
        cadre: str = (await self.does(Role.OPERATOR, f"{INTAKE}/cadres", body))["id"]
        named = [{"party": "family", "name": "王强", "phone": "+8613900000001", "relation": "儿子"}]
        held = {"valid_from": "2026-01-01", "valid_to": None}
        await self.does(
            Role.OPERATOR, f"{INTAKE}/cadres/{cadre}/guarantors", {"guarantors": named, "validity": held}
        )
        for flag in flags:
            body = {"flag": flag, "validity": {**held, "valid_to": "2030-12-31"}}
            await self.does(Role.SUBDISTRICT, f"{INTAKE}/cadres/{cadre}/hardships", body)
        return cadre

    async def offered(self, cadre: str, *, hours: float = 0.5, what: str = "水管漏水", **more: Any) -> str:
        """A request for which the helper is asked; gives the request. `hours` is how soon it begins."""
        body = {
            "cadre": cadre,
            "elements": {"what": what, "where": "厨房"},
            "service": "repair",
            "urgency": "routine",
            "overruled": "另一件事",
            **more,
        }
        request: str = (await self.does(Role.OPERATOR, f"{INTAKE}/requests", body))["id"]
        start = wall_now() + timedelta(hours=hours)
        slot = {"start": start.isoformat(), "end": (start + timedelta(minutes=15)).isoformat()}
        asked = {"helper": str(self.helper), "slot": slot}
        async with self.client(Role.COORDINATOR) as coordinator:

            async def opened() -> bool:
                return (await coordinator.get(f"{MATCHING}/matches/{request}")).is_success

            await until(opened)
            await coordinator.done(f"{MATCHING}/matches/{request}/offers", asked)
        return request

    async def visit(self, cadre: str, **more: Any) -> str:
        """A visit that the helper has said yes to."""
        request = await self.offered(cadre, **more)

        async def offer() -> Any:
            open_ = (await self.reads(f"{MATCHING}/offers", state="Open"))["items"]
            return next((one["offer"] for one in open_ if one["request"] == request), None)

        asked = await until(offer)
        async with self.client(Role.VOLUNTEER, helper=self.helper) as helper:
            await helper.done(f"{MATCHING}/matches/{request}/accept", {"offer": asked})
        return await self.visit_of(request)

    async def visit_of(self, request: str) -> str:
        """The visit of a request, once care has it."""

        async def visit() -> Any:
            mine = (await self.reads(f"{CARE}/visits"))["items"]
            return next(
                (one["visit"] for one in mine if one["request"] == request and one["cadre_name"]), None
            )

        found: str = await until(visit)
        return found

    async def events(self, visit: str) -> list[str]:
        """What has happened to a visit, by the types of its events."""
        stream = f"visit-{visit}"
        found = self.up.verb("events", "--stream", stream, "--json").stdout.splitlines()
        return [json.loads(one)["type"].removeprefix("care.") for one in found]

    async def signs_in(self, page: Page) -> Page:
        """The helper, in this browser."""
        return await _signs_in(page, self.login)

    async def secretary(self, page: Page) -> Page:
        """The secretary of the community, in this browser."""
        login = f"secretary.{self.code}"
        grant = {"role": Role.SECRETARY.value, "communities": [str(community_id(self.code))]}
        account = {"login": login, "name": "林晓", "grants": [grant], "password": PASSWORD}
        await self.does(Role.ADMIN, f"{IDENTITY}/accounts", account)
        return await _signs_in(page, login)


async def _signs_in(page: Page, login: str) -> Page:
    await page.goto("/identity/sign-in")
    await page.fill("#login", login)
    await page.fill("#password", PASSWORD)
    async with page.expect_navigation():
        await page.keyboard.press("Enter")
    return page


async def street(up: Up, role: Role = Role.VOLUNTEER) -> Street:
    """A community with one helper, who can do nothing that a ranking would ask them for."""
    code = f"z{secrets.token_hex(3)}"
    made = Street(up, code, UUID(int=0), f"{role.value.replace('_', '.')}.{code}")
    community = {"code": code, "name": "站前社区", "subdistrict": "河南街道"}
    await made.does(Role.ADMIN, f"{INTAKE}/communities", community)
    enrolled = await made.does(
        Role.ADMIN,
        f"{MATCHING}/helpers",
        {
            "kind": "staff" if role is Role.CARE_WORKER else "volunteer",
            "community": str(community_id(code)),
            "association": "youth",
            "skills": [],
            "capacity": 50,
            "profile": {"name": "李敏", "phone": "+864340100199"},
        },
    )
    made.helper = UUID(enrolled["id"])
    grant = {"role": role.value, "helper": str(made.helper)}
    account = {"login": made.login, "name": "李敏", "grants": [grant], "password": PASSWORD}
    await made.does(Role.ADMIN, f"{IDENTITY}/accounts", account)
    return made
