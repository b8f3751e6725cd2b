"""Random events into the index: no ranking breaks a hard rule, and the index is that of a fresh build.

The events are folded one by one, as they reach a process that runs; at points of the way they are folded
at once, as in a process that starts.
"""

import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

import numpy as np

from bench.crowd import DAY, DIALECTS, NOW, SKILLS, Crowd
from bench.engine import SHOWN_BEST, by_file
from bench.ground import Ground
from bench.happenings import Happenings
from bench.measure import SHOWN, Line, Scale, Series, Target
from services.matching.engine import Enquiry, Judged, Roster
from services.matching.engine.diaries import CERTIFIED
from services.matching.engine.groups import likeness
from services.matching.engine.judging import certified, excluded
from services.matching.engine.roster import COLUMNS, glad, speaks
from services.matching.files import Files
from shared.contracts.values import Slot, Urgency

HELPERS = 2_000
BETWEEN = 1_000
"""Events from one ranking that is checked to the next."""
CERTIFIED_SHARE = 1 / 4
"""Of the enquiries, those that need a certificate."""
NUMBERED = {"group", "pattern", "diary"}
"""The columns whose numbers tell the order of events."""
OF_A_DAY = {"load", "load_after", "load_until"}
"""Those that a ranking brings up to its day."""


def described(roster: Roster) -> Mapping[UUID, Any]:
    """All that an index knows, by helper, whatever the order of its rows and numbers."""
    every = np.arange(len(roster))
    entries, codes = roster.diaries(roster.columns.of(every)), list(roster.codes)
    diaries: dict[int, list[Any]] = {row: [] for row in every.tolist()}
    for row, (*times, code, datum, kind) in zip(entries.owner.tolist(), entries.fields.tolist(), strict=True):
        diaries[row].append((*times, codes[code] if kind == CERTIFIED else "", datum, kind))
    names = [name for name in COLUMNS if name not in NUMBERED | OF_A_DAY]
    columns = [roster.columns[name].tolist() for name in names]
    flags = [speaks(word) for words in DIALECTS for word in words] + [glad(service) for service in SKILLS]
    columns += [roster.columns.flagged(flag, every).tolist() for flag in flags]
    groups = roster.columns["group"].tolist()
    members: defaultdict[int, set[int]] = defaultdict(set)
    for area in roster.groups.areas.values():
        for row, group in zip(area.rows.tolist(), area.groups[area.lines].tolist(), strict=True):
            members[group].add(row)
    ties: dict[UUID, set[Any]] = {file.helper: set() for file in roster}
    for name in ("paired", "recused", "visits", "poorly", "wishes"):
        for cadre, known in getattr(roster, name).items():
            for row in known:
                told = known[row] if isinstance(known, dict) else None
                ties[roster.files[row].helper].add((name, cadre, told))
    return {
        file.helper: (
            file,
            likeness(file),
            {likeness(roster.files[other]) for other in members[groups[row]]},
            int(roster.groups.columns["count"][groups[row]]),
            [column[row] for column in columns],
            diaries[row],
            ties[file.helper],
        )
        for row, file in enumerate(roster)
    }


@dataclass
class Checked:
    """Events that happen, and rankings between them that are compared with each judged by the file."""

    happenings: Happenings
    broken: int = 0
    """Candidates whom a hard rule forbids."""
    unlike: int = 0
    """Rankings that aren't those by the files, and builds that aren't alike."""
    rankings: int = 0
    folding: list[float] = field(default_factory=list)

    def go(self, events: int, between: int = BETWEEN) -> None:
        """So many events more."""
        until = len(self.happenings.past) + events
        while len(self.happenings.past) < until:
            stop = min(until, len(self.happenings.past) + between)
            while len(self.happenings.past) < stop:
                self.happenings.happen()
            self._rank()

    def _rank(self) -> None:
        """The first of those who are found is booked, as an acceptance would."""
        files, enquiry = self.happenings.files, self._enquiry()
        found = files.engine.rank(enquiry, files.roster, SHOWN_BEST)
        self.rankings += 1
        self.unlike += found != by_file(enquiry, files.roster, files.engine)
        self.broken += sum(self._breaks(one, enquiry) for one in found.candidates)
        for first in found.candidates[:1]:
            file = files.roster.of(first.helper)
            if file is not None and first.slot.start > enquiry.at:
                self.happenings.take(
                    self.happenings.booked(file, enquiry.need.cadre, first.slot, enquiry.place)
                )

    def _breaks(self, one: Judged, enquiry: Enquiry) -> bool:
        file = self.happenings.files.roster.of(one.helper)
        return (
            file is None
            or excluded(file, enquiry) is not None
            or file.facts.hindrance(one.slot, enquiry.place) is not None
            or not certified(file, enquiry, one.slot)
        )

    def _enquiry(self) -> Enquiry:
        crowd = self.happenings.crowd
        asked = crowd.enquiry(crowd.random.choice((Urgency.ROUTINE, Urgency.URGENT, Urgency.RESCUE)))
        later = (self.happenings.at - NOW) // DAY * DAY
        slot = asked.need.slot
        if slot is not None:
            slot = Slot(start=slot.start + later, end=slot.end + later)
        changed: dict[str, Any] = {"cadre": self.happenings.cadre, "slot": slot}
        if crowd.random.random() < CERTIFIED_SHARE:
            changed["skills"] = ("medical",)
        return replace(
            asked,
            need=asked.need.model_copy(update=changed),
            at=asked.at + later,
            latest=asked.latest + later,
        )

    def compare(self) -> None:
        """With all that has happened folded at once."""
        began = time.perf_counter()
        fresh = Files()
        fresh.take(self.happenings.past)
        self.folding.append(time.perf_counter() - began)
        self.unlike += described(fresh.roster) != described(self.happenings.files.roster)
        for _ in range(SHOWN_BEST):
            enquiry, roster = self._enquiry(), self.happenings.files.roster
            ranked = fresh.engine.rank(enquiry, fresh.roster, SHOWN_BEST)
            self.unlike += ranked != self.happenings.files.engine.rank(enquiry, roster, SHOWN_BEST)


async def measure(ground: Ground, scale: Scale) -> list[Line]:  # noqa: ARG001  it needs no database
    """A round is a part of the way; the last line is sound when nothing was ever broken or unlike."""
    checked = Checked(Happenings(Crowd(scale.pick(HELPERS, 100)), scale.pick(HELPERS, 100)))
    events, taken = scale.pick(1_000_000, 2_000), []
    for _ in range(scale.rounds):
        began = time.perf_counter()
        checked.go(events // scale.rounds + 1)
        taken.append(time.perf_counter() - began)
        checked.compare()
    none = Series((1.0,) * scale.rounds)
    found = Series((1.0 + checked.broken + checked.unlike,) * scale.rounds)
    what = f"{len(checked.happenings.past):,} random events, {checked.rankings:,} rankings"
    note = (
        f"{checked.broken} candidates whom a hard rule forbids, {checked.unlike} rankings or builds unlike."
    )
    sound = not (checked.broken or checked.unlike)
    return [
        Line(f"{what}: one and what is broken", found, "none", none, "", Target("at most", 1.0), note, sound),
        Line(
            f"{what}: each in turn",
            Series(tuple(taken)),
            "all at once",
            Series(tuple(checked.folding)),
            "s",
            SHOWN,
        ),
    ]
