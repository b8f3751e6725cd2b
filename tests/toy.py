"""Two small services for tests of the machinery: one counts, the other copies what it hears."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field

from shared.bus.recorded import Recorded
from shared.contracts.command import Command
from shared.contracts.event import Event, Personal
from shared.contracts.values import Line
from shared.errors import RefusedError
from shared.eventstore.decider import Decider, Moment
from shared.eventstore.tables import Tables
from shared.eventstore.views import View
from shared.eventstore.work import Work
from shared.http.call import Call
from shared.roles import Reach, Resource, Role
from shared.service import Definition


class Opened(Event, name="counting.Opened", subject="cadre"):
    """A counter for a cadre."""

    counter: UUID
    cadre: UUID
    label: Personal[str]


class Counted(Event, name="counting.Counted"):
    """By so much."""

    counter: UUID
    cadre: UUID
    by: int


class Heard(Event, name="hearing.Heard"):
    """The other service has heard of it."""

    counter: UUID
    cadre: UUID
    total: int


class Open(Command):
    """Begin."""

    cadre: UUID
    label: Line


class Count(Command):
    """Count further."""

    by: Annotated[int, Field(ge=1, le=1000)]


class FullError(RefusedError):
    """The counter is full at {limit}. Open another."""

    zh = "计数器已满（{limit}）。请另开一个。"


LIMIT = 100_000


@dataclass(frozen=True)
class Counter:
    """What it has counted."""

    counter: UUID
    cadre: UUID
    total: int


def evolve(state: Counter | None, event: Event) -> Counter:
    """Add up."""
    match event:
        case Opened():
            return Counter(event.counter, event.cadre, 0)
        case Counted():
            return Counter(event.counter, event.cadre, (state.total if state else 0) + event.by)
    raise AssertionError(event)


def decide(state: Counter | None, command: Command, moment: Moment) -> Sequence[Event]:
    """Open once, count up to the limit."""
    match command:
        case Open():
            return [Opened(counter=moment.aggregate, cadre=command.cadre, label=command.label)]
        case Count():
            assert state is not None
            if state.total + command.by > LIMIT:
                raise FullError(limit=LIMIT)
            return [Counted(counter=state.counter, cadre=state.cadre, by=command.by)]
    raise AssertionError(command)


COUNTER: Decider[Counter] = Decider("counter", "counter", evolve, decide, lambda s: Resource(cadre=s.cadre))


def hear_evolve(state: int | None, event: Heard) -> int:
    """Add up."""
    return (state or 0) + event.total


def hear_decide(_: int | None, __: Command, ___: Moment) -> Sequence[Event]:
    """Nothing is asked of it."""
    return []


EAR: Decider[int] = Decider("ear", "ear", hear_evolve, hear_decide)

router = APIRouter()


@router.post("/counters")
async def open_counter(body: Open, call: Call) -> Response:
    """Begin."""
    return await call.create(COUNTER, body, Resource(cadre=body.cadre))


@router.post("/counters/{counter}/count")
async def count(counter: UUID, body: Count, call: Call) -> Response:
    """Count further."""
    return await call.execute(COUNTER, counter, body)


async def show_opened(db: Tables, recorded: Recorded) -> None:
    """A row a counter."""
    event: Any = recorded.event
    await db.execute("INSERT INTO totals VALUES ($1, $2, 0)", event.counter, event.label)


async def show_counted(db: Tables, recorded: Recorded) -> None:
    """Its total."""
    event: Any = recorded.event
    await db.execute("UPDATE totals SET total = total + $2 WHERE counter = $1", event.counter, event.by)


TOTALS = View(
    "totals",
    "CREATE TABLE totals (counter uuid PRIMARY KEY, label text NOT NULL, total bigint NOT NULL);",
    {Opened: show_opened, Counted: show_counted},
)


class Faults:
    """What a test wants to go wrong, and whom it wants to hear of it."""

    failing: ClassVar[set[UUID]] = set()
    deafness: ClassVar[type[Exception]] = RuntimeError
    calls: ClassVar[list[tuple[UUID, int]]] = []
    looking: ClassVar[bool] = False
    labels: ClassVar[list[str | None]] = []

    @classmethod
    def clear(cls) -> None:
        """Nothing goes wrong."""
        cls.failing.clear()
        cls.calls.clear()
        cls.deafness = RuntimeError
        cls.looking = False
        cls.labels.clear()


async def hear(event: Counted, work: Work) -> None:
    """Say what was heard; fails for the counters that the test names."""
    Faults.calls.append((event.counter, event.by))
    if event.counter in Faults.failing:
        raise Faults.deafness(f"deaf to {event.counter}")
    if Faults.looking:
        Faults.labels.append(
            await work.db.fetchval("SELECT label FROM names WHERE counter = $1", event.counter)
        )
    await work.record(EAR, event.counter, [Heard(counter=event.counter, cadre=event.cadre, total=event.by)])


async def show_heard(db: Tables, recorded: Recorded) -> None:
    """The sum of all that was heard."""
    event: Any = recorded.event
    await db.execute(
        "INSERT INTO heard VALUES ($1, $2) ON CONFLICT (counter) DO UPDATE SET total = heard.total + $2",
        event.counter,
        event.total,
    )


async def show_name(db: Tables, recorded: Recorded) -> None:
    """What it is called."""
    event: Any = recorded.event
    await db.execute("INSERT INTO names VALUES ($1, $2)", event.counter, event.label)


NAMES = View(
    "names", "CREATE TABLE names (counter uuid PRIMARY KEY, label text NOT NULL);", {Opened: show_name}
)
HEARD = View(
    "heard",
    "CREATE TABLE heard (counter uuid PRIMARY KEY, total bigint NOT NULL);",
    {Heard: show_heard},
)

COUNTING = Definition("counting", "Counting", router, views=(TOTALS,), gather=0.02)
HEARING = Definition("hearing", "Hearing", APIRouter(), {Counted: hear}, views=(HEARD, NAMES), gather=0.02)

TABLE = {
    **{f"counting.{name}": {Role.OPERATOR: Reach.ALL} for name in ("Open", "Count")},
    **{
        f"{service}.{action}": {Role.ADMIN: Reach.ALL}
        for service in ("counting", "hearing")
        for action in (
            "read_parked",
            "RetryParked",
            "SkipParked",
            "read_events",
            "RebuildView",
            "read_status",
        )
    },
}
"""What `shared.access.TABLE` has to say of the toys."""
