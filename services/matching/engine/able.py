"""Who could come for an enquiry, and when; whom a column can't decide about is judged by the file."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from services.matching.domain.helper_file import PERSONS
from services.matching.domain.languages import NEED_A_SPEAKER
from services.matching.engine.groups import KINDS, LEFT, NONE, SEXES, SUSPENDED
from services.matching.engine.judging import certified, excluded
from services.matching.engine.roster import EVER, Roster, micros, speaks
from services.matching.engine.slots import Times
from services.matching.engine.values import Enquiry, Rule
from shared.contracts.values import HelperKind, Urgency

Rows = NDArray[np.intp]
Numbers = NDArray[np.int64]
RULES: Sequence[Rule | None] = (None, *Rule)
NUMBER: Mapping[Rule, int] = {rule: number for number, rule in enumerate(RULES) if rule is not None}


class Able:
    """Who could come, when, and which rule excludes the others. `rows` are theirs, rising."""

    def __init__(self, enquiry: Enquiry, roster: Roster, times: Times) -> None:
        self.enquiry, self.roster, self.times = enquiry, roster, times
        self._counts = np.zeros(len(RULES), np.int64)
        rows = np.sort(self._allowed())
        start, rule = self._times_of(rows)
        self._counts += np.bincount(rule, minlength=len(RULES))
        self.rows: Rows = rows[rule == 0]
        self.start = start[rule == 0]

    @property
    def excluded(self) -> Mapping[Rule, int]:
        """How many by each rule."""
        counts = zip(RULES, self._counts.tolist(), strict=True)
        return {rule: count for rule, count in counts if rule and count}

    def _allowed(self) -> Rows:
        """Whom no rule excludes that needs no time: by group; by the file who is tied to the request."""
        enquiry, roster = self.enquiry, self.roster
        cadre, groups = enquiry.need.cadre, roster.groups
        rule = self._rule_of_groups()
        allowed = [groups.rows[group] for group in np.flatnonzero(rule == 0).tolist()]
        counts = groups.columns["count"].copy()
        tied = {*roster.paired.get(cadre, ()), *roster.recused.get(cadre, ()), *roster.wishes.get(cadre, ())}
        tied |= {roster.row_of[one] for one in enquiry.asked | enquiry.barred if one in roster.row_of}
        able = set()
        for row in tied:
            file = roster.files[row]
            counts[groups.of(file)] -= 1
            found = excluded(file, enquiry)
            if found is None:
                able.add(row)
            else:
                self._counts[NUMBER[found]] += 1
        np.add.at(self._counts, rule, counts)
        self._counts[0] = 0
        rows = np.fromiter(chain.from_iterable(allowed), np.intp)
        if tied:
            rows = rows[~np.isin(rows, rows_of(tied))]
        return np.concatenate([self._understood(rows), rows_of(able)])

    def _understood(self, rows: Rows) -> Rows:
        """Those of them whom the cadre understands."""
        side = self.enquiry.side
        if side.dialect not in NEED_A_SPEAKER or self.enquiry.need.urgency is Urgency.RESCUE:
            return rows
        person = _among(PERSONS)[self.kinds(rows)]
        strange = person & ~self.roster.columns.flagged(speaks(side.dialect))[rows]
        self._counts[NUMBER[Rule.LANGUAGE]] += np.count_nonzero(strange)
        return rows[~strange]

    def kinds(self, rows: Rows) -> NDArray[np.int8]:
        """Of helpers, as numbers."""
        roster = self.roster
        kinds: NDArray[np.int8] = roster.groups.columns["kind"][roster.columns["group"][rows]]
        return kinds

    def _rule_of_groups(self) -> NDArray[np.int8]:
        """The last rule first: the one that is written last stands."""
        need, wanted = self.enquiry.need, self.enquiry.side.preferred_sex
        known, groups = self.roster.groups.communities, self.roster.groups.columns
        rule = np.zeros(len(groups["kind"]), np.int8)
        if need.urgency is not Urgency.RESCUE:
            if wanted is not None:
                sex = groups["sex"]
                other = (sex != NONE) & (sex != SEXES.index(wanted))
                rule[other & _among(PERSONS)[groups["kind"]]] = NUMBER[Rule.SEX]
            if need.community is not None:
                lives, here = groups["community"], known.get(need.community, NONE)
                rule[(lives != NONE) & (lives != here)] = NUMBER[Rule.COMMUNITY]
        for code in need.skills:
            rule[~groups.flagged(code)] = NUMBER[Rule.SKILL]
        rule[~_among(need.helper_kinds)[groups["kind"]]] = NUMBER[Rule.KIND]
        rule[groups["standing"] == SUSPENDED] = NUMBER[Rule.SUSPENDED]
        rule[groups["standing"] == LEFT] = NUMBER[Rule.LEFT]
        return rule

    def _times_of(self, rows: Rows) -> tuple[Numbers, NDArray[np.int8]]:
        """By weekly pattern for who has nothing else to do then, from the file for the others."""
        roster, times = self.roster, self.times
        begin, end = map(micros, times.span)
        patterns = roster.columns["pattern"][rows]
        starts = np.full(len(roster.patterns), -EVER, np.int64)
        known = list(roster.patterns)
        for number in np.unique(patterns).tolist():
            slot = times.free_at(known[number])
            starts[number] = -EVER if slot is None else micros(slot.start)
        start = starts[patterns]
        rule = np.where(start == -EVER, NUMBER[Rule.NOT_AVAILABLE], 0).astype(np.int8)
        busy = (roster.columns["busy_from"][rows] < end) & (roster.columns["busy_to"][rows] > begin)
        for place in np.flatnonzero(busy | roster.columns["certified"][rows]).tolist():
            file = roster.files[rows[place]]
            found = times.slot_for(file)
            if not isinstance(found, Rule) and file.certified and not certified(file, self.enquiry, found):
                found = Rule.CERTIFICATE
            rule[place] = NUMBER[found] if isinstance(found, Rule) else 0
            start[place] = 0 if isinstance(found, Rule) else micros(found.start)
        return start, rule


def _among(kinds: Collection[HelperKind]) -> NDArray[np.bool_]:
    """By a kind's number, whether it is one of these."""
    return np.array([kind in kinds for kind in KINDS])


def rows_of(rows: Iterable[int]) -> Rows:
    """As an array."""
    return np.fromiter(rows, np.intp)
