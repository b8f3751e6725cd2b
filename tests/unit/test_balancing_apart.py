"""Rebalancing asked in another process: the same comes out."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.matching.apart import SolverError, solved_apart
from services.matching.engine import balancing
from services.matching.engine.balancing import City, propose
from services.matching.engine.balancing.packing import asked, question, read, written
from tests.balancing_cases import KEY, cities, many


@settings(max_examples=60, deadline=None)
@given(cities(5, 12), st.integers(0, 9))
def test_question_and_answer_survive_the_way(town: City, budget: int) -> None:
    """Every figure of both."""
    assert asked(question(town, budget, KEY)) == (town, budget, KEY)
    proposal = propose(town, budget, KEY)
    assert read(written(proposal)) == proposal


async def test_a_process_of_its_own_gives_the_same() -> None:
    """As it would here."""
    town = many()
    told = await solved_apart(balancing.__name__, question(town, 40, KEY), 60)
    assert read(told) == propose(town, 40, KEY)


async def test_what_it_cannot_read_is_an_error() -> None:
    """Not a silence."""
    with pytest.raises(SolverError, match="status 1"):
        await solved_apart(balancing.__name__, b"nonsense", 60)


async def test_who_takes_too_long_is_ended() -> None:
    """The process doesn't go on unheard."""
    with pytest.raises(TimeoutError):
        await solved_apart(balancing.__name__, question(many(), 40, KEY), 0.01)
