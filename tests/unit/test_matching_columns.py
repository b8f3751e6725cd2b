"""What lies under rankings: the table of diaries, the areas, distances by column, and what is left behind."""

import gc
from collections import Counter
from math import isqrt
from random import Random
from typing import Any
from uuid import UUID

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.crowd import Crowd
from services.matching.engine import Roster
from services.matching.engine.diaries import ENTRY, Diaries
from services.matching.engine.distances import EXACT, hundredth, metres_from
from services.matching.engine.groups import Groups, Likeness
from services.matching.engine.roster import COLUMNS
from shared.contracts.values import HelperKind, Point, Sex, Urgency
from tests.matching_cases import ELSEWHERE, HERE
from tests.ranking_cases import PRESENT

points = st.builds(Point.of, st.floats(-180, 180), st.floats(-80, 80))


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 5)), max_size=200))
def test_diaries_are_those_last_written(steps: list[tuple[int, int]]) -> None:
    """Of whatever length, one in the place of another; the table has room for ten of each length, no more."""
    diaries, known = Diaries(), dict.fromkeys(range(10), (0, 0))
    written: dict[int, list[int]] = {helper: [] for helper in range(10)}
    for number, (helper, count) in enumerate(steps):
        entries = np.zeros(count, ENTRY)
        entries["start"] = number
        known[helper] = diaries.put(entries.tobytes(), *known[helper])
        written[helper] = [number] * count
        assert all(place + size <= 10 * sum(range(6)) for place, size in known.values())
    places, counts = (np.array(column) for column in zip(*known.values(), strict=True))
    found = diaries.of(places, counts)
    told: dict[int, list[int]] = {helper: [] for helper in range(10)}
    for owner, start in zip(found.owner.tolist(), found.fields["start"].tolist(), strict=True):
        told[owner].append(start)
    assert told == written


alike = st.builds(
    Likeness,
    st.integers(0, 2),
    st.sampled_from(HelperKind),
    st.sampled_from([frozenset({"meals"}), frozenset({"meals", "shopping"})]),
    st.sampled_from([HERE, ELSEWHERE, None]),
    st.sampled_from([None, *Sex]),
)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 99), alike), max_size=300))
def test_areas_list_each_helper_once(moves: list[tuple[int, Likeness]]) -> None:
    """Where they were last moved to, and as many as the groups count."""
    groups, of, rows, standing = Groups(), dict[int, int](), dict[int, int](), dict[int, Likeness]()
    for helper, one in moves:
        row = rows.setdefault(helper, len(rows))
        of[row] = groups.move(row, one, of.get(row))
        standing[row] = one
    listed: dict[int, UUID | None] = {}
    for community, area in groups.areas.items():
        for row, group in zip(area.rows.tolist(), area.groups[area.lines].tolist(), strict=True):
            assert row not in listed
            assert of[row] == group
            listed[row] = community
    assert listed == {row: one.community for row, one in standing.items()}
    assert Counter(of.values()) == Counter(
        {group: count for group, count in enumerate(groups.columns["count"].tolist()) if count}
    )


def test_the_whole_part_of_a_hundredth() -> None:
    """Beside every whole metre that floats are trusted with, and in integers beyond."""
    whole = np.arange(1, int(EXACT**0.5) // 100, dtype=np.int64)
    squares = (100 * whole) ** 2
    assert (hundredth(squares) == whole).all()
    assert (hundredth(squares - 1) == whole - 1).all()
    far = [0, 9_999, 10_000, EXACT - 1, EXACT, 10**16 - 1, 10**16]
    assert hundredth(np.array(far)).tolist() == [isqrt(one) // 100 for one in far]


@settings(max_examples=200, deadline=None)
@given(st.lists(points, max_size=5), points)
def test_metres_by_column(places: list[Point], there: Point) -> None:
    """In every bit those of one point to another, also from one end of the earth to the other."""
    records = np.zeros(len(places), [(axis, np.int32) for axis in "xyz"])
    for axis in "xyz":
        records[axis] = [getattr(place, axis) for place in places]
    assert metres_from(records, there).tolist() == [place.metres_to(there) for place in places]


def test_a_ranking_leaves_nothing_to_the_collector() -> None:
    """All that it made is freed at once: circles would keep every column until the collector comes by."""
    crowd = Crowd(300, Random(2))  # noqa: S311  no secret
    roster = Roster(crowd.file() for _ in range(300))
    asked = [crowd.enquiry(urgency) for urgency in (Urgency.ROUTINE, Urgency.RESCUE) for _ in range(5)]

    def rank() -> list[Any]:
        return [PRESENT.rank(one, roster, 20) for one in asked]

    assert any(one.candidates for one in rank())
    gc.collect()
    gc.disable()
    try:
        rank()
        assert gc.collect() == 0
    finally:
        gc.enable()


def test_a_record_is_as_small_as_its_columns() -> None:
    """None is padded: a ranking among many waits for memory more than for anything else."""
    assert np.dtype(list(COLUMNS.items()), align=True).itemsize == np.dtype(list(COLUMNS.items())).itemsize
