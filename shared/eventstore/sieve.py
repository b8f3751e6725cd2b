"""Which events of the past belong in a view that is built anew.

Those that a consumer has taken in, and those that it let pass: it had not wanted their type, and no longer
comes by them. What waits in it and what it has yet to reach is its own to bring.
"""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from shared.bus.envelope import Envelope
from shared.bus.past import Cursors, Read

Place = tuple[str, int]
"""A stream, and a version of it."""


class Marks(NamedTuple):
    """How far a consumer is, read in this order.

    An event before a cursor has its fate: it was taken in, waits, or was passed by. What waits is taken in
    at some time, so it may be found in both, and never in neither.
    """

    cursors: Cursors
    waiting: AbstractSet[Place]


class Found(NamedTuple):
    """What belongs in the view, and whether it was passed by."""

    envelope: Envelope
    passed: bool


class Sieve:
    """For one time through what is to be read, in order, in any number of batches.

    `still` once nothing more is taken in: until then a later one might be found to be taken in where its
    elder of the same key was not a moment ago. So all of a key are kept behind one that is.
    """

    def __init__(self, marks: Marks, *, still: bool) -> None:
        """With the marks as they were before the first batch."""
        self.kept: list[Read] = []
        """What isn't to be applied now, in order."""
        self.left = 0
        """How many of those were passed by, behind one that waits: nobody brings them."""
        self._marks, self._still = marks, still
        self._oldest: dict[str, int] = {}
        self._newest: dict[str, int] = {}
        for stream, version in sorted(marks.waiting):
            self._oldest.setdefault(stream, version)
            self._newest[stream] = version
        self._behind: set[str] = set()
        self._stopped: set[tuple[str, str]] = set()

    def sift(self, reads: Sequence[Read], taken: Mapping[str, int]) -> list[Found]:
        """Those to be applied; `taken` is up to which version their streams were, read after the marks."""
        ready: list[Found] = []
        for read, had, come_by in self._looked_at(reads, taken):
            one = read.envelope
            passed = not had and self._passed(read, come_by=come_by)
            if not (had or passed) or (one.key in self._behind and not self._still):
                self.kept.append(read)
                self._behind.add(one.key)
            else:
                ready.append(Found(one, passed))
        return ready

    def _passed(self, read: Read, *, come_by: bool) -> bool:
        """Whether the consumer let it pass, and nothing of its source and key waits before it."""
        one = read.envelope
        if (one.stream, one.stream_version) in self._marks.waiting:
            self._stopped.add((one.source, one.key))
            return False
        cursor = self._marks.cursors.get(read.log)
        if not come_by and (cursor is None or cursor < read.place):
            return False
        older = self._oldest.get(one.stream, one.stream_version)
        stopped = (one.source, one.key) in self._stopped or older < one.stream_version
        self.left += stopped
        return not stopped

    def _looked_at(self, reads: Sequence[Read], taken: Mapping[str, int]) -> list[tuple[Read, bool, bool]]:
        """Each with whether it was taken in, and whether it or a later one of its source and key has come.

        A consumer that died may have been further than its cursor: what it left tells.
        """
        come: set[tuple[str, str]] = set()
        found = []
        for read in reversed(reads):
            one = read.envelope
            flow = (one.source, one.key)
            had = one.stream_version <= taken.get(one.stream, 0)
            if had or one.stream_version <= self._newest.get(one.stream, 0):
                come.add(flow)
            found.append((read, had, flow in come))
        found.reverse()
        return found
