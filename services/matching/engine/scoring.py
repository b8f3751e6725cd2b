"""The scores of all who could come, at once, with the parts that they are made of."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import repeat
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from services.matching.domain.weights import Weights
from services.matching.engine.able import Able, places
from services.matching.engine.busy import Numbers
from services.matching.engine.diaries import BOOKED, DATUMS, FAULT, SERVED
from services.matching.engine.distances import metres_from
from services.matching.engine.groups import KINDS
from services.matching.engine.hours import Rows
from services.matching.engine.judging import (
    ASSUMED,
    ASSUMED_YES,
    HALVED,
    LOOKS_BACK,
    Peers,
    wished,
)
from services.matching.engine.moments import EVER, HOUR, MICROSECOND, MINUTE, micros
from services.matching.engine.roster import glad, speaks
from services.matching.engine.values import Judged
from shared.contracts.values import Wish

MOST_HALVINGS = 62
"""More would be more bits than there are."""


class Part(NamedTuple):
    """One part of all scores: points by place, None for 0 everywhere; the figures they were made from.

    These hold on to columns, never to the scoring, which holds on to them: a circle would keep all that a
    ranking has made until Python's collector comes by.
    """

    name: str
    points: Numbers | None
    facts: Callable[[Rows], Iterable[object]]

    def told(self, best: Rows) -> Iterator[tuple[str, int, object]]:
        """Of these places."""
        points = repeat(0) if self.points is None else self.points.take(best).tolist()
        return zip(repeat(self.name), points, self.facts(best), strict=False)


def _each(figures: NDArray[Any]) -> Callable[[Rows], list[object]]:
    """A figure for each place."""
    return lambda best: figures[best].tolist()


def _same(fact: object) -> Callable[[Rows], list[object]]:
    """The same for all."""
    return lambda best: [fact] * len(best)


class Scoring:
    """By the same formulas as `judge`, for the same rows as in `able`."""

    def __init__(self, able: Able, weights: Weights) -> None:
        """Of these."""
        self._able, self._weights = able, weights

    @cached_property
    def peers(self) -> Peers:
        """By kind, from all who could come."""
        return dict(zip(KINDS, self._usual.tolist(), strict=True))

    @cached_property
    def _usual(self) -> Numbers:
        """The same, by the number of a kind; 0 where nobody could come."""
        kinds = self._able.known["kind"]
        sums = np.bincount(kinds, self.loads, len(KINDS)).astype(np.int64)
        return sums // np.maximum(1, np.bincount(kinds, minlength=len(KINDS)))

    @cached_property
    def scores(self) -> Numbers:
        """A score a row."""
        scores = np.zeros(len(self._able.rows), np.int64)
        for part in self.parts:
            if part.points is not None:
                scores += part.points
        return scores

    def told(self, best: Rows) -> tuple[Judged, ...]:
        """Those in these places, with every part."""
        able, files = self._able, self._able.roster.files
        parts = [part.told(best) for part in self.parts]
        return tuple(
            Judged(files[row].helper, KINDS[kind], score, weighed, metres, able.times.slot_at(start))
            for row, kind, score, weighed, metres, start in zip(
                able.rows[best].tolist(),
                able.known["kind"][best].tolist(),
                self.scores[best].tolist(),
                zip(*parts, strict=True),
                self._metres_of(best),
                able.start[best].tolist(),
                strict=True,
            )
        )

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """All, in the order in which they are told."""
        paired = dict.fromkeys(self._able.roster.paired.get(self._cadre, ()), "")
        return (
            self._tied("pairing", paired, "", lambda _: self._weights.pairing),
            self._distance(),
            *self._burden(),
            *self._fitness(),
            *self._history(),
            self._waiting(),
        )

    @property
    def _cadre(self) -> Any:
        return self._able.enquiry.need.cadre

    @cached_property
    def _acquainted(self) -> Sequence[tuple[int, int]]:
        """Who has to do with the cadre: row and place."""
        roster, cadre = self._able.roster, self._cadre
        ties = (roster.paired, roster.visits, roster.poorly, roster.wishes)
        theirs = places(self._able.rows, {row for one in ties for row in one.get(cadre, ())})
        return list(zip(self._able.rows[theirs].tolist(), theirs.tolist(), strict=True))

    def _tied(
        self, name: str, told: Mapping[int, Any], nothing: object, points: Callable[[Any], int]
    ) -> Part:
        """What is known of few: by row, a figure that has points."""
        known = {place: told[row] for row, place in self._acquainted if row in told}
        if not known:
            return Part(name, None, _same(nothing))
        column = np.zeros(len(self._able.rows), np.int64)
        for place, figure in known.items():
            column[place] = points(figure)
        return Part(name, column, lambda best: [known.get(place, nothing) for place in best.tolist()])

    @cached_property
    def _metres(self) -> Numbers | None:
        """From home to the visit; -1 where it can't be known, None where it is known of nobody."""
        known, home = self._able.known, self._able.enquiry.side.home
        if home is None:
            return None
        return np.where(known["datum"] == DATUMS[home.datum], metres_from(known, home), -1)

    def _metres_of(self, best: Rows) -> list[int | None]:
        if self._metres is None:
            return [None] * len(best)
        return _known(self._metres[best])

    def _distance(self) -> Part:
        weights, metres = self._weights, self._metres
        if metres is None:
            return Part("distance", None, _same(None))
        near = np.maximum(0, weights.distance - metres // weights.metres_a_point)
        near[metres < 0] = 0
        return Part("distance", near, lambda best: _known(metres[best]))

    def _burden(self) -> Iterator[Part]:
        weights, known, loads, most = (
            self._weights,
            self._able.known,
            self.loads,
            self._weights.fairness_most,
        )
        above = loads - self._usual[known["kind"]]
        burden = None
        if weights.load_an_hour:
            burden = np.maximum(weights.load_most, loads * weights.load_an_hour // 60)
        yield Part("load", burden, _each(loads))
        fair = np.minimum(np.maximum(above * weights.fairness_an_hour // 60, -most), most)
        yield Part("fairness", fair, _each(above))
        offers = known["offers"]
        yield Part("offers", np.multiply(offers, weights.offer, dtype=np.int64), _each(offers))

    def _fitness(self) -> Iterator[Part]:
        weights, known = self._weights, self._able.known
        roster, rows, enquiry = self._able.roster, self._able.rows, self._able.enquiry
        need, dialect = enquiry.need, enquiry.side.dialect
        skills = known["skills"]
        fit = weights.skill_fit * len(need.skills) // np.maximum(1, skills).astype(np.int64)
        np.minimum(fit, weights.skill_fit, out=fit)
        yield Part("skill_fit", fit, _each(skills))
        wasted = known["price"].astype(np.int64)
        if enquiry.prices:
            wasted = np.maximum(wasted, self._scarce(known["group"]))
        yield Part("scarcity", -(wasted * weights.scarcity_percent // 100), _each(wasted))
        for name, flag, points, fact in (
            ("dialect", speaks(dialect) if dialect else "", weights.dialect, dialect),
            ("glad", glad(need.service), weights.glad, ""),
        ):
            has = np.multiply(roster.columns.flagged(flag, rows), points, dtype=np.int64) if flag else None
            yield Part(name, has, _same(fact))

    def _scarce(self, group: NDArray[np.int32]) -> Numbers:
        """What the dearest of their skills is worth more than the dearest that is needed: see `scarcity`."""
        groups, enquiry = self._able.roster.groups, self._able.enquiry
        every = np.arange(len(groups.shapes))
        dearest = np.zeros(len(every), np.int64)
        for code, price in enquiry.prices.items():
            np.maximum(dearest, price * groups.shapes.flagged(code, every), out=dearest)
        dearest -= max([enquiry.prices.get(code, 0) for code in enquiry.need.skills], default=0)
        scarce: Numbers = np.maximum(0, dearest)[groups.columns["shape"][group]]
        return scarce

    def _history(self) -> Iterator[Part]:
        weights, known, roster, cadre = self._weights, self._able.known, self._able.roster, self._cadre
        yield self._tied(
            "continuity",
            roster.visits.get(cadre, {}),
            0,
            lambda count: min(weights.continuity_most, weights.continuity * count),
        )
        yield self._tied("poorly", roster.poorly.get(cadre, {}), 0, lambda count: weights.poorly * count)
        wishes = roster.wishes.get(cadre, {})
        yield self._tied("wish", wishes, Wish.NONE, lambda wish: wished(wish, weights))
        yes, answered = known["accepted"], known["answered"]
        rate = np.add(yes, ASSUMED_YES, dtype=np.int64) * weights.reliability // (answered + ASSUMED)
        yield Part("reliability", rate, lambda best: _of(yes[best].tolist(), answered[best].tolist()))
        yield self._drop_outs(known["faults"])

    def _drop_outs(self, faults: NDArray[np.int16]) -> Part:
        """By so many of each; only of who has several the diary is read."""
        points = np.zeros(len(faults), np.int64)
        some = np.flatnonzero(faults)
        once, several = some[faults[some] == 1], some[faults[some] > 1]
        points[once] = self._halved(self._able.known["fault"][once])
        if len(several):
            dated = self._able.roster.diaries(self._able.known[several]).of_kind(FAULT)
            np.add.at(points, several[dated.owner], self._halved(dated.fields["start"]))
        return Part("drop_outs", points, _each(faults))

    def _halved(self, faults: Numbers) -> Numbers:
        """Points of each, by its age."""
        age = micros(self._able.enquiry.at) - faults
        halvings = np.minimum(np.maximum(age // (HALVED // MICROSECOND), 0), MOST_HALVINGS)
        return -(-self._weights.drop_out >> halvings)

    def _waiting(self) -> Part:
        weights, able = self._weights, self._able
        hours = (able.start - micros(able.enquiry.at)) // HOUR
        points = None
        if able.times.agreed is None:
            points = np.maximum(weights.waiting_most, weights.waiting_an_hour * hours)
        return Part("waiting", points, _each(hours))

    @cached_property
    def loads(self) -> Numbers:
        """Minutes; reckoned again where the days that count have moved on."""
        known, back = self._able.known, micros(self._able.enquiry.at - LOOKS_BACK)
        loads: Numbers = known["load"].astype(np.int64)
        old = np.flatnonzero((known["load_after"] >= back) | (known["load_until"] < back))
        if len(old):
            loads[old] = self._reckoned(old, back)
        return loads

    def _reckoned(self, places: Rows, back: int) -> Numbers:
        rows = self._able.rows[places]
        taken = self._able.roster.diaries(self._able.known[places]).of_kind(BOOKED, SERVED)
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


def _known(metres: Numbers) -> list[int | None]:
    """None for -1."""
    return [None if one < 0 else one for one in metres.tolist()]


def _of(yes: Iterable[int], answered: Iterable[int]) -> list[object]:
    return [f"{one}/{all_}" for one, all_ in zip(yes, answered, strict=True)]
