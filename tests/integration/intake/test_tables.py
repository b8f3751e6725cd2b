"""Tables that are brought in."""

from uuid import uuid4

from services.intake.domain.community import community_id
from tests.intake_cases import API, STANDING, Town


async def test_a_table_brought_in_again_changes_nothing(town: Town) -> None:
    """Created, unchanged, changed: told for each item; the importer learns keys and fingerprints."""
    item = {
        "community": str(town.community),
        "standing": STANDING,
        "details": {"name": "王德福", "birth": "1931-02-03", "phones": ["+8643400000001"]},
        "hardships": [{"flag": "living_alone", "until": "2027-01-01"}],
        "guarantors": [{"party": "family", "name": "王强", "relation": "儿子"}],
        "fingerprint": "a" * 64,
    }
    path = f"{API}/cadres/import"
    first = await town.admin.done(path, {"items": [item]})
    await town.city.settle()
    again = await town.admin.done(path, {"items": [item]})
    moved = await town.admin.done(path, {"items": [item | {"fingerprint": "b" * 64}]})
    assert [one["found"][0]["outcome"] for one in (first, again, moved)] == [
        "created",
        "unchanged",
        "changed",
    ]
    await town.city.settle()
    cadre = first["found"][0]["id"]
    known = (await town.admin.read(f"{API}/cadres/known"))["items"]
    assert [(one["fingerprint"], len(one["keys"])) for one in known if one["id"] == cadre] == [("b" * 64, 2)]
    shown = await town.operator.read(f"{API}/cadres/{cadre}")
    assert [one["name"] for one in shown["guarantors"]] == ["王强"]
    assert len(shown["assessments"]) == 1


async def test_a_table_finds_the_file_that_was_entered_by_hand(town: Town) -> None:
    """No second file of the same person without an ID number."""
    cadre = await town.cadre("王宝山", birth="1931-02-03")
    item = {
        "community": str(town.community),
        "standing": STANDING,
        "details": {"name": "王宝山", "birth": "1931-02-03", "phones": ["+8613904340188"]},
        "fingerprint": "a" * 64,
    }
    answer = await town.operator.done(f"{API}/cadres/import", {"items": [item]})
    assert answer["found"] == [{"id": cadre, "outcome": "changed"}]


async def test_one_wrong_item_keeps_all_out(town: Town) -> None:
    """All or nothing; communities come the same way."""
    good = {"code": "xh", "name": "新华社区", "subdistrict": "新华街道", "fingerprint": "c" * 64}
    answer = await town.admin.done(f"{API}/communities/import", {"items": [good, good]})
    assert [one["outcome"] for one in answer["found"]] == ["created", "unchanged"]
    item = {
        "community": str(community_id("xh")),
        "standing": STANDING,
        "details": {"name": "郝玉珍"},
        "fingerprint": "a" * 64,
    }
    bad = item | {"community": str(uuid4()), "details": {"name": "赵某"}}
    refused = await town.admin.command(f"{API}/cadres/import", {"items": [item, bad]})
    assert refused.status_code == 422
    await town.city.settle()
    assert not (await town.operator.read(f"{API}/cadres", q="郝玉珍"))["items"]
