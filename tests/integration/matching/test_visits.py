"""What care says of visits, and what takes an assignment from a helper."""

from datetime import datetime
from uuid import uuid4

import pytest

from shared.contracts import care
from shared.contracts import matching as m
from tests.integration.matching.stage import API, Stage, done, tomorrow, visit


async def test_a_visit_done_credits_the_hours(stage: Stage) -> None:
    """And frees the time."""
    helper = await stage.helper("甲")
    assigned = await stage.assigned(await stage.request(), helper)
    await stage.say("care", "visit", uuid4(), done(assigned))
    file = await stage.coordinator.read(f"{API}/helpers/{helper}")
    assert (file["minutes"], file["visits"], file["bookings"]) == (50, 1, [])
    assert file["last_30_days"] == {"visits": 1, "minutes": 50}


async def test_a_missed_visit_is_a_no_show(stage: Stage) -> None:
    """Somebody else is asked."""
    near, far = await stage.helper("近"), await stage.helper("远", metres=900)
    request = await stage.request()
    assigned = await stage.assigned(request, near)
    await stage.say("care", "visit", uuid4(), care.VisitMissed(**visit(assigned)))
    assert len(await stage.told(m.NoShowRecorded)) == 1
    assert await stage.open_offer(request, far)


async def test_a_move_is_answered(stage: Stage) -> None:
    """Moved when the helper is free, refused with the reason when not."""
    helper = await stage.helper("甲")
    assigned = await stage.assigned(await stage.request(), helper)
    await stage.assigned(await stage.request(slot=tomorrow(30)), helper)
    for hours in (27, 30.5):
        wish = care.VisitMoveRequested(**visit(assigned), slot=tomorrow(hours))
        await stage.say("care", "visit", uuid4(), wish)
    answers = await stage.told(m.BookingMoved, m.BookingRefused)
    assert [type(answer) for answer in answers] == [m.BookingMoved, m.BookingRefused]
    assert answers[1].reason == "booked"
    assert datetime.fromisoformat((await stage.match(assigned.request))["starts"]) == tomorrow(27).start


async def test_another_try_books_the_helper_anew(stage: Stage) -> None:
    """Nobody opened: the time is free, and taken again under the same booking when care asks."""
    helper = await stage.helper("甲")
    assigned = await stage.assigned(await stage.request(), helper)
    about = visit(assigned)
    await stage.say("care", "visit", about["visit"], care.NoAnswerRecorded(**about, frail=False))
    path = f"{API}/helpers/{helper}/bookings"
    (freed,) = (await stage.coordinator.read(path))["items"]
    assert (freed["state"], freed["reason"]) == ("Released", "no_answer")
    wish = care.VisitMoveRequested(**about, slot=tomorrow(49))
    await stage.say("care", "visit", about["visit"], wish)
    (taken,) = (await stage.coordinator.read(path))["items"]
    assert (taken["booking"], taken["state"], taken["reason"]) == (freed["booking"], "Booked", "")
    (offer,) = (await stage.people[helper].read(f"{API}/offers"))["items"]
    assert datetime.fromisoformat(offer["starts"]) == tomorrow(49).start
    await stage.say("care", "visit", about["visit"], done(assigned))
    assert [one.reason for one in await stage.told(m.BookingReleased)] == ["no_answer", "done"]


async def test_another_try_is_refused_once_the_helper_is_out(stage: Stage) -> None:
    """Reassigned meanwhile: what comes late takes nobody's time."""
    helper = await stage.helper("甲")
    assigned = await stage.assigned(await stage.request(), helper)
    about = visit(assigned)
    await stage.say("care", "visit", about["visit"], care.NoAnswerRecorded(**about, frail=False))
    await stage.coordinator.done(f"{API}/matches/{assigned.request}/reassign", {"reason": "换人"})
    await stage.say("care", "visit", about["visit"], care.VisitMoveRequested(**about, slot=tomorrow(49)))
    assert [one.reason for one in await stage.told(m.BookingRefused)] == ["released"]
    assert (await stage.coordinator.read(f"{API}/helpers/{helper}"))["bookings"] == []


async def test_a_late_drop_is_told_as_late(stage: Stage) -> None:
    """Less than a day before the visit."""
    helper = await stage.helper("甲")
    request = await stage.request()
    await stage.assigned(request, helper)
    await stage.city.advance(hours=2)
    await stage.people[helper].done(f"{API}/matches/{request}/drop", {"reason": "ill"})
    await stage.city.settle()
    assert [one.late for one in await stage.told(m.AssignmentDropped)] == [True]
    assert (await stage.match(request))["state"] == "Exhausted"


@pytest.mark.parametrize(("path", "body"), [("no-show", {}), ("reassign", {"reason": "complaint"})])
async def test_an_assignment_is_taken_away(stage: Stage, path: str, body: dict[str, str]) -> None:
    """The time is free and another is asked."""
    near, far = await stage.helper("近"), await stage.helper("远", metres=900)
    request = await stage.request()
    await stage.assigned(request, near)
    await stage.coordinator.done(f"{API}/matches/{request}/{path}", body)
    await stage.city.settle()
    assert await stage.open_offer(request, far)
    assert len(await stage.told(m.BookingReleased)) == 1
