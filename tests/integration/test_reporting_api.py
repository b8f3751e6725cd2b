"""Reporting over HTTP, beside three services that only hold the events a test writes."""

import asyncio
import csv
import io
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
import pytest
from fastapi import APIRouter

from deploy.postgres import EmbeddedPostgres
from services.reporting.archive import keep
from services.reporting.service import SERVICE
from shared import ids
from shared.bus.envelope import Actor, Envelope
from shared.contracts import care, intake, matching
from shared.contracts.event import ERASED, Event
from shared.contracts.values import Category, Details, HoldReason, Residence, Sex, Slot, Standing, Urgency
from shared.eventstore.decider import Decider
from shared.eventstore.work import Work
from shared.roles import Role
from shared.service import Definition
from tests.harness import START, City, Client, running_city
from tests.unit.test_casefile import CADRE, FUNDING, HELPER, OTHER, REQUEST, received, registered

API = "/reporting/api/v1"
WHY = {"why": "yearly audit"}


def streams(category: str, *, by_cadre: bool = True) -> Decider[Event]:
    """Streams that take whatever is recorded."""
    return Decider(category, category, lambda _, event: event, lambda _, __, ___: (), by_cadre=by_cadre)


PERSON, CALL, GRANT, FILE = (
    streams("cadre"),
    streams("request"),
    streams("funding"),
    streams("helper", by_cadre=False),
)


@pytest.fixture
async def house(postgres: EmbeddedPostgres, tmp_path: Path) -> AsyncIterator[City]:
    """Reporting, and the stores of the three that own what it copies."""
    owners = [Definition(name, name, APIRouter()) for name in ("intake", "matching", "care")]
    async with running_city(postgres.superuser_dsn, tmp_path, [*owners, SERVICE]) as running:
        yield running


@pytest.fixture
def auditor(house: City) -> Client:
    """Who may read and replay everything."""
    return house.client(Role.AUDITOR, sub=str(ids.derive(START, "auditor")))


async def write(
    house: City,
    service: str,
    decider: Decider[Any],
    aggregate: UUID,
    *events: Event,
    cause: Envelope | None = None,
) -> Envelope:
    """These events in a service's store, a minute after what was before; gives the last envelope."""
    house.clock.advance(house.clock.now() + timedelta(minutes=1))
    work = Work(house.store(service), Actor("somebody", "operator"), cause=cause)
    await work.record(decider, aggregate, events)
    written = await house.store(service).commit(work)
    assert written.last is not None
    return written.last


async def a_request(house: City) -> Envelope:
    """A cadre who asked for help and got an offer because of it."""
    await write(house, "intake", PERSON, CADRE, registered())
    last = await write(house, "intake", CALL, REQUEST, received())
    await write(
        house,
        "matching",
        streams("match"),
        REQUEST,
        matching.MatchExhausted(request=REQUEST, cadre=CADRE, community=OTHER, round=1, asked=0),
        cause=last,
    )
    await house.settle()
    return last


async def test_every_envelope_is_kept_byte_for_byte(house: City) -> None:
    """As its owner has it, numbered without a gap."""
    await a_request(house)
    kept = await house.store("reporting").pool.fetch("SELECT * FROM archive.arrivals ORDER BY number")
    assert [row["number"] for row in kept] == [1, 2, 3]
    for row in kept:
        owned = await house.store(row["source"]).pool.fetchrow(
            "SELECT header, data, hash FROM store.events WHERE stream = $1 AND stream_version = $2",
            row["stream"],
            row["stream_version"],
        )
        assert owned is not None
        assert tuple(owned) == (row["header"], row["data"], row["hash"])


async def test_an_envelope_that_comes_twice_is_kept_once(house: City) -> None:
    """Even within one delivery, and by two processes at the same time; numbers stay as they were."""
    last = await a_request(house)
    pool = house.store("reporting").pool
    before = await pool.fetch("SELECT * FROM archive.arrivals ORDER BY number")
    later = replace(last, stream_version=2, id=ids.derive(START, "later"))
    done = await asyncio.gather(*(keep(pool, [last, later, later]) for _ in range(4)))
    assert sorted(done) == [0, 0, 0, 1]
    after = await pool.fetch("SELECT * FROM archive.arrivals ORDER BY number")
    assert after[:-1] == before
    assert after[-1]["number"] == len(after)


async def test_an_unknown_type_is_kept_and_told(house: City, auditor: Client) -> None:
    """A newer program's event is in the history under its name; only the views wait for the upgrade."""
    last = await a_request(house)
    newer = replace(
        last, type="intake.Newer", stream_version=2, id=ids.derive(last.recorded, "newer"), data=b'{"a":1}'
    )
    await house.system.services["reporting"].consumer.deliver([newer])
    found = await auditor.read(f"{API}/cadres/{CADRE}/history", kind="intake.Newer", **WHY)
    assert [(one["what"], one["details"]) for one in found["items"]] == [("intake.Newer", {"a": 1})]
    file = await auditor.read(f"{API}/cadres/{CADRE}/file", **WHY)
    assert file["file"]["requests"]
    assert file["version"] == 4
    parked = await house.client(Role.ADMIN).read(f"{API}/parked")
    assert [one["type"] for one in parked] == ["intake.Newer"]


async def test_a_history_says_who_what_when_why_and_because_of_what(house: City, auditor: Client) -> None:
    """In the order of recording, over all services, in the reader's language."""
    last = await a_request(house)
    found = await auditor.read(f"{API}/cadres/{CADRE}/history", **WHY)
    assert [one["what"] for one in found["items"]] == [
        "Entered in the register",
        "A request was received",
        "Nobody is left to ask",
    ]
    offer = found["items"][-1]
    assert (offer["cause"], offer["caused_by"]) == (str(last.id), "A request was received")
    assert (offer["who"], offer["role"], offer["case"]) == ("somebody", "operator", str(REQUEST))
    assert found["items"][0]["details"]["details"]["name"] == "王秀英"
    zh = await auditor.get(f"{API}/cadres/{CADRE}/history", params=WHY, headers={"Accept-Language": "zh"})
    assert zh.json()["items"][1]["what"] == "接到求助"


async def test_a_history_comes_in_pages_and_filtered(house: City, auditor: Client) -> None:
    """By cursor, service, type, case and time."""
    last = await a_request(house)
    path, seen, cursor = f"{API}/cadres/{CADRE}/history", [], ""
    while True:
        found = await auditor.read(path, limit=1, **WHY, **({"cursor": cursor} if cursor else {}))
        seen += [one["type"] for one in found["items"]]
        cursor = found["next"]
        if not cursor:
            break
    assert seen == ["intake.CadreRegistered", "intake.RequestReceived", "matching.MatchExhausted"]

    async def types(**query: Any) -> list[str]:
        return [one["type"] for one in (await auditor.read(path, **WHY, **query))["items"]]

    assert await types(kind="matching") == seen[2:]
    assert await types(kind=["matching", "intake.CadreRegistered"]) == [seen[0], seen[2]]
    assert await types(case=str(REQUEST)) == seen[1:]
    assert await types(to=last.recorded.isoformat()) == seen[:1]
    assert await types(**{"from": last.recorded.isoformat()}) == seen[1:]
    for bad in ({"cursor": "x"}, {"from": "0001-01-01T00:00:00+23:00"}, {"case": "x"}):
        assert (await auditor.get(path, params={**WHY, **bad})).status_code == 422
    assert await types(kind="\0") == []


async def test_a_history_as_csv_and_text(house: City, auditor: Client) -> None:
    """For Excel and for paper, in Chinese."""
    await a_request(house)
    path, zh = f"{API}/cadres/{CADRE}/history", {"Accept-Language": "zh"}
    table = await auditor.get(path, params={**WHY, "format": "csv"}, headers=zh)
    rows = list(csv.DictReader(io.StringIO(table.content.decode("utf-8-sig"))))
    assert [row["事项"] for row in rows] == ["老干部登记入册", "接到求助", "无人可派"]
    text = await auditor.get(path, params={**WHY, "format": "text"}, headers=zh)
    assert "王秀英" in text.text
    assert "起因: 接到求助" in text.text


async def test_nobody_reads_without_a_reason_or_a_right(house: City, auditor: Client) -> None:
    """422 says what to do; other roles may not; an unknown cadre is 404."""
    await a_request(house)
    path = f"{API}/cadres/{CADRE}/history"
    missing = await auditor.get(path)
    assert missing.status_code == 422
    assert missing.json()["errors"][0]["field"] == "why"
    assert (await auditor.get(path, headers={"X-Why": "%E5%AE%A1%E8%AE%A1"})).status_code == 200
    for role in (Role.ADMIN, Role.OPERATOR, Role.SECRETARY):
        assert (await house.client(role).get(path, params=WHY)).status_code == 403
    assert (await auditor.get(f"{API}/cadres/{HELPER}/file", params=WHY)).status_code == 404


async def test_each_reading_is_recorded_outside_the_history(house: City, auditor: Client) -> None:
    """Who, whose, what was asked and why; the history that was read doesn't grow."""
    await a_request(house)
    first = await auditor.read(f"{API}/cadres/{CADRE}/history", kind="intake", **WHY)
    await house.settle()
    second = await auditor.read(f"{API}/cadres/{CADRE}/history", kind="intake", **WHY)
    assert first == second
    await house.settle()
    found = (await auditor.read(f"{API}/readings", of=str(CADRE)))["items"]
    assert [(one["who"], one["what"], one["query"], one["why"]) for one in found] == [
        (str(ids.derive(START, "auditor")), "history", "kind=intake", "yearly audit")
    ] * 2
    assert (await house.client(Role.ADMIN).get(f"{API}/readings")).status_code == 403


async def test_the_history_of_an_erased_person_is_read_and_recorded(house: City, auditor: Client) -> None:
    """What was sealed says that it was destroyed; the rest is there."""
    await a_request(house)
    await house.store("reporting").vault.destroy(CADRE)
    found = await auditor.read(f"{API}/cadres/{CADRE}/history", **WHY)
    assert found["items"][0]["details"]["details"] == ERASED
    file = await auditor.read(f"{API}/cadres/{CADRE}/file", **WHY)
    assert file["file"]["facts"]["standing"]["category"] == "lixiu"
    await house.settle()
    found = (await auditor.read(f"{API}/readings"))["items"]
    assert [one["what"] for one in found] == [f"history of erased {CADRE}", f"file of erased {CADRE}"]


async def test_the_file_at_a_version_an_instant_and_a_time_of_truth(house: City, auditor: Client) -> None:
    """Four questions of one history."""
    path = f"{API}/cadres/{CADRE}/file"
    await a_request(house)
    known = house.clock.now()
    await house.advance(hours=1)
    start = house.clock.now().date()
    moved = intake.CadreMoved(
        cadre=CADRE,
        left=OTHER,
        community=HELPER,
        residence=Residence(address="新街 1 号"),
        valid_from=start + timedelta(days=10),
    )
    await write(house, "intake", PERSON, CADRE, moved)
    await house.settle()
    now = await auditor.read(path, **WHY)
    assert now["version"] == 4
    assert now["file"]["facts"]["residence"]["community"] == str(OTHER)
    assert await auditor.read(path, version=4, **WHY) == now
    assert await auditor.read(path, known_at=house.clock.now().isoformat(), **WHY) == {
        **await auditor.read(path, true_at=house.clock.now().isoformat(), **WHY)
    }
    then = (house.clock.now() + timedelta(days=20)).isoformat()
    later = await auditor.read(path, true_at=then, **WHY)
    assert later["file"]["facts"]["residence"]["address"] == "新街 1 号"
    before = await auditor.read(path, known_at=known.isoformat(), true_at=then, **WHY)
    assert before["file"]["facts"]["residence"]["community"] == str(OTHER)
    assert (await auditor.read(path, version=1, **WHY))["file"]["requests"] == {}


async def test_what_differs_between_two_versions(house: City, auditor: Client) -> None:
    """Field by field."""
    await a_request(house)
    held = intake.RequestHeld(request=REQUEST, cadre=CADRE, reason=HoldReason.WEATHER, until=None)
    await write(house, "intake", CALL, REQUEST, held)
    await house.settle()
    found = await auditor.read(f"{API}/cadres/{CADRE}/diff", from_version=3, **WHY)
    changed = {one["path"]: (one["before"], one["after"]) for one in found["differences"]}
    assert changed[f"requests.{REQUEST}.state"] == ("Received", "OnHold")
    assert changed[f"requests.{REQUEST}.reason"] == (None, "weather")
    assert not any("facts" in path for path in changed)


async def test_a_version_stays_what_it_was_when_something_comes_late(house: City, auditor: Client) -> None:
    """The number is that of arrival; the fold goes by the time of recording."""
    last = await a_request(house)
    before = await auditor.read(f"{API}/cadres/{CADRE}/file", version=3, **WHY)
    early = last.recorded - timedelta(microseconds=1)
    event = intake.RequestResumed(request=REQUEST, cadre=CADRE)
    late = replace(
        last,
        id=ids.derive(early, "late"),
        type=event.NAME,
        stream=f"request-{FUNDING}",
        recorded=early,
        data=orjson.dumps(event.model_dump(mode="json")),
    )
    await house.system.services["reporting"].consumer.deliver([late])
    assert await auditor.read(f"{API}/cadres/{CADRE}/file", version=3, **WHY) == before
    now = await auditor.read(f"{API}/cadres/{CADRE}/file", **WHY)
    assert [step["type"] for step in now["file"]["requests"][str(REQUEST)]["history"]] == [
        "intake.RequestResumed",
        "intake.RequestReceived",
    ]


async def test_merged_files_show_each_other(house: City, auditor: Client) -> None:
    """Each history has both; the file names the other."""
    await a_request(house)
    details = Details(name="王绣英")
    person = intake.CadreRegistered(
        cadre=OTHER,
        community=None,
        standing=Standing(category=Category.LIXIU, sex=Sex.FEMALE),
        details=details,
        valid_from=START.date(),
    )
    await write(house, "intake", PERSON, OTHER, person)
    merged = intake.CadresMerged(cadre=CADRE, merged=OTHER)
    await write(house, "intake", PERSON, CADRE, merged)
    await write(house, "intake", PERSON, OTHER, merged)
    await house.settle()
    one = await auditor.read(f"{API}/cadres/{CADRE}/history", **WHY)
    other = await auditor.read(f"{API}/cadres/{OTHER}/history", **WHY)
    assert one["items"] == other["items"]
    assert len(one["items"]) == 6
    assert (await auditor.read(f"{API}/cadres/{OTHER}/file", **WHY))["file"]["merged"] == [str(CADRE)]


async def test_a_case_is_a_tree_from_the_call_to_the_payment(house: City, auditor: Client) -> None:
    """Each entry under what caused it."""
    await a_request(house)
    draft = care.FundingDrafted(
        funding=FUNDING,
        request=REQUEST,
        cadre=CADRE,
        community=OTHER,
        unit="",
        fund="hardship",
        year=2026,
        amount=50000,
        emergency=False,
        purpose="surgery",
    )
    paid = care.FundingDisbursed(
        funding=FUNDING, request=REQUEST, cadre=CADRE, amount=50000, reference="bank 1"
    )
    await write(house, "care", GRANT, FUNDING, draft, paid)
    await house.settle()
    found = await auditor.read(f"{API}/cases/{REQUEST}/tree", **WHY)
    (root,) = found["tree"]
    assert root["type"] == "intake.RequestReceived"
    assert [one["type"] for one in root["follows"]] == ["matching.MatchExhausted", "care.FundingDrafted"]
    assert [one["type"] for one in root["follows"][1]["follows"]] == ["care.FundingDisbursed"]
    text = await auditor.get(f"{API}/cases/{REQUEST}/tree", params={**WHY, "format": "text"})
    assert "└─" in text.text
    assert (await auditor.get(f"{API}/cases/{HELPER}/tree", params=WHY)).status_code == 404


async def test_a_check_finds_what_was_changed_in_the_copy(house: City, auditor: Client) -> None:
    """The same at first; then a byte differs, a row is gone, the chain breaks."""
    await a_request(house)
    path = f"{API}/cadres/{CADRE}/check"
    found = (await auditor.post(path, params=WHY)).json()
    assert (found["same"], found["compared"], found["streams"]) == (True, 3, 3)
    pool = house.store("reporting").pool
    await pool.execute("UPDATE archive.arrivals SET data = data || ' ' WHERE stream = $1", f"cadre-{CADRE}")
    await pool.execute("DELETE FROM archive.arrivals WHERE stream = $1", f"match-{REQUEST}")
    found = (await auditor.post(path, params=WHY)).json()
    assert not found["same"]
    assert found["different"] == found["broken"] == [f"cadre-{CADRE}@1"]
    assert found["missing"] == [f"match-{REQUEST}@1"]


async def test_a_check_covers_streams_that_are_not_the_cadres_own(house: City, auditor: Client) -> None:
    """A helper's stream is compared whole, and what it tells of others isn't taken for extra."""
    slot = Slot(start=START, end=START + timedelta(hours=1))

    def booked(cadre: UUID) -> Event:
        return matching.BookingMade(helper=HELPER, booking=cadre, request=REQUEST, cadre=cadre, slot=slot)

    await write(house, "matching", FILE, HELPER, booked(CADRE), booked(OTHER), booked(CADRE))
    await house.settle()
    found = (await auditor.post(f"{API}/cadres/{CADRE}/check", params=WHY)).json()
    assert (found["same"], found["compared"]) == (True, 3)


async def test_the_history_is_rebuilt_from_the_archive(house: City, auditor: Client) -> None:
    """Beside the live one; what differed is told, and afterwards it is right again."""
    await a_request(house)
    admin = house.client(Role.ADMIN)
    assert await admin.read(f"{API}/views") == ["history", "readings", "figures"]
    before = await auditor.read(f"{API}/cadres/{CADRE}/history", **WHY)
    pool = house.store("reporting").pool
    await pool.execute("DELETE FROM view_history.entries WHERE type = 'matching.MatchExhausted'")
    answer = await admin.command(f"{API}/views/history/rebuild")
    last = orjson.loads(answer.text.splitlines()[-1])
    assert last["state"] == "swapped"
    assert last["differences"] == {"entries": {"only_old": 0, "only_new": 1}}
    assert await auditor.read(f"{API}/cadres/{CADRE}/history", **WHY) == before
    again = await admin.command(f"{API}/views/history/rebuild")
    assert orjson.loads(again.text.splitlines()[-1])["differences"]["entries"] == {
        "only_old": 0,
        "only_new": 0,
    }
    names = await pool.fetch(
        "SELECT indexname AS name FROM pg_indexes WHERE schemaname = 'view_history' ORDER BY 1"
    )
    assert [row["name"] for row in names] == ["entries_number", "entries_recorded"]
    assert (await house.client(Role.AUDITOR).command(f"{API}/views/history/rebuild")).status_code == 403


async def test_the_figures_of_the_bureau(house: City, auditor: Client) -> None:
    """Requests by state, time to match, hours, communities, funds."""
    await a_request(house)
    await house.advance(minutes=30)
    assigned = intake.RequestAssigned(request=REQUEST, cadre=CADRE, helper=HELPER, slot=None)
    held = intake.RequestHeld(request=REQUEST, cadre=CADRE, reason=HoldReason.WEATHER, until=None)
    resumed = intake.RequestResumed(request=REQUEST, cadre=CADRE)
    await write(house, "intake", CALL, REQUEST, assigned, held, resumed)
    credit = matching.HoursCredited(helper=HELPER, booking=OTHER, request=REQUEST, cadre=CADRE, minutes=45)
    await write(house, "matching", FILE, HELPER, credit, credit)
    approved = care.FundingApproved(
        funding=FUNDING, request=REQUEST, cadre=CADRE, amount=40000, level=1, final=True
    )
    reserved = care.FundsReserved(funding=FUNDING, request=REQUEST, cadre=CADRE, budget=OTHER, amount=40000)
    await write(house, "care", GRANT, FUNDING, approved, reserved)
    await house.settle()
    path = f"{API}/figures"
    assert await auditor.read(f"{path}/requests") == [
        {"state": "Assigned", "service": "meals", "urgency": Urgency.ROUTINE.value, "requests": 1}
    ]
    (matched,) = await auditor.read(f"{path}/matching")
    assert (matched["requests"], matched["matched"]) == (1, 1)
    assert matched["median_seconds"] == pytest.approx(32 * 60, abs=1)
    assert [(one["minutes"], one["visits"]) for one in await auditor.read(f"{path}/hours")] == [(90, 2)]
    assert [(one["minutes"]) for one in await auditor.read(f"{path}/helpers")] == [90]
    assert [(one["open"], one["late"]) for one in await auditor.read(f"{path}/communities")] == [(1, 0)]
    (fund,) = await auditor.read(f"{path}/funds")
    assert (fund["state"], fund["grants"], fund["amount"]) == ("Reserved", 1, 40000)
    assert await auditor.read(f"{path}/deadlines") == []
    assert (await house.client(Role.OPERATOR).get(f"{path}/funds")).status_code == 403
