"""Lists of care plans: filters, names, whatever is written in them, ten thousand rows."""

import re
from collections.abc import AsyncIterator
from html import unescape
from uuid import UUID

import pytest

from shared.roles import Role
from tests.city_cases import Town, found_town
from tests.harness import running_city
from tests.integration.console.plan_desk import (
    Desk,
    begun,
    form_of,
)
from tests.postgres import Postgres


@pytest.fixture(scope="module")
async def town(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    """A town."""
    async with running_city(postgres.superuser_dsn, tmp_path_factory.mktemp("files")) as city:
        yield await found_town(city)


@pytest.fixture
def secretary(town: Town) -> Desk:
    """Of the community."""
    return Desk(town.city, Role.SECRETARY, communities=[town.here])


async def test_filters_stand_in_the_address(town: Town, secretary: Desk) -> None:
    """By state and by cadre; what is empty offers the next step; an unknown state is refused."""
    one, two = await town.cadre("冯甲"), await town.cadre("冯乙")
    plan = await begun(secretary, one)
    active = await begun(secretary, two)
    await secretary.does(active, "activate")
    assessed = (await secretary.open("/care/plans?state=Assessed")).text
    assert plan in assessed
    assert active not in assessed
    mine = (await secretary.open(f"/care/plans?cadre={two}&state=Active")).text
    assert active in mine
    assert "冯甲" not in mine
    empty = (await secretary.open(f"/care/plans?cadre={two}&state=Suspended")).text
    assert "No plan is in this state" in empty
    assert f'href="/care/plans?cadre={two}"' in empty
    nobody = (await secretary.open(f"/care/plans?cadre={await town.cadre('冯丙')}")).text
    assert "There is no plan yet" in nobody
    assert (await secretary.open("/care/plans?state=Nonsense")).status_code == 422


async def test_who_has_no_plan_is_found_by_name(town: Town, secretary: Desk) -> None:
    """Until a plan is begun, and again once it has ended."""
    cadre = await town.cadre("褚无计划")
    path = "/care/plans/new?name=褚无"
    assert f"cadre={cadre}" in (await secretary.open(path)).text
    plan = await begun(secretary, cadre)
    gone = await secretary.open(path)
    assert "Nobody without a plan has such a name" in gone.text
    asked = await secretary.does(plan, "end", reason="not_needed")
    await secretary.sends(f"{plan}/end", form_of(asked.text, f"{plan}/end"))
    assert f"cadre={cadre}" in (await secretary.open(path)).text


async def test_whatever_is_written_is_only_text(town: Town, secretary: Desk) -> None:
    """Tags, marks of direction, long names: shown as they are written."""
    evil = "<script>alert(1)</script>\u202e{{7*7}}" + "长" * 20
    cadre = await town.cadre(evil[:60])
    pages = [
        await secretary.open("/care/plans/new?name=%3Cscript"),
        await secretary.open(f"/care/plans/new?cadre={cadre}"),
    ]
    plan = await begun(secretary, cadre, note=evil)
    pages += [await secretary.open(path) for path in (plan, "/care/plans")]
    pages.append(await secretary.does(plan, "end", reason="away<script>alert(2)"))
    pages.append(await secretary.does(plan, "end", reason="not_needed"))
    for page in pages:
        assert "<script>alert" not in page.text, page.url
        assert "&lt;script&gt;alert(1)" in page.text, page.url
        assert "{{7*7}}" in page.text or page.url.path != plan


@pytest.mark.long
async def test_ten_thousand_come_page_by_page(town: Town, secretary: Desk) -> None:
    """Each plan once, and each of those who have none."""
    plan = await begun(secretary, await town.cadre())
    pool = town.city.store("care").pool
    await pool.execute(
        "INSERT INTO plans SELECT (jsonb_populate_record(l, jsonb_build_object("
        "'plan', gen_random_uuid(), 'changed', l.changed - n * interval '1 second'))).*"
        " FROM plans l, generate_series(1, 10000) AS n WHERE plan = $1",
        UUID(plan.rpartition("/")[2]),
    )
    await pool.execute(
        "INSERT INTO people SELECT (jsonb_populate_record(NULL::people,"
        " to_jsonb(p) || jsonb_build_object('cadre', gen_random_uuid()))).*"
        " FROM (SELECT * FROM people LIMIT 1) p, generate_series(1, 10000) AS n"
    )
    for path in ("/care/plans", "/care/plans/new"):
        seen: list[str] = []
        at = path
        while at:
            page = await secretary.open(at)
            assert page.text.count("<tr") <= 51
            seen += re.findall(r'data-row="([^"]+)"', page.text)
            found = re.search(r'href="([^"]+)" rel="next"', page.text)
            at = unescape(found[1]) if found else ""
        assert len(seen) == len(set(seen)) >= 10_000, path
