"""Slows guessing down without locking anybody out.

Three counts of failures, each forgotten after a while without one:
- of a login from a source: the wait doubles with each, up to 8 s, and attempts queue one behind the other,
  so that many at once gain nothing. When the queue is longer than 30 s, this source is told to come again
  for this login: only it is.
- of a source over all logins (one password tried on many): up to 4 s.
- of a login over all sources: up to 2 s, and not for a source that has signed in with it before.
So whoever knows the password waits two seconds at the most for what others do from elsewhere, and nothing
that others do makes a correct password refused. The counts live in the process: a restart forgets them.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

FREE = 3
"""Failures that cost nothing: people mistype."""
FIRST = 0.25
PAIR_MOST, SOURCE_MOST, LOGIN_MOST = 8.0, 4.0, 2.0
QUEUE_MOST = 30.0
FORGET = 900.0
KEPT = 20_000
"""How many counts are kept; the oldest go first."""


@dataclass
class _Count:
    failures: int = 0
    last: float = 0.0
    next: float = 0.0


class Slowing:
    """The counts of one process."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        """`now` gives seconds."""
        self._now = now
        self._counts: OrderedDict[tuple[str, ...], _Count] = OrderedDict()
        self._trusted: OrderedDict[tuple[str, ...], None] = OrderedDict()

    def wait_for(self, login: str, source: str) -> float | None:
        """Seconds to wait before this attempt is looked at; None when too many of the same queue already."""
        now = self._now()
        pair = self._count("pair", login, source)
        delay = _delay(pair, PAIR_MOST)
        start = max(now, pair.next)
        if start + delay - now > QUEUE_MOST:
            return None
        pair.next = start + delay
        waits = [pair.next - now, _delay(self._count("source", source), SOURCE_MOST)]
        if ("pair", login, source) not in self._trusted:
            waits.append(_delay(self._count("login", login), LOGIN_MOST))
        return max(waits)

    def failed(self, login: str, source: str) -> None:
        """Count a failure."""
        for name in (("pair", login, source), ("source", source), ("login", login)):
            count = self._count(*name)
            count.failures += 1
            count.last = self._now()

    def succeeded(self, login: str, source: str) -> None:
        """Forget the failures of this pair, and know it again."""
        self._counts.pop(("pair", login, source), None)
        self._trusted[("pair", login, source)] = None
        self._trusted.move_to_end(("pair", login, source))
        while len(self._trusted) > KEPT:
            self._trusted.popitem(last=False)

    def _count(self, *name: str) -> _Count:
        found = self._counts.get(name)
        if found is None or self._now() - max(found.last, found.next) > FORGET:
            found = self._counts[name] = _Count(last=self._now())
        self._counts.move_to_end(name)
        while len(self._counts) > KEPT:
            self._counts.popitem(last=False)
        return found


def _delay(count: _Count, most: float) -> float:
    over = count.failures - FREE
    return 0.0 if over < 0 else float(min(most, FIRST * 2 ** min(over, 10)))


async def pause(seconds: float) -> None:
    """Wait."""
    if seconds > 0:
        await asyncio.sleep(seconds)
