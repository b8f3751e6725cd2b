"""How an event that failed is tried again, and when it is parked for a person."""

import traceback
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.bus import codec
from shared.bus.envelope import Envelope
from shared.clock import wall_now

Noted = tuple[int, datetime | None, datetime | None, str | None]
"""Of a waiting event: tries, when the next is, since when it is parked, and why."""


@dataclass(frozen=True, slots=True)
class Retry:
    """How a failing event is tried again: `tries` times, the wait growing fourfold from `first` seconds."""

    tries: int = 5
    first: float = 0.25

    def wait(self, attempts: int) -> timedelta:
        """How long to wait after this many failures."""
        return timedelta(seconds=self.first * 4 ** (attempts - 1))

    def after(self, envelope: Envelope, tried: int, error: Exception | None) -> Noted:
        """What is noted when it has been `tried` so often before this error; without one it only waits.

        An event that this program doesn't know is parked without a try, until a newer program starts.
        """
        if error is None:
            return 0, None, None, None
        if not codec.is_known(envelope):
            return 0, None, wall_now(), _cause(error)
        tries = tried + 1
        if tries >= self.tries:
            return tries, None, wall_now(), _cause(error)
        return tries, wall_now() + self.wait(tries), None, _cause(error)


def _cause(error: Exception) -> str:
    return "".join(traceback.format_exception(error, limit=-6))[-4000:]
