"""The helpers' file and the coordinator's board."""

from typing import Any

from shared.contracts import matching as m
from shared.contracts.values import (
    Urgency,
)
from shared.roles import Role
from tests.integration.matching.stage import API, ELSEWHERE, HERE, Stage, tomorrow


def _row(name: str, **changes: Any) -> dict[str, Any]:
    return {
        "natural": name.encode().hex().ljust(64, "0"),
        "fingerprint": "1" * 64,
        "kind": "volunteer",
        "community": str(HERE),
        "skills": [],
        "capacity": 3,
        "profile": {"name": name},
        **changes,
    }


async def test_rows_are_entered_together_and_once(stage: Stage) -> None:
    """Each says what became of it; the importer reads what is known."""
    admin = stage.city.client(Role.ADMIN)
    rows = [_row("李敏"), _row("王强")]
    first = await admin.done(f"{API}/helpers/import", {"items": rows})
    assert [one["outcome"] for one in first["found"]] == ["created", "created"]
    rows[1] = _row("王强", capacity=4, fingerprint="2" * 64)
    second = await admin.done(f"{API}/helpers/import", {"items": rows})
    assert [one["outcome"] for one in second["found"]] == ["unchanged", "changed"]
    assert [one["helper"] for one in first["found"]] == [one["helper"] for one in second["found"]]
    known = await admin.read(f"{API}/helpers/import", after=second["position"])
    assert len(known["items"]) == 2
    wrong = await admin.command(f"{API}/helpers/import", {"items": [_row("赵一"), _row("赵二", capacity=0)]})
    assert wrong.status_code == 422
    assert len(await stage.told(m.HelperEnrolled)) == 2


async def test_the_file_is_searched_in_pages(stage: Stage) -> None:
    """By name, pinyin, initials and phone, in the order of pinyin; within one's communities."""
    for name in ("张伟", "李敏", "李明"):
        await stage.helper(name)
    await stage.city.settle()

    async def names(**query: Any) -> list[str]:
        found = await stage.coordinator.read(f"{API}/helpers", **query)
        return [one["name"] for one in found["items"]]

    assert await names() == ["李敏", "李明", "张伟"]
    assert await names(q="limin") == ["李敏", "李明"]
    assert await names(q="zw") == ["张伟"]
    assert await names(q="李") == ["李敏", "李明"]
    assert len(await names(q="0001")) == 3
    page = await stage.coordinator.read(f"{API}/helpers", limit=2)
    assert await names(cursor=page["next"]) == ["张伟"]
    assert (await stage.coordinator.get(f"{API}/helpers", params={"cursor": "x"})).status_code == 422
    stranger = stage.city.client(Role.COORDINATOR, communities=[ELSEWHERE])
    assert (await stranger.read(f"{API}/helpers"))["items"] == []


async def test_the_board_is_read_in_pages(stage: Stage) -> None:
    """The most urgent first."""
    await stage.helper("甲")
    requests = [await stage.request()]
    await stage.city.advance(minutes=1)
    requests.append(await stage.request(slot=tomorrow(30)))
    requests.insert(0, await stage.request(Urgency.RESCUE))
    first = await stage.coordinator.read(f"{API}/matches", limit=1)
    rest = await stage.coordinator.read(f"{API}/matches", cursor=first["next"])
    listed = [one["request"] for one in (*first["items"], *rest["items"])]
    assert listed == [str(request) for request in requests]
