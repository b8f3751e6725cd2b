"""What goes into a write beside the events, and what comes out of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from shared.bus.envelope import Envelope


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command is answered with, kept for its repetition."""

    actor: str
    key: str
    body_hash: bytes
    status: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Intake:
    """What a consumer takes in with this work: of each stream, from the version it has seen to a new one.

    Where no event is written that needn't wait for the disk, if the carrier writes its cursor behind it into
    the same log and reads it again after a crash of the server; a `durable` one does wait.
    """

    consumer: str
    seen: dict[str, int]
    versions: dict[str, int]
    keys: Sequence[str]
    draining: bool = False
    durable: bool = False


@dataclass(frozen=True, slots=True)
class Claim:
    """The timer that this work is the firing of."""

    id: Any
    due: Any


@dataclass
class Written:
    """What was appended: the envelopes, in order."""

    envelopes: list[Envelope] = field(default_factory=list)

    @property
    def last(self) -> Envelope | None:
        """The last one, if any."""
        return self.envelopes[-1] if self.envelopes else None
