"""The peer of rankings: scikit-learn's ball tree of homes; the nearest are looked at until enough pass."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn.neighbors import BallTree

from services.matching.engine import Engine, Enquiry, HelperFile, Judged
from services.matching.engine.judging import judge
from services.matching.engine.slots import Times
from shared.contracts.values import Point

FIRST, GROWTH = 64, 4
"""How many of the nearest are looked at first, and by how much more when too few pass."""


class Nearest:
    """It knows no other part of the score than the distance, and which rule excludes whom only one by one."""

    def __init__(self, files: Sequence[HelperFile], engine: Engine) -> None:
        """A tree of those homes that are known."""
        self._engine = engine
        self._files = [one for one in files if one.facts.profile and one.facts.profile.home]
        homes = [_radians(one.facts.profile.home) for one in self._files if one.facts.profile]
        self._tree: Any = BallTree(np.array(homes), metric="haversine")

    def best(self, enquiry: Enquiry, most: int) -> list[Judged]:
        """The nearest whom no rule excludes, with their parts."""
        times, found, seen, wanted = Times(enquiry), [], 0, FIRST
        home = np.array([_radians(enquiry.side.home)])
        while True:
            wanted = min(wanted, len(self._files))
            (nearest,) = self._tree.query(home, wanted, return_distance=False)
            for place in nearest[seen:].tolist():
                one = judge(self._files[place], enquiry, times, self._engine.weights, {})
                if isinstance(one, Judged):
                    found.append(one)
                    if len(found) == most:
                        return found
            if wanted == len(self._files):
                return found
            seen, wanted = wanted, wanted * GROWTH


def _radians(home: Point | None) -> tuple[float, float]:
    """Latitude and longitude."""
    longitude, latitude = home.degrees if home else (0.0, 0.0)
    return math.radians(latitude), math.radians(longitude)
