"""Intake in a city where the tests themselves are matching and care."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from fastapi import APIRouter

from services.intake.catalogue import define_services
from services.intake.domain.community import community_id
from services.intake.service import SERVICE
from shared.bus.envelope import Actor
from shared.contracts import care, matching
from shared.contracts.event import Event
from shared.contracts.values import HelperKind, Slot, Urgency
from shared.eventstore.decider import Decider
from shared.eventstore.work import Work
from shared.roles import Role
from shared.service import Definition
from tests.harness import City, Client, running_city

ELSEWHERE: Decider[Event] = Decider("elsewhere", "thing", lambda _, event: event, lambda *_: [])
"""Streams of the services that the tests stand in for."""

API = "/intake/api/v1"
STANDING = {"category": "tuixiu", "sex": "female", "managing_unit": "市教育局", "covered": True}
TODAY = "2026-06-01"


@dataclass
class Town:
    """A city with one community and people at work."""

    city: City
    operator: Client
    admin: Client
    secretary: Client
    community: UUID

    async def told(self, service: str, *events: Event, stream: UUID | None = None) -> None:
        """Another service tells this; returns once intake has taken it in."""
        work = Work(self.city.store(service), Actor("system:test/told", "system"))
        await work.record(ELSEWHERE, stream or uuid4(), events)
        await self.city.store(service).commit(work)
        await self.city.settle()

    async def cadre(self, name: str = "张桂兰", **more: Any) -> str:
        """A registered cadre's id."""
        details = {"name": name, "phones": ["+8613904340188"], "address": "站前街 1 号", **more}
        body = {"community": str(self.community), "standing": STANDING, "details": details}
        answer = await self.operator.done("/intake/api/v1/cadres", body)
        await self.city.settle()
        return str(answer["id"])

    async def request(
        self, cadre: str, service: str = "repair", urgency: str = "routine", **more: Any
    ) -> str:
        """A received and triaged request's id."""
        body = {
            "cadre": cadre,
            "elements": {"what": "水管漏水"},
            "service": service,
            "urgency": urgency,
            **more,
        }
        answer = await self.operator.done("/intake/api/v1/requests", body)
        await self.city.settle()
        return str(answer["id"])

    async def post(self, request: str, verb: str, body: Any = None) -> dict[str, Any]:
        """A command to a request that must succeed."""
        answer = await self.operator.done(f"/intake/api/v1/requests/{request}/{verb}", body)
        await self.city.settle()
        return answer

    async def state(self, request: str) -> str:
        """The state as the list shows it."""
        shown = await self.operator.read(f"/intake/api/v1/requests/{request}")
        return str(shown["state"])

    async def assigned(self, request: str, cadre: str) -> UUID:
        """Matching opens and assigns a helper."""
        helper, stream = uuid4(), uuid4()
        await self.told("matching", opened(request, cadre), assigned(request, cadre, helper), stream=stream)
        return helper

    async def closed(self, cadre: str, service: str = "repair") -> str:
        """A request that was served and, as the callback said, solved."""
        request = await self.request(cadre, service)
        helper = await self.assigned(request, cadre)
        of = {"request": UUID(request), "cadre": UUID(cadre), "helper": helper, "visit": uuid4()}
        await self.told("care", care.VisitBegun(**of), care.ServiceReported(**of))
        await self.post(request, "callback", {"outcome": "solved"})
        return request

    async def todos(self, cadre: str) -> list[tuple[str, str]]:
        """What the secretary has to do about a cadre, by kind and detail."""
        listed = (await self.secretary.read(f"{API}/todos"))["items"]
        return [(one["kind"], one["detail"]) for one in listed if one["cadre"] == cadre]

    async def names(self) -> list[str]:
        """All events of intake by name."""
        return [event.NAME.removeprefix("intake.") for event in await self.city.events("intake")]


def opened(request: str, cadre: str) -> matching.MatchOpened:
    """Matching has taken a request up."""
    return matching.MatchOpened(
        request=UUID(request),
        cadre=UUID(cadre),
        community=None,
        service="repair",
        urgency=Urgency.ROUTINE,
        skills=(),
        helper_kinds=(),
        minutes=60,
        slot=None,
        round=1,
        side=None,
    )


def assigned(request: str, cadre: str, helper: UUID) -> matching.HelperAssigned:
    """A helper has a request."""
    return matching.HelperAssigned(
        request=UUID(request),
        cadre=UUID(cadre),
        community=None,
        helper=helper,
        helper_kind=HelperKind.VOLUNTEER,
        booking=uuid4(),
        service="repair",
        urgency=Urgency.ROUTINE,
        slot=Slot(start="2026-06-02T01:00:00Z", end="2026-06-02T02:00:00Z"),
        round=1,
        side=None,
    )


@asynccontextmanager
async def intake_town(admin_dsn: str, files: Path) -> AsyncIterator[Town]:
    """Intake with its catalogue and one community."""
    stand_ins = [Definition(name=name, title=name, router=APIRouter()) for name in ("matching", "care")]
    async with running_city(admin_dsn, files, [SERVICE, *stand_ins]) as city:
        await define_services(city.store("intake"))
        admin = city.client(Role.ADMIN)
        body = {"code": "zq", "name": "站前社区", "subdistrict": "河南街道"}
        await admin.done("/intake/api/v1/communities", body)
        community = community_id("zq")
        await city.settle()
        yield Town(
            city,
            city.client(Role.OPERATOR),
            admin,
            city.client(Role.SECRETARY, communities=[community]),
            community,
        )
