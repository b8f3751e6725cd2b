"""given(events).when(command).then(events): a decider's test reads as a sentence."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from shared.bus.envelope import Actor
from shared.contracts.command import Command
from shared.contracts.event import Event
from shared.errors import DomainError
from shared.eventstore.decider import Decider, Moment

NOON = datetime(2026, 6, 1, 4, 0, tzinfo=UTC)
"""Monday, 1 June 2026, 12:00 in Shanghai."""

SOMEBODY = Actor("somebody", "operator")

ITSELF = UUID("01997000-0000-7000-8000-000000000001")
"""The aggregate that the test is about: `moment.aggregate`."""

MOMENT = Moment(NOON, SOMEBODY, "seed", ITSELF)


@dataclass(frozen=True)
class Given:
    """A decider with its past."""

    decider: Decider[Any]
    past: tuple[Event, ...]
    command: Command | None = None
    moment: Moment = MOMENT

    def when(self, command: Command, *, by: Actor = SOMEBODY, at: datetime = NOON) -> "Given":
        """This command comes."""
        return replace(self, command=command, moment=Moment(at, by, "seed", ITSELF))

    def then(self, *expected: Event | Callable[[Event], bool] | type[Event]) -> None:
        """These events follow: equal to them, of a type, or as a predicate says."""
        events = self.events()
        assert len(events) == len(expected), events
        for event, wanted in zip(events, expected, strict=True):
            if isinstance(wanted, type):
                assert isinstance(event, wanted), event
            elif isinstance(wanted, Event):
                assert event == wanted
            else:
                assert wanted(event), event
        self.decider.fold([*self.past, *events])

    def refused(self, error: type[DomainError]) -> None:
        """It is refused, with an error that says so in both languages."""
        with pytest.raises(error) as caught:
            self.events()
        assert caught.value.message("zh")
        assert caught.value.message("en")

    def events(self) -> list[Event]:
        """What is decided."""
        assert self.command is not None
        return list(self.decider.decide(self.decider.fold(self.past), self.command, self.moment))


def given(decider: Decider[Any], *past: Event) -> Given:
    """This has happened."""
    return Given(decider, past)
