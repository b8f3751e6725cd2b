"""A table in memory: numpy records that grow, and flags that come with the first who has them."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

FIRST = 64


class Columns:
    """Rows are only ever added; each holds 0 everywhere and no flag until it is written.

    A row lies in memory as a whole: who looks at few of very many rows meets each once, not once a column.
    """

    def __init__(self, kinds: Mapping[str, Any]) -> None:
        """No row yet; `kinds` are the columns' types by name."""
        self._count, self._room = 0, FIRST
        self._table: NDArray[Any] = np.zeros(FIRST, np.dtype(list(kinds.items()), align=True))
        self._columns: dict[str, NDArray[Any]] = {name: self._table[name] for name in kinds}
        self._flags: dict[str, NDArray[np.bool_]] = {}

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, name: str) -> NDArray[Any]:
        """A column, all rows; what is written into it stays."""
        return self._columns[name][: self._count]

    def of(self, rows: NDArray[np.intp]) -> NDArray[Any]:
        """A copy of these rows, with the columns as fields."""
        found: NDArray[Any] = self._table.take(rows)
        return found

    def add(self) -> int:
        """A new row's number."""
        if self._count == self._room:
            self._room *= 2
            self._table = doubled(self._table)
            self._columns = {name: self._table[name] for name in self._columns}
            self._flags = {name: doubled(column) for name, column in self._flags.items()}
        self._count += 1
        return self._count - 1

    def write(self, row: int, values: tuple[Any, ...]) -> None:
        """A whole row, in the order of the columns."""
        self._table[row] = values

    def put(self, row: int, name: str, value: int) -> None:
        """One whole number."""
        self._columns[name][row] = value

    def get(self, row: int, name: str) -> int:
        """The same, read."""
        return int(self._columns[name][row])

    def flagged(self, name: str, rows: NDArray[np.intp]) -> NDArray[np.bool_]:
        """Which of these rows have this flag."""
        column = self._flags.get(name)
        return np.zeros(len(rows), np.bool_) if column is None else column.take(rows)

    def flag(self, row: int, new: Iterable[str], old: Iterable[str] = ()) -> None:
        """New flags of a row in the place of the old ones."""
        for name in old:
            self._flags[name][row] = False
        for name in new:
            if name not in self._flags:
                self._flags[name] = np.zeros(self._room, np.bool_)
            self._flags[name][row] = True


def doubled(column: NDArray[Any]) -> NDArray[Any]:
    """With as many rows more, which hold 0."""
    return np.concatenate([column, np.zeros_like(column)])
