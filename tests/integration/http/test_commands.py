"""A command's key, its expected version, and what its answer lets one read."""

import asyncio
from uuid import UUID, uuid4

import pytest

from shared.roles import Role
from tests import toy
from tests.harness import City, Client
from tests.integration.http.asking import OPEN, counting, opened, problem


async def test_a_repeated_command_is_answered_the_same(operator: Client) -> None:
    """At once or later, one after the other or ten at a time: one effect, one answer."""
    counter = await opened(operator)
    answers = await asyncio.gather(
        *(operator.command(counting(counter), {"by": 1}, key="the-same-key") for _ in range(10))
    )
    await operator.done(counting(counter), {"by": 1})
    answers.append(await operator.command(counting(counter), {"by": 1}, key="the-same-key"))
    assert {(one.status_code, one.text, one.headers["etag"]) for one in answers} == {
        (200, answers[0].text, '"2"')
    }
    assert (await operator.done(counting(counter), {"by": 1}))["version"] == 4


async def test_a_repeated_creation_names_the_same(town: City, operator: Client) -> None:
    """Ten at a time create one counter, though the clock goes on between them."""
    body = {"cadre": str(uuid4()), "label": "计数"}
    answers = await asyncio.gather(*(operator.command(OPEN, body, key="creating-one") for _ in range(10)))
    assert {one.status_code for one in answers} == {201}
    assert len({one.json()["id"] for one in answers}) == 1
    streams = [event for event in await town.events("counting") if isinstance(event, toy.Opened)]
    assert sum(event.cadre == UUID(body["cadre"]) for event in streams) == 1


async def test_repeated_with_if_match_it_is_answered_not_stale(operator: Client) -> None:
    """The version has moved on by the command's own first run."""
    counter = await opened(operator)
    answers = await asyncio.gather(
        *(
            operator.command(counting(counter), {"by": 1}, key="matching-key", If_Match='"1"')
            for _ in range(5)
        )
    )
    assert {one.status_code for one in answers} == {200}
    assert len({one.text for one in answers}) == 1


async def test_of_two_with_the_same_if_match_one_is_stale(operator: Client) -> None:
    """Different commands on one version: the second is told, with both versions."""
    counter = await opened(operator)
    answers = await asyncio.gather(
        *(operator.command(counting(counter), {"by": 1}, If_Match='"1"') for _ in range(4))
    )
    assert sorted(one.status_code for one in answers) == [200, 412, 412, 412]
    stale = next(one for one in answers if one.status_code == 412)
    assert "version 1" in stale.json()["detail"]


async def test_another_body_under_the_same_key_is_refused(operator: Client) -> None:
    """Or another counter, or another command."""
    counter, other = await opened(operator), await opened(operator)
    await operator.done(counting(counter), {"by": 1}, key="used-before")
    for path, body in (
        (counting(counter), {"by": 2}),
        (counting(other), {"by": 1}),
        (OPEN, {"cadre": str(uuid4()), "label": "a"}),
    ):
        found = await problem(await operator.command(path, body, key="used-before"), 422)
        assert found["type"].endswith("KeyReused")


async def test_keys_of_two_people_do_not_meet(town: City, operator: Client) -> None:
    """Each actor has their own."""
    counter = await opened(operator)
    for client in (operator, town.client(Role.OPERATOR)):
        await client.done(counting(counter), {"by": 1}, key="in-common")
    assert (await operator.done(counting(counter), {"by": 1}))["version"] == 4


async def test_a_refused_command_may_be_sent_again(operator: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Under the same key, once the reason is gone."""
    counter = await opened(operator)
    monkeypatch.setattr(toy, "LIMIT", 0)
    await problem(await operator.command(counting(counter), {"by": 1}, key="tried-again"), 409)
    monkeypatch.setattr(toy, "LIMIT", 10)
    assert (await operator.done(counting(counter), {"by": 1}, key="tried-again"))["version"] == 2


async def test_many_at_once_on_one_counter_all_go_through(operator: Client) -> None:
    """Conflicts are decided again at once."""
    counter = await opened(operator)
    answers = await asyncio.gather(*(operator.command(counting(counter), {"by": 1}) for _ in range(15)))
    assert {one.status_code for one in answers} == {200}
    assert sorted(one.json()["version"] for one in answers) == list(range(2, 17))


async def test_an_id_of_another_service_is_unknown_here(town: City, operator: Client) -> None:
    """An ear's stream is no counter."""
    await problem(await operator.command(counting(uuid4()), {"by": 1}), 404)
    answer = await town.client(Role.ADMIN).get("/counting/api/v1/events", params={"stream": f"ear-{uuid4()}"})
    assert answer.json() == {"items": [], "next": ""}


async def test_when_it_happened_is_kept_whatever_its_offset(town: City, operator: Client) -> None:
    """Nine in Shanghai is one in UTC."""
    counter = await opened(operator)
    await operator.done(counting(counter), {"by": 1, "happened": "2026-05-01T09:00:00+08:00"})
    shown = await town.client(Role.ADMIN).read("/counting/api/v1/events", stream=f"counter-{counter}")
    assert shown["items"][1]["time"] == "2026-05-01T01:00:00.000000+00:00"


async def test_a_reader_sees_what_it_wrote(town: City, operator: Client) -> None:
    """`after` waits until the views have it."""
    counter = await opened(operator)
    done = await operator.done(counting(counter), {"by": 3})
    await town.client(Role.ADMIN).read("/counting/api/v1/views", after=done["position"])
    total = await town.store("counting").pool.fetchval(
        "SELECT total FROM totals WHERE counter = $1", UUID(counter)
    )
    assert total == 3
