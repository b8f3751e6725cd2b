"""What helpers' time was worth by the plans: in whole points, nearer plans count more."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.matching.engine.planning import DEAREST
from services.matching.rents import Rents
from tests.matching_cases import helper_id, offer_id

PLANS = st.lists(st.dictionaries(st.integers(1, 4).map(helper_id), st.integers(0, 400)), max_size=6)


@given(PLANS, st.integers(0, 28))
def test_a_price_is_a_running_mean_over_plans(plans: list[dict[UUID, int]], bits: int) -> None:
    """Of whole points, none above the dearest; of who isn't in a plan, half is left."""
    rents, expected = Rents(), dict.fromkeys(map(helper_id, range(1, 5)), 0)
    for number, plan in enumerate(plans):
        before = dict(expected)
        changed = set(rents.begin(UUID(int=number), bits))
        for helper, points in plan.items():
            rents.note(helper, helper, (points << bits) + (1 << bits) - 1)
        expected = {one: (price + min(DEAREST, plan.get(one, 0))) // 2 for one, price in before.items()}
        assert {one: rents.price(one) for one in expected} == expected
        assert {one for one in expected if expected[one] != before[one]} <= changed | plan.keys()


def test_the_dearest_hour_of_the_last_revision_counts() -> None:
    """Of a request, what was told last; a revision is no other plan."""
    rents, (one, other), (first, second) = Rents(), map(helper_id, (1, 2)), map(offer_id, (1, 2))
    rents.begin(UUID(int=1), 3)
    for request, rent in ((first, 80), (second, 160)):
        assert set(rents.note(request, one, rent)) == {one}
    assert (rents.price(one), rents.price(other)) == (10, 0)
    assert not rents.begin(UUID(int=1), 2)
    assert set(rents.note(second, other, 48)) == {one, other}
    assert (rents.price(one), rents.price(other)) == (5, 6)
    assert set(rents.begin(UUID(int=2), 0)) == {one, other}
    assert (rents.price(one), rents.price(other)) == (2, 3)
