"""`?after=`: a reading waits for a write, says whether it shows it, and refuses what can't be waited for."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from shared.http.after import HEADER
from shared.roles import Role
from shared.service import Running
from tests.harness import City, Client
from tests.holding import still

VIEWS = "/counting/api/v1/views"


@pytest.fixture
def admin(toy_city: City) -> Client:
    """Who may look at the machinery."""
    return toy_city.client(Role.ADMIN)


async def written(city: City) -> Any:
    """A counter that was opened; the answer to it."""
    operator = city.client(Role.OPERATOR)
    return await operator.done("/counting/api/v1/counters", {"cadre": str(uuid4()), "label": "a"})


async def test_the_answer_says_that_it_shows_the_write(toy_city: City, admin: Client) -> None:
    """`true` once it does; no such header where nothing was waited for."""
    done = await written(toy_city)
    answer = await admin.get(VIEWS, params={"after": done["position"]})
    assert (answer.status_code, answer.headers[HEADER]) == (200, "true")
    assert HEADER not in (await admin.get(VIEWS)).headers


async def test_the_answer_says_that_it_does_not_show_the_write_yet(
    toy_city: City, admin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`false` after the wait, on a refusal too; the reading itself is as good as any."""
    plain = Running.reached
    monkeypatch.setattr(Running, "reached", lambda self, position, _=0.0: plain(self, position, 0.05))
    async with still(toy_city.system.carrier, "counting"):
        done = await written(toy_city)
        answer = await admin.get(VIEWS, params={"after": done["position"]})
        assert (answer.status_code, answer.headers[HEADER]) == (200, "false")
        refused = await toy_city.client(Role.FAMILY).get(VIEWS, params={"after": done["position"]})
        assert (refused.status_code, refused.headers[HEADER]) == (403, "false")


@pytest.mark.parametrize(
    ("position", "code"),
    [
        ("nonsense", "PositionMalformed"),
        ("counter-01997000-0000-7000-8000-000000000001@x", "PositionMalformed"),
        ("counter-01997000-0000-7000-8000-000000000001@1", "PositionUnknown"),
    ],
)
async def test_what_cannot_be_waited_for_is_refused_at_once(admin: Client, position: str, code: str) -> None:
    """422 with what to do, sooner than any wait."""
    async with asyncio.timeout(1.5):
        answer = await admin.get(VIEWS, params={"after": position})
    assert answer.status_code == 422
    assert answer.json()["type"].endswith(code)
    assert "position" in answer.json()["detail"]


async def test_a_version_beyond_the_streams_end_is_refused(toy_city: City, admin: Client) -> None:
    """The stream is there, that version isn't."""
    done = await written(toy_city)
    stream, _, version = done["position"].partition("@")
    answer = await admin.get(VIEWS, params={"after": f"{stream}@{int(version) + 1}"})
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:jiujin:problem:PositionUnknown")


async def test_another_services_position_is_waited_for(toy_city: City) -> None:
    """The other one hears of it, and then shows what it made of it."""
    done = await written(toy_city)
    counted = await toy_city.client(Role.OPERATOR).done(
        f"/counting/api/v1/counters/{done['id']}/count", {"by": 2}
    )
    path = "/hearing/api/v1/views"
    answer = await toy_city.client(Role.ADMIN).get(path, params={"after": counted["position"]})
    assert answer.headers[HEADER] == "true"


async def test_the_documentation_tells_of_it(admin: Client) -> None:
    """Each reading that takes `after` names the header, and says what a position is."""
    document = (await admin.get("/counting/api/v1/openapi.json")).json()
    found = 0
    for path in document["paths"].values():
        for operation in path.values():
            for parameter in operation.get("parameters", ()):
                if parameter["name"] == "after":
                    found += 1
                    assert HEADER in parameter["description"]
                    assert operation["responses"]["200"]["headers"][HEADER]["schema"]["enum"]
    assert found >= 4
