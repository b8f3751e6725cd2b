"""The line of a live board: over a crash of the server, and with many tabs."""

import secrets
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from tests.command_line import start
from tests.console.conftest import Open
from tests.console.test_board import at_the_board
from tests.console.townsfolk import Townsfolk

PATIENCE = 60_000
HIDE = """() => {
    Object.defineProperty(document, "hidden", {value: true});
    document.dispatchEvent(new Event("visibilitychange"));
}"""


@pytest.mark.long
async def test_a_board_outlives_a_crash(chrome: Browser, open_folder: Path) -> None:
    """The server is killed and started again: what has happened since appears, and the page stays."""
    data = open_folder / secrets.token_hex(4)
    first = start(data, "--pastless")
    try:
        first.wait_ready()
        context = await chrome.new_context(base_url=first.address)
        page = await at_the_board(await context.new_page())
        folk = Townsfolk(first)
        await folk.found()
        before = await folk.request(await folk.cadre("王芳"))
        await expect(page.locator(f"#card-{before}")).to_be_visible()
        await page.evaluate("window.same = true")
        first.process.kill()
        first.process.wait()
        await expect(page.locator("#line [data-when=off]")).to_be_visible()
        again = start(data, "--pastless", "--port", str(first.port))
        first.process = again.process
        first.wait_ready()
        after = await folk.request(await folk.cadre("刘洋"))
        await expect(page.locator(f"#card-{after}")).to_be_visible(timeout=PATIENCE)
        await expect(page.locator(f"#card-{before}")).to_be_visible()
        await expect(page.locator("#line [data-when=on]")).to_be_visible()
        assert await page.evaluate("window.same") is True
        await context.close()
    finally:
        first.process.terminate()
        first.process.wait()


@pytest.mark.long
async def test_a_dozen_tabs_leave_each_other_room(window: Open, folk: Townsfolk) -> None:
    """Those that nobody sees have no line: the one in front is live, and pages load."""
    page = await at_the_board(await window())
    for _ in range(11):
        await page.evaluate(HIDE)
        page = await at_the_board(await page.context.new_page())
    request = await folk.request(await folk.cadre())
    await expect(page.locator(f"#card-{request}")).to_be_visible()
    await page.goto("/matching/helpers")
    await expect(page.locator("h1")).to_be_visible()
