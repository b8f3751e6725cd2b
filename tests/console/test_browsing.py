"""Signing in as people do it: keys, slow and missing scripts, links from elsewhere, an input method."""

from playwright.async_api import Page, expect

from shared.console.session import ACCESS
from shared.console.statics import mark
from tests.command_line import Up
from tests.console.conftest import Open

FIRST = "**/identity/accounts"


async def entered(page: Page, role: str = "admin") -> Page:
    """By a click in the demo."""
    await page.goto("/identity/demo")
    await page.click(f"button[value={role}]")
    await page.wait_for_url(FIRST)
    return page


async def test_without_a_mouse(window: Open) -> None:
    """From the address to home and out again by Tab and Enter; focus is seen at each step."""
    page = await window(language="en")
    await page.goto("/")
    await expect(page.locator("#login")).to_be_focused()
    for _ in range(3):
        await page.keyboard.press("Tab")
    assert await page.evaluate("document.activeElement.textContent") == "Enter in any role"
    assert await page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/identity/demo")
    await page.keyboard.press("Tab")
    assert await page.evaluate("document.activeElement.className") == "skip"
    await page.keyboard.press("Enter")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/intake/")
    await page.get_by_role("button", name="Sign out", exact=True).focus()
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/identity/sign-in*")
    assert await page.is_visible("[role=status]")


async def test_keys_do_nothing_while_somebody_writes(window: Open) -> None:
    """A sign goes into the field, a function key works everywhere, and an input method has its keys."""
    page = await window()
    await page.goto("/")
    await page.focus("#login")
    await page.keyboard.press("Shift+?")
    assert await page.input_value("#login") == "?"
    assert not await page.is_visible("dialog")
    composing = """() => document.activeElement.dispatchEvent(
        new KeyboardEvent("keydown", {key: "F8", bubbles: true, isComposing: true}))"""
    await page.evaluate(composing)
    assert await page.get_attribute("html", "lang") == "zh-CN"
    async with page.expect_navigation():
        await page.keyboard.press("F8")
    assert await page.get_attribute("html", "lang") == "en"
    await page.focus("main")
    await page.keyboard.press("Shift+?")
    assert await page.is_visible("dialog")
    await page.keyboard.press("Escape")
    assert not await page.is_visible("dialog")


async def test_everything_works_without_scripts(window: Open) -> None:
    """The ways in, the look, the way out: forms are enough."""
    page = await entered(await window(java_script_enabled=False, language="en"))
    async with page.expect_navigation():
        await page.click("footer button[name=language]")
    assert await page.get_attribute("html", "lang") == "zh-CN"
    await page.click("header form button")
    await page.wait_for_url("**/identity/sign-in*")


async def test_a_script_renews_and_asks_again(window: Open) -> None:
    """What its five minutes are over for is asked once more; without a sign-in one is led to it."""
    page = await entered(await window())
    script = f"/identity/static/{mark('identity')}/renew.js"
    ask = f"import('{script}').then(it => it.ask('/identity/')).then(it => it.status)"
    await page.context.clear_cookies(name=ACCESS)
    assert await page.evaluate(ask) == 200
    await page.context.clear_cookies()
    await page.evaluate(f"void {ask}")
    await page.wait_for_url("**/identity/sign-in?next=*")


async def test_a_link_from_another_site_leads_in(window: Open, up: Up) -> None:
    """Its first request has no cookies, being SameSite=Strict; the page asks once more from here."""
    page = await entered(await window())
    link = f'<a href="{up.address}/identity/">there</a>'
    await page.route(
        "http://elsewhere.test/", lambda route: route.fulfill(body=link, content_type="text/html")
    )
    await page.goto("http://elsewhere.test/")
    await page.click("a")
    await page.wait_for_url(f"{up.address}/identity/")
    assert await page.is_visible("text=演示管理员")


async def test_a_form_is_sent_once(window: Open) -> None:
    """A second press while the answer is on its way does nothing, and the button says what it does."""
    page = await window(language="en")
    await page.goto("/")
    await page.fill("#login", "nobody.twice")
    await page.fill("#password", "something else")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    press = """() => {
        const button = document.querySelector("main form button");
        button.click();
        button.click();
        return button.textContent;
    }"""
    async with page.expect_navigation():
        assert await page.evaluate(press) == "Signing in…"
    assert len(sent) == 1
