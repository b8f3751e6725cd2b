"""Helpers who are alike to every rule that asks neither for a time nor for the cadre."""

from collections import defaultdict
from collections.abc import Collection
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from services.matching.domain.helper_file import PERSONS
from services.matching.engine.columns import Columns
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
    "count": np.int32,
}
SHAPES: dict[str, Any] = {"standing": np.int8, "kind": np.int8, "codes": np.int32, "count": np.int32}


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


class Groups:
    """A row a group: far fewer than helpers. Groups that differ but in community and sex are of one shape.

    So a rule is soon looked at for all helpers: by shape, then by group where the visit is.
    """

    def __init__(self) -> None:
        """None yet."""
        self.columns = Columns(COLUMNS)
        """`count` is how many are in it."""
        self.shapes = Columns(SHAPES)
        """Its flags are the skills, `codes` is the number of them all."""
        self.codes: list[frozenset[str]] = []
        """Sets of skills, by number."""
        self._codes: dict[frozenset[str], int] = {}
        self._shapes: dict[tuple[int, HelperKind, frozenset[str]], int] = {}
        self._of: dict[Likeness, int] = {}
        self._members: list[set[int]] = []
        self._listed: dict[int, NDArray[np.intp]] = {}
        self._within: defaultdict[UUID | None, list[int]] = defaultdict(list)

    def within(self, community: UUID) -> NDArray[np.intp]:
        """The groups of a community, and of who is bound to none; rising."""
        return np.array(sorted([*self._within.get(community, ()), *self._within.get(None, ())]), np.intp)

    def members(self, group: int) -> NDArray[np.intp]:
        """The rows of those in it, in any order."""
        found = self._listed.get(group)
        if found is None:
            members = self._members[group]
            found = self._listed[group] = np.fromiter(members, np.intp, len(members))
        return found

    def move(self, row: int, alike: Likeness, old: int | None) -> int:
        """A helper's row out of the group that it was in into the one of those alike; gives that."""
        if old is not None:
            self._members[old].discard(row)
            self._count(old, -1)
        group = self._of.get(alike)
        if group is None:
            group = self._made(alike)
        self._members[group].add(row)
        self._count(group, 1)
        return group

    def _count(self, group: int, more: int) -> None:
        self.columns["count"][group] += more
        self.shapes["count"][self.columns.get(group, "shape")] += more
        self._listed.pop(group, None)

    def _made(self, alike: Likeness) -> int:
        group = self._of[alike] = self.columns.add()
        self._members.append(set())
        self._within[alike.community].append(group)
        sex = NONE if alike.sex is None else SEXES.index(alike.sex)
        self.columns.write(group, (self._shape(alike), sex, alike.kind in PERSONS, 0))
        return group

    def _shape(self, alike: Likeness) -> int:
        standing, kind, codes, *_ = alike
        shape = self._shapes.get((standing, kind, codes))
        if shape is None:
            shape = self._shapes[standing, kind, codes] = self.shapes.add()
            number = self._codes.setdefault(codes, len(self.codes))
            if number == len(self.codes):
                self.codes.append(codes)
            self.shapes.write(shape, (standing, KIND_NUMBER[kind], number, 0))
            self.shapes.flag(shape, codes)
        return shape
