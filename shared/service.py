"""What a service is made of, and what it has while it runs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from fastapi import APIRouter

from shared.bus.consumer import Consumer
from shared.bus.effect import Reaction
from shared.bus.past import Past
from shared.clock import Clock
from shared.contracts.event import Event
from shared.eventstore.log import SQL
from shared.eventstore.store import EventStore
from shared.eventstore.timers import TimerHandler
from shared.eventstore.views import View
from shared.settings import QUICK_SETTINGS, Settings

if TYPE_CHECKING:
    from shared.http.tokens import TokenCheck

GATHER_SECONDS = 0.2
"""Nobody notices it, and at twenty requests a second it makes one batch of some twenty events."""
_WRITTEN = "SELECT EXISTS (SELECT FROM store.events WHERE stream = $1 AND stream_version >= $2)"


class Part(Protocol):
    """Something that works until it is told to stop."""

    async def run(self) -> None:
        """Work until `stop`."""

    def stop(self) -> None:
        """End after what is being handled now."""


@dataclass(frozen=True)
class Definition:
    """A service as its `service.py` wires it."""

    name: str
    title: str
    router: APIRouter
    reactions: Mapping[type[Event], Reaction] = field(default_factory=dict)
    timers: Mapping[str, TimerHandler] = field(default_factory=dict)
    views: Sequence[View] = ()
    lineages: Sequence[Path] = ()
    counts: Mapping[str, str] = field(default_factory=dict)
    """Figures of its own by name: SQL that gives `state` and `count`."""
    console: APIRouter | None = None
    """Its pages, which stand at `/NAME/`."""
    gather: float = GATHER_SECONDS
    """Of its consumer: how long others' events may gather at a broker."""
    consumer_factory: Callable[[EventStore], Consumer] | None = None
    parts: Callable[[EventStore], Sequence[Part]] = lambda _: ()
    """What works beside a process that isn't alone in writing to its store."""

    def make_consumer(self, store: EventStore) -> Consumer:
        """The service's consumer on its store."""
        if self.consumer_factory is not None:
            return self.consumer_factory(store)
        return Consumer(self.name, store, self.reactions, self.views, gather=self.gather)

    @property
    def prefix(self) -> str:
        """Where its API stands."""
        return f"/{self.name}/api/v1"


class Carrier(Part, Protocol):
    """What brings events to the consumers here. `sends` when relays send them on, to services elsewhere."""

    sends: ClassVar[bool]

    async def lag(self, consumer: Consumer) -> Mapping[str, int | None]:
        """How many events of each source it has not taken in; None for what can't be known now."""

    async def unready(self, consumer: Consumer) -> Sequence[str]:
        """What keeps events from it, in words; nothing when they flow."""


@dataclass
class Running:
    """A service while it runs; `app.state.running` of its API. `sources` are the stores within its reach."""

    definition: Definition
    store: EventStore
    consumer: Consumer
    tokens: "TokenCheck"
    files: Path
    sources: Mapping[str, EventStore]
    past: Past
    carrier: Carrier
    clock: Clock
    extras: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The service's name."""
        return self.definition.name

    async def be_quick(self, *, quick: bool) -> None:
        """Let the waits be seconds in place of minutes, or no longer; other processes find out."""
        await self.store.pool.execute(SQL.be_quick.sql, quick)
        await self.look_how_quick()

    async def look_how_quick(self) -> bool:
        """Wait as long from now on as the store's mark says; gives whether that is quick."""
        quick: bool = await self.store.pool.fetchval(SQL.quick.sql)
        self.store.settings = QUICK_SETTINGS if quick else Settings()
        return quick

    async def lag(self) -> Mapping[str, int | None]:
        """How many events of each source the consumer has not taken in; None for what can't be known now."""
        return await self.carrier.lag(self.consumer)

    async def written(self, stream: str, version: int) -> bool | None:
        """Whether a store within reach has this version of the stream, the service's own first.

        None when none has and others are out of reach: another service may have written it.
        """
        for store in {self.name: self.store, **self.sources}.values():
            if await store.pool.fetchval(_WRITTEN, stream, version):
                return True
        return None if self.carrier.sends else False

    async def reached(self, position: str, seconds: float = 2.0) -> bool:
        """Wait until the views show what was written at `position` (`stream@version`)."""
        return await self.consumer.reached(position, seconds)
