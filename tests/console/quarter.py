"""A community of its own on a demo that is up, and everybody whom a funding case there takes."""

import secrets
import time
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self
from uuid import UUID

from playwright.async_api import Page

from deploy.client import Client, Signer, Who
from services.intake.domain.community import community_id
from shared.clock import wall_now
from shared.deadlines import SHANGHAI
from shared.roles import Role
from tests.command_line import Up

INTAKE, MATCHING, CARE, IDENTITY = (f"/{name}/api/v1" for name in ("intake", "matching", "care", "identity"))
PASSWORD = "close at hand"
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108020000009077"
    "53de0000000c4944415408d763b0b0b000000098004b3b3a5d0000000049454e44ae426082"
)
SECONDS = 30.0


@dataclass
class Quarter:
    """One community; its people are known by a mark that no other test has."""

    up: Up
    mark: str = field(default_factory=lambda: secrets.token_hex(3))
    name: str = ""
    cadre: str = ""
    helper: str = ""

    def __post_init__(self) -> None:
        """Nobody yet."""
        self.code = f"Q{self.mark}".upper()
        self.community = community_id(self.code)
        self.fund = f"q{self.mark}"
        self.unit = f"第{self.mark}中学"
        self.client = Client(self.up.address, Signer.of(self.up.data))
        self.admin = Who(f"admin-{self.mark}", Role.ADMIN)
        self.operator = Who(f"operator-{self.mark}", Role.OPERATOR)
        self.coordinator = self.local(Role.COORDINATOR)

    async def __aenter__(self) -> Self:
        """A community, a cadre, a budget of 10,000 yuan and a volunteer."""
        body: dict[str, Any] = {"code": self.code, "name": f"{self.mark}社区", "subdistrict": "河南街道"}
        await self.does(self.admin, f"{INTAKE}/communities", body)
        standing = {"category": "tuixiu", "sex": "female", "managing_unit": self.unit, "covered": True}
        self.name = f"张桂{self.mark}"
        details = {"name": self.name, "phones": ["+864340100188"], "address": "站前街 1 号"}
        body = {"community": str(self.community), "standing": standing, "details": details}
        self.cadre = (await self.does(self.operator, f"{INTAKE}/cadres", body))["id"]
        volunteer = {
            "kind": "volunteer",
            "community": str(self.community),
            "association": "youth",
            "skills": [{"code": "repair"}],
            "capacity": 20,
            "profile": {"name": f"李{self.mark}", "phone": "+864340100199"},
        }
        year = wall_now().astimezone(SHANGHAI).year
        budget = {"fund": self.fund, "title": f"帮困资金{self.mark}", "year": year}
        money = {"amount": 1_000_000, "threshold": 500_000}
        await self.does(self.admin, f"{CARE}/budgets", budget | money)
        self.helper = (await self.does(self.coordinator, f"{MATCHING}/helpers", volunteer))["id"]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """No more requests."""
        await self.client.__aexit__(kind, error, trace)

    @property
    def volunteer(self) -> Who:
        """The account that answers the volunteer's offers."""
        return Who(f"helper-{self.mark}", Role.VOLUNTEER, (), helper=UUID(self.helper))

    def local(self, role: Role, name: str = "") -> Who:
        """Somebody of this community."""
        return Who(f"{role}{name}-{self.mark}", role, (self.community,))

    async def does(self, who: Who, path: str, body: Any = None) -> Any:
        """A command by the API."""
        return await self.client.done(who, path, body, key=secrets.token_hex(8))

    async def until(self, who: Who, path: str, holds: Any, **query: Any) -> Any:
        """What a list or a page of the API says, once it is so."""
        deadline = time.monotonic() + SECONDS
        while True:
            answer = await self.client.send(who, "GET", path, query=query)
            if answer.status_code == 200 and (found := holds(answer.json())):
                return found
            assert time.monotonic() < deadline, answer.text

    async def account(self, role: Role, name: str, **bound: Any) -> str:
        """An account that can sign in on pages; gives its login."""
        login = f"{role}.{secrets.token_hex(2)}.{self.mark}".replace("_", "-")
        local = role in (Role.COORDINATOR, Role.SECRETARY, Role.SUBDISTRICT)
        communities = [str(self.community)] if local else [] if bound else None
        grant = {"role": role.value, "communities": communities, **bound}
        body = {"login": login, "name": f"{name}{self.mark}", "grants": [grant], "password": PASSWORD}
        await self.does(self.admin, f"{IDENTITY}/accounts", body)
        return login

    async def requested(self) -> str:
        """A call is taken: the request that follows."""
        body = {
            "cadre": self.cadre,
            "elements": {"what": "水管漏水"},
            "service": "repair",
            "urgency": "routine",
            "overruled": "另一件事",
        }
        request = await self.does(self.operator, f"{INTAKE}/requests", body)
        return str(request["id"])

    async def accepted(self, request: str) -> None:
        """The volunteer has been asked and says yes: the case is open."""

        def mine(listed: Any) -> Any:
            return next((one["offer"] for one in listed["items"] if one["request"] == request), None)

        offer = await self.until(self.volunteer, f"{MATCHING}/offers", mine)
        await self.does(self.volunteer, f"{MATCHING}/matches/{request}/accept", {"offer": offer})
        await self.until(self.operator, f"{CARE}/cases/{request}", lambda case: case["state"] == "Open")

    async def case(self) -> str:
        """A request that the volunteer has."""
        request = await self.requested()
        await self.accepted(request)
        return request

    async def funding(self, until: str, request: str, fen: int = 120_050, *, emergency: bool = False) -> str:
        """The id of a funding case that waits for this step, every one before it taken by another account."""
        body = {
            "request": request,
            "fund": self.fund,
            "amount": fen,
            "purpose": "冬季取暖有困难",
            "emergency": emergency,
        }
        first = self.local(Role.COORDINATOR, "-asks")
        made = str((await self.does(first, f"{CARE}/fundings", body))["id"])
        path = f"{CARE}/fundings/{made}"
        key, file = secrets.token_hex(8), (PDF, "application/pdf")
        await self.client.send(first, "POST", f"{path}/evidence?label=%E6%94%B6%E5%85%A5", file=file, key=key)
        steps: list[tuple[str, Who, str, Any]] = [
            ("submit", first, "submit", None),
            ("verify", self.local(Role.SECRETARY, "-verifies"), "verify", {"note": "属实"}),
            ("confirm", Who(f"liaison-{self.mark}", Role.UNIT_LIAISON, (), unit=self.unit), "confirm", None),
            ("review", Who(f"reviewer-{self.mark}", Role.REVIEWER), "review", {"amount": fen}),
            ("approve", Who(f"approver-{self.mark}", Role.APPROVER), "approve", {"amount": fen}),
            ("approve_again", Who(f"approver2-{self.mark}", Role.APPROVER), "approve", {"amount": fen}),
            ("disburse", Who(f"payer-{self.mark}", Role.PAYER), "disburse", {"reference": "2026-1"}),
        ]
        for step, who, verb, said in steps:
            if step == until:
                break
            if emergency and step in ("verify", "confirm", "review"):
                continue
            if step == "approve_again" and not emergency:
                continue
            await self.does(who, f"{path}/{verb}", said)
        inside = self.local(Role.SECRETARY)
        await self.until(inside, path, lambda found: found["step"] == until)
        return made


async def sign_in(page: Page, login: str, after: str = "/care/fundings") -> Page:
    """As a person does, without a mouse."""
    await page.goto(f"/identity/sign-in?next={after}")
    await page.focus("#login")
    await page.keyboard.type(login)
    await page.keyboard.press("Tab")
    await page.keyboard.type(PASSWORD)
    async with page.expect_navigation():
        await page.keyboard.press("Enter")
    assert page.url.endswith(after), await page.inner_text("main")
    return page
