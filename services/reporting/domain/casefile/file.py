"""What a case file is made of: facts that hold for a time, and things that go through states."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from services.reporting.domain.casefile.rows import Standing


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that is true from a day to a day; open where None.

    `event` told it, `corrected` are the events that have put it right since.
    """

    kind: str
    about: str
    event: UUID
    value: Mapping[str, Any]
    valid_from: date | None = None
    valid_to: date | None = None
    corrected: tuple[UUID, ...] = ()

    @property
    def tellers(self) -> tuple[UUID, ...]:
        """Every event that had a hand in it, the last one last."""
        return (self.event, *self.corrected)

    def holds(self, day: date) -> bool:
        """Whether it is true on this day."""
        began = self.valid_from is None or self.valid_from <= day
        return began and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True)
class Step:
    """A change of state: by which event, when recorded, by whom in which role."""

    type: str
    recorded: datetime
    actor: str
    role: str


@dataclass(frozen=True, slots=True)
class Item:
    """A request, match, offer, booking, visit, plan or funding case, as its events left it."""

    kind: str
    id: UUID
    standing: Standing = field(default_factory=Standing)
    facts: Mapping[str, Any] = field(default_factory=dict)
    steps: tuple[Step, ...] = ()

    @property
    def state(self) -> str:
        """The state by its owner's word."""
        return self.standing.state


@dataclass(frozen=True, slots=True)
class CaseFile:
    """All that is recorded of a cadre, folded. `count` is the number of events in it."""

    cadre: UUID
    state: str = ""
    state_facts: Mapping[str, Any] = field(default_factory=dict)
    facts: tuple[Fact, ...] = ()
    items: Mapping[tuple[str, UUID], Item] = field(default_factory=dict)
    merged: tuple[UUID, ...] = ()
    count: int = 0
    recorded: datetime | None = None

    def with_item(self, item: Item) -> "CaseFile":
        """The file with this item in place of the earlier one."""
        return replace(self, items={**self.items, (item.kind, item.id): item})

    def in_force(self, kind: str, day: date) -> list[Fact]:
        """The facts of a kind that are true on a day: of each thing the one that began last."""
        latest: dict[str, Fact] = {}
        for fact in self.facts:
            if fact.kind == kind and fact.holds(day):
                other = latest.get(fact.about)
                if other is None or _began(fact) >= _began(other):
                    latest[fact.about] = fact
        return list(latest.values())


def _began(fact: Fact) -> date:
    return fact.valid_from or date.min
