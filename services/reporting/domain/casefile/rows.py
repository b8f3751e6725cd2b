"""How events change the things of a case file: one row an event type."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shared.contracts.event import Event

PAUSES = ("OnHold", "Escalated")
"""States that lie over another, the one that is shown first: beneath them a request goes on."""

OVER = frozenset({"Closed", "Duplicate", "Rejected", "Cancelled", "Withdrawn", "ReferredToEmergencyLine"})
"""States that nothing lies over."""


@dataclass(frozen=True, slots=True)
class Row:
    """An event is about the `kind` whose id is in its field `by`.

    `state` is the state after it, by the owner's word (empty when it stays), or the pause that it begins,
    `ends` the pause that it ends, `which` the field that tells several pauses of a name apart. `into` says
    that its fields become an entry of that list rather than facts of the thing, `only` that the state changes
    from this one alone; empty for a thing that has none yet.
    """

    kind: str
    by: str
    state: str = ""
    ends: str = ""
    which: str = ""
    into: str = ""
    only: str | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a thing stands: its state, and the pauses that lie over it, each `NAME` or `NAME/WHICH`."""

    base: str = ""
    pauses: Sequence[str] = ()

    @property
    def state(self) -> str:
        """What is shown, by the owner's word."""
        names = {pause.split("/")[0] for pause in self.pauses}
        return next((name for name in PAUSES if name in names), self.base)

    def after(self, row: Row, event: Event) -> "Standing":
        """Where it stands after an event with this row."""
        which = f"/{getattr(event, row.which)}" if row.which else ""
        if row.ends:
            return Standing(self.base, tuple(one for one in self.pauses if one != row.ends + which))
        if row.state in PAUSES:
            return Standing(self.base, tuple(dict.fromkeys((*self.pauses, row.state + which))))
        if not row.state or row.only not in (None, self.state):
            return self
        return Standing(row.state, () if row.state in OVER else self.pauses)


Rows = Mapping[type[Event], Row]
