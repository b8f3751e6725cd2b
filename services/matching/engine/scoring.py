"""The scores of all who could come, at once."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.matching.domain.weights import Weights
from services.matching.engine.able import Able, places
from services.matching.engine.diaries import BOOKED, DATUMS, FAULT, SERVED
from services.matching.engine.distances import metres_from
from services.matching.engine.groups import KINDS
from services.matching.engine.hours import Numbers, Rows
from services.matching.engine.judging import (
    ASSUMED,
    ASSUMED_YES,
    HALVED,
    LOOKS_BACK,
    Peers,
    scarcity,
    wished,
)
from services.matching.engine.moments import EVER, HOUR, MICROSECOND, MINUTE, micros
from services.matching.engine.roster import glad, speaks

MOST_HALVINGS = 62
"""More would be more bits than there are."""


class Scoring:
    """By the same formulas as `judge`, for the same rows as in `able`."""

    def __init__(self, able: Able, weights: Weights) -> None:
        """Of these."""
        self._able, self._weights = able, weights

    @cached_property
    def peers(self) -> Peers:
        """By kind, from all who could come."""
        kinds = self._able.known["kind"]
        counts = np.bincount(kinds, minlength=len(KINDS)).tolist()
        sums = np.bincount(kinds, self.loads, len(KINDS)).tolist()
        return {
            kind: int(sum_) // count for kind, sum_, count in zip(KINDS, sums, counts, strict=True) if count
        }

    @cached_property
    def scores(self) -> Numbers:
        """A score a row."""
        weights = self._weights
        scores = self._near(weights.distance, weights.metres_a_point)
        self._add_burden(scores)
        self._add_fitness(scores)
        self._add_history(scores)
        if self._able.times.agreed is None:
            hours = (self._able.start - micros(self._able.enquiry.at)) // HOUR
            scores += np.maximum(weights.waiting_most, weights.waiting_an_hour * hours)
        return scores

    def _add_burden(self, scores: Numbers) -> None:
        weights, known, loads, most = (
            self._weights,
            self._able.known,
            self.loads,
            self._weights.fairness_most,
        )
        usual = np.array([self.peers.get(kind, 0) for kind in KINDS], np.int64)
        above = loads - usual[known["kind"]]
        if weights.load_an_hour:
            scores += np.maximum(weights.load_most, loads * weights.load_an_hour // 60)
        scores += np.minimum(np.maximum(above * weights.fairness_an_hour // 60, -most), most)
        scores += weights.offer * known["offers"].astype(np.int64)

    def _add_fitness(self, scores: Numbers) -> None:
        weights, known = self._weights, self._able.known
        roster, rows, enquiry = self._able.roster, self._able.rows, self._able.enquiry
        need, dialect = enquiry.need, enquiry.side.dialect
        skills = np.maximum(1, known["skills"]).astype(np.int64)
        scores += np.minimum(weights.skill_fit, weights.skill_fit * len(need.skills) // skills)
        wasted = known["price"].astype(np.int64)
        if enquiry.prices:
            wasted = np.maximum(wasted, self._scarce(known["group"]))
        scores -= wasted * weights.scarcity_percent // 100
        if dialect:
            scores += np.where(roster.columns.flagged(speaks(dialect))[rows], weights.dialect, 0)
        scores += np.where(roster.columns.flagged(glad(need.service))[rows], weights.glad, 0)

    def _scarce(self, group: NDArray[np.int32]) -> Numbers:
        """Reckoned once for all who have the same skills."""
        groups = self._able.roster.groups
        codes = groups.shapes["codes"][groups.columns["shape"][group]]
        points = np.zeros(len(groups.codes), np.int64)
        for number in np.flatnonzero(np.bincount(codes)).tolist():
            points[number] = scarcity(groups.codes[number], self._able.enquiry)
        scarce: Numbers = points[codes]
        return scarce

    def _add_history(self, scores: Numbers) -> None:
        weights, known = self._weights, self._able.known
        roster, rows, cadre = self._able.roster, self._able.rows, self._able.enquiry.need.cadre
        if cadre in roster.paired:
            scores[places(rows, roster.paired[cadre])] += weights.pairing
        for told, points in (
            (roster.visits, lambda count: min(weights.continuity_most, weights.continuity * count)),
            (roster.poorly, lambda count: weights.poorly * count),
            (roster.wishes, lambda wish: wished(wish, weights)),
        ):
            theirs: Mapping[int, Any] = told.get(cadre, {})
            if not theirs:
                continue
            for place in places(rows, theirs).tolist():
                scores[place] += points(theirs[int(rows[place])])
        yes, answered = known["accepted"].astype(np.int64), known["answered"].astype(np.int64)
        scores += weights.reliability * (yes + ASSUMED_YES) // (answered + ASSUMED)
        faulty = np.flatnonzero(known["faulty"])
        if len(faulty) and weights.drop_out:
            self._take_drop_outs(scores, faulty)

    def _take_drop_outs(self, scores: Numbers, faulty: Rows) -> None:
        """Of those who are in these places."""
        faults = self._able.roster.diaries(self._able.rows[faulty]).of_kind(FAULT)
        age = micros(self._able.enquiry.at) - faults.fields["start"]
        halvings = np.clip(age // (HALVED // MICROSECOND), 0, MOST_HALVINGS)
        np.subtract.at(scores, faulty[faults.owner], -self._weights.drop_out >> halvings)

    def _near(self, most: int, metres_a_point: int) -> Numbers:
        known, home = self._able.known, self._able.enquiry.side.home
        if home is None:
            return np.zeros(len(known), np.int64)
        near = np.maximum(0, most - metres_from(known, home) // metres_a_point)
        return np.where(known["datum"] == DATUMS[home.datum], near, 0)

    @cached_property
    def loads(self) -> Numbers:
        """Minutes; reckoned again where the days that count have moved on."""
        known, back = self._able.known, micros(self._able.enquiry.at - LOOKS_BACK)
        loads: Numbers = known["load"].astype(np.int64)
        old = np.flatnonzero((known["load_after"] >= back) | (known["load_until"] < back))
        if len(old):
            loads[old] = self._reckoned(self._able.rows[old], back)
        return loads

    def _reckoned(self, rows: Rows, back: int) -> Numbers:
        taken = self._able.roster.diaries(rows).of_kind(BOOKED, SERVED)
        start, length = taken.fields["start"], taken.fields["end"] - taken.fields["start"]
        counts = start >= back
        loads, after, until = (
            np.zeros(len(rows), np.int64),
            np.full(len(rows), -EVER),
            np.full(len(rows), EVER),
        )
        np.add.at(loads, taken.owner, np.where(counts, length // MINUTE, 0))
        np.maximum.at(after, taken.owner, np.where(counts, -EVER, start))
        np.minimum.at(until, taken.owner, np.where(counts, start, EVER))
        self._able.roster.note_load(rows, loads, after, until)
        return loads
