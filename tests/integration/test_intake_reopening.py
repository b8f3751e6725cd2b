"""A closed request that is opened again as the cadre dies, in intake on a real PostgreSQL."""

from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import pytest

from services.intake.domain.cadre import CADRE
from services.intake.domain.cadre_commands import RecordDeath
from shared.bus.envelope import Actor
from shared.contracts import care
from shared.eventstore.work import Work
from tests.intake_cases import TODAY, Town, intake_town
from tests.postgres import Postgres


@pytest.fixture
async def town(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    """A community at work."""
    async with intake_town(postgres.superuser_dsn, tmp_path_factory.mktemp("reopening")) as running:
        yield running


async def test_a_reopening_that_crossed_the_death(town: Town) -> None:
    """It was decided by the file as it was read and stored after the death: its own reaction ends it."""
    cadre = await town.cadre()
    request = await town.request(cadre)
    of = {"request": UUID(request), "cadre": UUID(cadre), "helper": uuid4(), "visit": uuid4()}
    await town.told("care", care.ServiceReported(**of))
    await town.post(request, "callback", {"outcome": "solved"})
    store = town.city.store("intake")
    store._memory.forget(CADRE.stream(UUID(cadre)))  # noqa: SLF001  as another process, or long after
    commit, tries = store.commit, 0

    async def after_the_death(work: Work, **more: object) -> object:
        nonlocal tries
        tries += 1
        if tries == 1:
            death = Work(store, Actor("secretary", "secretary"))
            await death.execute(CADRE, UUID(cadre), RecordDeath(on=TODAY))
            await commit(death)
        return await commit(work, **more)  # type: ignore[arg-type]

    store.commit = after_the_death  # type: ignore[method-assign,assignment]
    try:
        await town.post(request, "reopen", {"reason": "recurs"})
    finally:
        store.commit = commit  # type: ignore[method-assign]
    assert "RequestReopened" in await town.names()
    assert await town.state(request) == "Cancelled"
