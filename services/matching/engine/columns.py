"""A table in memory by column: numpy arrays that grow, and flags that come with the first who has them."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

FIRST = 64


class Columns:
    """Rows are only ever added; each holds 0 everywhere and no flag until it is written."""

    def __init__(self, kinds: Mapping[str, Any]) -> None:
        """No row yet; `kinds` are the columns' types by name."""
        self._count, self._room = 0, FIRST
        self._columns: dict[str, NDArray[Any]] = {name: np.zeros(FIRST, kind) for name, kind in kinds.items()}
        self._flags: dict[str, NDArray[np.bool_]] = {}

    def __getitem__(self, name: str) -> NDArray[Any]:
        """A column, all rows; what is written into it stays."""
        return self._columns[name][: self._count]

    def add(self) -> int:
        """A new row's number."""
        if self._count == self._room:
            self._room *= 2
            self._columns = {name: _doubled(column) for name, column in self._columns.items()}
            self._flags = {name: _doubled(column) for name, column in self._flags.items()}
        self._count += 1
        return self._count - 1

    def put(self, row: int, **values: Any) -> None:
        """Values of a row, by column."""
        for name, value in values.items():
            self._columns[name][row] = value

    def flagged(self, name: str) -> NDArray[np.bool_]:
        """Which rows have this flag."""
        column = self._flags.get(name)
        return np.zeros(self._count, np.bool_) if column is None else column[: self._count]

    def flag(self, row: int, new: Iterable[str], old: Iterable[str] = ()) -> None:
        """New flags of a row in the place of the old ones."""
        for name in old:
            self._flags[name][row] = False
        for name in new:
            if name not in self._flags:
                self._flags[name] = np.zeros(self._room, np.bool_)
            self._flags[name][row] = True


def _doubled(column: NDArray[Any]) -> NDArray[Any]:
    return np.concatenate([column, np.zeros_like(column)])
