"""A retracted death in the case file and in the words of the history."""

from typing import Any

import pytest

from services.reporting.wording import title
from shared.contracts import intake
from shared.contracts.event import Event
from shared.contracts.values import Details
from tests.casefile_cases import CADRE, DAY, OTHER, in_file, registered

PROVISIONAL = intake.ProvisionalPersonRegistered(cadre=CADRE, community=None, details=Details(name="老刘"))
ADMITTED = intake.CadreAdmitted(cadre=CADRE, hospital="市医院")
DIED = intake.CadreDeceased(cadre=CADRE, on=DAY)


def _retracted(cadre: Any = CADRE, also: Any = ()) -> Event:
    return intake.DeathRetracted(cadre=cadre, also=also, corrects=None, on=DAY, reason="同名误报")


@pytest.mark.parametrize(
    ("past", "state"),
    [
        ((registered(),), "Registered"),
        ((PROVISIONAL,), "Provisional"),
        ((registered(), ADMITTED), "Admitted"),
        ((registered(), ADMITTED, intake.CadreDischarged(cadre=CADRE)), "Registered"),
    ],
    ids=["registered", "provisional", "in hospital", "back"],
)
def test_the_file_is_alive_again(past: tuple[Event, ...], state: str) -> None:
    """As it was before, and without a day of death."""
    assert in_file(*past, DIED)["state"] == "Deceased"
    after = in_file(*past, DIED, _retracted())
    assert (after["state"], "died" in after) == (state, False)


def test_a_file_that_was_merged_away_stays_merged() -> None:
    """Its own day of death goes, since the person is alive."""
    merged = intake.CadresMerged(cadre=OTHER, merged=CADRE)
    after = in_file(registered(), DIED, merged, _retracted(OTHER, (CADRE,)))
    assert (after["state"], "died" in after) == ("Merged", False)


def test_the_history_says_it_in_both_languages() -> None:
    """In plain words."""
    assert title("intake.DeathRetracted", "zh") == "撤销误报的去世登记"
    assert "retracted" in title("intake.DeathRetracted", "en")
