"""A death that was recorded in error."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from services.intake.domain import cadre_commands as wish
from services.intake.domain import cadre_refusals as refusal
from services.intake.domain.cadre import CADRE
from services.intake.domain.cadre_file import Admitted, Merged, Provisional, Registered
from shared.contracts import intake as told
from shared.contracts.event import Event
from shared.contracts.values import Category, Details, Flag, Sex, Standing, Validity
from shared.errors import DomainError
from tests.unit.given import ITSELF, given

HERE, OTHER, WRONG = (UUID(f"01997000-0000-7000-8000-00000000000{n}") for n in (2, 3, 4))
TODAY = date(2026, 6, 1)
DETAILS = Details(name="张桂兰")
REGISTERED = told.CadreRegistered(
    cadre=ITSELF,
    community=HERE,
    standing=Standing(category=Category.LIXIU, sex=Sex.FEMALE),
    details=DETAILS,
    valid_from=TODAY,
)
PROVISIONAL = told.ProvisionalPersonRegistered(cadre=ITSELF, community=None, details=DETAILS)
ADMITTED = told.CadreAdmitted(cadre=ITSELF, hospital="市医院")
DECEASED = told.CadreDeceased(cadre=ITSELF, on=TODAY)
RETRACTED = told.DeathRetracted(cadre=ITSELF, also=(), corrects=WRONG, on=TODAY, reason="同名误报")
FOLLOWED_UP = told.RetractionFollowedUp(cadre=ITSELF, note="已重新安排")
MERGED_AWAY = told.CadresMerged(cadre=OTHER, merged=ITSELF)
RETRACT = wish.Retract(reason="同名误报", corrects=WRONG, also=())
FOLLOW_UP = wish.FollowUpRetraction(note="已重新安排")


def test_a_retraction_names_the_event_and_the_day_it_corrects() -> None:
    """And the files merged into this one, whose histories show it as well."""
    given(CADRE, REGISTERED, DECEASED).when(RETRACT).then(RETRACTED)
    with_files = RETRACT.model_copy(update={"also": (OTHER,)})
    (event,) = given(CADRE, REGISTERED, DECEASED).when(with_files).events()
    assert event.about() == (ITSELF, OTHER)


@pytest.mark.parametrize(
    ("past", "state"),
    [
        ((REGISTERED,), Registered),
        ((PROVISIONAL,), Provisional),
        ((REGISTERED, ADMITTED), Admitted),
        ((PROVISIONAL, ADMITTED), Admitted),
    ],
    ids=["registered", "provisional", "in hospital", "provisional in hospital"],
)
def test_the_file_is_what_it_was_before(past: tuple[Event, ...], state: type) -> None:
    """In hospital, too: nobody has said that they are back."""
    after = CADRE.fold([*past, DECEASED, RETRACTED])
    assert type(after) is state
    assert type(CADRE.fold([*past])) is state


def test_what_was_put_right_meanwhile_stays() -> None:
    """The details of the dead could be corrected, and files be merged into theirs."""
    corrected = told.DetailsCorrected(
        cadre=ITSELF, corrects=None, standing=None, details=Details(name="张桂岚"), reason="写错了"
    )
    merged = told.CadresMerged(cadre=ITSELF, merged=OTHER)
    state = CADRE.fold([REGISTERED, DECEASED, corrected, merged, RETRACTED])
    assert isinstance(state, Registered)
    assert state.file.details == Details(name="张桂岚")
    assert state.file.also == (OTHER,)


def test_the_right_day_is_recorded_after_a_retraction() -> None:
    """A wrong day is put right by retracting it and recording the other."""
    again = wish.RecordDeath(on=date(2026, 5, 31))
    given(CADRE, REGISTERED, DECEASED).when(again).refused(refusal.DeceasedError)
    given(CADRE, REGISTERED, DECEASED, RETRACTED).when(again).then(told.CadreDeceased)


@pytest.mark.parametrize(
    ("past", "error"),
    [
        ((REGISTERED,), refusal.NotDeceasedError),
        ((REGISTERED, DECEASED, RETRACTED), refusal.NotDeceasedError),
        ((REGISTERED, DECEASED, MERGED_AWAY), refusal.MergedAwayError),
    ],
    ids=["alive", "twice", "merged away"],
)
def test_only_a_recorded_death_is_retracted(past: tuple[Event, ...], error: type[DomainError]) -> None:
    """Once, and on the file that goes on."""
    given(CADRE, *past).when(RETRACT).refused(error)


def test_what_the_death_had_ended_is_followed_up_once() -> None:
    """Also when the file was merged into another meanwhile: the note stands where the retraction stands."""
    given(CADRE, REGISTERED, DECEASED, RETRACTED).when(FOLLOW_UP).then(FOLLOWED_UP)
    given(CADRE, REGISTERED, DECEASED, RETRACTED, MERGED_AWAY).when(FOLLOW_UP).then(FOLLOWED_UP)
    nothing = refusal.NothingToFollowUpError
    given(CADRE, REGISTERED).when(FOLLOW_UP).refused(nothing)
    given(CADRE, REGISTERED, DECEASED, RETRACTED, FOLLOWED_UP).when(FOLLOW_UP).refused(nothing)
    after = CADRE.fold([REGISTERED, DECEASED, RETRACTED, MERGED_AWAY, FOLLOWED_UP])
    assert isinstance(after, Merged)


def test_an_assessment_that_ran_out_meanwhile_expires_now() -> None:
    """Nobody was asked to assess the dead anew."""
    assessed = told.HardshipAssessed(
        cadre=ITSELF,
        community=HERE,
        assessment=OTHER,
        flag=Flag.LIVING_ALONE,
        assessor="secretary",
        validity=Validity(valid_from=TODAY, valid_to=TODAY),
    )
    expire, later = wish.ExpireHardship(assessment=OTHER), datetime(2026, 6, 2, tzinfo=UTC)
    given(CADRE, REGISTERED, assessed, DECEASED).when(expire, at=later).then()
    given(CADRE, REGISTERED, assessed, DECEASED, RETRACTED).when(expire, at=later).then(told.HardshipExpired)
