"""Simulated traffic on the whole system: everything holds, and every check is shown to be able to fail."""

import dataclasses
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
import orjson
import pytest

from deploy.client import Client, Signer
from deploy.demo.filling import fill
from deploy.demo.traffic import checks, laws
from deploy.demo.traffic.crew import Crew
from deploy.demo.traffic.desk import Desk
from deploy.demo.traffic.ledger import Entry, Ledger
from deploy.demo.traffic.people import ADMIN, read_town
from deploy.demo.traffic.simulate import NotADemoError, Plan, simulate, virtual_pace
from deploy.demo.traffic.stored import Events, Finding, Stored, read_events
from services.intake.catalogue import define_services
from shared.eventstore.opening import Kind
from shared.eventstore.rebuild import rebuild
from tests.harness import City, running_city
from tests.postgres import Postgres
from tests.shuffled import ShuffledPast

REQUESTS = 14


@dataclass
class Played:
    """A city in which a few days were played, and what its people were told."""

    city: City
    client: Client
    ledger: Ledger
    events: Events


@pytest.fixture(scope="module")
async def played(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Played]:
    """One small simulation, played once for all tests here."""
    async with running_city(postgres.superuser_dsn, tmp_path_factory.mktemp("files")) as city:
        await define_services(city.store("intake"))
        transport = httpx.ASGITransport(app=city.gateway)
        async with Client("http://city", Signer(city.key), transport=transport) as client:
            await fill(client, 5, lambda _: None)
            await city.settle()
            town = await read_town(client)
            crew = Crew(Desk(client, virtual_pace(client, city.clock.now()), "played"), town, 5)
            start = city.clock.now()
            await crew.work([start + timedelta(hours=2 * number) for number in range(REQUESTS)], lives=4)
            await city.settle()
            yield Played(city, client, crew.desk.ledger, await read_events(client, ADMIN))


def without(events: Events, gone: Stored) -> Events:
    """All events but this one."""
    return Events(
        {name: [one for one in found if one is not gone] for name, found in events.by_service.items()}
    )


def with_(events: Events, service: str, *added: Stored) -> Events:
    """All events and these."""
    return Events({**events.by_service, service: [*events.by_service[service], *added]})


def copy(event: Stored, **attributes: Any) -> Stored:
    """The same event with other attributes."""
    return Stored({**event.attributes, **attributes})


@pytest.mark.parametrize("seed", range(3))
async def test_views_rely_on_no_order_between_keys(played: Played, seed: int) -> None:
    """Over Kafka the events of two keys, or of two services, come in any order: the views are the same."""
    for running in played.city.system.services.values():
        past = running.past
        for view in running.definition.views:
            running.past = ShuffledPast(past, seed)
            mixed = [orjson.loads(line) async for line in rebuild(running, view)][-1]
            running.past = past
            differing = {table: told for table, told in mixed["differences"].items() if any(told.values())}
            assert differing == {}, f"{running.name}.{view.name}"


async def test_everything_holds_after_traffic(played: Played) -> None:
    """Each check looks at something and finds nothing wrong."""
    findings = await checks.check_all(played.client, played.ledger, "test-check-all")
    assert {finding.name: finding.wrong for finding in findings if finding.wrong} == {}
    assert all(finding.looked_at for finding in findings)


async def test_a_simulation_reports_what_it_did(played: Played) -> None:
    """The report counts branches and checks, and says that all is good."""
    report = await simulate(played.client, Plan(requests=3, seed=11, days=1))
    assert report.good, report.told["checks"]
    assert report.told["branches"]["received"] >= 1
    assert report.told["commands"]["acknowledged"] > 3


async def test_a_lost_command_is_found(played: Played) -> None:
    """An acknowledged command whose event is not in the store."""
    entry = next(one for one in played.ledger.acknowledged if one.position)
    lost = next(event for event in played.events if event.position == entry.position)
    assert laws.acknowledged_once(played.events, played.ledger).wrong == []
    assert laws.acknowledged_once(without(played.events, lost), played.ledger).wrong


async def test_a_command_done_twice_is_found(played: Played) -> None:
    """A second execution has ids of its own that count from nought again."""
    made = next(event for event in played.events if event.command.startswith("played"))
    later = (made.recorded + timedelta(microseconds=500)).isoformat()
    twice = copy(made, recordedtime=later, streamversion=made.version + 1)
    assert laws.acknowledged_once(with_(played.events, "intake", twice), played.ledger).wrong


async def test_a_refused_command_that_left_an_event_is_found(played: Played) -> None:
    """Refused means that nothing is written."""
    made = next(event for event in played.events if event.command.startswith("played"))
    refused = Entry("intake", "intake.ReceiveRequest", made.actor, made.command, 409, "")
    spoiled = dataclasses.replace(played.ledger, refused=[refused])
    assert laws.acknowledged_once(played.events, spoiled).wrong


async def test_a_reaction_that_ran_twice_is_found(played: Played) -> None:
    """Its effect stands there a second time."""
    effect = next(event for event in played.events if event.actor == "system:matching/open_match")
    later = (effect.recorded + timedelta(microseconds=500)).isoformat()
    assert laws.reactions_once(played.events).wrong == []
    assert laws.reactions_once(with_(played.events, "matching", copy(effect, recordedtime=later))).wrong


async def test_a_reaction_that_never_ran_is_found(played: Played) -> None:
    """A helper was assigned, and no visit is there."""
    visit = played.events.of("care.VisitScheduled")[0]
    assert laws.reactions_once(without(played.events, visit)).wrong


async def test_a_gap_in_a_stream_is_found(played: Played) -> None:
    """A version is missing."""
    middle = next(event for event in played.events if event.type == "intake.RequestTriaged")
    assert laws.streams_whole(played.events).wrong == []
    assert laws.streams_whole(without(played.events, middle)).wrong


async def test_an_offer_that_outlives_its_time_is_found(played: Played) -> None:
    """Its outcome is missing, and its time is over."""
    outcome = played.events.of(*laws.OUTCOMES)[0]
    later = played.city.clock.now() + timedelta(days=60)
    assert laws.offers_answered(played.events, later).wrong == []
    assert laws.offers_answered(without(played.events, outcome), later).wrong


async def test_an_offer_with_two_outcomes_is_found(played: Played) -> None:
    """Accepted, and accepted again."""
    outcome = played.events.of(*laws.OUTCOMES)[0]
    assert laws.offers_answered(with_(played.events, "matching", outcome), played.city.clock.now()).wrong


async def test_a_booking_that_overlaps_is_found(played: Played) -> None:
    """The same helper at the same time for another booking, neither given back."""
    enrolled = played.events.of("matching.HelperEnrolled")
    persons = {one["helper"] for one in enrolled if one["kind"] in {"volunteer", "staff"}}
    moved = {one["booking"] for one in played.events.of("matching.BookingMoved")}
    booking = next(
        one
        for one in played.events.of("matching.BookingMade")
        if one["helper"] in persons and one["booking"] not in moved
    )
    kept = [
        event for event in played.events.by_service["matching"] if event.type != "matching.BookingReleased"
    ]
    fields = {**booking.data, "booking": "another"}
    other = copy(booking, data=orjson.dumps(fields).decode())
    spoiled = Events({**played.events.by_service, "matching": [*kept, other]})
    assert laws.bookings_apart(played.events).wrong == []
    assert laws.bookings_apart(spoiled).wrong


async def test_a_fen_too_many_is_found(played: Played) -> None:
    """The list of budgets shows another figure than the events add up to."""
    folded = laws.budgets_fold(played.events)
    shown: list[dict[str, Any]] = [{"budget": budget, **figures} for budget, figures in folded.items()]
    assert laws.budgets_to_the_fen(played.events, shown).wrong == []
    shown[0]["spent"] = shown[0]["spent"] + 1
    assert laws.budgets_to_the_fen(played.events, shown).wrong


async def test_a_request_in_no_list_is_found(played: Played) -> None:
    """A list forgot one; another has a state that nobody knows."""
    states = {str(event["request"]): "Closed" for event in played.events.of("intake.RequestReceived")}
    assert laws.requests_listed(played.events, states, checks.STATES).wrong == []
    first = next(iter(states))
    assert laws.requests_listed(played.events, {**states, first: "Limbo"}, checks.STATES).wrong
    del states[first]
    assert laws.requests_listed(played.events, states, checks.STATES).wrong


async def test_a_read_model_that_is_no_fold_is_found(played: Played) -> None:
    """A row was changed behind the events' back; the rebuild tells it, and puts it right."""
    store = played.city.store("intake")
    await store.pool.execute(
        "UPDATE requests SET note = 'changed by hand' WHERE id = (SELECT min(id::text)::uuid FROM requests)"
    )
    assert (await checks.views_are_folds(played.client, "test-spoiled")).wrong
    assert (await checks.views_are_folds(played.client, "test-mended")).wrong == []


async def test_something_parked_is_found(played: Played) -> None:
    """An event that failed and was parked."""
    store = played.city.store("care")
    await store.pool.execute(
        "INSERT INTO store.held"
        " (consumer, key, source, stream, stream_version, header, data, attempts, parked_at)"
        " SELECT 'care', 'spoiled', 'intake', stream, stream_version, header, data, 5, now()"
        " FROM store.events LIMIT 1"
    )
    try:
        assert (await checks.nothing_waits(played.client, patience=0)).wrong
    finally:
        await store.pool.execute("DELETE FROM store.held WHERE key = 'spoiled'")
    assert (await checks.nothing_waits(played.client)).wrong == []


async def test_a_copy_that_differs_is_found(played: Played) -> None:
    """A byte of reporting's copy was changed."""
    pool = played.city.store("reporting").pool
    cadre = played.events.of("intake.RequestReceived")[-1]["cadre"]
    number = await pool.fetchval(
        "SELECT a.number FROM view_history.entries e JOIN archive.arrivals a USING (number)"
        " WHERE e.cadre = $1 LIMIT 1",
        cadre,
    )
    await pool.execute("UPDATE archive.arrivals SET data = data || ' '::bytea WHERE number = $1", number)
    try:
        assert (await checks.reporting_agrees(played.client, played.events)).wrong
    finally:
        await pool.execute(
            "UPDATE archive.arrivals SET data = substring(data FROM 1 FOR length(data) - 1)"
            " WHERE number = $1",
            number,
        )
    assert (await checks.reporting_agrees(played.client, played.events)).wrong == []


async def test_what_was_strange_on_the_way_is_told() -> None:
    """A journey that broke is a finding."""
    finding: Finding = checks.nothing_strange(Ledger(strange=["a journey broke"]))
    assert finding.wrong == ["a journey broke"]


async def test_a_bureaus_own_data_are_refused(played: Played) -> None:
    """Nobody simulates on data that aren't a demo's."""
    system = played.city.system
    kind, system.kind = system.kind, Kind(demo=False, virtual=False)
    try:
        with pytest.raises(NotADemoError):
            await simulate(played.client, Plan(requests=1))
    finally:
        system.kind = kind


async def test_the_same_seed_tells_the_same_stories(played: Played) -> None:
    """Who calls, for what and how it goes depends on the seed alone."""
    town = await read_town(played.client)
    desk = Desk(played.client, virtual_pace(played.client, played.city.clock.now()), "none")
    once, again, other = (
        [Crew(desk, town, seed).scene(f"{number:05}").cadre.id for number in range(20)] for seed in (5, 5, 6)
    )
    assert once == again != other
