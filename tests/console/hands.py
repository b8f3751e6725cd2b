"""Somebody at the operator's desk who presses keys, and people whom no other test has."""

import secrets
from dataclasses import dataclass, field

from playwright.async_api import Page

SIGNS = "仲伯季孟叔芮靳汲邴糜井段富巫乌焦巴弓牧隗山谷车侯宓蓬全郗班仰"


@dataclass
class Hands:
    """They press keys and count them; free text is not counted."""

    page: Page
    pressed: int = field(default=0)

    async def press(self, *keys: str) -> None:
        """Each key; with Ctrl held it is two."""
        for key in keys:
            await self.page.keyboard.press(key)
            self.pressed += key.count("+") + 1

    async def type(self, text: str) -> None:
        """Sign by sign."""
        await self.press(*text)

    async def say(self, text: str) -> None:
        """Free text."""
        await self.page.keyboard.insert_text(text)


def phone() -> str:
    """A number that nobody else has."""
    return f"+86434{secrets.randbelow(900000) + 100000:07}"


def name() -> str:
    """Of a person whom no other test has."""
    return "".join(secrets.choice(SIGNS) for _ in range(3))


async def at_the_desk(page: Page, path: str = "/intake/") -> Hands:
    """Signed in as an operator."""
    await page.goto("/identity/demo")
    await page.click("button[value=operator]")
    await page.wait_for_url("**/intake/")
    if path != "/intake/":
        await page.goto(path)
    return Hands(page)
