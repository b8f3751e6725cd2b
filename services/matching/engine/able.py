"""Who could come for an enquiry, and when: by column; by the file for who is tied to the request."""

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

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
        groups, by_shape = self.roster.groups, self._rule_of_shapes()
        near = self._near()
        known = groups.columns.of(near)
        rule = self._rule_of_groups(known, by_shape[known["shape"]])
        counts = np.bincount(by_shape, groups.shapes["count"], len(RULES))
        here = np.bincount(by_shape[known["shape"]], known["count"], len(RULES))
        counts[NUMBER[Rule.COMMUNITY]] = counts[0] - here[0]
        counts[NUMBER[Rule.SEX]] = known["count"][rule == NUMBER[Rule.SEX]].sum()
        self._counts += counts.astype(np.int64)
        rows = in_order(*map(groups.members, near[rule == 0].tolist()))
        tied = self._tied()
        if tied:
            theirs = rows_of(sorted(tied))
            group = self.roster.columns["group"][theirs]
            under = by_shape[groups.columns["shape"][group]]
            under[under == 0] = NUMBER[Rule.COMMUNITY]
            inside = np.isin(group, near)
            under[inside] = rule[np.searchsorted(near, group[inside])]
            np.subtract.at(self._counts, under, 1)
            rows = in_order(np.delete(rows, places(rows, tied)), self._judged(theirs))
        self._counts[0] = 0
        return self._understood(rows)

    def _judged(self, rows: Rows) -> Rows:
        """Those of them whom no rule excludes, by their files."""
        rules = [excluded(self.roster.files[row], self.enquiry) for row in rows.tolist()]
        for rule in rules:
            if rule is not None:
                self._counts[NUMBER[rule]] += 1
        able: Rows = rows[[rule is None for rule in rules]]
        return able

    def _near(self) -> Rows:
        """The groups that the community of the visit lets come."""
        need, groups = self.enquiry.need, self.roster.groups
        if need.community is None or need.urgency is Urgency.RESCUE:
            return np.arange(len(groups.columns))
        return groups.within(need.community)

    def _tied(self) -> set[int]:
        """Whom a rule of groups may not fit: they have to do with the cadre, or with the request."""
        enquiry, roster = self.enquiry, self.roster
        cadre = enquiry.need.cadre
        tied = {*roster.paired.get(cadre, ()), *roster.recused.get(cadre, ()), *roster.wishes.get(cadre, ())}
        return tied | {roster.row_of[one] for one in enquiry.asked | enquiry.barred if one in roster.row_of}

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

    def _rule_of_shapes(self) -> Rules:
        """The last rule first: the one that is written last stands."""
        need, shapes = self.enquiry.need, self.roster.groups.shapes
        rule = np.zeros(len(shapes), np.int8)
        for code in need.skills:
            rule[~shapes.flagged(code)] = NUMBER[Rule.SKILL]
        rule[~among(need.helper_kinds)[shapes["kind"]]] = NUMBER[Rule.KIND]
        standing = shapes["standing"]
        rule[standing == SUSPENDED] = NUMBER[Rule.SUSPENDED]
        rule[standing == LEFT] = NUMBER[Rule.LEFT]
        return rule

    def _rule_of_groups(self, known: NDArray[Any], by_shape: Rules) -> Rules:
        """Of these groups."""
        wanted = self.enquiry.side.preferred_sex
        if wanted is None or self.enquiry.need.urgency is Urgency.RESCUE:
            return by_shape
        sex = known["sex"]
        other = (sex != NONE) & (sex != SEXES.index(wanted)) & known["person"]
        return np.where((by_shape == 0) & other, NUMBER[Rule.SEX], by_shape).astype(np.int8)


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
