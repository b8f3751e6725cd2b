"""Helpers who are alike to every rule that asks neither for a time nor for the cadre."""

from array import array
from collections import defaultdict
from collections.abc import Collection
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from services.matching.domain.helper_file import PERSONS
from services.matching.engine.columns import FIRST, Columns, doubled
from services.matching.engine.diaries import NONE
from services.matching.engine.values import HelperFile
from shared.contracts.values import HelperKind, Sex

KINDS, SEXES = tuple(HelperKind), tuple(Sex)
KIND_NUMBER = {kind: number for number, kind in enumerate(KINDS)}
ACTIVE, SUSPENDED, LEFT = range(3)
COLUMNS: dict[str, Any] = {
    "shape": np.int32,
    "sex": np.int8,
    "person": np.bool_,
    "line": np.int32,
    "count": np.int32,
}
SHAPES: dict[str, Any] = {"standing": np.int8, "kind": np.int8, "count": np.int32}


def among(kinds: Collection[HelperKind]) -> NDArray[np.bool_]:
    """By a kind's number, whether it is one of these."""
    return np.array([kind in kinds for kind in KINDS])


IS_PERSON = among(PERSONS)


class Likeness(NamedTuple):
    """What they have in common."""

    standing: int
    kind: HelperKind
    codes: frozenset[str]
    community: UUID | None
    sex: Sex | None


def likeness(file: HelperFile) -> Likeness:
    """Of a helper."""
    facts = file.facts
    standing = LEFT if file.left else ACTIVE if file.active else SUSPENDED
    return Likeness(standing, facts.kind, file.codes, facts.community, facts.sex)


class Area:
    """The helpers of one community, or those who are bound to none: each one's row, in any order.

    `lines` say to which of the area's groups each belongs.
    """

    def __init__(self) -> None:
        """Nobody."""
        self._rows, self._lines = np.zeros(FIRST, np.intp), np.zeros(FIRST, np.int32)
        self._groups = np.zeros(FIRST, np.intp)
        self._helpers = self._known = 0

    @property
    def rows(self) -> NDArray[np.intp]:
        """Of all."""
        return self._rows[: self._helpers]

    @property
    def lines(self) -> NDArray[np.int32]:
        """Of all, in the same order."""
        return self._lines[: self._helpers]

    @property
    def groups(self) -> NDArray[np.intp]:
        """By line."""
        return self._groups[: self._known]

    def found(self, group: int) -> int:
        """A new group's line."""
        if self._known == len(self._groups):
            self._groups = doubled(self._groups)
        self._groups[self._known] = group
        self._known += 1
        return self._known - 1

    def add(self, row: int, line: int) -> int:
        """The place of a helper who has come."""
        if self._helpers == len(self._rows):
            self._rows, self._lines = doubled(self._rows), doubled(self._lines)
        self._rows[self._helpers], self._lines[self._helpers] = row, line
        self._helpers += 1
        return self._helpers - 1

    def remove(self, place: int) -> int:
        """Who has taken the place of the one who has gone: the row of the last."""
        self._helpers -= 1
        last = self._rows[place] = self._rows[self._helpers]
        self._lines[place] = self._lines[self._helpers]
        return int(last)


class Groups:
    """A row a group: far fewer than helpers. Groups that differ but in community and sex are of one shape.

    So a rule is soon looked at for all helpers: by shape, then by group where the visit is.
    """

    def __init__(self) -> None:
        """None yet."""
        self.columns = Columns(COLUMNS)
        """`count` is how many are in it, `line` which it is of its area's."""
        self.shapes = Columns(SHAPES)
        """Its flags are the skills."""
        self.areas: defaultdict[UUID | None, Area] = defaultdict(Area)
        """By community."""
        self.area_of: list[Area] = []
        """By group."""
        self.place_of = array("q")
        """By helper's row: the place in their area."""
        self._shapes: dict[tuple[int, HelperKind, frozenset[str]], int] = {}
        self._of: dict[Likeness, int] = {}

    def move(self, row: int, alike: Likeness, old: int | None) -> int:
        """A helper's row out of the group that it was in into the one of those alike; gives that."""
        if old is None:
            self.place_of.append(0)
        else:
            place = self.place_of[row]
            self.place_of[self.area_of[old].remove(place)] = place
            self._count(old, -1)
        group = self._of.get(alike)
        if group is None:
            group = self._made(alike)
        self.place_of[row] = self.area_of[group].add(row, self.columns.get(group, "line"))
        self._count(group, 1)
        return group

    def _count(self, group: int, more: int) -> None:
        self.columns["count"][group] += more
        self.shapes["count"][self.columns.get(group, "shape")] += more

    def _made(self, alike: Likeness) -> int:
        group = self._of[alike] = self.columns.add()
        area = self.areas[alike.community]
        self.area_of.append(area)
        sex = NONE if alike.sex is None else SEXES.index(alike.sex)
        line = area.found(group)
        self.columns.write(group, (self._shape(alike), sex, alike.kind in PERSONS, line, 0))
        return group

    def _shape(self, alike: Likeness) -> int:
        standing, kind, codes, *_ = alike
        shape = self._shapes.get((standing, kind, codes))
        if shape is None:
            shape = self._shapes[standing, kind, codes] = self.shapes.add()
            self.shapes.write(shape, (standing, KIND_NUMBER[kind], 0))
            self.shapes.flag(shape, codes)
        return shape
