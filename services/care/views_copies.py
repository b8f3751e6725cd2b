"""Copies of what intake has said of services and requests."""

from shared.bus.recorded import Recorded
from shared.contracts import intake
from shared.contracts.event import Event
from shared.eventstore.tables import Tables
from shared.eventstore.views import Handler

SERVICE = """
INSERT INTO services VALUES ($1, $2, $3)
ON CONFLICT (code) DO UPDATE SET zh = excluded.zh, en = excluded.en"""
REQUEST = """
INSERT INTO requests VALUES ($1, $2) ON CONFLICT (request) DO UPDATE SET elements = excluded.elements"""


async def _defined(db: Tables, recorded: Recorded) -> None:
    event = recorded.event
    if isinstance(event, intake.ServiceDefined):
        await db.execute(SERVICE, event.code, event.zh, event.en)


async def _asked(db: Tables, recorded: Recorded) -> None:
    event = recorded.event
    if isinstance(event, intake.RequestReceived | intake.RequestCorrected) and event.elements:
        await db.execute(REQUEST, event.request, event.elements.model_dump_json())


COPIES: dict[type[Event], Handler] = {
    intake.ServiceDefined: _defined,
    intake.RequestReceived: _asked,
    intake.RequestCorrected: _asked,
}
