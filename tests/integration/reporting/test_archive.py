"""The archive: every envelope is kept, checked against its owner, and enough to rebuild from."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import orjson

from services.reporting.archive import keep
from shared import ids
from shared.contracts import matching
from shared.contracts.event import Event
from shared.contracts.values import Slot
from shared.roles import Role
from tests.casefile_cases import CADRE, HELPER, OTHER, REQUEST
from tests.harness import START, City, Client
from tests.integration.reporting.recorded import API, FILE, WHY, a_request, write


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
    assert await admin.read(f"{API}/views") == ["history", "readings", "figures", "names", "people", "ended"]
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
