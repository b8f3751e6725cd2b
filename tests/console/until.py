"""Waiting in a page: Playwright's own wait for a function evaluates text, which the policy forbids."""

import asyncio
from typing import Any

from playwright.async_api import Page

TRIES = 400
WAIT = 0.05


async def until(page: Page, script: str, argument: Any = None) -> None:
    """Until this script gives something true; fails after some twenty seconds."""
    for _ in range(TRIES):
        if await page.evaluate(script, argument):
            return
        await asyncio.sleep(WAIT)  # a poll with an end
    raise AssertionError(script)
