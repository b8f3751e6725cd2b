"""The photo on a file over the API: kept sealed, replaced, taken off, seen by those who may."""

import hashlib
from uuid import UUID

import httpx
import pytest

from shared.contracts import intake
from shared.photos import bare
from shared.roles import Role
from tests.harness import Client
from tests.intake_cases import API, Town
from tests.photo_cases import MAKE, PICTURE, PLACE, exif, with_segment


async def sent(client: Client, cadre: str, plain: bytes, key: str = "photo-one") -> httpx.Response:
    """A photo for this file."""
    headers = {"Idempotency-Key": key, "Content-Type": "image/jpeg"}
    return await client.post(f"{API}/cadres/{cadre}/photo", content=plain, headers=headers)


async def test_a_photo_is_kept_sealed_and_bare(town: Town) -> None:
    """Without what a camera wrote; the same again changes nothing; another takes its place, or none does."""
    cadre = await town.cadre("熊玉珍")
    placed = with_segment(PICTURE, exif(MAKE, PLACE))
    assert [(await sent(town.operator, cadre, placed)).status_code for _ in range(2)] == [200, 200]
    assert (await sent(town.operator, cadre, PICTURE, "photo-two")).status_code == 200
    await town.city.settle()
    history = await town.city.store("intake").read_stream(f"cadre-{cadre}")
    kept = [one.event for one in history if isinstance(one.event, intake.CadrePhotoKept)]
    assert [one.sha256 for one in kept] == [hashlib.sha256(PICTURE).hexdigest()]
    given = await town.operator.get(f"{API}/cadres/{cadre}/photo")
    assert (given.content, given.headers["content-type"]) == (PICTURE, "image/jpeg")
    assert given.headers["cache-control"] == "private, no-store"
    sealed = await town.city.store("intake").pool.fetchval(
        "SELECT sealed FROM photos.photos WHERE cadre = $1", UUID(cadre)
    )
    assert PICTURE[4:] not in sealed
    other = PICTURE.replace(bytes(8), bytes(7) + b"1", 1)
    assert (await sent(town.operator, cadre, other, "photo-other")).status_code == 200
    await town.city.settle()
    assert (await town.operator.get(f"{API}/cadres/{cadre}/photo")).content == bare(other)
    await town.operator.done(f"{API}/cadres/{cadre}/photo/remove")
    await town.city.settle()
    assert (await town.operator.get(f"{API}/cadres/{cadre}/photo")).status_code == 404
    headers = {"Idempotency-Key": "photo-gone"}
    again = await town.operator.post(f"{API}/cadres/{cadre}/photo/remove", json={}, headers=headers)
    assert again.status_code == 409


@pytest.mark.parametrize(
    "plain", [b"", b"%PDF-1.7", b"\x89PNG\r\n\x1a\n", PICTURE[:20], PICTURE + bytes(2**18)]
)
async def test_what_is_no_small_jpeg_is_refused(town: Town, plain: bytes) -> None:
    """And nothing is on file then."""
    cadre = await town.cadre("佘桂芬")
    assert (await sent(town.operator, cadre, plain)).status_code == 422
    assert (await town.operator.get(f"{API}/cadres/{cadre}/photo")).status_code == 404


async def test_a_photo_is_for_those_who_may(town: Town) -> None:
    """Kept by who keeps the register, seen by the community's people; erased with the cadre's keys."""
    cadre = await town.cadre("练德昌")
    statuses = {
        role: (await sent(town.city.client(role, communities=[town.community]), cadre, PICTURE)).status_code
        for role in (Role.COORDINATOR, Role.SUBDISTRICT, Role.AUDITOR, Role.SECRETARY)
    }
    assert list(statuses.values()) == [403, 403, 403, 200]
    await town.city.settle()
    path = f"{API}/cadres/{cadre}/photo"
    seen = {
        "coordinator": town.city.client(Role.COORDINATOR, communities=[town.community]),
        "elsewhere": town.city.client(Role.COORDINATOR, communities=[UUID(int=1)]),
        "auditor": town.city.client(Role.AUDITOR),
        "reviewer": town.city.client(Role.REVIEWER),
    }
    found = {name: (await client.get(path)).status_code for name, client in seen.items()}
    assert found == {"coordinator": 200, "elsewhere": 403, "auditor": 403, "reviewer": 403}
    await town.city.store("intake").vault.destroy(UUID(cadre))
    assert (await seen["coordinator"].get(path)).status_code == 404
