"""A city's visits of a morning and its helpers, from a seed, with the skew of a real one.

Neighbourhoods lie around few towns and differ much in size; homes lie around neighbourhoods. Nearly everybody
can do the commonest work, few the rarest. Helpers and visits don't lie quite alike, so that some areas lack
helpers. A pair costs the metres between the two; bits below it break ties.
"""

from collections.abc import Iterator

import numpy as np

from services.matching.engine.deciding import Block
from services.matching.engine.deciding.problem import FAR, Whole

SKILLED = (0.9, 0.6, 0.35, 0.2, 0.1, 0.04)
"""Part of the helpers who have a skill."""
ASKED = (0.41, 0.27, 0.16, 0.08, 0.05, 0.03)
"""Part of the visits that need it."""
ACROSS, TOWN, STREET = 30_000, 2_500, 500
"""Metres: the city's side, a town's and a neighbourhood's spread."""
WIDEST = 1 << 16
TIE_BITS = 16
STRIP = 1 << 17
"""Pairs that are reckoned at once: they stay in the processor's cache."""


class Visits:
    """Each helper takes one visit at the most. It is `Asked`: its edges are reckoned anew each time."""

    dearest = (WIDEST + 1 << TIE_BITS) - 1

    def __init__(self, visits: int, helpers: int, seed: int = 1, apart: float = 0.1) -> None:
        """The same city for the same seed; a part of the visits lies otherwise than the helpers."""
        random = np.random.default_rng(seed)
        many = max(12, visits // 40)
        towns = random.uniform(0, ACROSS, (max(3, many // 12), 2))
        centres = towns[random.integers(0, len(towns), many)] + random.normal(0, TOWN, (many, 2))
        crowd, other = (_parts(random.pareto(1.2, many) + 0.2) for _ in range(2))
        self.visits = visits
        self._homes = _around(random, centres, crowd, helpers)
        self._places = _around(random, centres, crowd * (1 - apart) + other * apart, visits)
        skilled = random.random((helpers, len(SKILLED))) < SKILLED
        self._owners = [np.flatnonzero(column) for column in skilled.T]
        self._needs = random.choice(len(ASKED), visits, p=ASKED)
        self._ties = (_odd(random, visits), _odd(random, helpers))
        self.room = self.week_room = np.ones(helpers, np.int64)
        self.week = np.arange(helpers)

    def blocks(self, visits: Whole) -> Iterator[Block]:
        """By skill, some visits with all helpers who have it."""
        for skill, owners in enumerate(self._owners):
            theirs = visits[self._needs[visits] == skill]
            homes, helper_ties = self._homes[owners], self._ties[1][owners]
            right = np.stack([*homes.T, np.ones(len(homes)), (homes * homes).sum(axis=1)])
            many = max(1, STRIP // max(1, len(owners)))
            for begin in range(0, len(theirs) if len(owners) else 0, many):
                some = theirs[begin : begin + many]
                places = self._places[some]
                left = np.column_stack([-2 * places, (places * places).sum(axis=1), np.ones(len(places))])
                metres = left @ right
                np.sqrt(metres, out=metres)
                costs = metres.astype(np.int64)
                costs <<= TIE_BITS
                costs += (self._ties[0][some][:, None] * helper_ties) >> np.uint32(32 - TIE_BITS)
                yield Block(some, owners, costs)

    def matrix(self) -> Whole:
        """All costs at once, FAR where a skill lacks."""
        costs = np.full((self.visits, len(self.room)), FAR)
        for block in self.blocks(np.arange(self.visits)):
            costs[np.ix_(block.visits, block.halves)] = block.costs
        return costs


def _parts(weights: np.ndarray) -> np.ndarray:
    return np.asarray(weights / weights.sum())


def _around(random: np.random.Generator, centres: np.ndarray, crowd: np.ndarray, many: int) -> np.ndarray:
    """Whole metres, as floats: squares of them are exact."""
    chosen = centres[random.choice(len(centres), many, p=crowd)]
    return np.clip(np.rint(chosen + random.normal(0, STREET, (many, 2))), -TOWN * 3, ACROSS + TOWN * 3)


def _odd(random: np.random.Generator, many: int) -> np.ndarray:
    return random.integers(0, 1 << 32, many, dtype=np.uint32) | np.uint32(1)
