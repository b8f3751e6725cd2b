"""What intake and matching tell care, and a case that begins with it."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from services.care.domain.visit import visit_of
from shared import ids
from shared.bus.envelope import Actor
from shared.contracts import intake, matching
from shared.contracts.event import Event
from shared.contracts.values import (
    Category,
    Details,
    Flag,
    HelperKind,
    Sex,
    Slot,
    Standing,
    Urgency,
    Validity,
)
from shared.eventstore.decider import Decider
from shared.eventstore.work import Work
from shared.roles import Role
from tests.harness import City

API = "/care/api/v1"
UNIT = "第一中学"
HERE, ELSEWHERE = uuid4(), uuid4()


def _later(_: Any, event: Event) -> Event:
    return event


def _nothing(*_: Any) -> list[Event]:
    return []


async def tell(city: City, about: UUID, *events: Event) -> None:
    """The service that owns these events says them, and they have their effect."""
    service = events[0].NAME.partition(".")[0]
    store = city.store(service)
    work = Work(store, Actor("system:test", "system"))
    await work.record(Decider(f"told-{service}", "told", _later, _nothing), about, events)
    await store.commit(work)
    await city.settle()


def slot(city: City, hours: float = 2) -> Slot:
    """An hour that begins in so many hours."""
    start = city.clock.now() + timedelta(hours=hours)
    return Slot(start=start, end=start + timedelta(hours=1))


def fresh(city: City) -> UUID:
    """A new id."""
    return ids.draw(city.clock.now())


async def cadre(city: City, *flags: Flag, category: Category = Category.TUIXIU) -> UUID:
    """A cadre whom intake has registered, with these hardships."""
    person = fresh(city)
    day = date(2026, 1, 1)
    standing = Standing(category=category, sex=Sex.FEMALE, managing_unit=UNIT)
    events: list[Event] = [
        intake.CadreRegistered(
            cadre=person, community=HERE, standing=standing, details=Details(name="王秀兰"), valid_from=day
        )
    ]
    events += [
        intake.HardshipAssessed(
            cadre=person,
            community=HERE,
            assessment=fresh(city),
            flag=flag,
            assessor="社区",
            validity=Validity(valid_from=day, valid_to=date(2026, 12, 31)),
        )
        for flag in flags
    ]
    await tell(city, person, *events)
    return person


class Assigned:
    """A request whose helper was assigned, and the helper's client."""

    def __init__(self, city: City, person: UUID) -> None:
        """Nothing is told yet."""
        self.city, self.cadre = city, person
        self.request, self.helper, self.booking = fresh(city), fresh(city), fresh(city)
        self.worker = city.client(Role.CARE_WORKER, helper=self.helper, communities=[])

    @property
    def visit(self) -> UUID:
        """The visit of the booking."""
        return visit_of(self.booking)

    def event(self, *, hours: float = 2, round_: int = 1) -> matching.HelperAssigned:
        """Matching's word."""
        return matching.HelperAssigned(
            request=self.request,
            cadre=self.cadre,
            community=HERE,
            helper=self.helper,
            helper_kind=HelperKind.STAFF,
            booking=self.booking,
            service="cleaning",
            urgency=Urgency.ROUTINE,
            slot=slot(self.city, hours),
            round=round_,
            side=None,
        )

    async def state(self) -> tuple[str, str]:
        """Of the case and of the visit."""
        found = await self.city.client(Role.OPERATOR).read(f"{API}/cases/{self.request}")
        return found["state"], next(v["state"] for v in found["visits"] if v["visit"] == str(self.visit))


async def assigned(city: City, *flags: Flag, hours: float = 2) -> Assigned:
    """A registered cadre with an open case."""
    case = Assigned(city, await cadre(city, *flags))
    await tell(city, case.request, case.event(hours=hours))
    return case


async def of_type(city: City, kind: type[Event]) -> list[Any]:
    """Care's events of a type."""
    return [event for event in await city.events("care") if isinstance(event, kind)]
