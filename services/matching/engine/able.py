"""Who could come for an enquiry, and when: by column; by the file for who is tied to the request."""

from collections.abc import Collection, Mapping

import numpy as np

from services.matching.domain.languages import NEED_A_SPEAKER
from services.matching.engine.diaries import NONE
from services.matching.engine.groups import IS_PERSON, LEFT, SEXES, SUSPENDED, among
from services.matching.engine.hours import NUMBER, RULES, Hours, Numbers, Rows, Rules
from services.matching.engine.judging import excluded
from services.matching.engine.roster import Roster, speaks
from services.matching.engine.slots import Times
from services.matching.engine.values import Enquiry, Rule
from shared.contracts.values import Urgency


class Able:
    """Who could come, when, and which rule excludes the others. `rows` are theirs, rising."""

    def __init__(self, enquiry: Enquiry, roster: Roster, times: Times) -> None:
        self.enquiry, self.roster, self.times = enquiry, roster, times
        self._counts = np.zeros(len(RULES), np.int64)
        rows = self._allowed()
        known = roster.columns.of(rows)
        start, rule = Hours(enquiry, times, roster).first(rows, known)
        self._counts += np.bincount(rule, minlength=len(RULES))
        able = np.flatnonzero(rule == 0)
        self.rows: Rows = rows[able]
        self.known = known.take(able)
        """Their records in the roster."""
        self.start: Numbers = start[able]
        """In µs."""

    @property
    def excluded(self) -> Mapping[Rule, int]:
        """How many by each rule."""
        counts = zip(RULES, self._counts.tolist(), strict=True)
        return {rule: count for rule, count in counts if rule and count}

    def _allowed(self) -> Rows:
        """Whom no rule excludes that needs no time."""
        enquiry, roster = self.enquiry, self.roster
        cadre, groups = enquiry.need.cadre, roster.groups
        rule = self._rule_of_groups()
        counts = np.bincount(rule, groups.columns["count"], len(RULES)).astype(np.int64)
        tied = {*roster.paired.get(cadre, ()), *roster.recused.get(cadre, ()), *roster.wishes.get(cadre, ())}
        tied |= {roster.row_of[one] for one in enquiry.asked | enquiry.barred if one in roster.row_of}
        able = []
        for row in sorted(tied):
            counts[rule[roster.columns.get(row, "group")]] -= 1
            found = excluded(roster.files[row], enquiry)
            if found is None:
                able.append(row)
            else:
                counts[NUMBER[found]] += 1
        counts[0] = 0
        self._counts += counts
        allowed = [groups.members(group) for group in np.flatnonzero(rule == 0).tolist()]
        rows = in_order(*allowed)
        if tied:
            rows = np.delete(rows, places(rows, tied))
        rows = self._understood(rows)
        return in_order(rows, rows_of(able))

    def _understood(self, rows: Rows) -> Rows:
        """Those of them whom the cadre understands."""
        side = self.enquiry.side
        if side.dialect not in NEED_A_SPEAKER or self.enquiry.need.urgency is Urgency.RESCUE:
            return rows
        columns = self.roster.columns
        strange = IS_PERSON[columns["kind"][rows]] & ~columns.flagged(speaks(side.dialect))[rows]
        self._counts[NUMBER[Rule.LANGUAGE]] += np.count_nonzero(strange)
        understood: Rows = rows[~strange]
        return understood

    def _rule_of_groups(self) -> Rules:
        """The last rule first: the one that is written last stands."""
        need, wanted = self.enquiry.need, self.enquiry.side.preferred_sex
        known, groups = self.roster.groups.communities, self.roster.groups.columns
        kind, rule = groups["kind"], np.zeros(len(groups), np.int8)
        if need.urgency is not Urgency.RESCUE:
            if wanted is not None:
                sex = groups["sex"]
                other = (sex != NONE) & (sex != SEXES.index(wanted))
                rule[other & IS_PERSON[kind]] = NUMBER[Rule.SEX]
            if need.community is not None:
                lives, here = groups["community"], known.get(need.community, NONE)
                rule[(lives != NONE) & (lives != here)] = NUMBER[Rule.COMMUNITY]
        for code in need.skills:
            rule[~groups.flagged(code)] = NUMBER[Rule.SKILL]
        rule[~among(need.helper_kinds)[kind]] = NUMBER[Rule.KIND]
        standing = groups["standing"]
        rule[standing == SUSPENDED] = NUMBER[Rule.SUSPENDED]
        rule[standing == LEFT] = NUMBER[Rule.LEFT]
        return rule


def in_order(*rows: Rows) -> Rows:
    """All of these, rising."""
    found: Rows = np.sort(np.concatenate([rows_of(()), *rows]))
    return found


def rows_of(rows: Collection[int]) -> Rows:
    """As an array."""
    return np.fromiter(rows, np.intp, len(rows))


def places(rows: Rows, wanted: Collection[int]) -> Rows:
    """Where in these rows, which rise, those are that are wanted and among them."""
    found = rows_of(wanted)
    near = np.searchsorted(rows, found)
    there = near < len(rows)
    near, found = near[there], found[there]
    hits: Rows = near[rows[near] == found]
    return hits
