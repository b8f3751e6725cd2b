"""What crosses a match: a request that ends or waits, a helper who is away, a cadre who moves or dies."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID, uuid4

import pytest

from shared.contracts import intake
from shared.contracts import matching as m
from shared.contracts.event import Event
from shared.contracts.values import (
    CancelReason,
    HoldReason,
    Point,
    RejectReason,
    ReopenReason,
    Residence,
    WithdrawReason,
)
from shared.roles import Role
from tests.integration.matching.stage import API, ELSEWHERE, HERE, Stage, done, states, tomorrow


def _ended(request: UUID, cadre: UUID) -> Sequence[Event]:
    about = {"request": request, "cadre": cadre}
    return (
        intake.RequestWithdrawn(**about, reason=WithdrawReason.CALLER),
        intake.RequestCancelled(**about, reason=CancelReason.SERVED_ELSEWHERE),
        intake.RequestRejected(**about, reason=RejectReason.NOT_COVERED),
        intake.MarkedDuplicate(**about, of=uuid4()),
        intake.ReferredToEmergencyLine(**about, line="120"),
        intake.RequestClosed(**about, by_callback=True),
    )


@pytest.mark.parametrize("which", range(6), ids=lambda which: type(_ended(uuid4(), uuid4())[which]).__name__)
async def test_a_request_that_ends_is_offered_no_more(stage: Stage, which: int) -> None:
    """The offer is revoked; an assignment's time is given back; nothing expires afterwards."""
    helper = await stage.helper("甲")
    offered, taken = await stage.request(), await stage.request(slot=tomorrow(30))
    await stage.assigned(taken, helper)
    for request in (offered, taken):
        await stage.say("intake", "request", request, _ended(request, stage.cadre)[which])
        assert (await stage.match(request))["state"] == "Closed"
    assert len(await stage.told(m.OfferRevoked)) == 1
    assert len(await stage.told(m.BookingReleased)) == 1
    await stage.city.advance(hours=5)
    assert await stage.told(m.OfferExpired) == []


async def test_who_is_suspended_gives_everything_back(stage: Stage) -> None:
    """Open offers go to the next, visits to come to others; a yes afterwards is refused."""
    near, far = await stage.helper("近"), await stage.helper("远", metres=900)
    offered, taken = await stage.request(), await stage.request(slot=tomorrow(30))
    await stage.assigned(taken, near)
    offer = await stage.open_offer(offered, near)
    await stage.coordinator.done(f"{API}/helpers/{near}/suspend", {"reason": "complaint"})
    late = await stage.people[near].command(f"{API}/matches/{offered}/accept", {"offer": offer})
    assert late.status_code == 409
    await stage.city.settle()
    for request in (offered, taken):
        match = await stage.match(request)
        assert match["state"] == "Offering"
        assert states(match)[-1] == ("远", "Open")
        assert await stage.open_offer(request, far)
    assert [one.late for one in await stage.told(m.AssignmentDropped)] == [False]
    assert [one.reason for one in await stage.told(m.BookingReleased)] == ["suspended"]


async def test_an_absence_gives_back_what_lies_in_it(stage: Stage) -> None:
    """And nothing else."""
    helper = await stage.helper("甲")
    inside, outside = await stage.request(), await stage.request(slot=tomorrow(72))
    await stage.assigned(inside, helper)
    await stage.assigned(outside, helper)
    absence = {"slot_start": tomorrow(20).start.isoformat(), "slot_end": tomorrow(40).start.isoformat()}
    await stage.people[helper].done(f"{API}/helpers/{helper}/absences", absence)
    await stage.city.settle()
    assert (await stage.match(inside))["state"] == "Exhausted"
    assert (await stage.match(outside))["state"] == "Assigned"


async def test_a_request_on_hold_asks_nobody(stage: Stage) -> None:
    """And goes on with a new ranking."""
    await stage.helper("甲")
    request = await stage.request()
    held = intake.RequestHeld(request=request, cadre=stage.cadre, reason=HoldReason.CALLER_ASKED, until=None)
    await stage.say("intake", "request", request, held)
    assert (await stage.match(request))["state"] == "Held"
    await stage.say("intake", "request", request, intake.RequestResumed(request=request, cadre=stage.cadre))
    match = await stage.match(request)
    assert match["state"] == "Offering"
    assert states(match) == [("甲", "Revoked"), ("甲", "Open")]


async def test_poor_quality_goes_to_another(stage: Stage) -> None:
    """A reopened request is a new round without the last helper."""
    near, far = await stage.helper("近"), await stage.helper("远", metres=900)
    request = await stage.request()
    assigned = await stage.assigned(request, near)
    await stage.say("care", "visit", uuid4(), done(assigned))
    about = {"request": request, "cadre": stage.cadre}
    await stage.say("intake", "request", request, intake.RequestClosed(**about, by_callback=True))
    reopened = intake.RequestReopened(**about, reason=ReopenReason.POOR_QUALITY, round=2)
    await stage.say("intake", "request", request, reopened)
    match = await stage.match(request)
    assert (match["state"], match["round"]) == ("Offering", 2)
    assert await stage.open_offer(request, far)
    assert match["ranking"]["excluded"] == [{"rule": "barred", "count": 1}]


async def test_a_death_closes_and_unbinds(stage: Stage) -> None:
    """Matches and pairings of the cadre; a pairing is refused afterwards."""
    helper = await stage.helper("甲")
    body = {"helper": str(helper), "cadre": str(stage.cadre)}
    await stage.coordinator.done(f"{API}/pairings", body)
    request = await stage.request()
    await stage.assigned(request, helper)
    died = intake.CadreDeceased(cadre=stage.cadre, on=date(2026, 6, 1))
    await stage.say("intake", "cadre", stage.cadre, died)
    assert (await stage.match(request))["state"] == "Closed"
    assert len(await stage.told(m.PairingEnded)) == 1
    assert len(await stage.told(m.BookingReleased)) == 1
    assert (await stage.coordinator.command(f"{API}/pairings", body)).status_code == 409


async def test_a_move_ranks_from_the_new_home(stage: Stage) -> None:
    """The helpers of the new community are asked; the old one's are elsewhere now."""
    await stage.helper("旧")
    whole_city = stage.city.client(Role.COORDINATOR)
    body = {
        "kind": "volunteer",
        "community": str(ELSEWHERE),
        "skills": [{"code": "shopping"}],
        "capacity": 5,
        "profile": {"name": "新"},
    }
    await whole_city.done(f"{API}/helpers", body)
    request = await stage.request()
    moved = intake.CadreMoved(
        cadre=stage.cadre,
        left=HERE,
        community=ELSEWHERE,
        residence=Residence(address="新址", home=Point.of(129.7, 44.7)),
        valid_from=date(2026, 6, 1),
    )
    await stage.say("intake", "cadre", stage.cadre, moved)
    assert (await stage.coordinator.get(f"{API}/matches/{request}")).status_code == 403
    match = await whole_city.read(f"{API}/matches/{request}")
    assert states(match) == [("旧", "Revoked"), ("新", "Open")]
    assert match["ranking"]["excluded"] == [{"rule": "community", "count": 1}]


async def test_a_merged_files_pairing_and_recusal_hold_for_the_survivor(stage: Stage) -> None:
    """What bound or barred a helper isn't lost."""
    friend, son = await stage.helper("友"), await stage.helper("子")
    await stage.coordinator.done(f"{API}/pairings", {"helper": str(friend), "cadre": str(stage.cadre)})
    recusal = {"cadre": str(stage.cadre), "reason": "son"}
    await stage.coordinator.done(f"{API}/helpers/{son}/recusals", recusal)
    old, stage.cadre = stage.cadre, uuid4()
    await stage.register()
    await stage.say("intake", "cadre", stage.cadre, intake.CadresMerged(cadre=stage.cadre, merged=old))
    request = await stage.request()
    ranking = (await stage.match(request))["ranking"]
    assert ranking["ranked"][0]["parts"][0]["name"] == "pairing"
    assert ranking["excluded"] == [{"rule": "recused", "count": 1}]
    listed = await stage.coordinator.read(f"{API}/pairings", cadre=stage.cadre)
    assert {one["cadre"] for one in listed["items"]} == {str(old), str(stage.cadre)}
