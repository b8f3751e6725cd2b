"""Spreadsheets into a running system, on a real PostgreSQL."""

from collections.abc import AsyncIterator, Sequence
from datetime import date
from pathlib import Path

import httpx
import pytest

from deploy.client import Client, Signer
from deploy.demo.city import City as Rows
from deploy.demo.city import city as rows_of
from deploy.demo.city import write_city
from deploy.importing import Outcome, import_files
from shared.roles import Role
from shared.tables import Kind
from shared.tables.writing import SheetRow, xlsx
from tests.harness import City

TODAY = date(2026, 6, 1)
ROWS: Rows = rows_of(7, TODAY)


@pytest.fixture
async def client(city: City) -> AsyncIterator[Client]:
    """An administrator at the command line."""
    transport = httpx.ASGITransport(app=city.gateway)
    async with Client("http://city", Signer(city.key), transport=transport) as client:
        yield client


def write(folder: Path, kind: Kind, rows: Sequence[SheetRow], name: str = "") -> Path:
    """A file of these rows."""
    path = folder / (name or f"{kind.value}.xlsx")
    path.write_bytes(xlsx(kind, rows))
    return path


async def import_(client: Client, city: City, *files: Path, all_or_nothing: bool = False) -> list[Outcome]:
    """Import, and let it have its effect."""
    outcomes = await import_files(client, files, all_or_nothing=all_or_nothing)
    await city.settle()
    return outcomes


async def communities(client: Client, city: City, folder: Path) -> None:
    """The 25 communities."""
    [outcome] = await import_(client, city, write(folder, Kind.COMMUNITIES, list(ROWS.communities)))
    assert (outcome.imported, outcome.bad) == (25, ())


async def events_of(city: City) -> int:
    """How many events there are."""
    return sum([len(await city.events(service)) for service in ("intake", "matching", "care")])


async def test_the_demo_city_goes_in_whole_whatever_the_order(
    client: Client, city: City, tmp_path: Path
) -> None:
    """Four files, the budgets named first: every row is taken, and the register shows them."""
    files = write_city(tmp_path / "city", 7, TODAY)
    outcomes = await import_(client, city, *reversed(files))
    assert [outcome.bad for outcome in outcomes] == [(), (), (), ()]
    assert [outcome.imported for outcome in outcomes] == [
        len(ROWS.budgets), len(ROWS.volunteers), len(ROWS.cadres), len(ROWS.communities),
    ]  # fmt: skip


async def test_a_second_import_of_the_same_files_changes_nothing(
    client: Client, city: City, tmp_path: Path
) -> None:
    """Every row is there already, and not one event is added."""
    files = write_city(tmp_path / "city", 7, TODAY)
    await import_(client, city, *files)
    before = await events_of(city)
    outcomes = await import_(client, city, *files)
    assert [(outcome.imported, outcome.bad) for outcome in outcomes] == [(0, ())] * 4
    assert outcomes[1].unchanged == len(ROWS.cadres)
    assert await events_of(city) == before


async def test_a_bad_row_is_reported_and_the_good_ones_go_in(
    client: Client, city: City, tmp_path: Path
) -> None:
    """File, row, column, value and reason in both languages; its neighbours are taken."""
    await communities(client, city, tmp_path)
    rows = [dict(row) for row in ROWS.cadres[:5]]
    rows[2]["community"] = "没有这个社区"
    [outcome] = await import_(client, city, write(tmp_path, Kind.CADRES, rows))
    [problem] = outcome.bad
    assert outcome.imported == 4
    assert (problem.file, problem.row, problem.column) == ("cadres.xlsx", 4, "community")
    assert problem.value == "没有这个社区"
    assert problem.reason_zh == "没有这个社区。"
    assert problem.reason_en == "There is no such community."


async def test_all_or_nothing_takes_nothing_of_a_file_with_a_bad_row(
    client: Client, city: City, tmp_path: Path
) -> None:
    """Nothing of that file goes in, however many good rows stand before the bad one."""
    await communities(client, city, tmp_path)
    before = await events_of(city)
    rows = [dict(row) for row in ROWS.cadres[:230]]
    rows[-1]["phone"] = "12345"
    [outcome] = await import_(client, city, write(tmp_path, Kind.CADRES, rows), all_or_nothing=True)
    assert (outcome.imported, outcome.left_out, len(outcome.bad)) == (0, 229, 1)
    assert await events_of(city) == before


async def test_all_or_nothing_is_one_transaction_when_the_system_refuses_a_row(
    client: Client, city: City, tmp_path: Path
) -> None:
    """An address that the check lets pass and the register doesn't: it is named, and none of 230 is taken."""
    await communities(client, city, tmp_path)
    before = await events_of(city)
    rows = [dict(row) for row in ROWS.cadres[:230]]
    rows[220]["address"] = "很" * 190
    [outcome] = await import_(client, city, write(tmp_path, Kind.CADRES, rows), all_or_nothing=True)
    assert (outcome.imported, [problem.row for problem in outcome.bad]) == (0, [222])
    assert await events_of(city) == before


async def test_a_row_that_the_system_refuses_is_named_and_the_others_go_in(
    client: Client, city: City, tmp_path: Path
) -> None:
    """The same without all-or-nothing."""
    await communities(client, city, tmp_path)
    rows = [dict(row) for row in ROWS.cadres[:10]]
    rows[6]["address"] = "很" * 190
    [outcome] = await import_(client, city, write(tmp_path, Kind.CADRES, rows))
    assert (outcome.imported, [problem.row for problem in outcome.bad]) == (9, [8])


async def test_who_is_registered_with_other_details_is_not_overwritten(
    client: Client, city: City, tmp_path: Path
) -> None:
    """An import only adds; the row says so."""
    await communities(client, city, tmp_path)
    rows = [dict(row) for row in ROWS.cadres[:3]]
    await import_(client, city, write(tmp_path, Kind.CADRES, rows))
    rows[1]["dialect"] = "四川话"
    [outcome] = await import_(client, city, write(tmp_path, Kind.CADRES, rows))
    assert (outcome.imported, outcome.unchanged) == (0, 2)
    assert [problem.code for problem in outcome.bad] == ["differs_from_register"]


async def test_a_budget_that_was_adjusted_is_not_set_back(client: Client, city: City, tmp_path: Path) -> None:
    """The same file again doesn't undo what the bureau decided since."""
    path = write(tmp_path, Kind.BUDGETS, list(ROWS.budgets))
    await import_(client, city, path)
    admin = city.client(Role.ADMIN)
    [first, *_] = (await admin.read("/care/api/v1/budgets"))["items"]
    await admin.done(f"/care/api/v1/budgets/{first['budget']}/adjust", {"by": 100, "reason": "年中追加"})
    await city.settle()
    [outcome] = await import_(client, city, path)
    assert (outcome.imported, outcome.unchanged, len(outcome.bad)) == (0, len(ROWS.budgets) - 1, 1)


async def test_a_file_that_is_no_table_is_a_problem_not_a_crash(
    client: Client, city: City, tmp_path: Path
) -> None:
    """It says what to do, and the other file goes in."""
    broken = tmp_path / "broken.xlsx"
    broken.write_bytes(b"PK\x03\x04 nothing")
    good = write(tmp_path, Kind.COMMUNITIES, list(ROWS.communities))
    outcomes = await import_(client, city, broken, good)
    assert (outcomes[0].bad[0].row, outcomes[1].imported) == (0, 25)
