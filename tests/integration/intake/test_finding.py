"""Finding people as one types: by whatever is known of them, with the reason for each hit."""

from typing import Any

from tests.intake_cases import API, TODAY, Town

PHONE = "+8613904340188"
SON = "+8613904345566"


async def found(town: Town, typed: str) -> list[tuple[str, str]]:
    """Who is found, and why."""
    items = (await town.operator.read(f"{API}/cadres/find", q=typed))["items"]
    return [(one["name"], one["why"]["why"]) for one in items]


TYPED = (
    ("单玉兰", "name"),
    ("玉兰", "name"),
    ("danyulan", "pinyin"),
    ("dan yu lan", "pinyin"),
    ("dyl", "initials"),
    ("shanyulan", "reading"),
    ("Shan Yu", "reading"),
    ("chan", "reading"),
    ("syl", "reading"),
    ("13904340188", "phone"),
    ("139 0434 0188", "phone"),
    ("+86 139-0434-0188", "phone"),
    ("0086 13904340188", "phone"),
    ("１３９０４３４", "phone"),
    ("0188", "last_four"),
    ("站前街", "address"),
    ("12号", "address"),
    ("00000019300101002x", "id_number"),
    ("站前社区", "community"),
    ("zqsq", "community"),
    ("玉兰 站前", "name"),
    ("站前社区 yulan", None),
    ("站前社区 dyl", "initials"),
    ("139 0434 5566", "guarantor"),
    ("没有这人", None),
    ("%", None),
    ("\x00", None),
)


async def test_somebody_is_found_by_whatever_is_known(own_town: Town) -> None:
    """Each way alone, in whichever writing; what nobody has finds nobody."""
    town = own_town
    await shan(town)
    for typed, why in TYPED:
        assert await found(town, typed) == ([("单玉兰", why)] if why else []), typed


async def shan(town: Town) -> str:
    """Somebody with everything that one can be found by."""
    cadre = await town.cadre(
        "单玉兰", phones=[PHONE], address="河南街道站前街 12 号 3 栋", id_number="00000019300101002X"
    )
    son = {"party": "family", "name": "单明", "phone": SON, "relation": "儿子"}
    named: dict[str, Any] = {"guarantors": [son], "validity": {"valid_from": TODAY}}
    await town.operator.done(f"{API}/cadres/{cadre}/guarantors", named)
    await town.city.settle()
    return cadre


async def test_the_exact_comes_before_what_goes_on(own_town: Town) -> None:
    """And after a move the old address finds nobody."""
    town = own_town
    for name in ("王桂兰英", "王桂兰"):
        await town.cadre(name, phones=[])
    moved = await town.cadre("赵长河", phones=[], address="老街 9 号")
    assert await found(town, "王桂兰") == [("王桂兰", "name"), ("王桂兰英", "name")]
    body = {"community": str(town.community), "residence": {"address": "新街 7 号"}}
    await town.operator.done(f"{API}/cadres/{moved}/move", body)
    await town.city.settle()
    assert await found(town, "老街") == []
    assert await found(town, "新街") == [("赵长河", "address")]


async def test_an_incoming_number_finds_whose_it_is(own_town: Town) -> None:
    """Those who have it, then those for whom somebody calls with it; a part of a number finds nobody."""
    town = own_town
    cadre = await shan(town)
    await town.cadre("单明德", phones=[SON])
    items = (await town.operator.read(f"{API}/cadres/by-number", number=PHONE))["items"]
    assert [one["id"] for one in items] == [cadre]
    items = (await town.operator.read(f"{API}/cadres/by-number", number="139 0434 5566"))["items"]
    assert [(one["name"], one["why"]["why"]) for one in items] == [
        ("单明德", "phone"),
        ("单玉兰", "guarantor"),
    ]
    for part in ("1390434", "0188", "0434 1112233"):
        assert (await town.operator.read(f"{API}/cadres/by-number", number=part))["items"] == []


async def test_a_merged_file_leads_to_the_one_that_goes_on(own_town: Town) -> None:
    """Once, whichever of the two is found."""
    town = own_town
    survivor = await town.cadre("李淑珍", phones=[PHONE])
    other = await town.cadre("李淑真", phones=[PHONE])
    await town.operator.done(f"{API}/cadres/{survivor}/merge", {"merged": other})
    await town.city.settle()
    items = (await town.operator.read(f"{API}/cadres/find", q="lisz"))["items"]
    assert [one["id"] for one in items] == []
    items = (await town.operator.read(f"{API}/cadres/find", q="lsz"))["items"]
    assert [one["id"] for one in items] == [survivor]
