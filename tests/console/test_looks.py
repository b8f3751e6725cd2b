"""Every page and state in both languages, schemes and widths: axe finds nothing, nothing sticks out."""

from itertools import product

import pytest
from playwright.async_api import Page

from tests.console.conftest import Open

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = """rules => axe.run(document, {runOnly: rules}).then(found => found.violations.map(
    one => `${one.id}: ${one.nodes.map(node => node.html).join(" ")}`))"""
WIDE = "document.documentElement.scrollWidth > innerWidth"

LOOKS = tuple(product(("zh-CN", "en"), ("light", "dark"), (1366, 390)))
"""Language, scheme and width, each with each."""


def in_looks(*often: tuple[str, str, int]) -> pytest.MarkDecorator:
    """In each look; those that aren't in `often` when there is time."""
    looks = [pytest.param(*one, marks=() if one in often else pytest.mark.long) for one in LOOKS]
    return pytest.mark.parametrize(("language", "scheme", "width"), looks)


async def check(page: Page, axe: str) -> None:
    """What is to hold of the page as it stands."""
    await page.evaluate(axe)
    assert await page.evaluate(RUN, RULES) == [], page.url
    assert await page.evaluate(WIDE) is False, page.url


async def send(page: Page, button: str) -> None:
    """Press a button that leads to a page."""
    async with page.expect_navigation():
        await page.click(button)


@in_looks(("zh-CN", "light", 1366), ("zh-CN", "dark", 390), ("en", "light", 390), ("en", "dark", 1366))
async def test_every_page_is_clean(window: Open, axe: str, language: str, scheme: str, width: int) -> None:
    """Signing in and what is wrong there, the demo, home, the password and what is wrong, errors, keys."""
    page = await window(width, 768 if width > 390 else 844, language, color_scheme=scheme)
    await page.goto("/")
    assert await page.get_attribute("html", "lang") == language
    await check(page, axe)
    await page.fill("#login", f"nobody.{scheme}.{width}")
    await page.fill("#password", "something else")
    await send(page, "main form button")
    assert await page.is_visible("[role=alert]")
    await check(page, axe)
    await page.goto("/identity/demo")
    await check(page, axe)
    await send(page, "button[value=coordinator]")
    await check(page, axe)
    await page.goto("/identity/password")
    await check(page, axe)
    for field, value in (("old", "x"), ("new", "a long password"), ("again", "another password")):
        await page.fill(f"#{field}", value)
    await send(page, "main form button")
    assert await page.get_attribute("#again", "aria-invalid") == "true"
    await check(page, axe)
    await page.goto("/identity/role")
    await check(page, axe)
    await page.goto("/identity/none")
    await check(page, axe)
    await page.keyboard.press("Shift+?")
    await page.wait_for_selector("dialog[open]")
    await check(page, axe)


@pytest.mark.parametrize("width", [1366, 390])
async def test_large_type_fits(window: Open, axe: str, width: int) -> None:
    """At 150 percent nothing sticks out, on either screen; what a person chose is darker or lighter, too."""
    page = await window(width, language="en")
    await page.goto("/identity/demo")
    for _ in range(3):
        await send(page, "footer button[name=size]:last-child")
    for scheme in ("light", "dark"):
        await send(page, "footer button[name=scheme]")
        assert await page.get_attribute("html", "data-scheme") == scheme
        await check(page, axe)
    assert await page.evaluate(
        "parseFloat(getComputedStyle(document.documentElement).fontSize)"
    ) == pytest.approx(22.5)
    assert await page.is_disabled("footer button[name=size]:last-child")
    await send(page, "button[value=auditor]")
    await check(page, axe)


async def test_a_date_is_written_as_in_china(window: Open) -> None:
    """The year first, the hours to 24."""
    page = await window()
    await page.set_content("<input id='day' type='date'><input id='at' type='time'>")
    await page.focus("#day")
    await page.keyboard.type("2026")
    await page.keyboard.press("ArrowRight")
    await page.keyboard.type("1128")
    assert await page.input_value("#day") == "2026-11-28"
    await page.focus("#at")
    await page.keyboard.type("1305")
    assert await page.input_value("#at") == "13:05"


async def test_targets_are_large_enough(window: Open) -> None:
    """24 pixels at the least, of everything that can be pressed."""
    page = await window(390)
    await page.goto("/identity/demo")
    small = """() => [...document.querySelectorAll("button, a:not(.skip), input")]
        .filter(it => it.checkVisibility()).map(it => [it.outerHTML, it.getBoundingClientRect()])
        .filter(([_, box]) => box.width < 24 || box.height < 24).map(([html]) => html)"""
    assert await page.evaluate(small) == []
    await send(page, "button[value=auditor]")
    assert await page.evaluate(small) == []


async def test_nothing_moves_for_those_who_want_it_so(window: Open) -> None:
    """Under prefers-reduced-motion no transition is left."""
    page = await window(reduced_motion="reduce")
    await page.goto("/")
    moving = """() => [...document.querySelectorAll("*")]
        .filter(it => getComputedStyle(it).transitionDuration !== "0s").length"""
    assert await page.evaluate(moving) == 0
