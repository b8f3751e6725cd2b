"""Helpers who are alike to every rule that asks neither for a time nor for the cadre."""

from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from services.matching.engine.values import HelperFile
from shared.contracts.values import HelperKind, Sex

KINDS, SEXES = tuple(HelperKind), tuple(Sex)
ACTIVE, SUSPENDED, LEFT = range(3)
NONE = -1
FIRST = 64


class Likeness(NamedTuple):
    """What they have in common."""

    standing: int
    kind: HelperKind
    community: UUID | None
    sex: Sex | None
    codes: frozenset[str]


def likeness(file: HelperFile) -> Likeness:
    """Of a helper."""
    standing = LEFT if file.left else ACTIVE if file.active else SUSPENDED
    return Likeness(standing, file.facts.kind, file.facts.community, file.facts.sex, file.codes)


def doubled(column: NDArray[Any]) -> NDArray[Any]:
    """With room for as many again."""
    return np.concatenate([column, np.zeros_like(column)])


class Groups:
    """A row a group: far fewer than helpers, so that a rule is soon looked at for all of them."""

    def __init__(self) -> None:
        """None yet."""
        self.rows: list[set[int]] = []
        """Who is in each."""
        self.communities: dict[UUID, int] = {}
        self._of: dict[Likeness, int] = {}
        self._columns: dict[str, NDArray[Any]] = {
            "standing": np.zeros(FIRST, np.int8),
            "kind": np.zeros(FIRST, np.int8),
            "sex": np.zeros(FIRST, np.int8),
            "community": np.zeros(FIRST, np.int32),
            "count": np.zeros(FIRST, np.int64),
        }
        self._skills: dict[str, NDArray[np.bool_]] = {}

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, column: str) -> NDArray[Any]:
        return self._columns[column][: len(self.rows)]

    def able(self, skill: str) -> NDArray[np.bool_]:
        """Which have this skill."""
        column = self._skills.get(skill)
        return np.zeros(len(self), np.bool_) if column is None else column[: len(self)]

    def of(self, file: HelperFile) -> int:
        """The group of one who is in one."""
        return self._of[likeness(file)]

    def move(self, row: int, old: HelperFile | None, new: HelperFile) -> None:
        """A helper's row into the group of the new file, out of the one of the old."""
        alike = likeness(new)
        before = likeness(old) if old else None
        if before == alike:
            return
        if before is not None:
            self._count(self._of[before], row, -1)
        group = self._of.get(alike)
        self._count(self._made(alike) if group is None else group, row, 1)

    def _count(self, group: int, row: int, by: int) -> None:
        (self.rows[group].add if by > 0 else self.rows[group].discard)(row)
        self._columns["count"][group] += by

    def _made(self, alike: Likeness) -> int:
        group = self._of[alike] = len(self.rows)
        self.rows.append(set())
        if group == len(self._columns["kind"]):
            self._columns = {name: doubled(column) for name, column in self._columns.items()}
            self._skills = {code: doubled(column) for code, column in self._skills.items()}
        columns, place = self._columns, alike.community
        columns["standing"][group] = alike.standing
        columns["kind"][group] = KINDS.index(alike.kind)
        columns["sex"][group] = NONE if alike.sex is None else SEXES.index(alike.sex)
        columns["community"][group] = (
            NONE if place is None else self.communities.setdefault(place, len(self.communities))
        )
        for code in alike.codes:
            if code not in self._skills:
                self._skills[code] = np.zeros(len(columns["kind"]), np.bool_)
            self._skills[code][group] = True
        return group
