"""The people of a funding chain."""

from typing import Any
from uuid import UUID, uuid4

from services.care.domain.budget import budget_of
from shared.roles import Role
from tests.harness import City
from tests.integration.care.told import API, HERE, UNIT, Assigned

PDF = b"%PDF-1.7\n" + bytes(range(256)) * 40


class Chain:
    """People of a funding chain, each another account, and a case to ask money for."""

    def __init__(self, city: City, case: Assigned) -> None:
        """One client a role."""
        self.city, self.case = city, case
        self.secretary = city.client(Role.SECRETARY, communities=[HERE])
        self.liaison = city.client(Role.UNIT_LIAISON, unit=UNIT, communities=[])
        self.reviewer, self.closer = city.client(Role.REVIEWER), city.client(Role.REVIEWER)
        self.approver, self.second = city.client(Role.APPROVER), city.client(Role.APPROVER)
        self.payer, self.admin = city.client(Role.PAYER), city.client(Role.ADMIN)

    async def budget(self, amount: int, threshold: int = 80_000) -> UUID:
        """This year's, opened."""
        body = {
            "fund": "hardship",
            "title": "帮困资金",
            "year": 2026,
            "amount": amount,
            "threshold": threshold,
        }
        await self.admin.done(f"{API}/budgets", body)
        return budget_of("hardship", 2026)

    async def draft(self, amount: int, *, emergency: bool = False) -> str:
        """A case that is drafted by the helper; gives its path."""
        body = {
            "request": str(self.case.request),
            "fund": "hardship",
            "amount": amount,
            "purpose": "冬季取暖",
            "emergency": emergency,
        }
        made = await self.case.worker.done(f"{API}/fundings", body)
        await self.city.settle()
        return f"{API}/fundings/{made['id']}"

    async def attach(self, path: str, content: bytes = PDF, kind: str = "application/pdf") -> Any:
        """Upload a file as the body."""
        headers = {"Idempotency-Key": str(uuid4()), "Content-Type": kind}
        return await self.case.worker.post(f"{path}/evidence?label=收入", content=content, headers=headers)

    async def reviewed(self, amount: int) -> str:
        """A case that waits for its approver; gives its path."""
        path = await self.draft(amount)
        assert (await self.attach(path)).is_success
        await self.case.worker.done(f"{path}/submit")
        await self.secretary.done(f"{path}/verify")
        await self.liaison.done(f"{path}/confirm")
        await self.reviewer.done(f"{path}/review", {"amount": amount})
        return path

    async def money(self) -> tuple[int, int, int, int]:
        """Reserved, spent, returned, free."""
        await self.city.settle()
        row = await self.payer.read(f"{API}/budgets/{budget_of('hardship', 2026)}")
        return row["reserved"], row["spent"], row["returned"], row["free"]
