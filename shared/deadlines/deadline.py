"""What a deadline is: its moments, and each stretch of time that led to them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal, NamedTuple

from shared.deadlines.policy import Span, Stage, Track
from shared.deadlines.workdays import to_utc

Kind = Literal["counted", "paused", "skipped"]


class Level(StrEnum):
    """The moments of a deadline, each graver than the one before."""

    WARN = "warn"
    DUE = "due"
    URGE = "urge"
    SUPERVISE = "supervise"


class Pause(NamedTuple):
    """The clock stood from `begin` to `end`, or still stands when `end` is None."""

    begin: datetime
    end: datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class Stretch:
    """A piece of a deadline's time, UTC; `end` is None for a pause that is still open.

    `reason` is a code of `Reason`, with a detail after a colon where there is one: `holiday:national_day`,
    `lieu_workday:spring_festival`, `paused:in hospital`.
    """

    begin: datetime
    end: datetime | None
    kind: Kind
    reason: str

    @property
    def code(self) -> str:
        """The reason without its detail."""
        return self.reason.partition(":")[0]

    @property
    def detail(self) -> str:
        """The holiday's name in the library, or the reason of the pause; may be empty."""
        return self.reason.partition(":")[2]


@dataclass(frozen=True, slots=True)
class Deadline:
    """When a stage has to be done, and why then. All times are aware UTC.

    A moment that an open pause keeps from coming is None; one that came before it stands. The counted
    stretches run from `start` to `due` and add up to `span`, extensions included. `unpublished` are the
    years up to the last moment whose calendar had to be guessed.
    """

    track: Track
    stage: Stage
    rule: Span
    extensions: int
    start: datetime
    span: timedelta
    warn_at: datetime | None
    due: datetime | None
    urge_at: datetime | None
    supervise_at: datetime | None
    stretches: tuple[Stretch, ...]
    unpublished: tuple[int, ...]

    @property
    def moments(self) -> tuple[tuple[datetime, Level], ...]:
        """The known moments, in the order of their levels."""
        all_four = zip((self.warn_at, self.due, self.urge_at, self.supervise_at), Level, strict=True)
        return tuple((at, level) for at, level in all_four if at is not None)

    def next_point(self, after: datetime) -> tuple[datetime, Level] | None:
        """The first moment later than `after`, with the gravest level that falls on it; None at the end."""
        first = min((at for at, _ in self.moments if at > to_utc(after)), default=None)
        level = None if first is None else self.level_at(first)
        return None if first is None or level is None else (first, level)

    def level_at(self, moment: datetime) -> Level | None:
        """The gravest level reached by `moment`; None before the warning."""
        reached = [level for at, level in self.moments if at <= to_utc(moment)]
        return reached[-1] if reached else None
