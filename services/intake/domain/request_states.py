"""What a request can be. How events make it so stands in `request_evolve`."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from shared.contracts.values import (
    Caller,
    Channel,
    Elements,
    HoldReason,
    Ids,
    Level,
    Slot,
    Stage,
    Urgency,
)


@dataclass(frozen=True, slots=True)
class Facts:
    """What every request knows; `passed` and `extensions` are of the stage it is in.

    `moved` is who comes at which other time, also when that news came before the assignment's; `suspected`
    are the requests it resembles that nobody has looked at yet.
    """

    request: UUID
    cadre: UUID
    community: UUID | None
    covered: bool
    channel: Channel
    service: str
    urgency: Urgency | None
    slot: Slot | None
    caller: Caller | None
    elements: Elements | None
    round: int = 1
    passed: Level | None = None
    extensions: int = 0
    moved: tuple[UUID, Slot] | None = None
    suspected: Ids = ()


# States: open ones first


@dataclass(frozen=True, slots=True)
class Received:
    """Written down, and not looked at yet."""

    facts: Facts


@dataclass(frozen=True, slots=True)
class Triaged:
    """What is needed and how urgently is known."""

    facts: Facts


@dataclass(frozen=True, slots=True)
class Matching:
    """Somebody is looked for."""

    facts: Facts


@dataclass(frozen=True, slots=True)
class Assigned:
    """A helper has it."""

    facts: Facts
    helper: UUID


@dataclass(frozen=True, slots=True)
class InProgress:
    """The helper is there; None when the visit's news came before the assignment's."""

    facts: Facts
    helper: UUID | None


@dataclass(frozen=True, slots=True)
class ServiceReported:
    """The helper says that it is done."""

    facts: Facts


@dataclass(frozen=True, slots=True)
class CallbackDue:
    """Somebody has to ask the cadre."""

    facts: Facts
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class Reopened:
    """It was not solved: matching will take it up again."""

    facts: Facts


@dataclass(frozen=True, slots=True)
class OnHold:
    """It waits, and goes on as `before`."""

    before: "Open"
    reason: HoldReason

    @property
    def facts(self) -> Facts:
        """Of what it was before."""
        return self.before.facts


@dataclass(frozen=True, slots=True)
class Escalated:
    """The bureau is asked for money; it goes on as `before` once all of `fundings` are answered."""

    before: "Open"
    fundings: tuple[UUID, ...]

    @property
    def facts(self) -> Facts:
        """Of what it was before."""
        return self.before.facts


# States: ended ones


@dataclass(frozen=True, slots=True)
class Closed:
    """Solved."""

    facts: Facts


@dataclass(frozen=True, slots=True)
class ReferredToEmergencyLine:
    """An emergency line has it."""

    facts: Facts


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Another request is the same."""

    facts: Facts
    of: UUID


@dataclass(frozen=True, slots=True)
class Rejected:
    """Not for us."""

    facts: Facts


@dataclass(frozen=True, slots=True)
class Cancelled:
    """No longer needed."""

    facts: Facts


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """Taken back, or an error."""

    facts: Facts
    replaced_by: UUID | None


Plain = Received | Triaged | Matching | Assigned | InProgress | ServiceReported | CallbackDue | Reopened
Open = Plain | OnHold | Escalated
Ended = Closed | ReferredToEmergencyLine | Duplicate | Rejected | Cancelled | Withdrawn
Request = Open | Ended

OPEN = (
    Received, Triaged, Matching, Assigned, InProgress, ServiceReported, CallbackDue, Reopened, OnHold,
    Escalated,
)  # fmt: skip

_STAGES: dict[type[Any], Stage] = {
    Received: Stage.FIRST_ACTION,
    Triaged: Stage.MATCHED,
    Matching: Stage.MATCHED,
    Reopened: Stage.MATCHED,
    Assigned: Stage.FINISHED,
    InProgress: Stage.FINISHED,
    CallbackDue: Stage.CALLBACK,
}


def within(state: Request) -> Plain | Ended:
    """The state under a hold or an escalation."""
    return within(state.before) if isinstance(state, OnHold | Escalated) else state


def is_held(state: Request) -> bool:
    """Whether it waits."""
    return isinstance(state, OnHold) or (isinstance(state, Escalated) and is_held(state.before))


def fundings_of(state: Request) -> tuple[UUID, ...]:
    """The funding cases it waits for."""
    match state:
        case Escalated():
            return state.fundings
        case OnHold():
            return fundings_of(state.before)
        case _:
            return ()


def stage_of(state: Request) -> Stage | None:
    """What its deadline is for; None when it has none. 特急 is kept once the helper has arrived."""
    plain = within(state)
    if isinstance(plain, InProgress) and plain.facts.urgency is Urgency.RESCUE:
        return None
    return _STAGES.get(type(plain))
