"""The case file: what each event shows in it."""

from datetime import date, timedelta
from uuid import UUID

from services.reporting.domain.casefile import (
    NOT_SHOWN,
    OF_REGISTER,
    ROWS,
    differences,
    fold,
    shown,
)
from shared import contracts, ids
from shared.contracts import care, intake
from shared.contracts.event import Event, event_types
from shared.contracts.values import (
    Details,
    Flag,
    HoldReason,
)
from tests.casefile_cases import (
    CADRE,
    DAY,
    FUNDING,
    HELPER,
    OTHER,
    REQUEST,
    assessed,
    in_file,
    received,
    registered,
    told,
)
from tests.unit.given import NOON


def test_every_event_about_a_cadre_has_its_place() -> None:
    """A new event type is put into the file, or left out by name."""
    assert contracts
    about = {kind for kind in event_types() if "cadre" in kind.model_fields and "." in kind.NAME}
    ours = {kind for kind in about if kind.NAME.split(".")[0] in {"intake", "matching", "care"}}
    assert {*ROWS, *OF_REGISTER, *NOT_SHOWN} == ours


def test_a_hardship_is_shown_while_it_holds() -> None:
    """Its first and last day included."""
    events = (registered(), assessed("a", date(2026, 5, 1), date(2026, 5, 31)))
    seen = [
        bool(in_file(*events, day=date(2026, *day))["facts"]["hardship"])
        for day in ((4, 30), (5, 1), (5, 31), (6, 1))
    ]
    assert seen == [False, True, True, False]


def test_a_withdrawn_hardship_ends_on_its_day() -> None:
    """The facts of earlier days stay true."""
    until = date(2026, 5, 10)
    withdrawn = intake.HardshipWithdrawn(
        cadre=CADRE, assessment=ids.derive(NOON, "a"), flag=Flag.LIVING_ALONE, until=until, reason="moved in"
    )
    events = (registered(), assessed("a", date(2026, 5, 1)), withdrawn)
    assert in_file(*events, day=until)["facts"]["hardship"]
    assert not in_file(*events, day=until + timedelta(days=1))["facts"]["hardship"]


def test_a_corrected_hardship_takes_the_place_of_the_wrong_one() -> None:
    """The wrong one was never true."""
    wrong, right = assessed("a", date(2026, 5, 1)), ids.derive(NOON, "a")
    events = (registered(), wrong, assessed("b", date(2026, 5, 20), corrects=right))
    assert not in_file(*events, day=date(2026, 5, 10))["facts"]["hardship"]
    assert len(in_file(*events)["facts"]["hardship"]) == 1


def test_a_correction_takes_over_the_validity_of_what_it_names() -> None:
    """What was true then, as known now, is the corrected name from the beginning."""
    first = told(0, registered(date(2020, 1, 1)))
    fixed = intake.DetailsCorrected(
        cadre=CADRE,
        corrects=first.envelope.id,
        standing=None,
        details=Details(name="王秀瑛"),
        reason="misheard",
    )
    second = told(1, fixed)
    again = told(
        2, fixed.model_copy(update={"corrects": second.envelope.id, "details": Details(name="王绣瑛")})
    )
    file = fold(CADRE, [first, second, again])
    details = shown(file, date(2021, 1, 1))["facts"]["details"]
    assert (details["name"], details["valid_from"]) == ("王绣瑛", "2020-01-01")
    assert details["told_by"] == str(again.envelope.id)
    assert shown(file, date(2019, 1, 1))["facts"]["details"] is None


def test_correcting_an_old_fact_leaves_the_newer_one() -> None:
    """The correction has the validity of what it names, not that of today."""
    old, new = told(0, registered(date(2020, 1, 1))), told(1, registered(date(2024, 1, 1)))
    fixed = intake.DetailsCorrected(
        cadre=CADRE, corrects=old.envelope.id, standing=None, details=Details(name="旧名"), reason="misheard"
    )
    file = fold(CADRE, [old, new, told(2, fixed)])
    assert shown(file, DAY)["facts"]["details"]["name"] == "王秀英"
    assert shown(file, date(2021, 1, 1))["facts"]["details"]["name"] == "旧名"


def test_a_move_holds_from_its_day() -> None:
    """Recorded before, true later."""
    moved = intake.CadreMoved(
        cadre=CADRE, left=OTHER, community=HELPER, residence=None, valid_from=date(2026, 7, 1)
    )
    events = (registered(), moved)
    assert in_file(*events)["facts"]["residence"]["community"] == str(OTHER)
    assert in_file(*events, day=date(2026, 7, 1))["facts"]["residence"]["community"] == str(HELPER)


def test_a_request_goes_on_where_it_was() -> None:
    """After a hold, and after the bureau's answer inside of it."""
    held = intake.RequestHeld(request=REQUEST, cadre=CADRE, reason=HoldReason.WEATHER, until=None)
    resumed = intake.RequestResumed(request=REQUEST, cadre=CADRE)
    taken = intake.MatchingBegun(request=REQUEST, cadre=CADRE, round=1)
    request = in_file(received(), taken, held)["requests"][str(REQUEST)]
    assert (request["state"], request["reason"]) == ("OnHold", "weather")
    request = in_file(received(), taken, held, resumed)["requests"][str(REQUEST)]
    assert request["state"] == "Matching"
    assert "reason" not in request


def test_a_pause_lies_over_what_goes_on_beneath() -> None:
    """Held, and twice asked for money: as in intake's list the hold is shown first."""

    def asked(funding: UUID) -> Event:
        return intake.RequestEscalated(request=REQUEST, cadre=CADRE, funding=funding)

    def answered(funding: UUID) -> Event:
        return intake.EscalationEnded(request=REQUEST, cadre=CADRE, funding=funding, granted=True)

    held = intake.RequestHeld(request=REQUEST, cadre=CADRE, reason=HoldReason.WEATHER, until=None)
    past: list[Event] = [received()]
    states = []
    for event in (
        asked(FUNDING),
        held,
        intake.MatchingBegun(request=REQUEST, cadre=CADRE, round=1),
        asked(OTHER),
        intake.RequestResumed(request=REQUEST, cadre=CADRE),
        answered(FUNDING),
        answered(OTHER),
        held,
        intake.RequestClosed(request=REQUEST, cadre=CADRE, by_callback=True),
    ):
        past.append(event)
        states.append(in_file(*past)["requests"][str(REQUEST)]["state"])
    paused = ["Escalated", "OnHold", "OnHold", "OnHold", "Escalated", "Escalated"]
    assert states == [*paused, "Matching", "OnHold", "Closed"]


def test_a_grant_shows_its_steps() -> None:
    """Two approvals are two entries, each says whether it is final."""
    first = care.FundingApproved(
        funding=FUNDING, request=REQUEST, cadre=CADRE, amount=500_00, level=1, final=False, by="a"
    )
    grant = in_file(first)["funding"][str(FUNDING)]
    assert grant["state"] == "Approved"
    grant = in_file(first, first.model_copy(update={"level": 2, "final": True, "by": "b"}))["funding"]
    assert grant[str(FUNDING)]["state"] == "Approved"
    steps = grant[str(FUNDING)]["steps"]
    assert [(step["by"], step["final"]) for step in steps] == [("a", False), ("b", True)]


def test_merged_files_name_each_other() -> None:
    """The one that goes on and the one that doesn't."""
    merged = intake.CadresMerged(cadre=CADRE, merged=OTHER)
    assert in_file(registered(), merged)["state"] == "Registered"
    assert in_file(registered(), merged)["merged"] == [str(OTHER)]
    other = shown(fold(OTHER, [told(0, merged)]), DAY)
    assert (other["state"], other["merged"]) == ("Merged", [str(CADRE)])


def test_differences_name_their_fields() -> None:
    """Field by field, what was and what is."""
    before, after = in_file(registered()), in_file(registered(), intake.CadreDeceased(cadre=CADRE, on=DAY))
    assert differences(before, before) == []
    found = {one["path"]: (one["before"], one["after"]) for one in differences(before, after)}
    assert found == {"state": ("Registered", "Deceased"), "died": (None, "2026-06-01")}
