"""How events change the things of a case file: one row an event type."""

from collections.abc import Mapping
from dataclasses import dataclass

from shared.contracts.event import Event

BACK = "←"
"""In place of a state: the one before the pause."""


@dataclass(frozen=True, slots=True)
class Row:
    """An event is about the `kind` whose id is in its field `by`.

    `state` is the state after it, by the owner's word (empty when it stays), `pause` says that BACK leads to
    the state before it, `into` that its fields become an entry of that list rather than facts of the thing,
    `only` that the state changes from this one alone; empty for a thing that has none yet.
    """

    kind: str
    by: str
    state: str = ""
    pause: bool = False
    into: str = ""
    only: str | None = None


Rows = Mapping[type[Event], Row]
