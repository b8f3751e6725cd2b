"""The index after random events: that of a fresh build, and no ranking from it breaks a hard rule."""

from datetime import timedelta
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from bench.crowd import Crowd
from bench.events import Checked, described
from bench.happenings import Happenings
from services.matching.engine import Roster
from services.matching.files import Files


def checked(seed: int, helpers: int) -> Checked:
    """Nothing has happened yet; an event an hour will."""
    return Checked(Happenings(Crowd(helpers, Random(seed)), helpers, timedelta(hours=1)))  # noqa: S311  no secret


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 60))
def test_after_random_events(seed: int, helpers: int) -> None:
    """Rankings between them are those by the files; all folded at once give the same index."""
    after = checked(seed, helpers)
    for _ in range(3):
        after.go(400, between=25)
        after.compare()
    assert after.rankings > 40
    assert (after.broken, after.unlike) == (0, 0)


def test_a_file_that_was_missed_is_found() -> None:
    """The comparison tells an index from the same without one event."""
    after = checked(1, 20)
    after.go(300, between=300)
    fresh = Files()
    fresh.take(after.happenings.past[:-1])
    assert described(fresh.roster) != described(after.happenings.files.roster)
    assert described(Roster(after.happenings.files.roster)) == described(after.happenings.files.roster)
