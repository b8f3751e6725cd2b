"""The whole system opens, serves, and answers for itself."""

from shared.roles import Role
from tests.harness import City


async def test_it_opens_and_answers_for_each_service(city: City) -> None:
    """Each service tells its state to an administrator."""
    admin = city.client(Role.ADMIN)
    await city.settle()
    for name in city.system.services:
        status = await admin.read(f"/{name}/api/v1/status")
        assert status["service"] == name
        assert status["parked"] == 0
    assert (await admin.get("/readyz")).json() == {"ready": True, "unready": []}


async def test_without_a_token_nothing_is_told(city: City) -> None:
    """401, with the way to sign in named, in the language asked for."""
    admin = city.client(Role.ADMIN)
    for name in city.system.services:
        answer = await admin.get(
            f"/{name}/api/v1/status", headers={"Authorization": "", "Accept-Language": "zh"}
        )
        assert answer.status_code == 401
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["title"] == "请先登录"
