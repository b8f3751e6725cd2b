"""A community with one helper who has an account: offers and visits for soon."""

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from playwright.async_api import Page

from deploy.client import Who
from shared.contracts.values import Point
from shared.roles import Role
from tests.command_line import Up
from tests.console.place import CARE, INTAKE, MATCHING, Place, sign_in


@dataclass
class Street(Place):
    """One helper and the cadres of one community; `login` is the helper's."""

    role: Role = Role.VOLUNTEER
    login: str = ""

    async def found(self) -> None:
        """The community, and a helper who can do nothing that a ranking would ask them for."""
        await super().found()
        kind = "staff" if self.role is Role.CARE_WORKER else "volunteer"
        helper = await self.helper(kind=kind, association="youth", skills=[], capacity=50)
        self.login = await self.account(self.role, "李敏", helper=helper)
        self.helping = Who(f"helper-{self.mark}", self.role, (), helper=UUID(helper))

    async def reads(self, path: str, **query: Any) -> Any:
        """What the helper sees, by the API."""
        return await self.sees(self.helping, path, **query)

    async def cadre(self, name: str = "张桂兰", *flags: str, unit: str = "", **details: Any) -> str:
        """Somebody who lives here, with a son to call."""
        home = Point.of(123.5, 43.2).model_dump(mode="json")
        cadre = await super().cadre(name, unit=unit, home=home, **details)
        named = [{"party": "family", "name": "王强", "phone": "+8613900000001", "relation": "儿子"}]
        held = {"valid_from": "2026-01-01", "valid_to": None}
        body: dict[str, Any] = {"guarantors": named, "validity": held}
        await self.does(Role.OPERATOR, f"{INTAKE}/cadres/{cadre}/guarantors", body)
        for flag in flags:
            body = {"flag": flag, "validity": {**held, "valid_to": "2030-12-31"}}
            await self.does(Role.SUBDISTRICT, f"{INTAKE}/cadres/{cadre}/hardships", body)
        return cadre

    async def offered(self, cadre: str, *, hours: float = 0.5, what: str = "水管漏水", **more: Any) -> str:
        """A request for which the helper is asked; gives the request. `hours` is how soon it begins."""
        elements = {"what": what, "where": "厨房"}
        request = await self.request(cadre, urgency="routine", elements=elements, **more)
        await self.offers(request, str(self.helping.helper), hours)
        return request

    async def visit(self, cadre: str, **more: Any) -> str:
        """A visit that the helper has said yes to."""
        request = await self.offered(cadre, **more)

        def offer(listed: Any) -> Any:
            return next((one["offer"] for one in listed["items"] if one["request"] == request), None)

        asked = await self.until(self.helping, f"{MATCHING}/offers", offer, state="Open")
        await self.does(self.helping, f"{MATCHING}/matches/{request}/accept", {"offer": asked})
        return await self.visit_of(request)

    async def visit_of(self, request: str) -> str:
        """The visit of a request, once care has it."""

        def visit(mine: Any) -> Any:
            return next(
                (one["visit"] for one in mine["items"] if one["request"] == request and one["cadre_name"]),
                None,
            )

        return str(await self.until(self.helping, f"{CARE}/visits", visit))

    async def events(self, visit: str) -> list[str]:
        """What has happened to a visit, by the types of its events."""
        stream = f"visit-{visit}"
        found = self.up.verb("events", "--stream", stream, "--json").stdout.splitlines()
        return [json.loads(one)["type"].removeprefix("care.") for one in found]

    async def signs_in(self, page: Page) -> Page:
        """The helper, in this browser."""
        return await sign_in(page, self.login)

    async def secretary(self, page: Page) -> Page:
        """The secretary of the community, in this browser."""
        return await sign_in(page, await self.account(Role.SECRETARY, "林晓"))


async def street(up: Up, role: Role = Role.VOLUNTEER) -> Street:
    """A community with one helper, founded."""
    made = Street(up, role=role)
    await made.found()
    return made
