"""The weekly patterns by number, their windows by column: looked at for all of them at once."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.matching.domain.week import windows
from services.matching.engine.columns import Columns
from services.matching.engine.moments import DAY, FIRST_WEEKDAY, MINUTE, SHANGHAI
from shared.contracts.values import Weekly

COLUMNS: dict[str, Any] = {"pattern": np.int32, "weekday": np.int8, "start": np.int64, "end": np.int64}
"""From 0 for Monday; microseconds from midnight."""
A_WEEK = [date(2024, 1, 1) + timedelta(days=day) for day in range(7)]
"""Monday is the first."""


class Patterns:
    """A number a pattern; most helpers share theirs with others."""

    def __init__(self) -> None:
        """None yet."""
        self._numbers: dict[tuple[Weekly, ...], int] = {}
        self._windows = Columns(COLUMNS)
        """A pattern's windows lie side by side; one of no length stands for a pattern that has none."""

    def __len__(self) -> int:
        return len(self._numbers)

    def number(self, pattern: tuple[Weekly, ...]) -> int:
        """A pattern's."""
        known = self._numbers.get(pattern)
        if known is None:
            known = self._numbers[pattern] = len(self._numbers)
            found = [
                (known, weekday, start * MINUTE, end * MINUTE)
                for weekday, day in enumerate(A_WEEK)
                for start, end in windows(pattern, day)
            ]
            for window in found or [(known, 0, 0, 0)]:
                self._windows.write(self._windows.add(), window)
        return known

    def cover(
        self, numbers: NDArray[Any], spans: Sequence[tuple[int, int]], *, whole: bool
    ) -> tuple[NDArray[np.bool_], NDArray[np.intp]]:
        """Which of these patterns' windows cover which spans of time, in µs; and each one's line in that.

        With `whole`, the spans are taken together and have one column: whether all are covered. A span lies
        within one day.
        """
        used = np.zeros(len(self), np.bool_)
        used[numbers] = True
        line = np.cumsum(used)[numbers] - 1
        kept = self._windows.of(np.flatnonzero(used[self._windows["pattern"]]))
        local = np.array(spans, np.int64).reshape(-1, 2) + SHANGHAI
        days = local[:, 0] // DAY
        begin, end = (local - days[:, None] * DAY).T
        inside = (kept["start"][:, None] <= begin) & (end <= kept["end"][:, None])
        inside &= kept["weekday"][:, None] == (days + FIRST_WEEKDAY) % 7
        fresh = np.flatnonzero(np.diff(kept["pattern"], prepend=-1))
        covered: NDArray[np.bool_] = np.logical_or.reduceat(inside, fresh, axis=0)
        if whole:
            covered = np.logical_and.reduce(covered, axis=1, keepdims=True)
        return covered, line
