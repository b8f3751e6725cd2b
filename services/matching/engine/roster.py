"""The helpers' files by column, so that a rule is looked at for all of them at once."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, TypeVar
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from services.matching.domain.helper_file import Facts
from services.matching.engine.columns import Columns
from services.matching.engine.diaries import DATUMS, NONE, Diaries, Entries, undated, written
from services.matching.engine.groups import KIND_NUMBER, Groups, likeness
from services.matching.engine.moments import EVER, micros
from services.matching.engine.patterns import Patterns
from services.matching.engine.values import HelperFile
from shared.contracts.values import Point, Wish

Numbers = NDArray[np.int64]
COLUMNS: dict[str, Any] = {
    "group": np.int32,
    "pattern": np.int32,
    "capacity": np.int32,
    "offers": np.int32,
    "accepted": np.int32,
    "answered": np.int32,
    "price": np.int32,
    "load": np.int32,
    "x": np.int32,
    "y": np.int32,
    "z": np.int32,
    "diary": np.int32,
    "entries": np.int16,
    "skills": np.int16,
    "faults": np.int16,
    "kind": np.int8,
    "datum": np.int8,
    "busy_from": np.int64,
    "busy_to": np.int64,
    "lapses": np.int64,
    "fault": np.int64,
    "load_after": np.int64,
    "load_until": np.int64,
}
"""In `diary` lie so many `entries`. From `busy_from` to `busy_to` lies all that takes time, in µs.

`lapses` is when the first certificate is good no more; `fault` is when somebody last dropped out late or
didn't come, of so many `faults`. `load` is in minutes, right for who looks back to a moment after
`load_after` and not after `load_until`.
"""


class Roster:
    """A row a helper. What ties few to a cadre is kept by the cadre, as rows."""

    def __init__(self, files: Iterable[HelperFile] = ()) -> None:
        """With these."""
        self.files: list[HelperFile] = []
        self.row_of: dict[UUID, int] = {}
        self.groups = Groups()
        self.patterns = Patterns()
        self.codes: dict[str, int] = {}
        """The numbers of skills that need a certificate."""
        self.paired: defaultdict[UUID, set[int]] = defaultdict(set)
        self.recused: defaultdict[UUID, set[int]] = defaultdict(set)
        self.visits: defaultdict[UUID, dict[int, int]] = defaultdict(dict)
        """How often who was at a cadre's."""
        self.poorly: defaultdict[UUID, dict[int, int]] = defaultdict(dict)
        """How often it went badly with whom."""
        self.wishes: defaultdict[UUID, dict[int, Wish]] = defaultdict(dict)
        self.columns = Columns(COLUMNS)
        """Its flags are the dialects and what is gladly done; see `speaks` and `glad`."""
        self._diaries = Diaries()
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

    def diaries(self, known: NDArray[Any]) -> Entries:
        """All that is dated in the files of helpers with these records."""
        return self._diaries.of(known["diary"], known["entries"])

    def put(self, file: HelperFile) -> None:
        """A new helper's file, or another in its place; takes as long whatever the number of the others."""
        row = self.row_of.get(file.helper)
        before = None if row is None else self.files[row]
        if row is None:
            row = self.row_of[file.helper] = self.columns.add()
            self.files.append(file)
        self.files[row] = file
        self._put_group(row, file, before)
        self._put_facts(row, file, before)
        if before is None or not undated(file, before):
            self._put_dates(row, file)
        self._put_ties(row, file, before)

    def _put_group(self, row: int, file: HelperFile, before: HelperFile | None) -> None:
        alike = likeness(file)
        if before is None or alike != likeness(before):
            old = None if before is None else self.columns.get(row, "group")
            self.columns.put(row, "group", self.groups.move(row, alike, old))

    def _put_facts(self, row: int, file: HelperFile, before: HelperFile | None) -> None:
        put, facts, old = self.columns.put, file.facts, before.facts if before else None
        if old is None or facts.availability is not old.availability:
            put(row, "pattern", self.patterns.number(facts.availability))
        if old is None or facts.profile is not old.profile:
            self._put_home(row, facts.profile.home if facts.profile else None)
        put(row, "kind", KIND_NUMBER[facts.kind])
        put(row, "capacity", facts.capacity)
        put(row, "skills", len(facts.skills))
        put(row, "offers", len(file.offers))
        put(row, "accepted", file.record.accepted)
        put(row, "answered", file.record.answered)
        put(row, "price", file.price)
        if old is None or facts.dialects is not old.dialects or facts.glad is not old.glad:
            self.columns.flag(row, _flags(facts), _flags(old) if old else ())

    def _put_home(self, row: int, home: Point | None) -> None:
        self.columns.put(row, "datum", NONE if home is None else DATUMS[home.datum])
        if home is not None:
            for axis in ("x", "y", "z"):
                self.columns.put(row, axis, getattr(home, axis))

    def _put_dates(self, row: int, file: HelperFile) -> None:
        put, get, diary = self.columns.put, self.columns.get, written(file, self.codes)
        place, count = self._diaries.put(diary.packed, get(row, "diary"), get(row, "entries"))
        put(row, "diary", place)
        put(row, "entries", count)
        put(row, "busy_from", diary.busy_from)
        put(row, "busy_to", diary.busy_to)
        put(row, "lapses", diary.lapses)
        put(row, "faults", len(file.record.faults))
        put(row, "fault", max(map(micros, file.record.faults), default=0))
        put(row, "load", 0)
        put(row, "load_after", -EVER)
        put(row, "load_until", -EVER if file.facts.bookings or file.facts.served else EVER)

    def note_load(self, rows: NDArray[np.intp], load: Numbers, after: Numbers, until: Numbers) -> None:
        """Of helpers, good for who looks back to a moment after one and not after the other."""
        self.columns["load"][rows] = load
        self.columns["load_after"][rows] = after
        self.columns["load_until"][rows] = until

    def _put_ties(self, row: int, file: HelperFile, before: HelperFile | None) -> None:
        new, old = file.facts, before.facts if before else None
        _move(self.paired, row, file.paired, before.paired if before else ())
        _move(self.recused, row, new.recused, old.recused if old else ())
        _note(self.visits, row, new.visits, old.visits if old else {})
        _note(self.wishes, row, new.wishes, old.wishes if old else {})
        _note(self.poorly, row, file.record.poorly, before.record.poorly if before else {})


def speaks(dialect: str) -> str:
    """The flag of who speaks it."""
    return f"speaks {dialect}"


def glad(service: str) -> str:
    """The flag of who gives this service gladly."""
    return f"glad {service}"


def _flags(facts: Facts) -> tuple[str, ...]:
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
        if old.get(cadre) != value:
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
