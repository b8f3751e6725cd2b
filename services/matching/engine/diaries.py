"""What a helper's file dates, packed into bytes: read for as many helpers as are asked about, at once."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from struct import Struct
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from services.matching.engine.columns import FIRST, doubled
from services.matching.engine.moments import EVER, micros, midnight_after
from services.matching.engine.values import HelperFile
from shared.contracts.values import Skill

NONE = -1
DATUMS: Mapping[str, int] = {"WGS-84": 0, "GCJ-02": 1}
ENTRY = np.dtype(
    [
        ("start", "<i8"),
        ("end", "<i8"),
        ("x", "<i4"),
        ("y", "<i4"),
        ("z", "<i4"),
        ("code", "<i2"),
        ("datum", "i1"),
        ("kind", "i1"),
    ]
)
"""From when to when, in µs; where, if it is known, else a datum of NONE; the number of a certified skill."""
NOWHERE = (0, 0, 0, 0, NONE)
_packed = Struct("<qqiiihbb").pack
ABSENT, BOOKED, SERVED, CERTIFIED, FAULT = range(5)
"""A certificate's entry starts when it is good no more, that of a late drop-out when it happened."""


def undated(file: HelperFile, before: HelperFile) -> bool:
    """Whether nothing that is dated has changed."""
    new, old = file.facts, before.facts
    return (
        new.bookings is old.bookings
        and new.served is old.served
        and new.absences is old.absences
        and new.skills is old.skills
        and file.record.faults is before.record.faults
    )


class Diary(NamedTuple):
    """Of one helper: its entries packed; from `busy_from` to `busy_to` lies all that takes time, in µs.

    `lapses` is when the first of the certificates is good no more.
    """

    packed: bytes
    busy_from: int
    busy_to: int
    lapses: int


def written(file: HelperFile, codes: MutableMapping[str, int]) -> Diary:
    """All that is dated in a file; `codes` are the numbers of skills, in which new ones get theirs."""
    facts, first_lapse = file.facts, EVER
    away = [(micros(start), micros(end)) for start, end in facts.absences]
    booked = [(micros(one.slot.start), micros(one.slot.end)) for one in facts.bookings]
    served = [(micros(slot.start), micros(slot.end)) for slot in facts.served]
    entries = [_packed(start, end, *NOWHERE, ABSENT) for start, end in away]
    entries += [_packed(start, end, *NOWHERE, SERVED) for start, end in served]
    for (start, end), one in zip(booked, facts.bookings, strict=True):
        place = one.place
        there = NOWHERE if place is None else (place.x, place.y, place.z, 0, DATUMS[place.datum])
        entries.append(_packed(start, end, *there, BOOKED))
    entries += [_packed(micros(fault), 0, *NOWHERE, FAULT) for fault in file.record.faults]
    if file.certified:
        for code, lapse in _lapses(facts.skills):
            entries.append(_packed(lapse, 0, 0, 0, 0, codes.setdefault(code, len(codes)), NONE, CERTIFIED))
            first_lapse = min(first_lapse, lapse)
    taken = away + booked + served
    busy_from = min(taken)[0] if taken else EVER
    return Diary(b"".join(entries), busy_from, max([end for _, end in taken], default=-EVER), first_lapse)


def _lapses(skills: Sequence[Skill]) -> Iterator[tuple[str, int]]:
    """The skills that need a certificate, and from when on none of those there are is good."""
    for code in sorted({skill.code for skill in skills}):
        ends = [skill.until for skill in skills if skill.code == code]
        known = [end for end in ends if end is not None]
        if len(known) == len(ends):
            yield code, midnight_after(max(known))


@dataclass(frozen=True, slots=True)
class Entries:
    """Of some helpers: each entry, and the place of its helper among them, which never falls."""

    owner: NDArray[np.intp]
    fields: NDArray[Any]

    def where(self, wanted: NDArray[np.bool_]) -> "Entries":
        """Those of them."""
        places = np.flatnonzero(wanted)
        return Entries(self.owner[places], self.fields.take(places))

    def of_kind(self, *kinds: int) -> "Entries":
        """Those of these kinds."""
        kind = self.fields["kind"]
        wanted = kind == kinds[0]
        for other in kinds[1:]:
            wanted |= kind == other
        return self.where(wanted)


class Diaries:
    """All of them in one table: those of many helpers are read in few steps.

    What is written anew takes a place that another of the same length has left, or the next at the end.
    """

    def __init__(self) -> None:
        """None yet."""
        self._table = np.zeros(FIRST, ENTRY)
        self._bytes = self._table.view(np.uint8).data
        self._used = 0
        self._left: defaultdict[int, list[int]] = defaultdict(list)
        """Places by how many entries lay there."""

    def put(self, packed: bytes, place: int, count: int) -> tuple[int, int]:
        """Where these lie now and how many they are, once so many others, which lay at a place, are gone."""
        if count:
            self._left[count].append(place)
        size, found = ENTRY.itemsize, len(packed) // ENTRY.itemsize
        left = self._left[found]
        if left:
            place = left.pop()
        else:
            place = self._used
            self._used += found
            while self._used > len(self._table):
                self._table = doubled(self._table)
                self._bytes = self._table.view(np.uint8).data
        self._bytes[place * size : (place + found) * size] = packed
        return place, found

    def of(self, places: NDArray[np.int32], counts: NDArray[np.int16]) -> Entries:
        """So many at each of these places."""
        ends = np.cumsum(counts)
        owner = np.repeat(np.arange(len(counts)), counts)
        shift = places - ends + counts
        return Entries(owner, self._table.take(np.arange(len(owner)) + shift[owner]))
