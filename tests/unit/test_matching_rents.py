"""What helpers' time was worth by the plans: in whole points, nearer plans count more."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.matching.engine.planning import DEAREST
from services.matching.rents import Rents
from tests.matching_cases import helper_id

PLANS = st.lists(st.dictionaries(st.integers(1, 4).map(helper_id), st.integers(0, 400)), max_size=6)


@given(PLANS, st.integers(0, 28))
def test_a_price_is_a_running_mean_over_plans(plans: list[dict[UUID, int]], bits: int) -> None:
    """Of whole points, none above the dearest; of who isn't in a plan, half is left."""
    rents, expected = Rents(), dict.fromkeys(map(helper_id, range(1, 5)), 0)
    for number, plan in enumerate(plans):
        before = dict(expected)
        changed = set(rents.begin(UUID(int=number), bits))
        for helper, points in plan.items():
            rents.note(helper, (points << bits) + (1 << bits) - 1)
        expected = {one: (price + min(DEAREST, plan.get(one, 0))) // 2 for one, price in before.items()}
        assert {one: rents.price(one) for one in expected} == expected
        assert {one for one in expected if expected[one] != before[one]} <= changed | plan.keys()


def test_the_dearest_hour_and_revision_count() -> None:
    """A revision is no other plan."""
    rents = Rents()
    for bits, rent in ((3, 80), (3, 40), (2, 100), (2, 8)):
        assert not rents.begin(UUID(int=1), bits)
        rents.note(helper_id(1), rent)
    assert rents.price(helper_id(1)) == 12
    assert list(rents.begin(UUID(int=2), 0)) == [helper_id(1)]
    assert rents.price(helper_id(1)) == 6


def test_prices_in_no_known_unit_count_nothing() -> None:
    """The first plans told none."""
    rents = Rents()
    rents.begin(UUID(int=1), None)
    rents.note(helper_id(1), 1 << 40)
    assert rents.price(helper_id(1)) == 0
