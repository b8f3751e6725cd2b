"""Helpers who are alike to every rule that asks neither for a time nor for the cadre."""

from typing import Any, NamedTuple
from uuid import UUID

import numpy as np

from services.matching.engine.columns import Columns
from services.matching.engine.values import HelperFile
from shared.contracts.values import HelperKind, Sex

KINDS, SEXES = tuple(HelperKind), tuple(Sex)
ACTIVE, SUSPENDED, LEFT = range(3)
NONE = -1
COLUMNS: dict[str, Any] = {
    "standing": np.int8,
    "kind": np.int8,
    "sex": np.int8,
    "community": np.int32,
    "count": np.int64,
}


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


class Groups:
    """A row a group: far fewer than helpers, so that a rule is soon looked at for all of them."""

    def __init__(self) -> None:
        """None yet."""
        self.rows: list[set[int]] = []
        """Who is in each."""
        self.columns = Columns(COLUMNS)
        """`count` is how many are in it, its flags are the skills."""
        self.communities: dict[UUID, int] = {}
        self.codes: list[frozenset[str]] = []
        """The skills of each."""
        self._of: dict[Likeness, int] = {}

    def of(self, file: HelperFile) -> int:
        """The group of one who is in one."""
        return self._of[likeness(file)]

    def move(self, row: int, old: HelperFile | None, new: HelperFile) -> int:
        """A helper's row into the group of the new file, out of the one of the old; gives the group."""
        alike = likeness(new)
        before = likeness(old) if old else None
        if before == alike:
            return self._of[alike]
        if before is not None:
            self.rows[self._of[before]].discard(row)
            self.columns["count"][self._of[before]] -= 1
        if alike not in self._of:
            self._make(alike)
        self.rows[self._of[alike]].add(row)
        self.columns["count"][self._of[alike]] += 1
        return self._of[alike]

    def _make(self, alike: Likeness) -> None:
        group = self._of[alike] = self.columns.add()
        self.rows.append(set())
        self.codes.append(alike.codes)
        place = alike.community
        self.columns.put(
            group,
            standing=alike.standing,
            kind=KINDS.index(alike.kind),
            sex=NONE if alike.sex is None else SEXES.index(alike.sex),
            community=NONE if place is None else self.communities.setdefault(place, len(self.communities)),
        )
        self.columns.flag(group, alike.codes)
