"""The decider: an aggregate as two pure functions and the name of its streams."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from shared import ids
from shared.bus.envelope import Actor
from shared.contracts.event import Event
from shared.roles import Resource

S = TypeVar("S")
NONE = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Moment:
    """What a decision may know beside state and command: when, who acts, and which aggregate it is about."""

    at: datetime
    by: Actor
    seed: str = ""
    aggregate: UUID = NONE

    def new_id(self, *parts: object) -> UUID:
        """An id that the same decision, repeated, makes again."""
        return ids.derive(self.at, self.seed, *parts)


@dataclass(frozen=True)
class Decider(Generic[S]):
    """An aggregate.

    `evolve(state, event)` is the only thing that turns events into state and is total;
    `decide(state, command, moment)` gives the events, or raises a domain error.
    `what` names it to people, `resource(state)` says what permissions look at.
    A stream all about one cadre is `by_cadre`: its partition key is the cadre of its first event; any other
    stream is keyed by itself. A stream's key never changes.
    """

    category: str
    what: str
    evolve: Callable[[S | None, Any], S]
    decide: Callable[[S | None, Any, Moment], Sequence[Event]]
    resource: Callable[[S], Resource] = lambda _: Resource()
    by_cadre: bool = True

    def stream(self, aggregate: UUID) -> str:
        """The name of an aggregate's stream."""
        return f"{self.category}-{aggregate}"

    def fold(self, events: Sequence[Event], state: S | None = None) -> S | None:
        """The state after these events."""
        for event in events:
            state = self.evolve(state, event)
        return state
