"""The helpers' files by column, so that a rule is looked at for all of them at once."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

import numpy as np

from services.matching.engine.columns import Columns
from services.matching.engine.groups import NONE, Groups
from services.matching.engine.values import HelperFile
from shared.contracts.values import Weekly, Wish

EPOCH, MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)
EVER = np.iinfo(np.int64).max
"""Later than any moment; its negative is earlier."""
DATUMS = ("WGS-84", "GCJ-02")
COLUMNS: dict[str, Any] = {
    "group": np.int32,
    "pattern": np.int32,
    "skills": np.int32,
    "offers": np.int32,
    "accepted": np.int32,
    "answered": np.int32,
    "price": np.int32,
    "certified": np.bool_,
    "datum": np.int8,
    "x": np.int64,
    "y": np.int64,
    "z": np.int64,
    "busy_from": np.int64,
    "busy_to": np.int64,
    "load": np.int64,
    "load_after": np.int64,
    "load_until": np.int64,
}
"""NONE for what isn't known. From `busy_from` to `busy_to` lies all that is served, booked or away, in µs.

`load` is in minutes, right for who looks back to a moment after `load_after` and not after `load_until`.
"""


def micros(at: datetime) -> int:
    """Microseconds since 1970."""
    return (at - EPOCH) // MICROSECOND


class Roster:
    """A row a helper. What ties few to a cadre is kept by the cadre, as rows."""

    def __init__(self, files: Iterable[HelperFile] = ()) -> None:
        """With these."""
        self.files: list[HelperFile] = []
        self.row_of: dict[UUID, int] = {}
        self.groups = Groups()
        self.patterns: dict[tuple[Weekly, ...], int] = {}
        self.paired: defaultdict[UUID, set[int]] = defaultdict(set)
        self.recused: defaultdict[UUID, set[int]] = defaultdict(set)
        self.visits: defaultdict[UUID, dict[int, int]] = defaultdict(dict)
        """How often who was at a cadre's."""
        self.poorly: defaultdict[UUID, dict[int, int]] = defaultdict(dict)
        """How often it went badly with whom."""
        self.wishes: defaultdict[UUID, dict[int, Wish]] = defaultdict(dict)
        self.faulty: set[int] = set()
        """Who has dropped out late or not come."""
        self.columns = Columns(COLUMNS)
        """Its flags are the dialects and what is gladly done; see `speaks` and `glad`."""
        for file in files:
            self.put(file)

    def __len__(self) -> int:
        return len(self.files)

    def __iter__(self) -> Iterator[HelperFile]:
        return iter(self.files)

    def of(self, helper: UUID) -> HelperFile | None:
        """A helper's file."""
        row = self.row_of.get(helper)
        return None if row is None else self.files[row]

    def put(self, file: HelperFile) -> None:
        """A new helper's file, or another in its place; takes as long whatever the number of the others."""
        row = self.row_of.get(file.helper)
        before = None if row is None else self.files[row]
        if row is None:
            row = self.row_of[file.helper] = self.columns.add()
            self.files.append(file)
        self.files[row] = file
        self._put_columns(row, file)
        self.columns["group"][row] = self.groups.move(row, before, file)
        old, new = (_flags(before) if before else ()), _flags(file)
        if old != new:
            self.columns.flag(row, new, old)
        self._put_ties(row, file, before)

    def _put_columns(self, row: int, file: HelperFile) -> None:
        facts, home = file.facts, file.facts.profile.home if file.facts.profile else None
        taken = [*((slot.start, slot.end) for slot in file.taken), *facts.absences]
        self.columns.put(
            row,
            pattern=self.patterns.setdefault(facts.availability, len(self.patterns)),
            skills=len(facts.skills),
            offers=len(file.offers),
            accepted=file.record.accepted,
            answered=file.record.answered,
            price=file.price,
            certified=file.certified,
            datum=DATUMS.index(home.datum) if home else NONE,
            x=home.x if home else 0,
            y=home.y if home else 0,
            z=home.z if home else 0,
            busy_from=min((micros(start) for start, _ in taken), default=EVER),
            busy_to=max((micros(end) for _, end in taken), default=-EVER),
        )
        self.note_load(row, 0, -EVER, -EVER if file.taken else EVER)

    def note_load(self, row: int, minutes: int, after: int, until: int) -> None:
        """Of a helper, good for who looks back to a moment after one and not after the other."""
        self.columns.put(row, load=minutes, load_after=after, load_until=until)

    def _put_ties(self, row: int, file: HelperFile, before: HelperFile | None) -> None:
        new, old = file.facts, before.facts if before else None
        _move(self.paired, row, file.paired, before.paired if before else ())
        _move(self.recused, row, new.recused, old.recused if old else ())
        _note(self.visits, row, new.visits, old.visits if old else {})
        _note(self.wishes, row, new.wishes, old.wishes if old else {})
        _note(self.poorly, row, file.record.poorly, before.record.poorly if before else {})
        if file.record.faults:
            self.faulty.add(row)
        else:
            self.faulty.discard(row)


def speaks(dialect: str) -> str:
    """The flag of who speaks it."""
    return f"speaks {dialect}"


def glad(service: str) -> str:
    """The flag of who gives this service gladly."""
    return f"glad {service}"


def _flags(file: HelperFile) -> tuple[str, ...]:
    facts = file.facts
    if not (facts.dialects or facts.glad):
        return ()
    return (*map(speaks, facts.dialects), *map(glad, facts.glad))


V = TypeVar("V")


def _note(
    known: defaultdict[UUID, dict[int, V]], row: int, new: Mapping[UUID, V], old: Mapping[UUID, V]
) -> None:
    """What is told of each cadre, in the place of what was."""
    if new is old:
        return
    for cadre in old.keys() - new.keys():
        del known[cadre][row]
    for cadre, value in new.items():
        known[cadre][row] = value


def _move(sets: defaultdict[UUID, set[int]], row: int, new: frozenset[UUID], old: Collection[UUID]) -> None:
    """Out of the sets of what is no more, into those of what is new."""
    if new == old:
        return
    for cadre in new.symmetric_difference(old):
        if cadre in new:
            sets[cadre].add(row)
        else:
            sets[cadre].discard(row)
