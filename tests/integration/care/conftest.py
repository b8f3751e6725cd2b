"""Care as it runs."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from fastapi import APIRouter

from services.care.service import SERVICE
from shared.service import Definition
from tests.harness import City, running_city
from tests.integration.care.chain import Chain
from tests.integration.care.told import assigned
from tests.postgres import Postgres


@pytest.fixture
async def city(postgres: Postgres, tmp_path: Path) -> AsyncIterator[City]:
    """Care, with an intake and a matching that only say what a test tells them to."""
    others = [Definition(name, name, APIRouter()) for name in ("intake", "matching")]
    async with running_city(postgres.superuser_dsn, tmp_path, [*others, SERVICE]) as running:
        yield running


@pytest.fixture
async def chain(city: City) -> Chain:
    """A chain for an open case."""
    return Chain(city, await assigned(city))
