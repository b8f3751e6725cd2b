"""A Chromium, a demo that is up, and windows onto it."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page

from shared.console.statics import MODULES
from tests.command_line import Up, running
from tests.console.quarter import Quarter
from tests.console.townsfolk import Townsfolk
from tests.node import launched

Open = Callable[..., Awaitable[Page]]


@pytest.fixture(scope="session")
async def chrome() -> AsyncIterator[Browser]:
    """One for all tests of this worker."""
    async with launched() as browser:
        yield browser


@pytest.fixture(scope="session")
def up(open_folder: Path) -> Iterator[Up]:
    """A demo without a past."""
    with running(open_folder / "console", "--pastless") as found:
        yield found


@pytest.fixture
async def quarter(up: Up) -> Quarter:
    """A community of a test's own, with a budget."""
    made = Quarter(up)
    await made.found()
    return made


@pytest.fixture(scope="session")
def axe() -> str:
    """The check for accessibility, to be run in a page."""
    return (MODULES / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


@pytest.fixture
async def folk(up: Up) -> Townsfolk:
    """Of a community that this test has alone."""
    made = Townsfolk(up)
    await made.found()
    return made


@pytest.fixture
async def window(chrome: Browser, up: Up) -> AsyncIterator[Open]:
    """Opens pages, each in a browser with cookies of its own; a script's error or a broken policy fails."""
    wrong: list[str] = []
    async with AsyncExitStack() as stack:

        async def make(width: int = 1366, height: int = 768, language: str = "zh-CN", **more: Any) -> Page:
            context = await chrome.new_context(
                base_url=up.address, viewport={"width": width, "height": height}, locale=language, **more
            )
            stack.push_async_callback(context.close)
            page = await context.new_page()
            page.on("pageerror", lambda error: wrong.append(str(error)))
            page.on("console", lambda said: wrong.append(said.text) if "Policy" in said.text else None)
            return page

        yield make
    assert wrong == []
