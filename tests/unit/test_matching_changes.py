"""What would make a helper the first does, and a little less doesn't."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings

from services.matching.engine import NEWEST, Enquiry, HelperFile, Judged, Roster
from services.matching.engine.changes import Change
from services.matching.engine.lots import lot
from shared.contracts.values import CadreSide
from tests.matching_cases import CADRE, helper_id, hours, offer_id
from tests.unit.test_matching_engine import booking, enquiries, enquiry, file, files

DIALECT = "东北话"


def points(what: str, figure: int) -> int:
    """A part's points as the documentation states them."""
    return {
        "distance": max(0, 300 - figure // 10),
        "load": max(-200, -10 * figure // 60),
        "offers": -60 * figure,
        "waiting": max(-120, -2 * figure),
        "continuity": min(160, 40 * figure),
    }[what]


def first_of(asked: Enquiry, helpers: list[HelperFile]) -> Judged:
    """Who is ranked first."""
    return NEWEST.rank(asked, Roster(helpers), 1).candidates[0]


def goes_first(asked: Enquiry, one: Judged, score: int, first: Judged) -> bool:
    """Whether this score would do."""
    request = asked.need.request
    return (-score, lot(request, one.helper)) < (-first.score, lot(request, first.helper))


@settings(max_examples=300, deadline=None)
@given(enquiries, files)
def test_each_change_is_enough_and_the_least(asked: Enquiry, helpers: list[HelperFile]) -> None:
    """By the part's figure changed so much, and by one less."""
    roster = Roster(helpers)
    for one in NEWEST.rank(asked, roster, 50).candidates:
        first = first_of(asked, helpers)
        parts = {name: (told, fact) for name, told, fact in one.weighed}
        for change in NEWEST.changes(asked, roster, one):
            if change.what in ("pairing", "dialect"):
                continue
            told, figure = parts[change.what]
            assert isinstance(figure, int)
            way = 1 if change.what == "continuity" else -1
            reached = [points(change.what, figure + way * by) for by in (change.by, change.by - 1)]
            assert [goes_first(asked, one, one.score - told + new, first) for new in reached] == [True, False]


def changed(found: HelperFile, change: Change) -> HelperFile:
    """The file as the change asks for."""
    facts: dict[str, Any] = {}
    if change.what == "continuity":
        facts["visits"] = {CADRE: found.facts.visits.get(CADRE, 0) + change.by}
    if change.what == "dialect":
        facts["dialects"] = (DIALECT,)
    paired = frozenset({CADRE}) if change.what == "pairing" else found.paired
    offers = frozenset(sorted(found.offers)[change.by :]) if change.what == "offers" else found.offers
    return replace(found, facts=replace(found.facts, **facts), paired=paired, offers=offers)


def test_a_changed_file_is_ranked_first() -> None:
    """A pairing, the dialect, fewer offers, more visits: as the files would have it."""
    asked = enquiry(side=CadreSide(dialect=DIALECT))
    first = file(1, dialects=(DIALECT,))
    offers = frozenset({offer_id(1), offer_id(2)})
    for other in (file(2), file(2, dialects=(DIALECT,), offers=offers)):
        judged = NEWEST.judge(asked, other)
        assert isinstance(judged, Judged)
        found = NEWEST.changes(asked, Roster([first, other]), judged)
        assert {"pairing", "continuity"} <= {one.what for one in found}
        for change in found:
            assert first_of(asked, [first, changed(other, change)]).helper == helper_id(2), change


@pytest.mark.parametrize("number", range(2, 8))
def test_an_hour_less_is_enough_for_who_goes_first_among_equals(number: int) -> None:
    """Who is booked for an hour, against who isn't: without it they are equal. The first needs no change."""
    asked, free, busy = enquiry(), file(1), file(number, bookings=(booking(hours(48)),))
    roster = Roster([free, busy])
    first, second = NEWEST.rank(asked, roster, 2).candidates
    assert (first.helper, NEWEST.changes(asked, roster, first)) == (free.helper, ())
    wins = lot(asked.need.request, busy.helper) < lot(asked.need.request, free.helper)
    assert (Change("load", 60) in NEWEST.changes(asked, roster, second)) == wins
