"""What a service is made of, and what it has while it runs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter

from shared.bus.consumer import Consumer, Reaction
from shared.contracts.event import Event
from shared.eventstore.store import EventStore
from shared.eventstore.timers import TimerHandler
from shared.eventstore.views import View

if TYPE_CHECKING:
    from shared.http.tokens import TokenCheck


@dataclass(frozen=True)
class Definition:
    """A service as its `service.py` wires it."""

    name: str
    title: str
    router: APIRouter
    reactions: Mapping[type[Event], Reaction] = field(default_factory=dict)
    timers: Mapping[str, TimerHandler] = field(default_factory=dict)
    views: Sequence[View] = ()

    @property
    def prefix(self) -> str:
        """Where its API stands."""
        return f"/{self.name}/api/v1"


@dataclass
class Running:
    """A service while it runs; `app.state.running` of its API."""

    definition: Definition
    store: EventStore
    consumer: Consumer
    tokens: "TokenCheck"
    files: Path
    extras: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The service's name."""
        return self.definition.name

    async def reached(self, position: str, seconds: float = 2.0) -> bool:
        """Wait until the views show what was written at `position` (`stream@version`)."""
        return await self.consumer.reached(position, seconds)
