"""A community of a test's own in the demo that is up: its people, and what happens to them."""

import asyncio
import secrets
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import httpx

from tests.command_line import Up, verb

SECONDS = 20
INTAKE, MATCHING = "/intake/api/v1", "/matching/api/v1"


@cache
def token(data: Path, role: str) -> str:
    """A development token for a role over the whole city."""
    return verb("token", "--role", role, "--data", str(data)).stdout.strip()


@dataclass
class Townsfolk:
    """Everybody of one community; `name` is in all names, so that a test finds its own."""

    up: Up
    http: httpx.AsyncClient
    name: str = field(default_factory=lambda: secrets.token_hex(3))
    community: str = ""

    async def tell(self, role: str, path: str, body: Any = None) -> Any:
        """A command of this role."""
        headers = {
            "Authorization": f"Bearer {token(self.up.data, role)}",
            "Idempotency-Key": secrets.token_hex(8),
        }
        answer = await self.http.post(f"{self.up.address}{path}", json=body or {}, headers=headers)
        assert answer.is_success, answer.text
        return answer.json()

    async def read(self, path: str, role: str = "coordinator", **query: str) -> Any:
        """What this role reads."""
        headers = {"Authorization": f"Bearer {token(self.up.data, role)}"}
        answer = await self.http.get(f"{self.up.address}{path}", params=query, headers=headers)
        assert answer.is_success, answer.text
        return answer.json()

    async def found(self) -> None:
        """The community."""
        body = {"code": self.name, "name": f"社区{self.name}", "subdistrict": "河南街道"}
        self.community = (await self.tell("admin", f"{INTAKE}/communities", body))["id"]

    async def cadre(self, name: str = "张桂兰", **more: Any) -> str:
        """Somebody who is served."""
        details = {"name": name, "phones": ["+864340100188"], "address": "站前街 1 号", **more}
        body = {
            "community": self.community,
            "standing": {"category": "tuixiu", "sex": "female", "covered": True},
            "details": details,
        }
        return str((await self.tell("operator", f"{INTAKE}/cadres", body))["id"])

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
        return str((await self.tell("coordinator", f"{MATCHING}/helpers", body))["id"])

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
        request = str((await self.tell("operator", f"{INTAKE}/requests", body))["id"])
        async with asyncio.timeout(SECONDS):
            while not await self._matching(request):  # noqa: ASYNC110  a poll with a deadline
                await asyncio.sleep(0.05)
        return request

    async def _matching(self, request: str) -> bool:
        headers = {"Authorization": f"Bearer {token(self.up.data, 'coordinator')}"}
        address = f"{self.up.address}{MATCHING}/matches/{request}"
        return (await self.http.get(address, headers=headers)).is_success

    async def open_offers(self, request: str) -> list[str]:
        """Offers that wait for an answer."""
        match = await self.read(f"{MATCHING}/matches/{request}")
        return [one["offer"] for one in match["offers"] if one["state"] == "Open"]
