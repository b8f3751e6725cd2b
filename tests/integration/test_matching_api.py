"""Matching as it runs: the cascade, the races, what crosses. Intake and care say what the test wants."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from fastapi import APIRouter

from deploy.postgres import EmbeddedPostgres
from services.matching.service import SERVICE
from shared import ids
from shared.bus.envelope import Actor
from shared.contracts import care, intake
from shared.contracts import matching as m
from shared.contracts.event import Event
from shared.contracts.values import (
    CadreSide,
    CancelReason,
    Category,
    Channel,
    Details,
    Elements,
    HelperKind,
    HoldReason,
    Point,
    RejectReason,
    ReopenReason,
    Residence,
    Sex,
    Slot,
    Standing,
    Urgency,
    WithdrawReason,
)
from shared.eventstore.decider import Decider
from shared.eventstore.work import Work
from shared.roles import Role
from shared.service import Definition
from tests.harness import START, City, Client, running_city

HERE, ELSEWHERE = ids.derive(START, "here"), ids.derive(START, "elsewhere")
HOME = Point.of(129.6, 44.6)
API = "/matching/api/v1"
TELLERS = {
    category: Decider[int](category, category, lambda state, _: (state or 0) + 1, lambda *_: [])
    for category in ("cadre", "request", "visit")
}


@dataclass
class Stage:
    """Matching with a coordinator, and what the test lets intake and care say."""

    city: City
    coordinator: Client
    cadre: UUID = field(default_factory=uuid4)
    people: dict[UUID, Client] = field(default_factory=dict)

    async def say(self, service: str, category: str, about: UUID, *events: Event) -> None:
        """Another service says this; returns once it has had its effect."""
        work = Work(self.city.store(service), Actor("operator", "operator"))
        await work.record(TELLERS[category], about, events)
        await work.store.commit(work)
        await self.city.settle()

    async def helper(self, name: str, *, metres: int = 100, **changes: Any) -> UUID:
        """Somebody is enrolled, so far to the north of the cadre."""
        home = Point.of(129.6, 44.6 + metres / 111_195)
        answer = await self.coordinator.done(
            f"{API}/helpers",
            {
                "kind": "volunteer",
                "community": str(HERE),
                "skills": [{"code": "shopping"}],
                "capacity": 5,
                "profile": {"name": name, "phone": "+8613900000001", "home": home.model_dump()},
                **changes,
            },
        )
        helper = UUID(answer["id"])
        self.people[helper] = self.city.client(Role.VOLUNTEER, communities=[], helper=helper)
        return helper

    async def register(self) -> None:
        """The cadre is in the register."""
        standing = Standing(category=Category.LIXIU, sex=Sex.FEMALE)
        details = Details(name="张桂兰", phones=("+8613900000188",), address="河南街道 12 号", home=HOME)
        await self.say(
            "intake",
            "cadre",
            self.cadre,
            intake.CadreRegistered(
                cadre=self.cadre,
                community=HERE,
                standing=standing,
                details=details,
                valid_from=date(2026, 1, 1),
            ),
        )

    async def request(
        self, urgency: Urgency = Urgency.ROUTINE, slot: Slot | None = None, **changes: Any
    ) -> UUID:
        """The cadre asks for shopping, tomorrow at ten unless another time is said."""
        request = ids.draw(self.city.clock.now())
        fields: dict[str, Any] = {
            "request": request,
            "cadre": self.cadre,
            "community": HERE,
            "service": "shopping",
            "urgency": urgency,
            "slot": slot or tomorrow(25),
            **changes,
        }
        received = intake.RequestReceived(
            **fields,
            covered=True,
            channel=Channel.PHONE,
            linked=None,
            likely=(),
            caller=None,
            elements=Elements(what="米和油"),
        )
        triaged = intake.RequestTriaged(
            **fields,
            skills=("shopping",),
            helper_kinds=(HelperKind.VOLUNTEER,),
            minutes=60,
            side=CadreSide(home=HOME),
            triaged_by="operator",
        )
        await self.say("intake", "request", request, received, triaged)
        return request

    async def match(self, request: UUID) -> Any:
        """The match as a coordinator sees it."""
        return await self.coordinator.read(f"{API}/matches/{request}")

    async def open_offer(self, request: UUID, helper: UUID) -> str:
        """The offer that is open to a helper."""
        offers = (await self.match(request))["offers"]
        (found,) = [one for one in offers if one["helper"] == str(helper) and one["state"] == "Open"]
        return str(found["offer"])

    async def accept(self, request: UUID, helper: UUID) -> Any:
        """The helper says yes; gives the answer, whatever it is."""
        offer = await self.open_offer(request, helper)
        return await self.people[helper].command(f"{API}/matches/{request}/accept", {"offer": offer})

    async def assigned(self, request: UUID, helper: UUID) -> m.HelperAssigned:
        """The helper says yes and has it."""
        answer = await self.accept(request, helper)
        assert answer.is_success, answer.text
        await self.city.settle()
        told: list[m.HelperAssigned] = await self.told(m.HelperAssigned)
        return [one for one in told if one.request == request][-1]

    async def told(self, *kinds: type[Event]) -> list[Any]:
        """What matching has told, of these kinds."""
        return [event for event in await self.city.events("matching") if isinstance(event, kinds)]


def tomorrow(hours: float, length: float = 1) -> Slot:
    """So many hours after the start, which is nine on Monday."""
    begin = START + timedelta(hours=hours)
    return Slot(start=begin, end=begin + timedelta(hours=length))


@pytest.fixture
async def stage(postgres: EmbeddedPostgres, tmp_path: Path) -> AsyncIterator[Stage]:
    """Matching, a silent intake and a silent care."""
    silent = [Definition(name, name, APIRouter()) for name in ("intake", "care")]
    async with running_city(postgres.superuser_dsn, tmp_path, [SERVICE, *silent]) as city:
        coordinator = city.client(Role.COORDINATOR, communities=[HERE])
        stage = Stage(city, coordinator)
        await stage.register()
        yield stage


def states(match: Any) -> list[tuple[str, str]]:
    """What became of each offer, in order."""
    return [(offer["name"], offer["state"]) for offer in match["offers"]]


# The cascade


async def test_the_nearest_is_asked_and_a_no_goes_to_the_next(stage: Stage) -> None:
    """Each offer follows a ranking of its own; when nobody is left, the coordinator's list shows it."""
    near, far = await stage.helper("近", metres=100), await stage.helper("远", metres=900)
    request = await stage.request()
    match = await stage.match(request)
    assert match["state"] == "Offering"
    assert [one["name"] for one in match["ranking"]["ranked"]] == ["近", "远"]
    for helper in (near, far):
        offer = await stage.open_offer(request, helper)
        body = {"offer": offer, "reason": "busy"}
        await stage.people[helper].done(f"{API}/matches/{request}/decline", body)
        await stage.city.settle()
    match = await stage.match(request)
    assert match["state"] == "Exhausted"
    assert states(match) == [("近", "Declined"), ("远", "Declined")]
    assert match["ranking"]["excluded"] == [{"rule": "already_asked", "count": 2}]
    todo = await stage.coordinator.read(f"{API}/matches", state="todo")
    assert [one["request"] for one in todo["items"]] == [str(request)]


async def test_an_offer_expires_by_the_clock(stage: Stage) -> None:
    """After four hours the next is asked."""
    await stage.helper("近", metres=100)
    await stage.helper("远", metres=900)
    request = await stage.request()
    await stage.city.advance(hours=3, minutes=59)
    assert states(await stage.match(request)) == [("近", "Open")]
    await stage.city.advance(minutes=1, seconds=1)
    assert states(await stage.match(request)) == [("近", "Expired"), ("远", "Open")]


async def test_a_yes_takes_the_helpers_time_and_tells_the_address(stage: Stage) -> None:
    """Before it only what they need to decide; the timer of the offer is gone."""
    helper = await stage.helper("近", metres=105)
    request = await stage.request()
    person = stage.people[helper]
    (offer,) = (await person.read(f"{API}/offers"))["items"]
    assert (offer["service"], offer["metres"] // 10, offer["address"]) == ("shopping", 10, None)
    assert offer["cadre_name"] is offer["elements"] is None
    assigned = await stage.assigned(request, helper)
    (offer,) = (await person.read(f"{API}/offers", state="Accepted"))["items"]
    assert (offer["address"], offer["cadre_name"]) == ("河南街道 12 号", "张桂兰")
    assert offer["elements"]["what"] == "米和油"
    file = await person.read(f"{API}/helpers/{helper}")
    assert [one["booking"] for one in file["bookings"]] == [str(assigned.booking)]
    await stage.city.advance(days=1)
    assert (await stage.match(request))["state"] == "Assigned"


# Races


async def test_of_two_who_accept_at_once_the_first_has_it(stage: Stage) -> None:
    """The others are told with a 409 that says so, and only one time is taken."""
    helpers = [await stage.helper(name) for name in ("甲", "乙", "丙")]
    request = await stage.request(Urgency.RESCUE)
    assert [state for _, state in states(await stage.match(request))] == ["Open"] * 3
    answers = await asyncio.gather(*(stage.accept(request, helper) for helper in helpers))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409]
    assert {answer.json()["type"] for answer in answers if answer.status_code == 409} == {
        "urn:jiujin:problem:FirstCame"
    }
    await stage.city.settle()
    assert len(await stage.told(m.BookingMade)) == 1
    assert sorted(state for _, state in states(await stage.match(request))) == [
        "Accepted",
        "Revoked",
        "Revoked",
    ]


async def test_nobody_is_in_two_places(stage: Stage) -> None:
    """Of two offers for the same hour the second yes is refused, and that match stays as it was."""
    helper = await stage.helper("甲")
    requests = [await stage.request(), await stage.request()]
    answers = await asyncio.gather(*(stage.accept(request, helper) for request in requests))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    (refused,) = [answer for answer in answers if answer.status_code == 409]
    assert refused.json()["type"] == "urn:jiujin:problem:Overlap"
    await stage.city.settle()
    assert sorted([(await stage.match(request))["state"] for request in requests]) == ["Assigned", "Offering"]


async def test_an_offer_is_answered_by_who_was_asked(stage: Stage) -> None:
    """For anybody else it isn't there."""
    helper, other = await stage.helper("近"), await stage.helper("远", metres=900)
    request = await stage.request()
    offer = await stage.open_offer(request, helper)
    stranger = stage.people[other]
    answer = await stranger.command(f"{API}/matches/{request}/accept", {"offer": offer})
    assert answer.status_code == 404
    assert (await stranger.get(f"{API}/offers/{offer}")).status_code == 404


# What crosses


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
    await stage.say("care", "visit", uuid4(), _done(assigned))
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


# Visits


def _visit(assigned: m.HelperAssigned) -> dict[str, Any]:
    return {
        "visit": uuid4(),
        "request": assigned.request,
        "cadre": assigned.cadre,
        "helper": assigned.helper,
        "booking": assigned.booking,
    }


def _done(assigned: m.HelperAssigned) -> care.VisitDone:
    return care.VisitDone(**_visit(assigned), minutes=50, solved=True, needs=(), outcome="买好了")


async def test_a_visit_done_credits_the_hours(stage: Stage) -> None:
    """And frees the time."""
    helper = await stage.helper("甲")
    assigned = await stage.assigned(await stage.request(), helper)
    await stage.say("care", "visit", uuid4(), _done(assigned))
    file = await stage.coordinator.read(f"{API}/helpers/{helper}")
    assert (file["minutes"], file["visits"], file["bookings"]) == (50, 1, [])
    assert file["last_30_days"] == {"visits": 1, "minutes": 50}


async def test_a_missed_visit_is_a_no_show(stage: Stage) -> None:
    """Somebody else is asked."""
    near, far = await stage.helper("近"), await stage.helper("远", metres=900)
    request = await stage.request()
    assigned = await stage.assigned(request, near)
    await stage.say("care", "visit", uuid4(), care.VisitMissed(**_visit(assigned)))
    assert len(await stage.told(m.NoShowRecorded)) == 1
    assert await stage.open_offer(request, far)


async def test_a_move_is_answered(stage: Stage) -> None:
    """Moved when the helper is free, refused with the reason when not."""
    helper = await stage.helper("甲")
    assigned = await stage.assigned(await stage.request(), helper)
    await stage.assigned(await stage.request(slot=tomorrow(30)), helper)
    for hours in (27, 30.5):
        wish = care.VisitMoveRequested(**_visit(assigned), slot=tomorrow(hours))
        await stage.say("care", "visit", uuid4(), wish)
    answers = await stage.told(m.BookingMoved, m.BookingRefused)
    assert [type(answer) for answer in answers] == [m.BookingMoved, m.BookingRefused]
    assert answers[1].reason == "booked"
    assert datetime.fromisoformat((await stage.match(assigned.request))["starts"]) == tomorrow(27).start


async def test_another_try_books_the_helper_anew(stage: Stage) -> None:
    """Nobody opened: the time is free, and taken again under the same booking when care asks."""
    helper = await stage.helper("甲")
    assigned = await stage.assigned(await stage.request(), helper)
    about = _visit(assigned)
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
    await stage.say("care", "visit", about["visit"], _done(assigned))
    assert [one.reason for one in await stage.told(m.BookingReleased)] == ["no_answer", "done"]


async def test_another_try_is_refused_once_the_helper_is_out(stage: Stage) -> None:
    """Reassigned meanwhile: what comes late takes nobody's time."""
    helper = await stage.helper("甲")
    assigned = await stage.assigned(await stage.request(), helper)
    about = _visit(assigned)
    await stage.say("care", "visit", about["visit"], care.NoAnswerRecorded(**about, frail=False))
    await stage.coordinator.done(f"{API}/matches/{assigned.request}/reassign", {"reason": "换人"})
    await stage.say("care", "visit", about["visit"], care.VisitMoveRequested(**about, slot=tomorrow(49)))
    assert [one.reason for one in await stage.told(m.BookingRefused)] == ["released"]
    assert (await stage.coordinator.read(f"{API}/helpers/{helper}"))["bookings"] == []


# What a coordinator does


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


async def test_a_coordinator_chooses_a_helper(stage: Stage) -> None:
    """Even one whom the ranking excludes for a skill; revoked, the cascade goes on."""
    near = await stage.helper("近")
    chosen = await stage.helper("选", skills=[])
    request = await stage.request()
    await stage.coordinator.done(f"{API}/matches/{request}/offers", {"helper": str(chosen)})
    await stage.city.settle()
    offer = await stage.open_offer(request, chosen)
    await stage.coordinator.done(f"{API}/matches/{request}/revoke", {"offer": offer})
    await stage.city.settle()
    match = await stage.match(request)
    assert (match["state"], states(match)) == ("Offering", [("近", "Open"), ("选", "Revoked")])
    assert await stage.open_offer(request, near)


async def test_ranking_again_asks_who_said_nothing(stage: Stage) -> None:
    """In a new round."""
    helper = await stage.helper("甲")
    request = await stage.request()
    await stage.city.advance(hours=4, seconds=1)
    assert (await stage.match(request))["state"] == "Exhausted"
    await stage.coordinator.done(f"{API}/matches/{request}/rank-again")
    await stage.city.settle()
    assert (await stage.match(request))["round"] == 2
    assert await stage.open_offer(request, helper)


async def test_a_ranking_is_explained_from_its_position(stage: Stage) -> None:
    """Rank and parts of then, though the skills have changed; the rule for who was excluded."""
    near, far = await stage.helper("近"), await stage.helper("远", metres=900)
    other = await stage.helper("别", skills=[])
    request = await stage.request()
    recorded = (await stage.match(request))["ranking"]["ranked"]
    await stage.coordinator.done(f"{API}/helpers/{near}/skills", {"skills": []})
    late = await stage.helper("晚")
    await stage.city.settle()
    path = f"{API}/matches/{request}/explain"
    for rank, helper in enumerate((near, far), 1):
        found = await stage.coordinator.read(path, helper=helper)
        assert (found["rank"], found["excluded"], found["considered"]) == (rank, None, 3)
        wanted = {name: value for name, value in recorded[rank - 1].items() if name != "name"}
        assert found["candidate"] == wanted
    assert (await stage.coordinator.read(path, helper=other))["excluded"] == "skill"
    assert (await stage.coordinator.get(path, params={"helper": str(late)})).status_code == 404


# The file


def _row(name: str, **changes: Any) -> dict[str, Any]:
    return {
        "natural": name.encode().hex().ljust(64, "0"),
        "fingerprint": "1" * 64,
        "kind": "volunteer",
        "community": str(HERE),
        "skills": [],
        "capacity": 3,
        "profile": {"name": name},
        **changes,
    }


async def test_rows_are_entered_together_and_once(stage: Stage) -> None:
    """Each says what became of it; the importer reads what is known."""
    admin = stage.city.client(Role.ADMIN)
    rows = [_row("李敏"), _row("王强")]
    first = await admin.done(f"{API}/helpers/import", {"items": rows})
    assert [one["outcome"] for one in first["found"]] == ["created", "created"]
    rows[1] = _row("王强", capacity=4, fingerprint="2" * 64)
    second = await admin.done(f"{API}/helpers/import", {"items": rows})
    assert [one["outcome"] for one in second["found"]] == ["unchanged", "changed"]
    assert [one["helper"] for one in first["found"]] == [one["helper"] for one in second["found"]]
    known = await admin.read(f"{API}/helpers/import", after=second["position"])
    assert len(known["items"]) == 2
    wrong = await admin.command(f"{API}/helpers/import", {"items": [_row("赵一"), _row("赵二", capacity=0)]})
    assert wrong.status_code == 422
    assert len(await stage.told(m.HelperEnrolled)) == 2


async def test_the_file_is_searched_in_pages(stage: Stage) -> None:
    """By name, pinyin, initials and phone, in the order of pinyin; within one's communities."""
    for name in ("张伟", "李敏", "李明"):
        await stage.helper(name)
    await stage.city.settle()

    async def names(**query: Any) -> list[str]:
        found = await stage.coordinator.read(f"{API}/helpers", **query)
        return [one["name"] for one in found["items"]]

    assert await names() == ["李敏", "李明", "张伟"]
    assert await names(q="limin") == ["李敏", "李明"]
    assert await names(q="zw") == ["张伟"]
    assert await names(q="李") == ["李敏", "李明"]
    assert len(await names(q="0001")) == 3
    page = await stage.coordinator.read(f"{API}/helpers", limit=2)
    assert await names(cursor=page["next"]) == ["张伟"]
    assert (await stage.coordinator.get(f"{API}/helpers", params={"cursor": "x"})).status_code == 422
    stranger = stage.city.client(Role.COORDINATOR, communities=[ELSEWHERE])
    assert (await stranger.read(f"{API}/helpers"))["items"] == []


async def test_the_board_is_read_in_pages(stage: Stage) -> None:
    """The most urgent first."""
    await stage.helper("甲")
    requests = [await stage.request()]
    await stage.city.advance(minutes=1)
    requests.append(await stage.request(slot=tomorrow(30)))
    requests.insert(0, await stage.request(Urgency.RESCUE))
    first = await stage.coordinator.read(f"{API}/matches", limit=1)
    rest = await stage.coordinator.read(f"{API}/matches", cursor=first["next"])
    listed = [one["request"] for one in (*first["items"], *rest["items"])]
    assert listed == [str(request) for request in requests]
