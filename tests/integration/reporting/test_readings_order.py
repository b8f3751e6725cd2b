"""Who read what comes in the order in which it happened, even when the clock stands."""

from collections.abc import AsyncIterator
from pathlib import Path

import orjson
import pytest
from fastapi import APIRouter

from services.reporting.service import SERVICE
from shared.roles import Role
from shared.service import Definition
from tests.casefile_cases import CADRE
from tests.harness import City, running_city
from tests.integration.reporting.recorded import API, WHY, a_request
from tests.postgres import Postgres

ASKED = [f"kind=question.{number}" for number in (7, 3, 9, 1, 8, 2, 6, 4)]


@pytest.fixture
async def house(postgres: Postgres, tmp_path: Path) -> AsyncIterator[City]:
    """Reporting beside the owners of what it copies; a history was read several times in one instant."""
    owners = [Definition(name, name, APIRouter()) for name in ("intake", "matching", "care")]
    async with running_city(postgres.superuser_dsn, tmp_path, [*owners, SERVICE]) as running:
        await a_request(running)
        auditor = running.client(Role.AUDITOR)
        for asked in ASKED:
            await auditor.read(f"{API}/cadres/{CADRE}/history", kind=asked.removeprefix("kind="), **WHY)
        await running.settle()
        yield running


async def test_readings_of_one_instant_keep_their_order(house: City) -> None:
    """On one page, and over pages."""
    auditor = house.client(Role.AUDITOR)
    whole = (await auditor.read(f"{API}/readings"))["items"]
    assert len({one["recorded"] for one in whole}) == 1
    assert [one["query"] for one in whole] == ASKED
    found, cursor = [], ""
    while True:
        page = await auditor.read(f"{API}/readings", limit=3, **({"cursor": cursor} if cursor else {}))
        found += page["items"]
        cursor = page["next"]
        if not cursor:
            break
    assert found == whole


async def test_a_rebuild_keeps_the_order(house: City) -> None:
    """Row for row."""
    answer = await house.client(Role.ADMIN).command(f"{API}/views/readings/rebuild")
    last = orjson.loads(answer.text.splitlines()[-1])
    assert last["differences"] == {"readings": {"only_old": 0, "only_new": 0}}
    found = (await house.client(Role.AUDITOR).read(f"{API}/readings"))["items"]
    assert [one["query"] for one in found] == ASKED
