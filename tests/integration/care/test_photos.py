"""Photos of a visit over the API: kept sealed, seen by those who may."""

import hashlib

from shared.contracts import care
from shared.roles import Role
from tests.harness import City, Client
from tests.integration.care.told import API, ELSEWHERE, HERE, Assigned, assigned, of_type
from tests.photo_cases import JPEG, PLACED


async def sent(
    client: Client, case: Assigned, plain: bytes = JPEG, *, key: str = "photo-one", **query: str
) -> int:
    """A photo of this visit; the answer's status."""
    headers = {"Idempotency-Key": key, "Content-Type": "image/jpeg"}
    path = f"{API}/visits/{case.visit}/photos"
    return (await client.post(path, content=plain, headers=headers, params=query)).status_code


async def test_a_photo_is_kept_once_and_sealed(city: City) -> None:
    """As it came; sent twice it is one; on the disk nobody can read it."""
    case = await assigned(city)
    assert await sent(case.worker, case) == 409
    await case.worker.done(f"{API}/visits/{case.visit}/begin")
    assert [await sent(case.worker, case, label="水管") for _ in range(2)] == [200, 200]
    assert await sent(case.worker, case, key="photo-two") == 200
    await city.settle()
    (event,) = await of_type(city, care.PhotoAttached)
    assert (event.label, event.located, event.size) == ("水管", False, len(JPEG))
    (photo,) = (await case.worker.read(f"{API}/visits/{case.visit}"))["photos"]
    assert photo["sha256"] == hashlib.sha256(JPEG).hexdigest()
    given = await case.worker.get(f"{API}/visits/{case.visit}/photos/{photo['sha256']}")
    assert (given.content, given.headers["content-type"]) == (JPEG, "image/jpeg")
    (file,) = city.system.services["care"].files.rglob(photo["sha256"])
    assert JPEG not in file.read_bytes()


async def test_a_place_is_kept_on_purpose_only(city: City) -> None:
    """Whatever a phone sends."""
    case = await assigned(city)
    await case.worker.done(f"{API}/visits/{case.visit}/begin")
    assert await sent(case.worker, case, PLACED) == 422
    assert await sent(case.worker, case, b"%PDF-1.7", key="photo-pdf") == 422
    assert await sent(case.worker, case, b"", key="photo-empty") == 422
    assert await sent(case.worker, case, PLACED, located="true") == 200
    (event,) = await of_type(city, care.PhotoAttached)
    assert event.located


async def test_photos_are_for_those_who_may(city: City) -> None:
    """The helper's own and the community's secretary; not the coordinator, another helper, another place."""
    case = await assigned(city)
    await case.worker.done(f"{API}/visits/{case.visit}/begin")
    await sent(case.worker, case)
    await city.settle()
    path = f"{API}/visits/{case.visit}/photos/{hashlib.sha256(JPEG).hexdigest()}"
    seen = {
        "own": case.worker,
        "secretary": city.client(Role.SECRETARY, communities=[HERE]),
        "elsewhere": city.client(Role.SECRETARY, communities=[ELSEWHERE]),
        "coordinator": city.client(Role.COORDINATOR, communities=[HERE]),
        "another": city.client(Role.CARE_WORKER, helper=case.request, communities=[]),
    }
    statuses = {name: (await client.get(path)).status_code for name, client in seen.items()}
    assert statuses == {"own": 200, "secretary": 200, "elsewhere": 403, "coordinator": 403, "another": 404}
    assert (await case.worker.get(path[:-1] + "z")).status_code == 404
    assert (await seen["coordinator"].read(f"{API}/visits/{case.visit}"))["photos"] == []
    assert await sent(seen["another"], case, key="photo-another") == 404
