"""Matching as it runs."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from fastapi import APIRouter

from services.matching.service import SERVICE
from shared.roles import Role
from shared.service import Definition
from tests.harness import running_city
from tests.integration.matching.stage import HERE, Stage
from tests.postgres import Postgres


@pytest.fixture
async def stage(postgres: Postgres, tmp_path: Path) -> AsyncIterator[Stage]:
    """Matching, a silent intake and a silent care."""
    silent = [Definition(name, name, APIRouter()) for name in ("intake", "care")]
    async with running_city(postgres.superuser_dsn, tmp_path, [SERVICE, *silent]) as city:
        coordinator = city.client(Role.COORDINATOR, communities=[HERE])
        stage = Stage(city, coordinator)
        await stage.register()
        yield stage
