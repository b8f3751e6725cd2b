"""Two clocks: the domain's, passed in to everything that writes an event or a timer, and the wall's."""

from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """The domain clock."""

    @property
    def simulated(self) -> bool:
        """Whether its times are virtual; written into every event."""

    def now(self) -> datetime:
        """The time, aware, UTC."""


def wall_now() -> datetime:
    """Wall time, for tokens, back-off and time limits only; the one place that reads it."""
    return datetime.now(UTC)


class WallClock:
    """The domain clock of a running bureau."""

    simulated = False

    def now(self) -> datetime:
        """Wall time, UTC."""
        return wall_now()


class ClockMovedBackError(ValueError):
    """A virtual clock only moves forward."""


class VirtualClock:
    """A clock that stands until it is moved; ends at the present, for good."""

    def __init__(self, start: datetime) -> None:
        """Begin at `start`, aware."""
        self._now: datetime | None = start.astimezone(UTC)

    @property
    def simulated(self) -> bool:
        """True until it has turned real."""
        return self._now is not None

    def now(self) -> datetime:
        """Virtual time; wall time once it has turned real."""
        return wall_now() if self._now is None else self._now

    def advance(self, to: datetime) -> None:
        """Move forward to `to`; ClockMovedBackError when that is earlier than now."""
        if self._now is None or to < self._now:
            raise ClockMovedBackError
        self._now = to.astimezone(UTC)

    def turn_real(self) -> None:
        """From here on wall time; there is no way back."""
        self._now = None
