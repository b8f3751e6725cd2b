"""What must hold for every deadline."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from shared.deadlines import DEFAULT, Deadline, Pause, WallTime, reckon, working_between, working_time

STARTS = st.datetimes(datetime(2025, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
ROWS = st.sampled_from(
    [
        (track, stage)
        for track, stages in DEFAULT
        if hasattr(stages, "callback")
        for stage, span in stages
        if span
    ]
)
WORKING_ROWS = st.sampled_from([("routine", "first_action"), ("routine", "finished"), ("funding", "review")])
LENGTHS = st.timedeltas(timedelta(0), timedelta(days=12))
GAPS = st.lists(st.tuples(LENGTHS, LENGTHS), max_size=3)
EXTENSIONS = st.integers(0, 2)
Row = tuple[str, str]
Gaps = list[tuple[timedelta, timedelta]]


def reckoned(
    row: Row, start: datetime, gaps: Gaps, after: timedelta = timedelta(0), extensions: int = 0
) -> Deadline:
    """A deadline whose pauses begin so long after `start`; slots are on a fixed day."""
    pauses = [Pause(start + after + gap, start + after + gap + length, "x") for gap, length in gaps]
    slotted = row[0] == "scheduled" and row[1] in {"matched", "finished"}
    slot = datetime(2026, 6, 1, tzinfo=UTC)
    return reckon(DEFAULT, *row, start, pauses, slot=slot, extensions=0 if slotted else extensions)


@given(ROWS, STARTS, GAPS, EXTENSIONS)
def test_counted_stretches_add_up(row: Row, start: datetime, gaps: Gaps, extensions: int) -> None:
    """Whatever is paused or skipped, exactly the span is counted."""
    deadline = reckoned(row, start, gaps, extensions=extensions)
    counted = [s.end - s.begin for s in deadline.stretches if s.kind == "counted" and s.end]
    assert sum(counted, timedelta(0)) == deadline.span


@given(ROWS, STARTS, GAPS, EXTENSIONS)
def test_stretches_have_no_gap_and_no_overlap(row: Row, start: datetime, gaps: Gaps, extensions: int) -> None:
    """They lead from the start to the due, each beginning where the one before ended."""
    deadline = reckoned(row, start, gaps, extensions=extensions)
    assert all(one.end == two.begin for one, two in pairwise(deadline.stretches))
    assert all(s.end is not None and s.begin < s.end for s in deadline.stretches)
    first, last = (
        (deadline.stretches[0].begin, deadline.stretches[-1].end) if deadline.stretches else (start, start)
    )
    assert (first, last) == (start, deadline.due)


@given(ROWS, STARTS, LENGTHS, GAPS)
def test_due_never_falls_as_the_start_rises(row: Row, start: datetime, later: timedelta, gaps: Gaps) -> None:
    """Who begins later, with the same pauses to come, is never due earlier."""
    early, late = reckoned(row, start, gaps, after=later), reckoned(row, start + later, gaps)
    assert early.due is not None
    assert late.due is not None
    assert early.due <= late.due


@given(ROWS, STARTS, GAPS)
def test_levels_come_in_order(row: Row, start: datetime, gaps: Gaps) -> None:
    """Warning, due, 催办, 督办: none before the other."""
    times = [moment for moment, _ in reckoned(row, start, gaps).moments]
    assert len(times) == 4
    assert times == sorted(times)


@given(WORKING_ROWS, STARTS, LENGTHS, LENGTHS)
def test_pause_gives_back_what_it_took(row: Row, start: datetime, gap: timedelta, length: timedelta) -> None:
    """A pause before the due moves it by the working time paused; a later one leaves it alone."""
    plain, paused = reckoned(row, start, []).due, reckoned(row, start, [(gap, length)]).due
    assert plain is not None
    assert paused is not None
    taken = working_between(start + gap, start + gap + length) if start + gap < plain else timedelta(0)
    assert working_between(plain, paused) == taken
    assert (paused > plain) == (taken > timedelta(0))


@given(st.sampled_from(["first_action", "matched", "finished", "callback"]), STARTS, GAPS, st.booleans())
def test_rescue_never_stands_still(stage: str, start: datetime, gaps: Gaps, open_pause: bool) -> None:  # noqa: FBT001
    """Rescue counts every second, whatever is paused."""
    pauses = [Pause(start + gap, None if open_pause else start + gap + length, "x") for gap, length in gaps]
    deadline = reckon(DEFAULT, "rescue", stage, start, pauses)
    assert isinstance(deadline.rule, WallTime)
    assert deadline.due == start + deadline.rule.amount
    assert [s.kind for s in deadline.stretches] == ["counted"]


@given(ROWS, STARTS, GAPS, st.sampled_from(["Asia/Shanghai", "America/New_York", "Pacific/Apia"]))
def test_zone_of_the_input_does_not_matter(row: Row, start: datetime, gaps: Gaps, zone: str) -> None:
    """The same moments in another zone give the same deadline, in UTC."""
    elsewhere = ZoneInfo(zone)
    pauses = [Pause(start + gap, start + gap + length, "x") for gap, length in gaps]
    moved = [
        Pause(p.begin.astimezone(elsewhere), p.end and p.end.astimezone(elsewhere), p.reason) for p in pauses
    ]
    slot = datetime(2026, 6, 1, tzinfo=UTC)
    here = reckon(DEFAULT, *row, start, pauses, slot=slot)
    there = reckon(DEFAULT, *row, start.astimezone(elsewhere), moved, slot=slot.astimezone(elsewhere))
    assert here == there
    assert there.due is not None
    assert there.due.tzinfo is UTC


@given(STARTS, st.timedeltas(timedelta(0), timedelta(days=5)))
def test_working_time_and_its_inverse(start: datetime, amount: timedelta) -> None:
    """As much working time lies before the moment found as was asked for."""
    assert working_between(start, working_time(start, amount)) == amount
