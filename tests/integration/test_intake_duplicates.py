"""Two calls about the same thing that can't see each other, in intake on a real PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from shared.bus.local import LocalCarrier
from tests.holding import still
from tests.intake_cases import Town, intake_town
from tests.postgres import Postgres

API = "/intake/api/v1"
PHONE = "+8613904340199"


@pytest.fixture(scope="module")
async def town(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    """A community at work."""
    async with intake_town(postgres.superuser_dsn, tmp_path_factory.mktemp("duplicates")) as running:
        yield running


def _call(cadre: str, service: str = "repair", **more: Any) -> dict[str, Any]:
    return {
        "cadre": cadre,
        "elements": {"what": "水管漏水"},
        "service": service,
        "urgency": "routine",
        **more,
    }


async def _at_once(town: Town, *bodies: dict[str, Any]) -> list[str]:
    """These calls are written down before the lists show any of them; the ids in the order of the store."""
    carrier = town.city.system.carrier
    assert isinstance(carrier, LocalCarrier)
    async with still(carrier, "intake"):
        answers = await asyncio.gather(*(town.operator.done(f"{API}/requests", body) for body in bodies))
    await town.city.settle()
    ids = {answer["id"] for answer in answers}
    assert len(ids) == len(bodies)
    received = [e for e in await town.city.events("intake") if e.NAME == "intake.RequestReceived"]
    return [str(event.request) for event in received if str(event.request) in ids]


async def _shown(town: Town, request: str) -> Any:
    return await town.operator.read(f"{API}/requests/{request}")


async def _todos(town: Town, *requests: str) -> list[tuple[str, str]]:
    """The request that is suspected, and of which one it may be a repetition."""
    listed = (await town.operator.read(f"{API}/todos", kind="duplicate_suspected"))["items"]
    return [(one["request"], one["detail"]) for one in listed if one["request"] in requests]


async def test_of_two_calls_at_once_the_later_is_suspected(town: Town) -> None:
    """Only that one: its row names the other, and an operator has it to do."""
    cadre = await town.cadre()
    first, second = await _at_once(town, _call(cadre), _call(cadre))
    assert [(await _shown(town, one))["likely"] for one in (first, second)] == [[], [first]]
    assert await _todos(town, first, second) == [(second, first)]
    suspected = [e for e in await town.city.events("intake") if e.NAME == "intake.DuplicateSuspected"]
    assert [str(one) for event in suspected for one in event.likely] == [first]


async def test_the_same_phone_for_a_like_service_is_suspected(town: Town) -> None:
    """Another cadre, the caller's number; of three each names those before it, and another service nobody."""
    caller = {"caller": {"kind": "neighbour", "phone": PHONE}}
    bodies = [_call(await town.cadre(), service, **caller) for service in ("meals", "shopping", "meals")]
    one, two, three = await _at_once(town, *bodies)
    (other,) = await _at_once(town, _call(await town.cadre(), "nursing", **caller))
    assert sorted(await _todos(town, one, two, three, other)) == sorted(
        [(two, one), (three, one), (three, two)]
    )


async def test_marked_as_a_duplicate_or_as_another_matter(town: Town) -> None:
    """Either settles what is to do; the reason stands in the row."""
    cadre = await town.cadre()
    first, second = await _at_once(town, _call(cadre), _call(cadre))
    await town.post(second, "duplicate", {"of": first})
    assert await _todos(town, first, second) == []
    other = await town.cadre()
    first, second = await _at_once(town, _call(other), _call(other))
    await town.post(second, "overrule", {"reason": "另一处水管"})
    assert await _todos(town, first, second) == []
    assert (await _shown(town, second))["overruled"] == "另一处水管"
    again = await town.operator.command(f"{API}/requests/{second}/overrule", {"reason": "另一处水管"})
    assert again.status_code == 409


async def test_the_earlier_one_may_be_the_duplicate(town: Town) -> None:
    """Then nothing is left to compare the later one with."""
    cadre = await town.cadre()
    first, second = await _at_once(town, _call(cadre), _call(cadre))
    await town.post(first, "duplicate", {"of": second})
    assert await _todos(town, first, second) == []


async def test_what_the_operator_saw_is_not_suspected_again(town: Town) -> None:
    """Overruled with a reason, or linked, when it was received."""
    cadre = await town.cadre()
    first = await town.request(cadre)
    (overruled,) = await _at_once(town, _call(cadre, overruled="另一处水管"))
    (linked,) = await _at_once(town, _call(cadre, duplicate_of=first))
    assert await _todos(town, first, overruled, linked) == []


async def test_a_call_beside_one_that_was_overruled(town: Town) -> None:
    """The reason was for what the operator saw; what nobody could see is suspected."""
    cadre = await town.cadre()
    known = await town.request(cadre)
    first, second = await _at_once(town, *(_call(cadre, overruled="另一处水管") for _ in range(2)))
    assert await _todos(town, known, first, second) == [(second, first)]
    assert (await _shown(town, second))["likely"] == [known, first]
    await town.post(second, "overrule", {"reason": "确是两处"})
    assert (await _shown(town, second))["overruled"] == "另一处水管\n确是两处"


async def test_the_views_are_the_same_when_rebuilt(town: Town) -> None:
    """Rows and what is to do."""
    cadre = await town.cadre()
    await _at_once(town, _call(cadre), _call(cadre))
    for view in ("requests", "todos"):
        answer = await town.admin.command(f"{API}/views/{view}/rebuild")
        assert answer.is_success, answer.text
        assert '"only_old":0' in answer.text.replace(" ", ""), answer.text
