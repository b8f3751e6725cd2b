"""Browsers on a whole system that people have started: in one process, and in several behind the gateway."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.console.session import ACCESS, CONSOLE, RENEW_HEADER
from tests.browser import SCRIPT, Browser
from tests.command_line import Up, running


@pytest.fixture(scope="module", params=["one process", "several"])
def up(open_folder: Path, request: pytest.FixtureRequest) -> Iterator[Up]:
    """A demo without a past."""
    several = request.param == "several"
    if several:
        request.getfixturevalue("kafka_jars")
    data = open_folder / f"console-{'several' if several else 'one'}"
    with running(data, "--pastless", *(["--kafka"] if several else [])) as found:
        yield found


async def test_one_click_and_one_is_in(up: Up) -> None:
    """From the address that `up` says, in a role of one's choice, to where that role works."""
    async with Browser(base_url=up.address) as one:
        front = await one.open("/")
        assert front.url.path == "/identity/sign-in"
        assert "/identity/demo" in front.text
        work = await one.submit("/identity/demo", role="auditor")
        assert work.url.path == "/reporting/"
        home = await one.open("/identity/")
        assert "演示审计员" in home.text
        style = home.text.partition('rel="stylesheet" href="')[2].partition('"')[0]
        assert "immutable" in (await one.get(style)).headers["cache-control"]


async def test_a_form_is_told_by_its_origin(up: Up) -> None:
    """Where a browser says no more than that, also behind the gateway: ours is, another port's isn't."""
    async with Browser(base_url=up.address) as one:
        fields = {"role": "operator"}
        for origin, status in ((up.address, 200), ("http://127.0.0.1:9", 403), ("null", 403)):
            answer = await one.post("/identity/demo", data=fields, headers={"Origin": origin})
            assert answer.status_code == status, origin


async def test_out_everywhere_is_out(up: Up) -> None:
    """The other browser at its next page; what its script asks is refused, and so is the renewal."""
    async with Browser(base_url=up.address) as here, Browser(base_url=up.address) as there:
        for one in (here, there):
            await one.submit("/identity/demo", role="coordinator")
            assert {ACCESS, CONSOLE} <= set(one.cookies)
        there.forget(ACCESS)
        assert (await there.open("/identity/")).url.path == "/identity/"
        assert (await here.submit("/identity/sign-out-everywhere")).url.path == "/identity/sign-in"
        there.forget(ACCESS)
        asked = await there.get("/identity/", headers=SCRIPT)
        assert asked.status_code == 401
        assert (await there.post(asked.headers[RENEW_HEADER], headers=SCRIPT)).status_code == 401
        assert (await there.open("/identity/")).url.path == "/identity/sign-in"
