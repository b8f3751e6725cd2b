"""What a helper's file dates, packed into bytes: read for as many helpers as are asked about, at once."""

from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from struct import Struct
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

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

    @classmethod
    def read(cls, diaries: Sequence[bytes]) -> "Entries":
        """One diary a helper."""
        lengths = np.fromiter(map(len, diaries), np.intp, len(diaries))
        owner = np.repeat(np.arange(len(diaries)), lengths // ENTRY.itemsize)
        return cls(owner, np.frombuffer(b"".join(diaries), ENTRY))

    def where(self, wanted: NDArray[np.bool_]) -> "Entries":
        """Those of them."""
        places = np.flatnonzero(wanted)
        return Entries(self.owner[places], self.fields.take(places))

    def among(self, places: NDArray[np.intp], count: int) -> "Entries":
        """Those of the helpers in these places, which rise, of so many; each has another place then."""
        place = np.full(count, NONE)
        place[places] = np.arange(len(places))
        return Entries(place[self.owner], self.fields).where(place[self.owner] >= 0)

    def of_kind(self, *kinds: int) -> "Entries":
        """Those of these kinds."""
        kind = self.fields["kind"]
        wanted = kind == kinds[0]
        for other in kinds[1:]:
            wanted |= kind == other
        return self.where(wanted)

    @property
    def firsts(self) -> NDArray[np.intp]:
        """The first entry of each helper who has any."""
        fresh = np.ones(len(self.owner), np.bool_)
        np.not_equal(self.owner[1:], self.owner[:-1], out=fresh[1:])
        return np.flatnonzero(fresh)
