"""Pages of budgets: opened and changed by who may, shown before and after, never over somebody's change."""

import re
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from shared.roles import Role
from tests.browser import HOME
from tests.city_cases import CARE, Town, found_town
from tests.harness import running_city
from tests.integration.console.test_funding import HIDDEN, Desk
from tests.postgres import Postgres

NEW = "/care/budgets/new"


@pytest.fixture(scope="module")
async def town(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    """A town."""
    async with running_city(postgres.superuser_dsn, tmp_path_factory.mktemp("files")) as city:
        yield await found_town(city)


def hidden(text: str) -> dict[str, str]:
    """What the page's own form has hidden in it."""
    return dict(HIDDEN.findall(text.partition('<form method="post" action="/care/budgets/')[2]))


async def opened(admin: Desk) -> str:
    """The path of a budget of 1,000 yuan that was opened by page."""
    fund = f"f{uuid4().hex[:6]}"
    typed = {"fund": fund, "title": f"资金{fund}", "year": "2026", "amount": "1,000", "threshold": "500"}
    form = hidden((await admin.open(NEW)).text)
    for _ in range(2):  # a form sent twice opens one
        answer = await admin.post(NEW, data={**form, **typed}, headers=HOME)
        assert str(answer.url).endswith("/care/budgets?year=2026&done=opened")
    (path,) = re.findall(rf'href="(/care/budgets/[0-9a-f-]{{36}})">资金{fund}', answer.text)
    return str(path)


async def asked(admin: Desk, path: str, amount: str) -> dict[str, str]:
    """What the page that shows before and after would send."""
    form = hidden((await admin.open(path)).text)
    answer = await admin.post(path, data={**form, "amount": amount, "reason": "追加"}, headers=HOME)
    assert answer.status_code == 200, answer.text
    return hidden(answer.text)


async def test_a_change_is_shown_before_it_holds(town: Town) -> None:
    """Nothing changes by looking; sent twice it counts once; a mistake is put right by another change."""
    admin = Desk(town.city, Role.ADMIN)
    path = await opened(admin)
    api = path.replace("/care/", f"{CARE}/")
    form = await asked(admin, path, "1,200.50")
    assert (await town.admin.read(api))["amount"] == 100_000
    for _ in range(2):
        answer = await admin.post(path, data=form, headers=HOME)
        assert str(answer.url).endswith("/care/budgets?year=2026&done=changed")
    assert (await town.admin.read(api))["amount"] == 120_050
    await admin.post(path, data=await asked(admin, path, "1,000"), headers=HOME)
    assert (await town.admin.read(api))["amount"] == 100_000


async def test_the_second_of_two_is_told(town: Town) -> None:
    """Two administrators change one budget: what the first did stays."""
    one, two = Desk(town.city, Role.ADMIN), Desk(town.city, Role.ADMIN)
    path = await opened(one)
    first, second = await asked(one, path, "2,000"), await asked(two, path, "3,000")
    await one.post(path, data=first, headers=HOME)
    refused = await two.post(path, data=second, headers=HOME)
    assert refused.status_code == 412
    assert "¥2,000.00" in refused.text
    assert (await town.admin.read(path.replace("/care/", f"{CARE}/")))["amount"] == 200_000


@pytest.mark.parametrize(
    ("field", "value"),
    [("fund", "X Y"), ("title", ""), ("year", "26"), ("amount", "viel"), ("threshold", "")],
)
async def test_what_is_wrong_is_said_at_its_field(town: Town, field: str, value: str) -> None:
    """And what was typed stays."""
    admin = Desk(town.city, Role.ADMIN)
    typed = {"fund": "f_1", "title": "<b>资金", "year": "2026", "amount": "1", "threshold": "1", field: value}
    form = hidden((await admin.open(NEW)).text)
    answer = await admin.post(NEW, data={**form, **typed}, headers=HOME)
    assert answer.status_code == 422
    assert f'id="{field}-fault"' in answer.text
    assert "<b>资金" not in answer.text


async def test_nobody_else_changes_a_budget(town: Town) -> None:
    """Who reads it sees no way to, and has none."""
    path = await opened(Desk(town.city, Role.ADMIN))
    for role in (Role.REVIEWER, Role.PAYER):
        desk = Desk(town.city, role)
        listed = (await desk.open("/care/budgets?year=2026")).text
        assert path not in listed
        assert NEW not in listed
        for one in (path, NEW):
            assert (await desk.open(one)).status_code == 403
