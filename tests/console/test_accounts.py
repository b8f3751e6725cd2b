"""Accounts by page: opened, changed, ended, by an administrator; and what the account sees of it."""

from playwright.async_api import Page, expect

from tests.console.conftest import Open
from tests.console.place import PASSWORD, sign_in
from tests.console.test_looks import check, in_looks, send
from tests.console.townsfolk import Townsfolk


async def at_the_accounts(page: Page) -> Page:
    """An administrator goes straight to the list."""
    await page.goto("/identity/demo")
    await send(page, "button[value=admin]")
    assert page.url.endswith("/identity/accounts")
    return page


async def fill_in(page: Page, folk: Townsfolk, login: str) -> None:
    """Of a coordinator of this community, without a mouse; not sent yet."""
    await page.keyboard.press("n")
    await page.wait_for_url("**/accounts/new")
    await expect(page.locator("#login")).to_be_focused()
    await page.keyboard.type(login)
    await page.keyboard.press("Tab")
    await page.keyboard.type(f"李{folk.name}")
    await page.select_option("#role", "coordinator")
    await expect(page.locator("#bound")).to_be_hidden()
    await page.select_option("#communities", folk.community)
    await page.fill("#password", PASSWORD)


async def test_an_account_from_its_first_day_to_its_last(window: Open, folk: Townsfolk) -> None:
    """Opened; signs in and sees its community; gets another role; is disabled, and is out at once."""
    admin, person = await at_the_accounts(await window(language="en")), await window(language="en")
    login = f"li.{folk.name}"
    await fill_in(admin, folk, login)
    await send(admin, "main form button")
    await expect(admin.locator("[role=status]")).to_contain_text("The account is open")
    await sign_in(person, login)
    await person.goto("/identity/")
    await expect(person.locator(".facts")).to_contain_text(f"1 community: 社区{folk.name}")
    await admin.click("details summary")
    await admin.select_option("#role", "auditor")
    await admin.click("details form button")
    await expect(admin.locator(".grants")).to_contain_text("auditor")
    await admin.click("details:has(#reason) summary")
    await admin.fill("#reason", "离职")
    await admin.click("details:has(#reason) button")
    await expect(admin.locator("[role=status]")).to_contain_text("can sign in no more")
    await person.reload()
    await expect(person.locator("#login")).to_be_visible()
    await admin.goto(f"/identity/accounts?q={folk.name}")
    await expect(admin.locator("tbody tr")).to_have_count(1)
    await expect(admin.locator("tbody")).to_contain_text("disabled")


async def test_what_is_wrong_is_said_and_what_was_typed_stays(window: Open, folk: Townsfolk) -> None:
    """A login that is taken, a password too short, a helper's role without a helper."""
    page = await at_the_accounts(await window(language="en"))
    await fill_in(page, folk, "demo.admin")
    await page.fill("#password", "short")
    await send(page, "main form button")
    await expect(page.locator("#password-fault")).to_contain_text("ten to 128")
    assert await page.input_value("#name") == f"李{folk.name}"
    assert await page.input_value("#communities") == folk.community
    await page.fill("#password", PASSWORD)
    await send(page, "main form button")
    await expect(page.locator("#login-fault")).to_contain_text("already")
    await page.fill("#login", f"zhang.{folk.name}")
    await page.select_option("#role", "volunteer")
    await page.fill("#password", PASSWORD)
    await send(page, "main form button")
    await expect(page.locator(".fault")).to_contain_text("helper")
    helper = await folk.helper()
    await page.fill("#bound", f"https://jiujin.example/matching/helpers/{helper}")
    await page.fill("#password", PASSWORD)
    await send(page, "main form button")
    await expect(page.locator(".grants")).to_contain_text(helper[-8:])


async def test_nobody_else_sees_them(window: Open) -> None:
    """Neither the list nor the form."""
    page = await window()
    await page.goto("/identity/demo")
    await send(page, "button[value=coordinator]")
    for path in ("accounts", "accounts/new"):
        answer = await page.goto(f"/identity/{path}")
        assert answer is not None
        assert answer.status in {403, 404}


@in_looks(("zh-CN", "light", 390), ("en", "dark", 1366))
async def test_these_pages_are_clean(window: Open, axe: str, language: str, scheme: str, width: int) -> None:
    """The list, nobody found, the form and what is wrong there, one account with its forms open."""
    page = await at_the_accounts(await window(width, 768, language, color_scheme=scheme))
    await check(page, axe)
    await page.goto("/identity/accounts?q=nobody-at-all")
    await check(page, axe)
    await page.goto("/identity/accounts/new")
    await check(page, axe)
    await page.fill("#login", "demo.admin")
    await page.fill("#name", "<b>某</b>")
    await page.fill("#password", PASSWORD)
    await send(page, "main form button")
    await check(page, axe)
    await page.goto("/identity/accounts?q=demo.admin")
    await send(page, "tbody a")
    for opens in await page.locator("summary").all():
        await opens.click()
    await check(page, axe)
