"""A cadre's history: who reads it, in which form, and that it is noted."""

import csv
import io
from typing import Any

from shared import ids
from shared.contracts.event import ERASED
from shared.roles import Role
from tests.casefile_cases import CADRE, HELPER, REQUEST
from tests.harness import START, City, Client
from tests.integration.reporting.recorded import API, WHY, a_request


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
