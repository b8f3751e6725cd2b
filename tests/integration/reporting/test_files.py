"""The case file as of a moment, and a case as a tree."""

from dataclasses import replace
from datetime import timedelta

import orjson

from shared import ids
from shared.contracts import care, intake
from shared.contracts.values import Category, Details, HoldReason, Residence, Sex, Standing
from tests.casefile_cases import CADRE, FUNDING, HELPER, OTHER, REQUEST
from tests.harness import START, City, Client
from tests.integration.reporting.recorded import API, CALL, GRANT, PERSON, WHY, a_request, write


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
