"""A city of identity and another service with a page of its own, and browsers."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import httpx
import pytest
from fastapi import APIRouter, Form
from fastapi.responses import PlainTextResponse

from services.identity.service import SERVICE as IDENTITY
from services.intake.catalogue import define_services
from services.intake.service import SERVICE as INTAKE
from shared.console.session import Visit
from shared.roles import Role
from tests.browser import Browser
from tests.harness import City, running_city
from tests.intake_cases import API
from tests.integration.console.desk import Desk
from tests.postgres import Postgres

PASSWORD = "correct horse battery"
pages = APIRouter()


@pages.get("/work")
async def work(visit: Visit) -> PlainTextResponse:
    """A page of another service."""
    return PlainTextResponse(f"{visit.principal.role} {visit.form}")


@pages.post("/work")
async def done(_: Visit, what: Annotated[str, Form()]) -> PlainTextResponse:
    """What a form of that page does."""
    return PlainTextResponse(f"done: {what}")


@pages.get("/broken")
async def broken() -> None:
    """A fault of ours."""
    raise RuntimeError


@pytest.fixture
async def house(postgres: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[City]:
    """Identity, and intake with those pages, which are nobody's work: whoever comes in stays at home."""
    monkeypatch.setattr("services.identity.console.browser.CONSOLES", ())
    services = [IDENTITY, replace(INTAKE, console=pages)]
    async with running_city(postgres.superuser_dsn, tmp_path, services) as running:
        running.system.services["identity"].extras["private_key"] = running.key
        yield running


@pytest.fixture
async def browser(house: City) -> AsyncIterator[Callable[..., Browser]]:
    """Makes browsers, each with cookies of its own."""
    async with AsyncExitStack() as stack:
        made: list[Browser] = []

        def make(base_url: str = "http://city") -> Browser:
            transport = httpx.ASGITransport(app=house.gateway, raise_app_exceptions=False)
            made.append(Browser(transport=transport, base_url=base_url))
            stack.push_async_callback(made[-1].aclose)
            return made[-1]

        yield make


@pytest.fixture
async def lina(house: City) -> str:
    """The id of an operator's account: `li.na`."""
    body = {
        "login": "li.na",
        "name": "李娜",
        "grants": [{"role": "operator", "communities": None}],
        "password": PASSWORD,
    }
    opened = await house.client(Role.ADMIN).done("/identity/api/v1/accounts", body)
    account: str = opened["id"]
    return account


@pytest.fixture(scope="module")
async def desk(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    """One for all tests here: each has people of its own."""
    files: Path = tmp_path_factory.mktemp("desk")
    async with running_city(postgres.superuser_dsn, files, [IDENTITY, INTAKE]) as city:
        city.system.services["identity"].extras["private_key"] = city.key
        await define_services(city.store("intake"))
        admin = city.client(Role.ADMIN)
        grants = [{"role": "operator", "communities": None}]
        account = {"login": "li.na", "name": "李娜", "grants": grants, "password": PASSWORD}
        opened = await admin.done("/identity/api/v1/accounts", account)
        body = {"code": "zq", "name": "站前社区", "subdistrict": "河南街道"}
        await admin.done(f"{API}/communities", body)
        await city.settle()
        transport = httpx.ASGITransport(app=city.gateway, raise_app_exceptions=False)
        async with Browser(transport=transport) as browser:
            await browser.sign_in("li.na", PASSWORD)
            yield Desk(city, browser, city.client(Role.OPERATOR, sub=opened["id"]))
