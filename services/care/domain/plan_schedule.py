"""When a plan's services recur, in Shanghai's days, and what a plan has when nobody chose."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from uuid import UUID

from shared import ids
from shared.contracts.values import Category, PlannedService, Risk, Slot
from shared.deadlines import SHANGHAI

VISIT_DAYS: Mapping[Risk, int] = {Risk.HIGH: 7, Risk.KEY: 30, Risk.GENERAL: 91}
"""Weekly, monthly, quarterly."""

LIXIU_SERVICES = (
    PlannedService(service="counselling", every_days=30, minutes=15, hour=10),
    PlannedService(service="visit", every_days=91),
    PlannedService(service="counselling", every_days=182, minutes=60, hour=15),
)
"""For 离休: a call a month, a visit a quarter, a talk every half-year."""


class Occurrence(NamedTuple):
    """One time of a planned service."""

    service: str
    slot: Slot

    def id(self, plan: UUID) -> UUID:
        """Always the same for a plan, a service of it and a day, so that it never doubles."""
        return ids.derive(ids.time_of(plan), plan, self.service, self.slot.start.isoformat())


def usual_services(risk: Risk, category: Category | None) -> tuple[PlannedService, ...]:
    """What a plan repeats unless somebody chose: by risk, and for 离休 what is theirs by rule."""
    visits = PlannedService(service="visit", every_days=VISIT_DAYS[risk])
    if category is not Category.LIXIU:
        return (visits,)
    rest = tuple(one for one in LIXIU_SERVICES if one.service != "visit")
    return (LIXIU_SERVICES[1] if risk is Risk.GENERAL else visits, *rest)


def occurrences(service: PlannedService, starts: date, after: date | None) -> Iterator[Occurrence]:
    """The times of one service from `starts` on, those later than `after`, without an end."""
    step = timedelta(days=service.every_days)
    day = starts
    if after is not None and after >= starts:
        day = starts + step * ((after - starts) // step + 1)
    while True:
        yield occurrence(service, day)
        day += step


def occurrence(service: PlannedService, day: date) -> Occurrence:
    """The service on this day."""
    start = datetime.combine(day, time(service.hour), SHANGHAI).astimezone(UTC)
    return Occurrence(service.service, Slot(start=start, end=start + timedelta(minutes=service.minutes)))
