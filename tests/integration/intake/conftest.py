"""A community at work."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.intake_cases import Town, intake_town
from tests.postgres import Postgres


@pytest.fixture(scope="module")
async def town(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    """A community at work, shared by all tests that leave the clock alone."""
    async with intake_town(postgres.superuser_dsn, tmp_path_factory.mktemp("town")) as running:
        yield running


@pytest.fixture
async def own_town(postgres: Postgres, tmp_path: Path) -> AsyncIterator[Town]:
    """A community of one's own, whose clock may be moved."""
    async with intake_town(postgres.superuser_dsn, tmp_path) as running:
        yield running
