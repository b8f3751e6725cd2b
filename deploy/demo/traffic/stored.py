"""Every event of every service as the administrator's API gives it, and what a check found."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

import orjson

from deploy.client import Client, Who

SERVICES = ("intake", "matching", "care", "reporting", "identity")
SHOWN = 5


@dataclass(frozen=True)
class Stored:
    """One event: its attributes, and its fields that aren't sealed."""

    attributes: Mapping[str, Any]

    @property
    def id(self) -> str:
        """The event's id."""
        return str(self.attributes["id"])

    @property
    def type(self) -> str:
        """Its name, such as `intake.RequestReceived`."""
        return str(self.attributes["type"])

    @property
    def stream(self) -> str:
        """The stream it is in."""
        return str(self.attributes["subject"])

    @property
    def version(self) -> int:
        """Its place in the stream, from 1."""
        return int(self.attributes["streamversion"])

    @property
    def position(self) -> str:
        """`stream@version`, as answers to commands give it."""
        return f"{self.stream}@{self.version}"

    @property
    def actor(self) -> str:
        """Who acted."""
        return str(self.attributes["actor"])

    @property
    def command(self) -> str:
        """The key of the command, empty for reactions and timers."""
        return str(self.attributes.get("commandid", ""))

    @property
    def cause(self) -> str:
        """The id of the event that caused it, or empty."""
        return str(self.attributes.get("causationid", ""))

    @property
    def recorded(self) -> datetime:
        """When it was recorded."""
        return datetime.fromisoformat(self.attributes["recordedtime"])

    @cached_property
    def data(self) -> dict[str, Any]:
        """Its fields."""
        found: dict[str, Any] = orjson.loads(self.attributes["data"])
        return found

    def __getitem__(self, name: str) -> Any:
        """A field."""
        return self.data[name]


@dataclass(frozen=True)
class Events:
    """All events, in the order of each store."""

    by_service: Mapping[str, Sequence[Stored]]

    def __iter__(self) -> Iterator[Stored]:
        """Every event, service by service."""
        for found in self.by_service.values():
            yield from found

    @cached_property
    def by_type(self) -> Mapping[str, Sequence[Stored]]:
        """Events by name, in order."""
        found: dict[str, list[Stored]] = defaultdict(list)
        for event in self:
            found[event.type].append(event)
        return found

    def of(self, *types: str) -> list[Stored]:
        """Events of these types."""
        return [event for kind in types for event in self.by_type.get(kind, ())]

    def grouped(self, name: str, *types: str) -> dict[str, list[Stored]]:
        """Events of these types by one of their fields."""
        found: dict[str, list[Stored]] = defaultdict(list)
        for event in self.of(*types):
            found[str(event[name])].append(event)
        return found


async def read_events(client: Client, who: Who, services: Iterable[str] = SERVICES) -> Events:
    """Read every event of these services."""
    found: dict[str, list[Stored]] = {}
    for service in services:
        pages = client.pages(who, f"/{service}/api/v1/events")
        found[service] = [Stored(attributes) async for attributes in pages]
    return Events(found)


@dataclass
class Finding:
    """What a check looked at, and what is wrong."""

    name: str
    looked_at: int = 0
    wrong: list[str] = field(default_factory=list)

    def expect(self, holds: bool, otherwise: str) -> None:  # noqa: FBT001  reads as a sentence
        """Count one thing looked at, and keep what is wrong with it."""
        self.looked_at += 1
        if not holds:
            self.wrong.append(otherwise)

    @property
    def shown(self) -> list[str]:
        """The first few wrongs."""
        more = len(self.wrong) - SHOWN
        return self.wrong[:SHOWN] + ([f"… and {more} more"] if more > 0 else [])
