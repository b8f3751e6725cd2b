"""Lists: whose, in which order, built anew."""

from uuid import uuid4

import orjson
import pytest

from shared.http.reading import cursor_of
from shared.roles import Role
from tests.intake_cases import API, Town


async def test_lists_keep_to_the_communities_of_the_reader(town: Town) -> None:
    """Another community's secretary sees nothing and may do nothing."""
    cadre = await town.cadre()
    request = await town.request(cadre)
    stranger = town.city.client(Role.SECRETARY, communities=[uuid4()])
    for path in ("cadres", "requests", "todos"):
        assert (await stranger.read(f"{API}/{path}"))["items"] == []
    assert (await stranger.get(f"{API}/requests/{request}")).status_code == 403
    assert (await stranger.command(f"{API}/cadres/{cadre}/discharge")).status_code == 403


@pytest.mark.parametrize("path", ["cadres", "requests", "todos", "communities", "cadres/known"])
async def test_a_cursor_that_is_none_of_ours_is_refused(town: Town, path: str) -> None:
    """422 for texts, wrong counts and wrong kinds of keys."""
    for cursor in ("x", cursor_of("a"), cursor_of("a", "b"), cursor_of("a", "b", "c"), cursor_of(*"abcd")):
        answer = await town.admin.get(f"{API}/{path}", params={"cursor": cursor})
        operator = await town.operator.get(f"{API}/{path}", params={"cursor": cursor})
        assert {answer.status_code, operator.status_code} <= {200, 403, 422}


async def test_pages_follow_one_another(own_town: Town) -> None:
    """Rescue first, then by time; nothing twice, nothing left out."""
    made = []
    for name in ("甲", "乙", "丙"):
        made.append(await own_town.request(await own_town.cadre(name, phones=[])))
        await own_town.city.advance(minutes=1)
    rescue = await own_town.request(await own_town.cadre("丁", phones=[]), "rescue", "rescue")
    first = await own_town.operator.read(f"{API}/requests", limit=3)
    second = await own_town.operator.read(f"{API}/requests", limit=3, cursor=first["next"])
    assert [one["id"] for one in first["items"] + second["items"]] == [rescue, *made]
    assert second["next"] == ""


async def test_views_built_anew_are_the_same(own_town: Town) -> None:
    """Every view, after a story that touches them all."""
    cadre = await own_town.cadre()
    request = await own_town.closed(cadre)
    await own_town.post(request, "reopen", {"reason": "recurs"})
    await own_town.operator.done(f"{API}/cadres/provisional", {"details": {"name": "老刘"}})
    await own_town.city.settle()
    for view in ("communities", "services", "cadres", "requests", "todos"):
        answer = await own_town.admin.command(f"{API}/views/{view}/rebuild")
        assert answer.is_success, answer.text
        last = orjson.loads(answer.text.splitlines()[-1])
        assert {(one["only_old"], one["only_new"]) for one in last["differences"].values()} == {(0, 0)}, last


async def test_the_api_describes_itself(town: Town) -> None:
    """The OpenAPI document can be made, and every command stands in it."""
    described = await town.operator.read(f"{API}/openapi.json")
    assert f"{API}/requests/{{request}}/callback" in described["paths"]
