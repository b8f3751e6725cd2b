"""What the services that own it record, for reporting to copy."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from shared.bus.envelope import Actor, Envelope
from shared.contracts import matching
from shared.contracts.event import Event
from shared.contracts.values import DeclineReason
from shared.eventstore.decider import Decider
from shared.eventstore.work import Work
from tests.casefile_cases import CADRE, HELPER, OTHER, REQUEST, received, registered
from tests.harness import City

API = "/reporting/api/v1"
WHY = {"why": "yearly audit"}


def streams(category: str, *, by_cadre: bool = True) -> Decider[Event]:
    """Streams that take whatever is recorded."""
    return Decider(category, category, lambda _, event: event, lambda _, __, ___: (), by_cadre=by_cadre)


PERSON, CALL, GRANT, FILE = (
    streams("cadre"),
    streams("request"),
    streams("funding"),
    streams("helper", by_cadre=False),
)


async def write(
    house: City,
    service: str,
    decider: Decider[Any],
    aggregate: UUID,
    *events: Event,
    cause: Envelope | None = None,
) -> Envelope:
    """These events in a service's store, a minute after what was before; gives the last envelope."""
    house.clock.advance(house.clock.now() + timedelta(minutes=1))
    work = Work(house.store(service), Actor("somebody", "operator"), cause=cause)
    await work.record(decider, aggregate, events)
    written = await house.store(service).commit(work)
    assert written.last is not None
    return written.last


async def a_request(house: City) -> Envelope:
    """A cadre who asked for help and got an offer because of it."""
    await write(house, "intake", PERSON, CADRE, registered())
    last = await write(house, "intake", CALL, REQUEST, received())
    await write(
        house,
        "matching",
        streams("match"),
        REQUEST,
        matching.MatchExhausted(request=REQUEST, cadre=CADRE, community=OTHER, round=1, asked=0),
        cause=last,
    )
    await house.settle()
    return last


async def declined(house: City, times: int, together: int = 1000) -> None:
    """A helper says no so many times, each time to a request of its own."""
    for _ in range(times // together):
        refusals = [
            matching.OfferDeclined(
                request=request, offer=request, cadre=CADRE, helper=HELPER, reason=DeclineReason.BUSY
            )
            for request in (uuid4() for _ in range(together))
        ]
        await write(house, "matching", streams("match"), uuid4(), *refusals)
