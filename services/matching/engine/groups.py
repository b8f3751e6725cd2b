"""Helpers who are alike to every rule that asks neither for a time nor for the cadre."""

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
    "standing": np.int8,
    "kind": np.int8,
    "sex": np.int8,
    "community": np.int32,
    "codes": np.int32,
    "count": np.int32,
}


def among(kinds: Collection[HelperKind]) -> NDArray[np.bool_]:
    """By a kind's number, whether it is one of these."""
    return np.array([kind in kinds for kind in KINDS])


IS_PERSON = among(PERSONS)


class Likeness(NamedTuple):
    """What they have in common."""

    standing: int
    kind: HelperKind
    community: UUID | None
    sex: Sex | None
    codes: frozenset[str]


def likeness(file: HelperFile) -> Likeness:
    """Of a helper."""
    facts = file.facts
    standing = LEFT if file.left else ACTIVE if file.active else SUSPENDED
    return Likeness(standing, facts.kind, facts.community, facts.sex, file.codes)


class Groups:
    """A row a group: far fewer than helpers, so that a rule is soon looked at for all of them."""

    def __init__(self) -> None:
        """None yet."""
        self.columns = Columns(COLUMNS)
        """`count` is how many are in it, its flags are the skills, `codes` the number of them all."""
        self.communities: dict[UUID, int] = {}
        self.codes: list[frozenset[str]] = []
        """Sets of skills, by number."""
        self._codes: dict[frozenset[str], int] = {}
        self._of: dict[Likeness, int] = {}
        self._members: list[set[int]] = []
        self._listed: dict[int, NDArray[np.intp]] = {}

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
            self.columns["count"][old] -= 1
            self._listed.pop(old, None)
        group = self._of.get(alike)
        if group is None:
            group = self._made(alike)
        self._members[group].add(row)
        self.columns["count"][group] += 1
        self._listed.pop(group, None)
        return group

    def _made(self, alike: Likeness) -> int:
        group = self._of[alike] = self.columns.add()
        self._members.append(set())
        codes = self._codes.setdefault(alike.codes, len(self.codes))
        if codes == len(self.codes):
            self.codes.append(alike.codes)
        place = alike.community
        sex = NONE if alike.sex is None else SEXES.index(alike.sex)
        community = NONE if place is None else self.communities.setdefault(place, len(self.communities))
        self.columns.write(group, (alike.standing, KIND_NUMBER[alike.kind], sex, community, codes, 0))
        self.columns.flag(group, alike.codes)
        return group
