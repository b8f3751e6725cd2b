"""Weights that are changed, compared, and remembered by the rankings made with them; wishes and gladness."""

from typing import Any

from shared.contracts import matching as m
from shared.roles import Role
from tests.integration.matching.stage import API, Stage, states

PATH = f"{API}/weights"


async def set_weights(stage: Stage, **changes: int) -> dict[str, Any]:
    """As an admin does it; gives the weights."""
    admin = stage.city.client(Role.ADMIN)
    now: dict[str, Any] = await admin.read(PATH)
    values = {one["name"]: one["value"] for one in now["weights"]}
    answer = await admin.done(PATH, {"weights": {**values, **changes}, "why": "a test asks for it"})
    return {**await admin.read(PATH), "position": answer["position"]}


async def firsts(stage: Stage, request: Any) -> list[str]:
    """The names of the ranked, in order."""
    return [one["name"] for one in (await stage.match(request))["ranking"]["ranked"]]


async def test_a_change_counts_from_then_on(stage: Stage) -> None:
    """The next ranking is made by it; the one before is still explained by the weights of then."""
    near = await stage.helper("近")
    far = await stage.helper("远", metres=900, skills=[{"code": "shopping"}])
    await stage.coordinator.done(f"{API}/helpers/{far}/preferences", {"services": ["shopping"]})
    before = await stage.request()
    assert await firsts(stage, before) == ["近", "远"]
    found = await set_weights(stage, glad=500)
    assert (found["version"], found["changes"][0]["why"]) == ("set-1", "a test asks for it")
    after = await stage.request()
    assert await firsts(stage, after) == ["远", "近"]
    told = {one.request: one.weights_version for one in await stage.told(m.CandidatesRanked)}
    assert told == {before: "default-2", after: "set-1"}
    for request, rank in ((before, 1), (after, 2)):
        shown = await stage.coordinator.read(f"{API}/matches/{request}/explain", helper=near)
        assert (shown["rank"], shown["walking_minutes"]) == (rank, 2)


async def test_what_other_weights_would_have_changed(stage: Stage) -> None:
    """Each past ranking again, from what was known then: whom either would have put first."""
    near = await stage.helper("近")
    far = await stage.helper("远", metres=900)
    await stage.coordinator.done(f"{API}/helpers/{far}/preferences", {"services": ["shopping"]})
    request = await stage.request()
    await stage.coordinator.done(f"{API}/helpers/{far}/preferences", {"services": []})
    await stage.request()
    admin = stage.city.client(Role.ADMIN)
    found = await admin.read(f"{PATH}/diff", one="default-2", other="glad=500, pairing=0")
    assert found["rankings"] == 2
    (changed,) = found["changed"]
    assert changed["request"] == str(request)
    assert [one["helper"] for one in changed["firsts"]] == [str(near), str(far)]
    assert [one["mean_metres"] for one in found["firsts"]] == [99, 499]
    same = await admin.read(f"{PATH}/diff", one="default-2", other="default-2")
    assert (same["rankings"], same["changed"]) == (2, [])
    newest = await admin.read(f"{PATH}/diff", one="default-2", other="glad=500", most=1)
    assert (newest["rankings"], newest["changed"]) == (1, [])


async def test_weights_that_are_none_are_refused(stage: Stage) -> None:
    """By a line that says which; and nobody but an admin sets them."""
    admin = stage.city.client(Role.ADMIN)
    for wrong in ("set-9", "glad", "glad=much", "gladness=3", "metres_a_point=0", "pairing=-1"):
        answer = await admin.get(f"{PATH}/diff", params={"one": "default-2", "other": wrong})
        assert answer.status_code == 422, wrong
        assert wrong in answer.json()["detail"]
    body = {"weights": {"metres_a_point": 0}, "why": "nonsense"}
    assert (await admin.command(PATH, body)).status_code == 422
    assert (await stage.coordinator.command(PATH, {"weights": {}, "why": "not mine"})).status_code == 403


async def test_a_cadre_who_wishes_somebody_away_is_not_sent_them(stage: Stage) -> None:
    """The next in the ranking is asked; the rule is told. The file shows the wish."""
    first, _ = await stage.helper("一"), await stage.helper("二", metres=500)
    wish = {"cadre": str(stage.cadre), "wish": "never", "reason": "吵过架"}
    operator = stage.city.client(Role.OPERATOR)
    await operator.done(f"{API}/helpers/{first}/wishes", wish)
    request = await stage.request()
    match = await stage.match(request)
    assert states(match) == [("二", "Open")]
    assert match["ranking"]["excluded"] == [{"rule": "unwanted", "count": 1}]
    file = await stage.coordinator.read(f"{API}/helpers/{first}")
    assert file["wishes"] == [wish]
    asked = {"helper": str(first)}
    shown = await stage.coordinator.read(f"{API}/matches/{request}/explain", **asked)
    assert shown["excluded"] == "unwanted"
