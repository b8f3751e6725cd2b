"""The stream of funding cases: told to those who may see the case, from where they were, to nobody else."""

import asyncio
import re
import time
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.care.console import funding, funding_live
from services.care.console.funding_live import cases_of
from shared.console.session import VisitContext
from shared.errors import ForbiddenError
from shared.roles import Principal, Role
from tests.city_cases import CARE, UNIT, Town, found_town
from tests.harness import running_city
from tests.integration.console.test_funding import Desk
from tests.integration.matching.test_board import Line
from tests.postgres import Postgres


@pytest.fixture(scope="module")
async def town(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    """A town with a budget."""
    async with running_city(postgres.superuser_dsn, tmp_path_factory.mktemp("files")) as city:
        made = await found_town(city)
        await made.budget()
        yield made


@pytest.fixture(scope="module")
async def request_(town: Town) -> str:
    """A request that a volunteer has."""
    request, _ = await town.assigned(await town.cadre(), await town.volunteer())
    return request


async def drafted(town: Town, request: str) -> str:
    """A new case's id."""
    body = {"request": request, "fund": "hardship", "amount": 10_000, "purpose": "冬季取暖"}
    return str((await town.coordinator.done(f"{CARE}/fundings", body))["id"])


def visit(town: Town, role: Role, **who: Any) -> VisitContext:
    """Somebody who looks."""
    running = town.city.system.services["care"]
    return VisitContext(
        running, Principal(str(uuid4()), role, **who), "mark", "en", 1, int(time.time() + 300)
    )


async def listening(looking: VisitContext, mark: str = "") -> tuple[Line, "asyncio.Task[None]"]:
    """A stream that has begun from this mark."""
    line, answer = Line(), await funding_live.stream(looking, mark)
    return line, asyncio.create_task(answer({"type": "http"}, line.receive, line.send))


async def test_whoever_may_see_a_case_hears_of_it(town: Town, request_: str) -> None:
    """The bureau, its community and its unit, at each change; another community and another unit don't."""
    bounds: dict[str, tuple[Role, dict[str, Any]]] = {
        "reviewer": (Role.REVIEWER, {"communities": None}),
        "secretary": (Role.SECRETARY, {"communities": frozenset({town.here})}),
        "liaison": (Role.UNIT_LIAISON, {"unit": UNIT}),
        "elsewhere": (Role.SECRETARY, {"communities": frozenset({town.there})}),
        "other unit": (Role.UNIT_LIAISON, {"unit": "另一单位"}),
        "nobody's": (Role.FAMILY, {"cadre": uuid4()}),
    }
    lines = {name: await listening(visit(town, role, **who)) for name, (role, who) in bounds.items()}
    for line, _ in lines.values():
        await line.until("event: whole")
    case = await drafted(town, request_)
    hearing = [lines[name][0] for name in ("reviewer", "secretary", "liaison")]
    for line in hearing:
        await line.until(f'<data id="card-{case}" value="1">')
    await town.coordinator.done(f"{CARE}/fundings/{case}/withdraw", {"reason": "重复"})
    for line in hearing:
        await line.until(f'<data id="card-{case}" value="2">')
    for line, telling in lines.values():
        line.gone.set()
        await telling
    for name in ("elsewhere", "other unit", "nobody's"):
        assert case.encode() not in lines[name][0].sent


async def test_whoever_comes_back_hears_what_was_missed(town: Town, request_: str) -> None:
    """From their mark on; nothing of what they knew."""
    before = await drafted(town, request_)
    await town.city.settle()
    looking, cases = visit(town, Role.PAYER, communities=None), cases_of(town.city.system.services["care"])
    await cases.refresh()
    mark = cases.mark
    after = await drafted(town, request_)
    await town.city.settle()
    line, telling = await listening(looking, mark)
    await line.until(f'<data id="card-{after}"')
    line.gone.set()
    await telling
    assert b"event: some" in line.sent
    assert before.encode() not in line.sent


@pytest.mark.parametrize("page", ["/care/fundings", "/care/fundings/"])
async def test_what_moves_while_a_page_is_made_is_told(
    town: Town, request_: str, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    """A case comes behind what the page has read: its line begins before that."""
    case, cases = await drafted(town, request_), cases_of(town.city.system.services["care"])
    await town.city.settle()
    later: list[str] = []
    name = "get_funding" if page.endswith("/") else "list_waiting"
    reads = getattr(funding, name)

    async def meanwhile(*asked: Any) -> Any:
        found = await reads(*asked)
        later.append(await drafted(town, request_))
        await town.city.settle()
        await cases.refresh()
        return found

    monkeypatch.setattr(funding, name, meanwhile)
    answer = await Desk(town.city, Role.REVIEWER).open(page + case if page.endswith("/") else page)
    (mark,) = re.findall(r'data-mark="([^"]+)"', answer.text)
    assert f'<data id="card-{later[0]}"' in cases.told(None, "en", mark)


async def test_who_may_not_read_cases_has_no_stream(town: Town) -> None:
    """As for the list."""
    with pytest.raises(ForbiddenError):
        await funding_live.stream(visit(town, Role.OPERATOR, communities=None), "")


async def test_an_ended_case_that_is_changed_is_told(town: Town, request_: str) -> None:
    """It is on no list of what goes on, and on somebody's screen."""
    case, cases = await drafted(town, request_), cases_of(town.city.system.services["care"])
    await town.coordinator.done(f"{CARE}/fundings/{case}/withdraw", {"reason": "重复"})
    await town.city.settle()
    await town.city.advance(hours=2)
    await cases.refresh()
    assert UUID(case) not in dict(cases.rows(None))
    mark = cases.mark
    pool = town.city.store("care").pool
    await pool.execute(
        "UPDATE fundings SET version = version + 1, changed = $2 WHERE funding = $1",
        UUID(case),
        town.city.clock.now(),
    )
    await cases.refresh()
    assert f'<data id="card-{case}" value="3">' in cases.told(None, "en", mark)
