"""A map of the city of our own: each community's area is what lies nearest to its centre."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

Place = tuple[float, float]
"""Longitude and latitude in degrees."""
MARGIN = 0.12
"""The map ends so far beyond the outermost centres, as a part of its size."""


def areas(centres: Mapping[str, Place]) -> dict[str, Any]:
    """A GeoJSON FeatureCollection: one polygon a name, its Voronoi cell within the map's edges.

    They are no official boundaries. Where several have one centre the first has the area.
    """
    places = dict(sorted(centres.items()))
    distinct = {place: name for name, place in reversed(places.items())}
    if not distinct:
        return {"type": "FeatureCollection", "features": []}
    edges = _edges(list(distinct))
    features = []
    for place, name in distinct.items():
        cell = edges
        for other in distinct:
            if other != place:
                cell = _nearer(cell, place, other)
        ring = [[round(x, 6), round(y, 6)] for x, y in (*cell, cell[0])]
        features.append(
            {
                "type": "Feature",
                "properties": {"name": name, "cp": list(place)},
                "geometry": {"type": "Polygon", "coordinates": [ring]},
            }
        )
    return {"type": "FeatureCollection", "features": features}


def _edges(places: Sequence[Place]) -> list[Place]:
    west, east = min(x for x, _ in places), max(x for x, _ in places)
    south, north = min(y for _, y in places), max(y for _, y in places)
    beyond = MARGIN * max(east - west, north - south) or 0.01
    west, east, south, north = west - beyond, east + beyond, south - beyond, north + beyond
    return [(west, south), (east, south), (east, north), (west, north)]


def _nearer(cell: Sequence[Place], place: Place, other: Place) -> list[Place]:
    """The part of a convex polygon that is nearer to `place` (Sutherland and Hodgman's clipping).

    A degree of longitude is shorter than one of latitude, by the cosine of the latitude.
    """
    wide = math.cos(math.radians((place[1] + other[1]) / 2)) ** 2
    across = ((other[0] - place[0]) * wide, other[1] - place[1])
    middle = ((place[0] + other[0]) / 2, (place[1] + other[1]) / 2)

    def beyond(point: Place) -> float:
        return (point[0] - middle[0]) * across[0] + (point[1] - middle[1]) * across[1]

    kept: list[Place] = []
    for index, point in enumerate(cell):
        before = cell[index - 1]
        now, then = beyond(point), beyond(before)
        if (now <= 0) != (then <= 0):
            part = then / (then - now)
            kept.append(
                (before[0] + part * (point[0] - before[0]), before[1] + part * (point[1] - before[1]))
            )
        if now <= 0:
            kept.append(point)
    return kept
