"""Whole metres by column, in every bit those of `Point.metres_to`."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from shared.contracts.values import Point

Numbers = NDArray[np.int64]
NEAR = 2**24
"""Centimetres, 168 km: as near to an origin along each axis, squared distances are exact as floats."""
EXACT = 2**50
"""A smaller square's root, up to 335 km, differs from the next whole number by more than floats round."""
STRIP = 1 << 16
"""Figures that are worked on at once: they stay in the processor's cache."""


def root(squares: Numbers) -> Numbers:
    """The whole part of the square root: a float's is right but for the last place, which is looked at."""
    found: Numbers = np.sqrt(squares.astype(np.float64)).astype(np.int64)
    found -= found * found > squares
    found += (found + 1) * (found + 1) <= squares
    return found


def hundredth(squares: Numbers) -> Numbers:
    """The whole part of a hundredth of the square root."""
    if squares.max(initial=0) < EXACT:
        found: Numbers = (np.sqrt(squares) / 100).astype(np.int64)
        return found
    return root(squares) // 100


def metres_from(places: NDArray[Any], point: Point) -> Numbers:
    """From records with x, y and z in centimetres to a point."""
    x, y, z = (
        np.subtract(places[axis], there, dtype=np.int64)
        for axis, there in (("x", point.x), ("y", point.y), ("z", point.z))
    )
    return hundredth(x * x + y * y + z * z)


def metres(homes: Numbers, centres: Numbers) -> NDArray[np.int32]:
    """From each home to each centre; both are rows of x, y, z in centimetres.

    |h - c|² = |h|² + |c|² - 2 h·c is one product of matrices. Near the origin all its terms and sums are
    whole numbers below 2⁵³, so it is exact in whatever order it is added up; so are the whole part of the
    root and its hundredth, since a root below 2²⁶ differs from the next whole number by more than a float's
    last place. What lies farther away is reckoned in integers.
    """
    found = np.empty((len(homes), len(centres)), np.int32)
    if not found.size:
        return found
    origin = centres[0]
    here, there = homes - origin, centres - origin
    near = (np.abs(here) <= NEAR).all(axis=1) & bool((np.abs(there) <= NEAR).all())
    ours, theirs = here[near].astype(np.float64), there.astype(np.float64)
    left = np.column_stack([-2 * ours, (ours * ours).sum(axis=1), np.ones(len(ours))])
    right = np.column_stack([theirs, np.ones(len(theirs)), (theirs * theirs).sum(axis=1)]).T.copy()
    rows = np.flatnonzero(near)
    strip = max(1, STRIP // len(centres))
    for begin in range(0, len(rows), strip):
        squares: NDArray[Any] = left[begin : begin + strip] @ right
        np.sqrt(squares, out=squares)
        squares /= 100
        found[rows[begin : begin + strip]] = squares
    for row in np.flatnonzero(~near).tolist():
        apart = there - here[row]
        found[row] = root((apart * apart).sum(axis=1)) // 100
    return found
