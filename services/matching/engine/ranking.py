"""All helpers ranked at once, by column; whom a column can't decide about is judged by the file."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from services.matching.domain.helper_file import PERSONS
from services.matching.engine.changes import Change, changes
from services.matching.engine.distances import Numbers, root
from services.matching.engine.groups import KINDS, LEFT, NONE, SEXES, SUSPENDED
from services.matching.engine.judging import LOOKS_BACK, Weights, certified, excluded, judge, load
from services.matching.engine.lots import lot
from services.matching.engine.roster import DATUMS, EVER, Roster, micros
from services.matching.engine.slots import Times
from services.matching.engine.values import Enquiry, HelperFile, Judged, Ranking, Rule
from shared.contracts.values import HelperKind, Urgency

Rows = NDArray[np.intp]
RULES: Sequence[Rule | None] = (None, *Rule)
NUMBER: Mapping[Rule, int] = {rule: number for number, rule in enumerate(RULES) if rule is not None}
HOUR = 3_600_000_000


@dataclass(frozen=True, slots=True)
class Engine:
    """Ranks and judges: data in, data out, the same for the same."""

    weights: Weights = field(default_factory=Weights)
    rules_version: str = "plain-1"
    """Of the rules of exclusion and of the choice of a time."""
    weights_version: str = "plain-1"
    """Of the points."""

    def rank(self, enquiry: Enquiry, roster: Roster, most: int) -> Ranking:
        """The best of all, at the most so many, each with its parts; equal scores are ordered by `lot`."""
        times = Times(enquiry)
        able = _Able(enquiry, roster, times)
        rows, scores = able.rows, able.scores(self.weights)
        if len(rows) > most:
            least = -np.partition(-scores, most - 1)[most - 1] if most else EVER
            rows, scores = rows[scores >= least], scores[scores >= least]
        request = enquiry.need.request
        best = sorted(
            zip(scores.tolist(), (roster.files[row] for row in rows.tolist()), strict=True),
            key=lambda one: (-one[0], lot(request, one[1].helper)),
        )
        judged = (judge(file, enquiry, times, self.weights) for _, file in best[:most])
        return Ranking(tuple(one for one in judged if isinstance(one, Judged)), len(able.rows), able.excluded)

    def judge(self, enquiry: Enquiry, file: HelperFile) -> Judged | Rule:
        """One helper with every part, or the first rule that excludes them."""
        return judge(file, enquiry, Times(enquiry), self.weights)

    def changes(self, enquiry: Enquiry, roster: Roster, judged: Judged) -> tuple[Change, ...]:
        """What would make one who could come the first; see `changes`."""
        (first,) = self.rank(enquiry, roster, 1).candidates
        return changes(judged, first, enquiry.need.request, self.weights)

    def place(self, enquiry: Enquiry, roster: Roster, judged: Judged) -> int:
        """The rank of one who could come, from 1."""
        able = _Able(enquiry, roster, Times(enquiry))
        scores, request = able.scores(self.weights), enquiry.need.request
        mine = lot(request, judged.helper)
        equal = [roster.files[row].helper for row in able.rows[scores == judged.score].tolist()]
        return 1 + int((scores > judged.score).sum()) + sum(lot(request, one) < mine for one in equal)


class _Able:
    """Who could come, when, and which rule excludes the others. `rows` are theirs, rising."""

    def __init__(self, enquiry: Enquiry, roster: Roster, times: Times) -> None:
        self._enquiry, self._roster, self._times = enquiry, roster, times
        self._counts = np.zeros(len(RULES), np.int64)
        rows = np.sort(self._allowed())
        start, rule = self._times_of(rows)
        self._counts += np.bincount(rule, minlength=len(RULES))
        self.rows: Rows = rows[rule == 0]
        self._start = start[rule == 0]

    @property
    def excluded(self) -> Mapping[Rule, int]:
        """How many by each rule."""
        counts = zip(RULES, self._counts.tolist(), strict=True)
        return {rule: count for rule, count in counts if rule and count}

    def _allowed(self) -> Rows:
        """Whom no rule excludes that needs no time: by group; by the file who is tied to the request."""
        enquiry, roster = self._enquiry, self._roster
        cadre, groups = enquiry.need.cadre, roster.groups
        rule = self._rule_of_groups()
        allowed = [groups.rows[group] for group in np.flatnonzero(rule == 0).tolist()]
        counts = groups.columns["count"].copy()
        tied = {*roster.paired.get(cadre, ()), *roster.recused.get(cadre, ())}
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
        if not tied:
            return rows
        others = rows[~np.isin(rows, _rows(tied))]
        return np.concatenate([others, _rows(able)])

    def _rule_of_groups(self) -> NDArray[np.int8]:
        """The last rule first: the one that is written last stands."""
        need, wanted = self._enquiry.need, self._enquiry.side.preferred_sex
        known, groups = self._roster.groups.communities, self._roster.groups.columns
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
        roster, times = self._roster, self._times
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
            if not isinstance(found, Rule) and file.certified and not certified(file, self._enquiry, found):
                found = Rule.CERTIFICATE
            rule[place] = NUMBER[found] if isinstance(found, Rule) else 0
            start[place] = 0 if isinstance(found, Rule) else micros(found.start)
        return start, rule

    def scores(self, weights: Weights) -> Numbers:
        """Of `rows`, by the same formulas as `judge`."""
        roster, rows = self._roster, self.rows
        need, side = self._enquiry.need, self._enquiry.side
        scores = self._near(weights.distance, weights.metres_a_point)
        scores[self._places(roster.paired.get(need.cadre, ()))] += weights.pairing
        visits = roster.visits.get(need.cadre, {})
        known = self._places(visits)
        counts = np.array([visits[row] for row in rows[known].tolist()], np.int64)
        scores[known] += np.minimum(weights.continuity_most, weights.continuity * counts)
        if side.dialect:
            scores += np.where(roster.columns.flagged(side.dialect)[rows], weights.dialect, 0)
        scores += np.maximum(weights.load_most, self._loads() * weights.load_an_hour // 60)
        scores += weights.offer * roster.columns["offers"][rows].astype(np.int64)
        skills = np.maximum(1, roster.columns["skills"][rows]).astype(np.int64)
        scores += np.minimum(weights.skill_fit, weights.skill_fit * len(need.skills) // skills)
        if self._times.agreed is None:
            hours = (self._start - micros(self._enquiry.at)) // HOUR
            scores += np.maximum(weights.waiting_most, weights.waiting_an_hour * hours)
        return scores

    def _places(self, wanted: Collection[int]) -> Rows:
        """Where in `rows` those are that are wanted and could come."""
        found = _rows(wanted)
        places = np.searchsorted(self.rows, found)
        there = places < len(self.rows)
        hits: Rows = places[there][self.rows[places[there]] == found[there]]
        return hits

    def _near(self, most: int, metres_a_point: int) -> Numbers:
        roster, rows, home = self._roster, self.rows, self._enquiry.side.home
        if home is None:
            return np.zeros(len(rows), np.int64)
        x, y, z = (
            roster.columns[axis][rows] - place
            for axis, place in (("x", home.x), ("y", home.y), ("z", home.z))
        )
        metres = root(x * x + y * y + z * z) // 100
        near = np.maximum(0, most - metres // metres_a_point)
        return np.where(roster.columns["datum"][rows] == DATUMS.index(home.datum), near, 0)

    def _loads(self) -> Numbers:
        """Minutes; reckoned again from the file where the days that count have moved on."""
        roster, rows, back = self._roster, self.rows, micros(self._enquiry.at - LOOKS_BACK)
        old = (roster.columns["load_after"][rows] >= back) | (roster.columns["load_until"][rows] < back)
        for row in rows[old].tolist():
            file = roster.files[row]
            starts = [micros(slot.start) for slot in file.taken]
            after = max((start for start in starts if start < back), default=-EVER)
            until = min((start for start in starts if start >= back), default=EVER)
            roster.note_load(row, load(file, self._enquiry), after, until)
        return roster.columns["load"][rows]


def _among(kinds: Collection[HelperKind]) -> NDArray[np.bool_]:
    """By a kind's number, whether it is one of these."""
    return np.array([kind in kinds for kind in KINDS])


def _rows(rows: Iterable[int]) -> Rows:
    return np.fromiter(rows, np.intp)
