"""Who could come for an enquiry, and when: by column; by the file for who is tied to the request."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.matching.domain.languages import NEED_A_SPEAKER
from services.matching.engine.busy import FREE, NUMBER, RULES, Numbers, Rules
from services.matching.engine.diaries import NONE
from services.matching.engine.groups import IS_PERSON, LEFT, SEXES, SUSPENDED, Area, among
from services.matching.engine.hours import Hours, Rows
from services.matching.engine.judging import excluded
from services.matching.engine.roster import Roster, speaks
from services.matching.engine.slots import Times
from services.matching.engine.values import Enquiry, Rule
from shared.contracts.values import Urgency

COMMUNITY, SEX = NUMBER[Rule.COMMUNITY], NUMBER[Rule.SEX]


class Able:
    """Who could come, when, and which rule excludes the others. `rows` are theirs, rising."""

    def __init__(self, enquiry: Enquiry, roster: Roster, times: Times) -> None:
        self.enquiry, self.roster, self.times = enquiry, roster, times
        self._counts = np.zeros(len(RULES), np.int64)
        rows = self._allowed()
        known = roster.columns.of(rows)
        start, rule = Hours(enquiry, times, roster).first(known)
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
        """Whom no rule excludes that needs no time.

        Who is tied to the request is taken out of where a group's size has counted them.
        """
        groups, by_shape, counts = self.roster.groups, self._rule_of_shapes(), self._counts
        counts += np.bincount(by_shape, groups.shapes["count"], len(RULES)).astype(np.int64)
        counts[COMMUNITY] = counts[0]
        tied = self._tied()
        apart: defaultdict[Area, list[int]] = defaultdict(list)
        for row in tied:
            apart[groups.area_of[self._group(row)]].append(row)
        found = []
        for area in self._near():
            known = groups.columns.of(area.groups)
            rule = self._rule_of_groups(known, by_shape[known["shape"]])
            here = np.bincount(rule, known["count"], len(RULES))
            counts[SEX] += int(here[SEX])
            counts[COMMUNITY] -= int(here[0] + here[SEX])
            theirs = rule.take(area.lines)
            for row in apart.pop(area, ()):
                place = groups.place_of[row]
                counts[theirs[place]] -= 1
                theirs[place] = FREE
            found.append(area.rows[theirs == 0])
        for row in chain.from_iterable(apart.values()):
            counts[by_shape[groups.columns.get(self._group(row), "shape")] or COMMUNITY] -= 1
        rows = np.sort(np.concatenate([*found, self._judged(tied)]))
        counts[0] = 0
        return self._understood(rows)

    def _group(self, row: int) -> int:
        return self.roster.columns.get(row, "group")

    def _judged(self, rows: Collection[int]) -> Rows:
        """Those of them whom no rule excludes, by their files."""
        able = []
        for row in rows:
            rule = excluded(self.roster.files[row], self.enquiry)
            if rule is None:
                able.append(row)
            else:
                self._counts[NUMBER[rule]] += 1
        return rows_of(able)

    def _near(self) -> Collection[Area]:
        """From where the community of the visit lets somebody come."""
        need, areas = self.enquiry.need, self.roster.groups.areas
        if need.community is None or need.urgency is Urgency.RESCUE:
            return areas.values()
        return [areas[one] for one in (need.community, None) if one in areas]

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
        strange = IS_PERSON[columns["kind"][rows]] & ~columns.flagged(speaks(side.dialect), rows)
        self._counts[NUMBER[Rule.LANGUAGE]] += np.count_nonzero(strange)
        understood: Rows = rows[~strange]
        return understood

    def _rule_of_shapes(self) -> Rules:
        """The last rule first: the one that is written last stands."""
        need, shapes = self.enquiry.need, self.roster.groups.shapes
        every, rule = np.arange(len(shapes)), np.zeros(len(shapes), np.int8)
        for code in need.skills:
            rule[~shapes.flagged(code, every)] = NUMBER[Rule.SKILL]
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
        return np.where((by_shape == 0) & other, SEX, by_shape)


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
