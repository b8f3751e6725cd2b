"""What the auditor's pages read, by the API: finding, outlines, one event, lists behind figures."""

from typing import Any

from shared.contracts import intake
from shared.contracts.values import Point
from shared.roles import Role
from tests.casefile_cases import CADRE, HELPER, OTHER, REQUEST
from tests.harness import City, Client
from tests.integration.reporting.recorded import API, PERSON, WHY, a_request, streams, write


async def test_people_are_found_and_not_named(house: City, auditor: Client) -> None:
    """By what an auditor may know of them; the search is recorded without what was typed."""
    await a_request(house)

    async def found(**query: Any) -> list[str]:
        return [one["cadre"] for one in (await auditor.read(f"{API}/people", **query))["items"]]

    for query in ("王秀英", "王", str(CADRE), f"…{CADRE.hex[-8:]}", str(REQUEST), CADRE.hex):
        assert await found(q=query) == [str(CADRE)], query
    assert await found(community=str(OTHER)) == [str(CADRE)]
    assert await found(q="王", community=str(HELPER)) == []
    assert await found(q="%") == []
    (one,) = (await auditor.read(f"{API}/people"))["items"]
    assert (one["events"], one["category"]) == (3, "lixiu")
    assert "王秀英" not in str(one)
    await house.settle()
    readings = (await auditor.read(f"{API}/readings", latest=True, limit=2))["items"]
    assert [reading["what"] for reading in readings] == ["people", "people"]
    assert "王" not in str(readings)
    assert (await house.client(Role.APPROVER).get(f"{API}/people")).status_code == 403


async def test_a_history_goes_both_ways(house: City, auditor: Client) -> None:
    """The last of all, back from there, and on again: each page in the history's order."""
    await a_request(house)
    path = f"{API}/cadres/{CADRE}/history"

    async def part(**query: Any) -> tuple[list[str], str, str]:
        told = await auditor.read(path, limit=2, **WHY, **query)
        return [one["type"] for one in told["items"]], told["previous"], told["next"]

    last, back, onward = await part(backwards=True)
    assert (last, onward) == (["intake.RequestReceived", "matching.MatchExhausted"], "")
    first, before, onward = await part(backwards=True, cursor=back)
    assert (first, before) == (["intake.CadreRegistered"], "")
    again, _, end = await part(cursor=onward)
    assert (again, end) == (last, "")
    assert (await part(who="somebody"))[0] == ["intake.CadreRegistered", "intake.RequestReceived"]
    assert (await part(who='some"body'))[0] == []


async def test_one_event_is_told_whole(house: City, auditor: Client) -> None:
    """Every attribute, its hash, what caused it and what it caused; of another's history it is unknown."""
    last = await a_request(house)
    path = f"{API}/cadres/{CADRE}/events"
    told = await auditor.read(f"{path}/{last.id}", **WHY)
    assert told["envelope"] == last.attributes
    assert (told["hash"], told["holds"]) == (last.hash.hex(), True)
    (effect,) = told["effects"]
    assert (effect["type"], effect["here"]) == ("matching.MatchExhausted", True)
    caused = await auditor.read(f"{path}/{effect['id']}", **WHY)
    assert caused["cause_entry"]["id"] == str(last.id)
    assert (await auditor.get(f"{API}/cadres/{HELPER}/events/{last.id}", params=WHY)).status_code == 404
    assert (await auditor.get(f"{path}/{REQUEST}", params=WHY)).status_code == 404


async def test_an_outline_counts(house: City, auditor: Client) -> None:
    """By type, case and actor; and when there was something to record."""
    await a_request(house)
    told = await auditor.read(f"{API}/cadres/{CADRE}/outline")
    assert told["events"] == 3
    assert [one["events"] for one in told["cases"]] == [2]
    assert [(one["who"], one["events"]) for one in told["actors"]] == [("somebody", 3)]
    assert len(await auditor.read(f"{API}/cadres/{CADRE}/points")) == 3
    assert (await auditor.get(f"{API}/cadres/{HELPER}/outline")).status_code == 404


async def test_what_had_happened_counts_however_late_it_was_recorded(house: City, auditor: Client) -> None:
    """Unlike what was known: a move told later is in the one, and not in the other."""
    last = await a_request(house)
    moved = intake.CadreMoved(
        cadre=CADRE, left=OTHER, community=HELPER, residence=None, valid_from=last.happened.date()
    )
    await house.advance(days=3)
    await write(house, "intake", PERSON, CADRE, moved, intake.CadreAdmitted(cadre=CADRE, hospital="市医院"))
    await house.settle()
    then = last.recorded.isoformat()

    async def file(**query: Any) -> Any:
        return (await auditor.read(f"{API}/cadres/{CADRE}/file", **WHY, **query))["file"]

    known, happened = await file(known_at=then), await file(happened_at=then)
    assert known["facts"]["residence"]["community"] == str(OTHER)
    assert happened["facts"]["residence"]["community"] == str(HELPER)
    assert (known["state"], happened["state"]) == ("Registered", "Registered")
    now = house.clock.now().isoformat()
    assert await file(happened_at=now) == await file(known_at=now) == await file()


async def test_each_number_has_its_list(house: City, auditor: Client) -> None:
    """As many as the figure says, by each of its codes; the opening is recorded; the map has its area."""
    await a_request(house)
    community = intake.CommunityRegistered(
        community=OTHER, code="zq", name="站前社区", subdistrict="河南街道", centre=Point.of(126.5, 43.8)
    )
    await write(house, "intake", streams("community", by_cadre=False), OTHER, community)
    await house.settle()
    approver = house.client(Role.APPROVER)
    path = f"{API}/figures/lists"

    async def found(**query: Any) -> list[str]:
        return [one["request"] for one in (await approver.read(f"{path}/requests", **query))["items"]]

    assert await found() == [str(REQUEST)]
    assert await found(state="Received", service="meals", urgency="routine", open=True) == [str(REQUEST)]
    nones: list[dict[str, Any]] = [{"urgency": "-"}, {"state": "Closed"}, {"late": True}, {"matched": True}]
    for none in (*nones, {"stage": "callback"}):
        assert await found(**none) == [], none
    assert (await approver.read(f"{path}/grants"))["items"] == []
    assert (await approver.read(f"{path}/helpers", month="2026-06-01"))["items"] == []
    assert (await approver.get(f"{path}/requests", params={"state": "\0"})).status_code == 422
    (area,) = (await approver.read(f"{API}/figures/areas"))["features"]
    assert area["properties"]["name"] == "站前社区"
    assert (await house.client(Role.OPERATOR).get(f"{path}/requests")).status_code == 403
    await house.settle()
    assert "requests" in [one["what"] for one in (await auditor.read(f"{API}/readings"))["items"]]
