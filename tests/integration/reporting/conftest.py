"""Reporting as it runs."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from fastapi import APIRouter

from services.reporting.service import SERVICE
from shared import ids
from shared.roles import Role
from shared.service import Definition
from tests.harness import START, City, Client, running_city
from tests.postgres import Postgres


@pytest.fixture
async def house(postgres: Postgres, tmp_path: Path) -> AsyncIterator[City]:
    """Reporting, and the stores of the three that own what it copies."""
    owners = [Definition(name, name, APIRouter()) for name in ("intake", "matching", "care")]
    async with running_city(postgres.superuser_dsn, tmp_path, [*owners, SERVICE]) as running:
        yield running


@pytest.fixture
def auditor(house: City) -> Client:
    """Who may read and replay everything."""
    return house.client(Role.AUDITOR, sub=str(ids.derive(START, "auditor")))
