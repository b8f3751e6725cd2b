"""Matching with a coordinator, beside an intake and a care that say what a test wants."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from services.matching.domain.plan import PLAN
from shared import ids
from shared.bus.envelope import Actor
from shared.contracts import care, intake
from shared.contracts import matching as m
from shared.contracts.event import Event
from shared.contracts.values import (
    CadreSide,
    Category,
    Channel,
    Details,
    Elements,
    HelperKind,
    Point,
    Sex,
    Slot,
    Standing,
    Urgency,
)
from shared.eventstore.decider import Decider
from shared.eventstore.work import Work
from shared.roles import Role
from tests.harness import START, City, Client

HERE, ELSEWHERE = ids.derive(START, "here"), ids.derive(START, "elsewhere")
HOME = Point.of(129.6, 44.6)
API = "/matching/api/v1"
TELLERS: dict[str, Decider[Any]] = {
    category: Decider[int](category, category, lambda state, _: (state or 0) + 1, lambda *_: [])
    for category in ("cadre", "community", "request", "visit")
} | {"plan": PLAN}


@dataclass
class Stage:
    """Matching with a coordinator, and what the test lets intake and care say."""

    city: City
    coordinator: Client
    cadre: UUID = field(default_factory=uuid4)
    people: dict[UUID, Client] = field(default_factory=dict)

    async def say(self, service: str, category: str, about: UUID, *events: Event) -> None:
        """Another service says this; returns once it has had its effect."""
        work = Work(self.city.store(service), Actor("operator", "operator"))
        await work.record(TELLERS[category], about, events)
        await work.store.commit(work)
        await self.city.settle()

    async def helper(self, name: str, *, metres: int = 100, **changes: Any) -> UUID:
        """Somebody is enrolled, so far to the north of the cadre."""
        home = Point.of(129.6, 44.6 + metres / 111_195)
        answer = await self.coordinator.done(
            f"{API}/helpers",
            {
                "kind": "volunteer",
                "community": str(HERE),
                "skills": [{"code": "shopping"}],
                "capacity": 5,
                "profile": {"name": name, "phone": "+8613900000001", "home": home.model_dump()},
                **changes,
            },
        )
        helper = UUID(answer["id"])
        self.people[helper] = self.city.client(Role.VOLUNTEER, communities=[], helper=helper)
        return helper

    async def register(self) -> None:
        """The cadre is in the register."""
        standing = Standing(category=Category.LIXIU, sex=Sex.FEMALE)
        details = Details(name="张桂兰", phones=("+8613900000188",), address="河南街道 12 号", home=HOME)
        await self.say(
            "intake",
            "cadre",
            self.cadre,
            intake.CadreRegistered(
                cadre=self.cadre,
                community=HERE,
                standing=standing,
                details=details,
                valid_from=date(2026, 1, 1),
            ),
        )

    async def request(
        self, urgency: Urgency = Urgency.ROUTINE, slot: Slot | None = None, **changes: Any
    ) -> UUID:
        """The cadre asks for shopping, tomorrow at ten unless another time is said."""
        request = ids.draw(self.city.clock.now())
        fields: dict[str, Any] = {
            "request": request,
            "cadre": self.cadre,
            "community": HERE,
            "service": "shopping",
            "urgency": urgency,
            "slot": slot or tomorrow(25),
            **changes,
        }
        received = intake.RequestReceived(
            **fields,
            covered=True,
            channel=Channel.PHONE,
            linked=None,
            likely=(),
            caller=None,
            elements=Elements(what="米和油"),
        )
        triaged = intake.RequestTriaged(
            **fields,
            skills=("shopping",),
            helper_kinds=(HelperKind.VOLUNTEER,),
            minutes=60,
            side=CadreSide(home=HOME),
            triaged_by="operator",
        )
        await self.say("intake", "request", request, received, triaged)
        return request

    async def match(self, request: UUID) -> Any:
        """The match as a coordinator sees it."""
        return await self.coordinator.read(f"{API}/matches/{request}")

    async def open_offer(self, request: UUID, helper: UUID) -> str:
        """The offer that is open to a helper."""
        offers = (await self.match(request))["offers"]
        (found,) = [one for one in offers if one["helper"] == str(helper) and one["state"] == "Open"]
        return str(found["offer"])

    async def accept(self, request: UUID, helper: UUID, offer: object = None) -> Any:
        """The helper says yes to the open offer, or this one; gives the answer, whatever it is."""
        offer = offer or await self.open_offer(request, helper)
        return await self.people[helper].command(f"{API}/matches/{request}/accept", {"offer": offer})

    async def assigned(self, request: UUID, helper: UUID) -> m.HelperAssigned:
        """The helper says yes and has it."""
        answer = await self.accept(request, helper)
        assert answer.is_success, answer.text
        await self.city.settle()
        told: list[m.HelperAssigned] = await self.told(m.HelperAssigned)
        return [one for one in told if one.request == request][-1]

    async def told(self, *kinds: type[Event]) -> list[Any]:
        """What matching has told, of these kinds."""
        return [event for event in await self.city.events("matching") if isinstance(event, kinds)]


def tomorrow(hours: float, length: float = 1) -> Slot:
    """So many hours after the start, which is nine on Monday."""
    begin = START + timedelta(hours=hours)
    return Slot(start=begin, end=begin + timedelta(hours=length))


def states(match: Any) -> list[tuple[str, str]]:
    """What became of each offer, in order."""
    return [(offer["name"], offer["state"]) for offer in match["offers"]]


def visit(assigned: m.HelperAssigned) -> dict[str, Any]:
    """The fields of care's events about the visit of an assignment."""
    return {
        "visit": uuid4(),
        "request": assigned.request,
        "cadre": assigned.cadre,
        "helper": assigned.helper,
        "booking": assigned.booking,
    }


def done(assigned: m.HelperAssigned) -> care.VisitDone:
    """The visit took place."""
    return care.VisitDone(**visit(assigned), minutes=50, solved=True, needs=(), outcome="买好了")
