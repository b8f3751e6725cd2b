"""All helpers ranked at once, by column; the best of them, and who is asked about, by the file."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

import numpy as np

from services.matching.domain.weights import BUILT_IN, DEFAULT, Weights
from services.matching.engine.able import Able, rows_of
from services.matching.engine.busy import Numbers
from services.matching.engine.changes import Change, changes
from services.matching.engine.hours import Rows
from services.matching.engine.judging import judge, slot_or_rule
from services.matching.engine.lots import lot
from services.matching.engine.roster import Roster
from services.matching.engine.scoring import Scoring
from services.matching.engine.slots import Times
from services.matching.engine.values import Enquiry, HelperFile, Judged, Ranking, Rule

RULES = "rules-2"
"""The version of the rules of exclusion and of the choice of a time."""
ALIKE = frozenset({RULES, "plain-1"})
"""The first rules knew no wishes, languages or travel, and events of then tell of none: all is as it was."""


@dataclass(frozen=True, slots=True)
class Engine:
    """Ranks and judges by these weights: data in, data out, the same for the same."""

    weights: Weights = BUILT_IN[DEFAULT]
    version: str = DEFAULT
    """Of the weights."""

    def rank(self, enquiry: Enquiry, roster: Roster, most: int) -> Ranking:
        """The best of all, at the most so many, each with its parts; equal scores are ordered by `lot`."""
        times = Times(enquiry)
        able = Able(enquiry, roster, times)
        scoring = Scoring(able, self.weights)
        best = _best(able, scoring.scores, most)
        return Ranking(scoring.told(best), len(able.rows), able.excluded)

    def judge(self, enquiry: Enquiry, roster: Roster, file: HelperFile) -> Judged | Rule:
        """One helper of these with every part, or the first rule that excludes them."""
        times = Times(enquiry)
        peers = Scoring(Able(enquiry, roster, times), self.weights).peers
        return judge(file, enquiry, times, self.weights, peers)

    def excluded_by(self, rule: Rule, enquiry: Enquiry, files: Iterable[HelperFile]) -> list[UUID]:
        """Those of these helpers whom this rule excludes, and none before it."""
        times = Times(enquiry)
        return [file.helper for file in files if slot_or_rule(file, enquiry, times) is rule]

    def changes(self, enquiry: Enquiry, roster: Roster, judged: Judged) -> tuple[Change, ...]:
        """What would make one who could come the first; see `changes`."""
        (first,) = self.rank(enquiry, roster, 1).candidates
        return changes(judged, first, enquiry.need.request, self.weights)

    def place(self, enquiry: Enquiry, roster: Roster, judged: Judged) -> int:
        """The rank of one who could come, from 1."""
        able = Able(enquiry, roster, Times(enquiry))
        scores, request = Scoring(able, self.weights).scores, enquiry.need.request
        mine = lot(request, judged.helper)
        equal = [roster.files[row].helper for row in able.rows[scores == judged.score].tolist()]
        return 1 + int((scores > judged.score).sum()) + sum(lot(request, one) < mine for one in equal)


def _best(able: Able, scores: Numbers, most: int) -> Rows:
    """The places of the best, in order."""
    if not most:
        return rows_of(())
    chosen = np.arange(len(scores))
    if len(scores) > most:
        least = np.partition(scores, -most)[-most]
        chosen = np.flatnonzero(scores >= least)
    files, request = able.roster.files, able.enquiry.need.request
    equal: defaultdict[int, list[int]] = defaultdict(list)
    for score, place in zip(scores[chosen].tolist(), chosen.tolist(), strict=True):
        equal[score].append(place)
    best: list[int] = []
    for score in sorted(equal, reverse=True):
        theirs = equal[score]
        if len(theirs) > 1:
            theirs.sort(key=lambda place: lot(request, files[able.rows[place]].helper))
        best += theirs
    return rows_of(best[:most])
