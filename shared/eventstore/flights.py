"""The appends of this process that are under way: up to where its own store can be read without waiting.

An append that is sent off after another was acknowledged gets a later transaction id. So if nobody else
appends, nothing can still appear at or before the newest event that was acknowledged when the oldest append
under way was sent off; what other transactions of the cluster do, and for how long, doesn't matter.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from shared.bus.outage import is_outage
from shared.eventstore.position import START, Position


class Flights:
    """Keeps for each append under way what was the newest event when it was sent off."""

    def __init__(self) -> None:
        """Nothing under way, nothing acknowledged."""
        self.newest = START
        self._under_way: dict[object, Position] = {}
        self._lost = False

    def landed(self, place: Position) -> None:
        """An event stands at `place`, whoever wrote it."""
        self.newest = max(self.newest, place)

    def horizon(self) -> Position:
        """The last place at or before which no append can still appear; START if that isn't known."""
        if self._lost:
            return START
        return min(self._under_way.values(), default=self.newest)

    @contextmanager
    def one(self) -> Iterator[None]:
        """An append, from before it is sent off until its outcome is known.

        If the outcome stays unknown it may still appear at any time: from then on the database must be asked
        what is still open, for as long as this process lives.
        """
        flight = object()
        self._under_way[flight] = self.newest
        try:
            yield
        except BaseException as error:
            self._lost |= not isinstance(error, Exception) or is_outage(error)
            raise
        finally:
            del self._under_way[flight]
