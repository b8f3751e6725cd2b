"""The map of our own: each place lies in the area of the centre that is nearest."""

import math
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from shared.console.areas import Place, areas

PLACES = st.dictionaries(
    st.integers(0, 99).map(str),
    st.tuples(st.integers(1260, 1280).map(lambda it: it / 10), st.integers(430, 445).map(lambda it: it / 10)),
    min_size=1,
    max_size=12,
)


def inside(ring: list[list[float]], place: Place) -> bool:
    """Whether a place lies in a convex ring that goes round against the clock."""
    return all(
        (x2 - x1) * (place[1] - y1) - (y2 - y1) * (place[0] - x1) >= -1e-6
        for (x1, y1), (x2, y2) in pairwise(ring)
    )


@given(PLACES)
def test_a_centre_lies_in_its_own_area_alone(centres: dict[str, Place]) -> None:
    """Whatever they are; of several at one place the first has the area."""
    found = areas(centres)["features"]
    assert len(found) == len(set(centres.values()))
    for one in found:
        (ring,) = one["geometry"]["coordinates"]
        assert ring[0] == ring[-1]
        assert inside(ring, one["properties"]["cp"])
        others = [centres[other] for other in centres if centres[other] != centres[one["properties"]["name"]]]
        assert not any(inside(ring, other) for other in others)


@given(PLACES)
def test_the_areas_fill_the_map(centres: dict[str, Place]) -> None:
    """Together they are as large as its edges: none overlap, none leave a gap."""

    def size(ring: list[list[float]]) -> float:
        return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairwise(ring)) / 2

    rings = [one["geometry"]["coordinates"][0] for one in areas(centres)["features"]]
    corners = [point for ring in rings for point in ring]
    wide = max(x for x, _ in corners) - min(x for x, _ in corners)
    high = max(y for _, y in corners) - min(y for _, y in corners)
    assert math.isclose(sum(map(size, rings)), wide * high, rel_tol=1e-4)


def test_a_city_without_centres_has_an_empty_map() -> None:
    """And no error."""
    assert areas({}) == {"type": "FeatureCollection", "features": []}
