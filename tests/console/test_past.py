"""The demo with its past: whom one enters as has something to do, and every picture can be taken."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.async_api import Browser

from shared.roles import Role
from tests.command_line import Up, running
from tests.screens import LOADED, LOADING_SECONDS, PICTURES, Picture, take

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def past(open_folder: Path) -> Iterator[Up]:
    """A demo as `./jiujin up` makes it."""
    with running(open_folder / "past") as found:
        found.wait_said(LOADED, LOADING_SECONDS)
        yield found


def test_nothing_went_wrong(past: Up) -> None:
    """While the past was made."""
    assert (past.data / "log" / "demo.log").read_text() == ""


def _reads(up: Up, role: Role, path: str) -> list[Any]:
    token = json.loads((up.data / "tokens.json").read_text())[role.value]
    answer = httpx.get(f"{up.address}{path}", headers={"Authorization": f"Bearer {token}"}, trust_env=False)
    return list(answer.json()["items"])


@pytest.mark.parametrize("role", [Role.VOLUNTEER, Role.CARE_WORKER, Role.ORGANISATION, Role.CLINIC])
def test_each_helper_has_an_offer_and_a_visit(past: Up, role: Role) -> None:
    """Of those in whose place one may enter."""
    offers = _reads(past, role, "/matching/api/v1/offers?state=Open")
    visits = _reads(past, role, "/care/api/v1/visits")
    assert offers
    assert any(one["state"] in ("Scheduled", "Begun") for one in visits)


@pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: picture.name)
async def test_the_picture_can_be_taken(past: Up, chrome: Browser, tmp_path: Path, picture: Picture) -> None:
    """The page is where its steps look for it."""
    await take(chrome, past.address, picture, tmp_path)
    assert tmp_path.joinpath(f"{picture.name}.png").stat().st_size
