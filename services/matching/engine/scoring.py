"""The scores of all who could come, at once."""

from collections.abc import Collection, Mapping
from functools import cached_property
from typing import Any

import numpy as np

from services.matching.domain.weights import Weights
from services.matching.engine.able import Able, Numbers, Rows, rows_of
from services.matching.engine.distances import root
from services.matching.engine.groups import KINDS
from services.matching.engine.judging import (
    ASSUMED,
    ASSUMED_YES,
    LOOKS_BACK,
    Peers,
    drop_outs,
    load,
    scarcity,
    wished,
)
from services.matching.engine.roster import DATUMS, EVER, glad, micros, speaks

HOUR = 3_600_000_000


class Scoring:
    """By the same formulas as `judge`, for the same rows as in `able`."""

    def __init__(self, able: Able, weights: Weights) -> None:
        """Of these."""
        self._able, self._weights = able, weights

    @cached_property
    def peers(self) -> Peers:
        """By kind, from all who could come."""
        kinds, loads = self._able.kinds(self._able.rows), self._loads
        return {
            kind: int(loads[kinds == number].sum()) // count
            for number, kind in enumerate(KINDS)
            if (count := int(np.count_nonzero(kinds == number)))
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
        weights = self._weights
        rows, loads, most = self._able.rows, self._loads, weights.fairness_most
        usual = np.array([self.peers.get(kind, 0) for kind in KINDS], np.int64)
        above = loads - usual[self._able.kinds(rows)]
        scores += np.maximum(weights.load_most, loads * weights.load_an_hour // 60)
        scores += np.clip(above * weights.fairness_an_hour // 60, -most, most)
        scores += weights.offer * self._able.roster.columns["offers"][rows].astype(np.int64)

    def _add_fitness(self, scores: Numbers) -> None:
        weights = self._weights
        roster, rows, enquiry = self._able.roster, self._able.rows, self._able.enquiry
        need, dialect = enquiry.need, enquiry.side.dialect
        skills = np.maximum(1, roster.columns["skills"][rows]).astype(np.int64)
        scores += np.minimum(weights.skill_fit, weights.skill_fit * len(need.skills) // skills)
        wasted = roster.columns["price"][rows].astype(np.int64)
        if enquiry.prices:
            by_skill = np.array([scarcity(codes, enquiry) for codes in roster.groups.codes], np.int64)
            wasted = np.maximum(wasted, by_skill[roster.columns["group"][rows]])
        scores -= wasted * weights.scarcity_percent // 100
        if dialect:
            scores += np.where(roster.columns.flagged(speaks(dialect))[rows], weights.dialect, 0)
        scores += np.where(roster.columns.flagged(glad(need.service))[rows], weights.glad, 0)

    def _add_history(self, scores: Numbers) -> None:
        weights = self._weights
        roster, rows, cadre = self._able.roster, self._able.rows, self._able.enquiry.need.cadre
        scores[self._places(roster.paired.get(cadre, ()))] += weights.pairing
        for known, points in (
            (roster.visits, lambda count: min(weights.continuity_most, weights.continuity * count)),
            (roster.poorly, lambda count: weights.poorly * count),
            (roster.wishes, lambda wish: wished(wish, weights)),
        ):
            told: Mapping[int, Any] = known.get(cadre, {})
            places = self._places(told)
            scores[places] += np.array([points(told[row]) for row in rows[places].tolist()], np.int64)
        accepted, answered = (
            roster.columns[name][rows].astype(np.int64) for name in ("accepted", "answered")
        )
        scores += weights.reliability * (accepted + ASSUMED_YES) // (answered + ASSUMED)
        for place in self._places(roster.faulty).tolist():
            faults = roster.files[rows[place]].record.faults
            scores[place] += drop_outs(faults, self._able.enquiry.at, weights)

    def _places(self, wanted: Collection[int]) -> Rows:
        """Where in `rows` those are that are wanted and could come."""
        found = rows_of(wanted)
        places = np.searchsorted(self._able.rows, found)
        there = places < len(self._able.rows)
        hits: Rows = places[there][self._able.rows[places[there]] == found[there]]
        return hits

    def _near(self, most: int, metres_a_point: int) -> Numbers:
        roster, rows, home = self._able.roster, self._able.rows, self._able.enquiry.side.home
        if home is None:
            return np.zeros(len(rows), np.int64)
        x, y, z = (
            roster.columns[axis][rows] - place
            for axis, place in (("x", home.x), ("y", home.y), ("z", home.z))
        )
        metres = root(x * x + y * y + z * z) // 100
        near = np.maximum(0, most - metres // metres_a_point)
        return np.where(roster.columns["datum"][rows] == DATUMS.index(home.datum), near, 0)

    @cached_property
    def _loads(self) -> Numbers:
        """Minutes; reckoned again from the file where the days that count have moved on."""
        roster, rows, back = self._able.roster, self._able.rows, micros(self._able.enquiry.at - LOOKS_BACK)
        old = (roster.columns["load_after"][rows] >= back) | (roster.columns["load_until"][rows] < back)
        for row in rows[old].tolist():
            file = roster.files[row]
            starts = [micros(slot.start) for slot in file.taken]
            after = max((start for start in starts if start < back), default=-EVER)
            until = min((start for start in starts if start >= back), default=EVER)
            roster.note_load(row, load(file, self._able.enquiry), after, until)
        return roster.columns["load"][rows]
