"""People at work in a city with every service, and what each service's lists say of their work."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from services.intake.catalogue import define_services
from services.intake.domain.community import community_id
from shared.bus.local import LocalCarrier
from shared.roles import Role
from tests.harness import City, Client
from tests.holding import still

INTAKE, MATCHING, CARE = "/intake/api/v1", "/matching/api/v1", "/care/api/v1"
UNIT = "市教育局"
COMMUNITIES = {"zq": "站前社区", "hb": "河北社区"}


@dataclass(frozen=True)
class Volunteer:
    """Somebody who repairs and shops."""

    helper: str
    client: Client


class Town:
    """Two communities, a budget, and everybody who has a part in it, each with an account of their own."""

    def __init__(self, city: City) -> None:
        """All but the volunteers."""
        self.city = city
        self.here, self.there = (community_id(code) for code in COMMUNITIES)
        own: Any = {"communities": [self.here]}
        others: Any = {"communities": [self.there]}
        self.admin, self.operator = city.client(Role.ADMIN), city.client(Role.OPERATOR)
        self.coordinator = city.client(Role.COORDINATOR, **own)
        self.their_coordinator = city.client(Role.COORDINATOR, **others)
        self.secretary, self.verifier = (city.client(Role.SECRETARY, **own) for _ in range(2))
        self.their_secretary = city.client(Role.SECRETARY, **others)
        self.liaison = city.client(Role.UNIT_LIAISON, unit=UNIT)
        self.reviewer, self.closer = (city.client(Role.REVIEWER) for _ in range(2))
        self.approver, self.second_approver = (city.client(Role.APPROVER) for _ in range(2))
        self.payer = city.client(Role.PAYER)

    async def cadre(self, name: str = "张桂兰") -> str:
        """A registered cadre's id."""
        body = {
            "community": str(self.here),
            "standing": {"category": "tuixiu", "sex": "female", "managing_unit": UNIT, "covered": True},
            "details": {"name": name, "phones": ["+864340100188"], "address": "站前街 1 号"},
        }
        answer = await self.operator.done(f"{INTAKE}/cadres", body)
        await self.city.settle()
        return str(answer["id"])

    async def stranger(self) -> str:
        """The id of somebody whom nobody knows yet."""
        body = {"community": str(self.here), "details": {"name": "桂兰", "phones": ["+864340100177"]}}
        answer = await self.operator.done(f"{INTAKE}/cadres/provisional", body)
        await self.city.settle()
        return str(answer["id"])

    async def volunteer(self, name: str = "李敏", *, there: bool = False, **profile: Any) -> Volunteer:
        """Somebody is enrolled here, or there."""
        coordinator, community = (
            (self.their_coordinator, self.there) if there else (self.coordinator, self.here)
        )
        answer = await coordinator.done(
            f"{MATCHING}/helpers",
            {
                "kind": "volunteer",
                "community": str(community),
                "association": "youth",
                "skills": [{"code": "repair"}, {"code": "shopping"}],
                "capacity": 5,
                "profile": {"name": name, "phone": "+864340100199", **profile},
            },
        )
        await self.city.settle()
        helper = UUID(answer["id"])
        return Volunteer(str(helper), self.city.client(Role.VOLUNTEER, helper=helper))

    async def request(self, cadre: str, service: str = "repair") -> str:
        """A triaged request, offered if anybody may do it."""
        answer = await self.operator.done(
            f"{INTAKE}/requests",
            {
                "cadre": cadre,
                "elements": {"what": "水管漏水"},
                "service": service,
                "urgency": "routine",
                "overruled": "另一件事",
            },
        )
        await self.city.settle()
        return str(answer["id"])

    async def accept(self, request: str, volunteer: Volunteer) -> None:
        """The volunteer says yes to the offer that is open for this request."""
        offers = (await volunteer.client.read(f"{MATCHING}/offers", state="Open"))["items"]
        (offer,) = [one["offer"] for one in offers if one["request"] == request]
        await volunteer.client.done(f"{MATCHING}/matches/{request}/accept", {"offer": offer})

    async def assigned(self, cadre: str, volunteer: Volunteer, service: str = "repair") -> tuple[str, str]:
        """A request that the volunteer has, and its visit."""
        request = await self.request(cadre, service)
        await self.accept(request, volunteer)
        await self.city.settle()
        return request, await self.visit(request)

    async def visit(self, request: str) -> str:
        """The visit of a request that is to come."""
        case = await self.operator.read(f"{CARE}/cases/{request}")
        (visit,) = [one["visit"] for one in case["visits"] if one["state"] == "Scheduled"]
        return str(visit)

    async def arrive(self, visit: str) -> None:
        """The time of a visit comes."""
        shown = await self.operator.read(f"{CARE}/visits/{visit}")
        left = datetime.fromisoformat(shown["slot_start"]) - self.city.clock.now()
        if left > timedelta():
            await self.city.advance(seconds=left.total_seconds())

    async def served(self, request: str, volunteer: Volunteer) -> None:
        """The volunteer comes and reports: the callback is due."""
        visit = await self.visit(request)
        await self.arrive(visit)
        body = {"minutes": 50, "outcome": "换了水龙头"}
        await volunteer.client.done(f"{CARE}/visits/{visit}/complete", body)
        await self.city.settle()

    async def todos(self, kind: str) -> list[Any]:
        """What is to be done of this kind."""
        listed = await self.operator.read(f"{INTAKE}/todos", kind=kind)
        return list(listed["items"])

    async def budget(self) -> str:
        """A year's budget that needs a second approver above 5,000 yuan."""
        body = {"fund": "hardship", "title": "帮困资金", "amount": 1_000_000, "threshold": 500_000}
        year = self.city.clock.now().year
        answer = await self.admin.done(f"{CARE}/budgets", {**body, "year": year})
        return str(answer["id"])

    async def drafted(self, request: str) -> str:
        """The path of an emergency case of 1,000 yuan for a request."""
        body = {
            "request": request,
            "fund": "hardship",
            "amount": 100_000,
            "purpose": "突发困难",
            "emergency": True,
        }
        answer = await self.secretary.done(f"{CARE}/fundings", body)
        return f"{CARE}/fundings/{answer['id']}"

    async def reserved(self, request: str) -> str:
        """The path of such a case, approved twice, its money held by the budget."""
        funding = await self.drafted(request)
        await self.secretary.done(f"{funding}/submit")
        for approver in (self.approver, self.second_approver):
            await approver.done(f"{funding}/approve", {"amount": 100_000})
        await self.city.settle()
        return funding

    async def active_plan(self, cadre: str) -> str:
        """The path of a plan whose services recur."""
        answer = await self.secretary.done(f"{CARE}/plans", {"cadre": cadre, "risk": "general"})
        plan = f"{CARE}/plans/{answer['id']}"
        await self.secretary.done(f"{plan}/activate")
        await self.city.settle()
        return plan

    def slot(self, days: float) -> dict[str, str]:
        """An hour that begins in so many days."""
        start = self.city.clock.now() + timedelta(days=days)
        return {"start": start.isoformat(), "end": (start + timedelta(hours=1)).isoformat()}

    @asynccontextmanager
    async def unheard(self, *services: str) -> AsyncIterator[None]:
        """Meanwhile these services hear of nothing: what is done crosses on its way to them."""
        carrier = self.city.system.carrier
        assert isinstance(carrier, LocalCarrier)
        async with AsyncExitStack() as held:
            for service in services:
                await held.enter_async_context(still(carrier, service))
            yield
        await self.city.settle()

    # What the lists say

    async def states(self, request: str) -> tuple[str, str, str, list[str]]:
        """Of the request, its match, its case (empty when there is none), and its visits by name."""
        shown = await self.operator.read(f"{INTAKE}/requests/{request}")
        match = await self.operator.read(f"{MATCHING}/matches/{request}")
        case = await self.operator.get(f"{CARE}/cases/{request}")
        told: Any = case.json() if case.is_success else {"state": "", "visits": []}
        visits = sorted(one["state"] for one in told["visits"])
        return shown["state"], match["state"], told["state"], visits

    async def bookings(self, volunteer: Volunteer) -> list[tuple[str, str]]:
        """What became of each booking and why, the latest time first."""
        found = await self.coordinator.read(f"{MATCHING}/helpers/{volunteer.helper}/bookings")
        return [(one["state"], one["reason"]) for one in found["items"]]

    async def offers(self, request: str) -> list[str]:
        """What became of each offer, in order."""
        match = await self.operator.read(f"{MATCHING}/matches/{request}")
        return [one["state"] for one in match["offers"]]

    async def nothing_left(self) -> None:
        """Nobody is to come, nothing is to be matched, no request is open, and nothing is parked."""
        assert (await self.operator.read(f"{CARE}/visits", which="open"))["items"] == []
        assert (await self.operator.read(f"{CARE}/visits", which="waiting"))["items"] == []
        assert (await self.operator.read(f"{INTAKE}/requests", open=True))["items"] == []
        matches = (await self.operator.read(f"{MATCHING}/matches"))["items"]
        assert {one["state"] for one in matches} == {"Closed"}
        await self.nothing_parked()

    async def nothing_parked(self) -> None:
        """No service has an event or a timer that failed."""
        for service in self.city.system.services:
            assert await self.admin.read(f"/{service}/api/v1/parked") == [], service


async def found_town(city: City) -> Town:
    """The catalogue of services and two communities."""
    await define_services(city.store("intake"))
    town = Town(city)
    for code, name in COMMUNITIES.items():
        body = {"code": code, "name": name, "subdistrict": "河南街道"}
        await town.admin.done(f"{INTAKE}/communities", body)
    await city.settle()
    return town
