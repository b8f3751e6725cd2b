"""A community of its own on a demo that is up, and everybody whom a funding case there takes."""

import secrets
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from deploy.client import Who
from shared.clock import wall_now
from shared.deadlines import SHANGHAI
from shared.roles import Role
from tests.console.place import CARE, MATCHING, Place

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108020000009077"
    "53de0000000c4944415408d763b0b0b000000098004b3b3a5d0000000049454e44ae426082"
)


@dataclass
class Quarter(Place):
    """One community with a budget; `name` is its cadre's, `person` the cadre's id."""

    name: str = ""
    person: str = ""

    def __post_init__(self) -> None:
        """Nobody yet."""
        super().__post_init__()
        self.fund = f"q{self.mark}"
        self.unit = f"第{self.mark}中学"

    async def found(self) -> None:
        """A community, a cadre, a budget of 10,000 yuan and a volunteer."""
        await super().found()
        self.name = f"张桂{self.mark}"
        self.person = await self.cadre(self.name, unit=self.unit)
        year = wall_now().astimezone(SHANGHAI).year
        budget = {"fund": self.fund, "title": f"帮困资金{self.mark}", "year": year}
        money = {"amount": 1_000_000, "threshold": 500_000}
        await self.does(Role.ADMIN, f"{CARE}/budgets", budget | money)
        # without skills: the ranking would ask for tomorrow, once the working day is over
        helper = await self.helper(f"李{self.mark}", association="youth", skills=[])
        self.volunteer = Who(f"helper-{self.mark}", Role.VOLUNTEER, (), helper=UUID(helper))

    async def asks_volunteer(self, request: str) -> None:
        """The coordinator asks the volunteer for a visit today."""
        await self.offers(request, str(self.volunteer.helper))

    async def case(self) -> str:
        """A request that the volunteer has."""
        request = await self.request(self.person, urgency="routine")
        await self.asks_volunteer(request)

        def mine(listed: Any) -> Any:
            return next((one["offer"] for one in listed["items"] if one["request"] == request), None)

        offer = await self.until(self.volunteer, f"{MATCHING}/offers", mine)
        await self.does(self.volunteer, f"{MATCHING}/matches/{request}/accept", {"offer": offer})
        await self.until(Role.OPERATOR, f"{CARE}/cases/{request}", lambda case: case["state"] == "Open")
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
        await self.send(first, "POST", f"{path}/evidence?label=%E6%94%B6%E5%85%A5", file=file, key=key)
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
