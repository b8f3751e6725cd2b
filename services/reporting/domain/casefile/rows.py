"""How events change the things of a case file: one row an event type."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from shared.contracts.event import Event

BACK = "←"
"""In place of a state: the one before the pause."""


@dataclass(frozen=True, slots=True)
class Row:
    """An event is about the `kind` whose id is in its field `by`.

    `state` is the state after it (a function of the event where it depends, empty when it stays), `pause`
    says that BACK leads to the state before it, `into` that its fields become an entry of that list rather
    than facts of the thing.
    """

    kind: str
    by: str
    state: str | Callable[[Any], str] = ""
    pause: bool = False
    into: str = ""

    def state_after(self, event: Event) -> str:
        """The state, BACK, or empty."""
        return self.state(event) if callable(self.state) else self.state


Rows = Mapping[type[Event], Row]
