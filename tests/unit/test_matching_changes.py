"""What would make a helper the first does, and a little less doesn't."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings

from services.matching.engine import Engine, Enquiry, HelperFile, Judged, Record, Roster
from services.matching.engine.changes import Change
from services.matching.engine.lots import lot
from shared.contracts.values import CadreSide, Wish
from tests.matching_cases import CADRE, helper_id, hours, offer_id
from tests.ranking_cases import booking, enquiries, enquiry, file, files

DIALECT = "东北话"
ENGINE = Engine()


def points(what: str, figure: int) -> int:
    """A part's points as the documentation states them."""
    return {
        "distance": max(0, 300 - figure // 10),
        "fairness": max(-100, min(100, -10 * figure // 60)),
        "poorly": -120 * figure,
        "offers": -60 * figure,
        "waiting": max(-120, -2 * figure),
        "continuity": min(160, 40 * figure),
    }[what]


HAD_OR_NOT = {"pairing": 400, "dialect": 80, "glad": 60, "wish": 150, "drop_outs": 0}


def first_of(asked: Enquiry, helpers: list[HelperFile]) -> Judged:
    """Who is ranked first."""
    return ENGINE.rank(asked, Roster(helpers), 1).candidates[0]


def goes_first(asked: Enquiry, one: Judged, score: int, first: Judged) -> bool:
    """Whether this score would do."""
    request = asked.need.request
    return (-score, lot(request, one.helper)) < (-first.score, lot(request, first.helper))


@settings(max_examples=300, deadline=None)
@given(enquiries, files)
def test_each_change_is_enough_and_the_least(asked: Enquiry, helpers: list[HelperFile]) -> None:
    """By the part's figure changed so much, and by one less."""
    roster = Roster(helpers)
    for one in ENGINE.rank(asked, roster, 50).candidates:
        first = first_of(asked, helpers)
        parts = {name: (told, fact) for name, told, fact in one.weighed}
        for change in ENGINE.changes(asked, roster, one):
            told, figure = parts[change.what]
            if change.what in HAD_OR_NOT:
                reached = [HAD_OR_NOT[change.what], told]
            elif change.what == "reliability":
                accepted, answered = map(int, str(figure).split("/"))
                assert accepted < accepted + change.by <= answered
                yes = (accepted + change.by, accepted + change.by - 1)
                reached = [120 * (count + 2) // (answered + 5) for count in yes]
            else:
                assert isinstance(figure, int)
                way = 1 if change.what == "continuity" else -1
                reached = [points(change.what, figure + way * by) for by in (change.by, change.by - 1)]
            assert [goes_first(asked, one, one.score - told + new, first) for new in reached] == [True, False]


def changed(found: HelperFile, change: Change) -> HelperFile:
    """The file as the change asks for."""
    facts: dict[str, Any] = {}
    if change.what == "continuity":
        facts["visits"] = {CADRE: found.facts.visits.get(CADRE, 0) + change.by}
    if change.what == "wish":
        facts["wishes"] = {CADRE: Wish.AGAIN}
    if change.what == "glad":
        facts["glad"] = ("shopping",)
    if change.what == "dialect":
        facts["dialects"] = (DIALECT,)
    paired = frozenset({CADRE}) if change.what == "pairing" else found.paired
    offers = frozenset(sorted(found.offers)[change.by :]) if change.what == "offers" else found.offers
    record = found.record
    if change.what == "reliability":
        record = replace(record, accepted=record.accepted + change.by)
    if change.what == "drop_outs":
        record = replace(record, faults=())
    if change.what == "poorly":
        record = replace(record, poorly={})
    return replace(found, facts=replace(found.facts, **facts), paired=paired, offers=offers, record=record)


def test_a_changed_file_is_ranked_first() -> None:
    """A pairing, the dialect, fewer offers, more visits: as the files would have it."""
    asked = enquiry(side=CadreSide(dialect=DIALECT))
    first = file(1, dialects=(DIALECT,))
    offers = frozenset({offer_id(1), offer_id(2)})
    record = Record(accepted=1, answered=9, faults=(asked.at,), poorly={CADRE: 1})
    for other in (
        file(2),
        file(2, dialects=(DIALECT,), offers=offers),
        file(2, dialects=(DIALECT,), record=record, wishes={CADRE: Wish.AGAIN}),
    ):
        judged = ENGINE.judge(asked, Roster([first, other]), other)
        assert isinstance(judged, Judged)
        found = ENGINE.changes(asked, Roster([first, other]), judged)
        assert "pairing" in {one.what for one in found}
        for change in found:
            assert first_of(asked, [first, changed(other, change)]).helper == helper_id(2), change


@pytest.mark.parametrize("number", range(2, 8))
def test_an_hour_less_is_enough_for_who_goes_first_among_equals(number: int) -> None:
    """Who is booked for an hour, against who isn't: without it they are equal. The first needs no change."""
    asked, free, busy = enquiry(), file(1), file(number, bookings=(booking(hours(48)),))
    roster = Roster([free, busy])
    first, second = ENGINE.rank(asked, roster, 2).candidates
    assert (first.helper, ENGINE.changes(asked, roster, first)) == (free.helper, ())
    wins = lot(asked.need.request, busy.helper) < lot(asked.need.request, free.helper)
    assert (Change("fairness", 60) in ENGINE.changes(asked, roster, second)) == wins
