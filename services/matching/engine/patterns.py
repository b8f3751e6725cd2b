"""The weekly patterns by number: looked at for all of them at once."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.matching.domain.week import covers, windows
from services.matching.engine.columns import FIRST, doubled
from services.matching.engine.moments import DAY, FIRST_WEEKDAY, HOUR, MINUTE, SHANGHAI, micros
from shared.contracts.values import Slot, Weekly

A_WEEK = [date(2024, 1, 1) + timedelta(days=day) for day in range(7)]
"""Monday is the first."""
HOURS = 24 * 7


class Patterns:
    """A number a pattern; most helpers share theirs with others."""

    def __init__(self) -> None:
        """None yet."""
        self._numbers: dict[tuple[Weekly, ...], int] = {}
        self._patterns: list[tuple[Weekly, ...]] = []
        self._until = np.zeros((FIRST, HOURS), np.int16)
        """Of who is free at a full hour of the week: until which minute of that day; else 0."""
        self._odd = np.zeros(FIRST, np.bool_)
        """Whether a window begins between two full hours."""

    def number(self, pattern: tuple[Weekly, ...]) -> int:
        """A pattern's."""
        known = self._numbers.get(pattern)
        if known is None:
            known = self._numbers[pattern] = len(self._patterns)
            self._patterns.append(pattern)
            if known == len(self._until):
                self._until = doubled(self._until)
                self._odd = doubled(self._odd)
            for weekday, start, end in _windows(pattern):
                self._odd[known] |= start % 60 > 0
                for hour in range(-(-start // 60), -(-end // 60)):
                    self._until[known, weekday * 24 + hour] = end
        return known

    def used(self, numbers: NDArray[Any]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Those among these numbers, each once, and where among them each number is; or simply all."""
        if len(self._patterns) <= len(numbers):
            return np.arange(len(self._patterns)), numbers.astype(np.intp)
        used = np.zeros(len(self._patterns), np.bool_)
        used[numbers] = True
        return np.flatnonzero(used), (np.cumsum(used) - 1)[numbers]

    def cover(self, numbers: NDArray[np.intp], slot: Slot) -> NDArray[np.bool_]:
        """Which of these patterns cover a slot, as one column.

        A window that begins between two full hours isn't in the table: such a pattern is asked itself.
        """
        start, end = micros(slot.start), micros(slot.end)
        first = (start + SHANGHAI) // DAY * DAY + DAY - SHANGHAI
        midnights = range(first, end, DAY)
        begins, ends = np.array([start, *midnights]), np.array([*midnights, end])
        covered: NDArray[np.bool_] = np.logical_and.reduce(self.cover_hours(numbers, begins, ends), axis=1)
        for place in np.flatnonzero(self._odd[numbers] & ~covered).tolist():
            covered[place] = covers(self._patterns[numbers[place]], slot)
        return covered.reshape(-1, 1)

    def cover_hours(
        self, numbers: NDArray[np.intp], begins: NDArray[np.int64], ends: NDArray[np.int64]
    ) -> NDArray[np.bool_]:
        """Which of these patterns cover which spans, in µs within a day, from the full hour before on."""
        days = (begins + SHANGHAI) // DAY
        hours = (days + FIRST_WEEKDAY) % 7 * 24 + (begins + SHANGHAI) % DAY // HOUR
        minutes = -((days * DAY - ends - SHANGHAI) // MINUTE)
        found: NDArray[np.bool_] = self._until.take(numbers, axis=0).take(hours, axis=1) >= minutes
        return found


def _windows(pattern: tuple[Weekly, ...]) -> Iterator[tuple[int, int, int]]:
    for weekday, day in enumerate(A_WEEK):
        for start, end in windows(pattern, day):
            yield weekday, start, end
