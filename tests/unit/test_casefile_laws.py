"""The case file's laws: one fold for the live page, for replay and for rebuild."""

from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from services.reporting.domain.casefile import (
    CaseFile,
    differences,
    evolve,
    fold,
    shown,
)
from shared import ids
from shared.bus.recorded import Recorded
from shared.contracts import care, intake, matching
from shared.contracts.event import Event
from shared.contracts.values import (
    Flag,
    Guarantor,
    HoldReason,
    Party,
    Validity,
)
from tests.casefile_cases import (
    CADRE,
    DAY,
    FUNDING,
    HELPER,
    OTHER,
    REQUEST,
    SLOT,
    assessed,
    received,
    registered,
    told,
)
from tests.unit.given import NOON

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
