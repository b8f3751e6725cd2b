"""A pairing begins once, ends once, and may begin again."""

from services.matching.domain.pairing import (
    PAIRING,
    AlreadyPairedError,
    Bind,
    EndPairing,
    PairingOverError,
    Unbind,
    pairing_of,
)
from shared.contracts.matching import PairingBegun, PairingEnded
from tests.matching_cases import CADRE, HERE, helper_id
from tests.unit.given import given

HELPER = helper_id(1)
PAIR = pairing_of(HELPER, CADRE)
BEGUN = PairingBegun(pairing=PAIR, helper=HELPER, cadre=CADRE, community=HERE)
ENDED = PairingEnded(pairing=PAIR, helper=HELPER, cadre=CADRE, reason="moved")
BIND = Bind(helper=HELPER, cadre=CADRE, community=HERE)
END = EndPairing(reason="moved")


def test_two_are_bound() -> None:
    """Under an id that is the same for these two every time."""
    given(PAIRING).when(BIND).then(BEGUN)
    assert pairing_of(HELPER, CADRE) != pairing_of(CADRE, HELPER)


def test_not_twice() -> None:
    """One live pairing for each two."""
    given(PAIRING, BEGUN).when(BIND).refused(AlreadyPairedError)


def test_it_ends() -> None:
    """With the reason."""
    given(PAIRING, BEGUN).when(END).then(ENDED)


def test_it_ends_once() -> None:
    """The second time is refused; a reaction's changes nothing."""
    given(PAIRING, BEGUN, ENDED).when(END).refused(PairingOverError)
    given(PAIRING, BEGUN, ENDED).when(Unbind(reason="deceased")).then()


def test_it_may_begin_again() -> None:
    """The same two, the same stream."""
    given(PAIRING, BEGUN, ENDED).when(BIND).then(BEGUN)
