"""The toy services behind HTTP."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, cast

import pytest

from shared import access
from shared.roles import Role
from tests import toy
from tests.harness import City, Client, running_city
from tests.postgres import Postgres


@pytest.fixture(scope="module")
async def town(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[City]:
    """The toy services, shared by the tests of this module."""
    with pytest.MonkeyPatch.context() as patch:
        for action, roles in toy.TABLE.items():
            patch.setitem(cast("dict[str, Any]", access.TABLE), action, roles)
        folder: Path = tmp_path_factory.mktemp("files")
        async with running_city(postgres.superuser_dsn, folder, [toy.COUNTING, toy.HEARING]) as running:
            yield running


@pytest.fixture
def operator(town: City) -> Client:
    """Who may open and count."""
    return town.client(Role.OPERATOR)
