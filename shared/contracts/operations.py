"""Events that every service's own store may hold: what people did to the machinery."""

from uuid import UUID

from shared.contracts.event import Event


class EventSkipped(Event, name="operations.EventSkipped"):
    """A named person let a consumer go past an event that failed, and said why."""

    skip: UUID
    consumer: str
    event: UUID
    type: str
    stream: str
    stream_version: int
    reason: str
