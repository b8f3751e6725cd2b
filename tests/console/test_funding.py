"""Pages of funding cases as they look, by keys, without scripts, and with two people on one case."""

from playwright.async_api import Page, expect

from shared.roles import Role
from tests.console.conftest import Open
from tests.console.place import sign_in
from tests.console.quarter import Quarter
from tests.console.test_looks import check, in_looks, send

FUNDINGS = "/care/fundings"
SHOWN = [("zh-CN", "light", 1366), ("en", "dark", 390)]


async def opens(page: Page, case: str) -> None:
    """The page of a case."""
    await page.goto(f"/care/fundings/{case}")


@in_looks(*SHOWN)
async def test_every_page_is_clean(
    window: Open, quarter: Quarter, axe: str, language: str, scheme: str, width: int
) -> None:
    """Lists full and empty, a case for who may and who may not, refused and asked, a new one, the budget."""
    how = {"width": width, "height": 844, "language": language, "color_scheme": scheme}
    request = await quarter.case()
    case = await quarter.funding("verify", request)
    secretary = await sign_in(await window(**how), await quarter.account(Role.SECRETARY, "周"), FUNDINGS)
    await check(secretary, axe)
    await secretary.goto("/care/fundings?which=ended")
    await check(secretary, axe)
    await opens(secretary, case)
    for one in await secretary.locator("summary").all():
        await one.click()
    await check(secretary, axe)
    await secretary.fill("#reject-reason", "不符合条件")
    await send(secretary, "#form-reject button")
    await check(secretary, axe)
    for path in ("/care/fundings/new", f"/care/fundings/new?of={request}"):
        await secretary.goto(path)
        await check(secretary, axe)
    approving = await quarter.funding("approve", request, emergency=True)
    approver = await sign_in(await window(**how), await quarter.account(Role.APPROVER, "王"), FUNDINGS)
    await opens(approver, approving)
    await approver.fill("#approve-amount", "9,000")
    await send(approver, "#form-approve button")
    assert await approver.is_visible("#wrong")
    await check(approver, axe)
    await approver.goto("/care/budgets")
    await approver.wait_for_selector(".drawing canvas")
    await check(approver, axe)


async def test_a_case_that_moves_says_so_and_keeps_what_is_typed(window: Open, quarter: Quarter) -> None:
    """Two approvers: the second is told while typing, sees the case as it is now, and goes on."""
    case = await quarter.funding("approve", await quarter.case(), 600_000)
    one, two = [
        await sign_in(await window(), await quarter.account(Role.APPROVER, name), FUNDINGS)
        for name in ("王", "李")
    ]
    await opens(one, case)
    await opens(two, case)
    await two.focus("#approve-note")
    await two.keyboard.type("同意")
    await send(one, "#form-approve button")
    await expect(one.locator(".notice.done")).to_be_visible()
    await expect(two.locator("#moved")).to_contain_text(f"王{quarter.mark}")
    await two.keyboard.type(",金额合适")
    await two.click("#moved a")
    await expect(two.locator("#now-title")).to_contain_text("第二次审批")
    assert await two.input_value("#approve-note") == "同意,金额合适"
    await send(two, "#form-approve button")
    await expect(two.locator(".notice.done")).to_be_visible()
    await expect(two.locator(".state-word")).to_contain_text("资金已预留")


async def test_a_step_without_scripts(window: Open, quarter: Quarter) -> None:
    """Forms are enough."""
    case = await quarter.funding("disburse", await quarter.case())
    payer = await sign_in(
        await window(java_script_enabled=False), await quarter.account(Role.PAYER, "冯"), FUNDINGS
    )
    await opens(payer, case)
    await payer.fill("#disburse-reference", "2026-0118")
    await send(payer, "#form-disburse button")
    await send(payer, "main button.main")
    await expect(payer.locator(".notice.done")).to_contain_text("已拨付")


@in_looks(*SHOWN)
async def test_an_administrator_changes_a_budget_without_a_mouse(
    window: Open, quarter: Quarter, axe: str, language: str, scheme: str, width: int
) -> None:
    """The list, the form of a new one, and one that is changed once before and after were seen."""
    how = {"width": width, "height": 844, "language": language, "color_scheme": scheme}
    page = await sign_in(await window(**how), await quarter.account(Role.ADMIN, "郝"), "/care/budgets")
    await page.wait_for_selector(".drawing canvas")
    await check(page, axe)
    async with page.expect_navigation():
        await page.keyboard.press("n")
    await check(page, axe)
    await page.focus("a[data-key=u]")
    async with page.expect_navigation():
        await page.keyboard.press("Enter")
    await page.get_by_role("link", name=f"帮困资金{quarter.mark}").focus()
    async with page.expect_navigation():
        await page.keyboard.press("Enter")
    await expect(page.locator("#amount")).to_be_focused()
    await page.keyboard.type("12,000")
    await page.keyboard.press("Tab")
    await page.keyboard.insert_text("年中追加")
    async with page.expect_navigation():
        await page.keyboard.press("Enter")
    await expect(page.locator(".before-after")).to_contain_text("¥12,000.00")
    await check(page, axe)
    await page.focus("main form button")
    async with page.expect_navigation():
        await page.keyboard.press("Enter")
    await expect(page.locator(".notice.done")).to_be_visible()
    await expect(page.get_by_role("row", name=f"帮困资金{quarter.mark}")).to_contain_text("¥12,000.00")
