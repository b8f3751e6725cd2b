"""The case file: one fold for the live page, for replay and for rebuild."""

from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from services.reporting.domain.casefile import (
    NOT_SHOWN,
    OF_REGISTER,
    ROWS,
    CaseFile,
    differences,
    evolve,
    fold,
    shown,
)
from shared import contracts, ids
from shared.bus.envelope import GENESIS, Actor, Envelope
from shared.bus.recorded import Recorded
from shared.contracts import care, intake, matching
from shared.contracts.event import Event, event_types
from shared.contracts.values import (
    Category,
    Channel,
    Details,
    Flag,
    Guarantor,
    HoldReason,
    Party,
    Sex,
    Slot,
    Standing,
    Urgency,
    Validity,
)
from tests.unit.given import NOON

CADRE = ids.derive(NOON, "cadre")
OTHER = ids.derive(NOON, "other")
REQUEST = ids.derive(NOON, "request")
FUNDING = ids.derive(NOON, "funding")
HELPER = ids.derive(NOON, "helper")
STANDING = Standing(category=Category.LIXIU, sex=Sex.FEMALE)
SLOT = Slot(start=NOON, end=NOON + timedelta(hours=1))
DAY = date(2026, 6, 1)


def told(minute: int, event: Event, salt: object = "") -> Recorded:
    """An event recorded so many minutes after noon."""
    recorded = NOON + timedelta(minutes=minute)
    envelope = Envelope(
        id=ids.derive(recorded, minute, event.NAME, salt),
        type=event.NAME,
        version=event.VERSION,
        source=event.NAME.split(".", maxsplit=1)[0],
        stream=f"cadre-{CADRE}",
        stream_version=minute + 1,
        key=str(CADRE),
        happened=recorded,
        recorded=recorded,
        actor=Actor("somebody", "operator"),
        correlation=CADRE,
        simulated=True,
        previous=GENESIS,
        cadres=(CADRE,),
    )
    return Recorded(event, envelope)


def registered(valid_from: date = date(2020, 1, 1)) -> intake.CadreRegistered:
    """Entered in the register."""
    details = Details(name="王秀英")
    return intake.CadreRegistered(
        cadre=CADRE, community=OTHER, standing=STANDING, details=details, valid_from=valid_from
    )


def assessed(name: str, since: date, until: date | None = None, **more: Any) -> intake.HardshipAssessed:
    """A hardship."""
    return intake.HardshipAssessed(
        cadre=CADRE,
        community=OTHER,
        assessment=ids.derive(NOON, name),
        flag=Flag.LIVING_ALONE,
        assessor="somebody",
        validity=Validity(valid_from=since, valid_to=until),
        **more,
    )


def received() -> intake.RequestReceived:
    """Somebody called."""
    return intake.RequestReceived(
        request=REQUEST,
        cadre=CADRE,
        community=OTHER,
        covered=True,
        channel=Channel.PHONE,
        service="meals",
        urgency=Urgency.ROUTINE,
        slot=None,
        linked=None,
        likely=(),
        caller=None,
        elements=None,
    )


def in_file(*events: Event, day: date = DAY) -> dict[str, Any]:
    """The shown file of these events, a minute apart."""
    return shown(fold(CADRE, [told(minute, event) for minute, event in enumerate(events)]), day)


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


DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 31))
NAMES = st.sampled_from(["a", "b", "c"])


@st.composite
def hardships(draw: st.DrawFn) -> Event:
    """An assessment, which may correct another."""
    since = draw(DAYS)
    until = draw(st.none() | st.integers(0, 200).map(lambda days: since + timedelta(days=days)))
    corrects = draw(st.none() | NAMES.map(lambda name: ids.derive(NOON, name)))
    return assessed(draw(NAMES), since, until, corrects=corrects)


def _withdrawn(name: str, until: date) -> Event:
    return intake.HardshipWithdrawn(
        cadre=CADRE, assessment=ids.derive(NOON, name), flag=Flag.LIVING_ALONE, until=until, reason="gone"
    )


OFFER = ids.derive(NOON, "offer")
PLAIN: list[Event] = [
    received(),
    intake.MatchingBegun(request=REQUEST, cadre=CADRE, round=1),
    intake.RequestHeld(request=REQUEST, cadre=CADRE, reason=HoldReason.WEATHER, until=None),
    intake.RequestResumed(request=REQUEST, cadre=CADRE),
    intake.RequestEscalated(request=REQUEST, cadre=CADRE, funding=FUNDING),
    intake.EscalationEnded(request=REQUEST, cadre=CADRE, funding=FUNDING, granted=True),
    intake.RequestClosed(request=REQUEST, cadre=CADRE, by_callback=True),
    intake.CadreAdmitted(cadre=CADRE, hospital="市医院"),
    intake.CadreDischarged(cadre=CADRE),
    intake.CadreDeceased(cadre=CADRE, on=DAY),
    intake.CadresMerged(cadre=CADRE, merged=OTHER),
    intake.GuarantorsNamed(
        cadre=CADRE,
        guarantors=(Guarantor(party=Party.FAMILY, name="王强"),),
        validity=Validity(valid_from=DAY),
    ),
    matching.OfferAccepted(request=REQUEST, cadre=CADRE, offer=OFFER, helper=HELPER),
    matching.OfferExpired(request=REQUEST, cadre=CADRE, offer=OFFER, helper=HELPER),
    matching.BookingMade(helper=HELPER, booking=OFFER, request=REQUEST, cadre=CADRE, slot=SLOT),
    care.FundsReserved(funding=FUNDING, request=REQUEST, cadre=CADRE, budget=OTHER, amount=100),
    care.AmountReserved(budget=OTHER, funding=FUNDING, request=REQUEST, cadre=CADRE, amount=100),
]
EVENTS = st.one_of(
    st.sampled_from(PLAIN),
    hardships(),
    st.builds(_withdrawn, NAMES, DAYS),
    st.builds(registered, DAYS),
    st.builds(
        lambda day: intake.CadreMoved(
            cadre=CADRE, left=None, community=HELPER, residence=None, valid_from=day
        ),
        DAYS,
    ),
)
HISTORIES = st.lists(st.tuples(st.integers(0, 30), EVENTS), max_size=25).map(
    lambda pairs: [told(minute, event, salt) for salt, (minute, event) in enumerate(pairs)]
)


@given(HISTORIES, st.randoms(use_true_random=False))
@settings(max_examples=150, deadline=None)
def test_the_order_of_arrival_does_not_matter(past: list[Recorded], random: Any) -> None:
    """The fold goes by (recorded, id): a late envelope takes its place."""
    arrived = list(past)
    random.shuffle(arrived)
    assert fold(CADRE, arrived) == fold(CADRE, past)


@given(HISTORIES)
@settings(max_examples=150, deadline=None)
def test_replay_at_the_last_version_is_the_live_file(past: list[Recorded]) -> None:
    """Going on event by event from any state gives what folding all of them gives."""
    past.sort(key=lambda one: (one.envelope.recorded, one.envelope.id))
    live = CaseFile(CADRE)
    for count, recorded in enumerate(past, 1):
        live = evolve(live, recorded)
        assert live == fold(CADRE, past[:count])
    assert live.count == len(past)


@given(HISTORIES, DAYS)
@settings(max_examples=150, deadline=None)
def test_at_the_present_both_times_are_equal(past: list[Recorded], today: date) -> None:
    """What we know now of today is what was true today as known now."""
    now = datetime.combine(today, datetime.max.time(), NOON.tzinfo)
    late = max([now, *(one.envelope.recorded for one in past)])
    known = fold(CADRE, [one for one in past if one.envelope.recorded <= late])
    assert shown(known, today) == shown(fold(CADRE, past), today)


@given(HISTORIES, DAYS)
@settings(max_examples=100, deadline=None)
def test_another_day_changes_facts_only(past: list[Recorded], day: date) -> None:
    """Valid time applies to facts; the states of streams follow their order."""
    file = fold(CADRE, past)
    changed = differences(shown(file, DAY), shown(file, day))
    assert all(one["path"].startswith("facts.") for one in changed)
