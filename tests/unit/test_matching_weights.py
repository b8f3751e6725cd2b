"""The weights: their events, what the first ones were, and that each has its reason."""

from services.matching.domain.weights import (
    BUILT_IN,
    DEFAULT,
    PLAIN,
    WEIGHTS,
    SameWeightsError,
    SetWeights,
    Weights,
    weights_of,
)
from shared.contracts.matching import Weight, WeightsChanged
from tests.unit.given import given

OTHER = Weights(pairing=300)
CHANGED = WeightsChanged(number=1, weights=OTHER.told, why="as the bureau said")


def test_a_change_tells_all_weights() -> None:
    """And is counted."""
    given(WEIGHTS).when(SetWeights(weights=OTHER, why="as the bureau said")).then(CHANGED)
    back = SetWeights(weights=BUILT_IN[DEFAULT], why="it was better before")
    told = WeightsChanged(number=2, weights=BUILT_IN[DEFAULT].told, why="it was better before")
    given(WEIGHTS, CHANGED).when(back).then(told)


def test_the_same_weights_are_no_change() -> None:
    """Whether they were set or are the default."""
    given(WEIGHTS).when(SetWeights(weights=Weights(), why="no change")).refused(SameWeightsError)
    given(WEIGHTS, CHANGED).when(SetWeights(weights=OTHER, why="no change")).refused(SameWeightsError)


def test_weights_survive_their_event() -> None:
    """Each as it was; one that an event doesn't know counts nothing, one that is no more is left out."""
    assert weights_of(OTHER.told) == OTHER
    found = weights_of([Weight(name="pairing", value=7), Weight(name="of old", value=9)])
    assert found.pairing == 7
    assert {value for name, value in found if name not in ("pairing", "metres_a_point")} == {0}


def test_each_weight_has_its_reason() -> None:
    """In a sentence."""
    for name, described in Weights.model_json_schema()["properties"].items():
        assert described["description"].endswith("."), name


def test_the_first_weights_stay() -> None:
    """Rankings of then are explained by them."""
    assert {name: value for name, value in PLAIN if value} == {
        "pairing": 400,
        "distance": 300,
        "metres_a_point": 10,
        "load_an_hour": -10,
        "load_most": -200,
        "offer": -60,
        "skill_fit": 100,
        "dialect": 80,
        "continuity": 40,
        "continuity_most": 160,
        "waiting_an_hour": -2,
        "waiting_most": -120,
    }
