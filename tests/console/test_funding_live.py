"""Lists of funding cases move by themselves, for each who looks; what somebody points at or types stays."""

import pytest
from playwright.async_api import Page, expect

from shared.roles import Role
from tests.console.conftest import Open
from tests.console.place import CARE, sign_in
from tests.console.quarter import Quarter
from tests.console.test_funding import FUNDINGS
from tests.console.test_looks import check, in_looks, send

ON, OFF = "#line [data-when=on]", "#line [data-when=off]"
TURN = """hidden => {
    Object.defineProperty(document, "hidden", {value: hidden, configurable: true});
    document.dispatchEvent(new Event("visibilitychange"));
}"""
TOP = "row => row.getBoundingClientRect().top"


async def at_the_list(page: Page, login: str, which: str = "waiting") -> Page:
    """Signed in; the list is live."""
    await sign_in(page, login, f"{FUNDINGS}?which={which}")
    await expect(page.locator(ON)).to_be_visible()
    return page


async def withdrawn(quarter: Quarter, case: str) -> None:
    """It is no longer asked for."""
    path = f"{CARE}/fundings/{case}/withdraw"
    await quarter.does(quarter.local(Role.COORDINATOR, "-asks"), path, {"reason": "重复"})


async def test_one_moves_a_case_and_the_others_see_it(window: Open, quarter: Quarter) -> None:
    """It leaves the reviewers' lists, comes into the approvers', and is changed in the list of all."""
    case = await quarter.funding("review", await quarter.case())
    row = f"#case-{case}"
    moving = await at_the_list(await window(), await quarter.account(Role.REVIEWER, "郑"))
    beside = await at_the_list(await window(), await quarter.account(Role.REVIEWER, "陈"))
    after = await at_the_list(await window(language="en"), await quarter.account(Role.APPROVER, "王"))
    paying = await at_the_list(await window(), await quarter.account(Role.PAYER, "冯"), "open")
    await expect(beside.locator(row)).to_be_visible()
    await expect(after.locator(row)).to_have_count(0)
    await moving.click(f"{row} a")
    await send(moving, "#form-review button")
    await expect(beside.locator(row)).to_have_count(0)
    await expect(beside.locator("#moves")).to_contain_text(f"{quarter.name} 已离开此列表")
    await expect(after.locator(row)).to_be_visible(timeout=1000)
    await expect(after.locator("#moves")).to_contain_text(f"{quarter.name} is now in “Waiting for me”")
    await expect(after.locator("#counts")).to_contain_text("approve")
    await expect(paying.locator(row)).to_contain_text("审批")
    await expect(paying.locator("#moves")).to_contain_text(f"{quarter.name}：现为“审批”")


@pytest.mark.parametrize("held", ["pointer", "focus"])
async def test_what_somebody_points_at_stays_where_it_is(window: Open, quarter: Quarter, held: str) -> None:
    """A row comes above it, and goes again: the page gives way; what was pressed by number is another row."""
    request = await quarter.case()
    first = await quarter.funding("verify", request)
    page = await at_the_list(await window(), await quarter.account(Role.SECRETARY, "周"), "open")
    row = page.locator(f"#case-{first}")
    await (row.hover() if held == "pointer" else row.locator("a").focus())
    top = await row.evaluate(TOP)
    second = await quarter.funding("verify", request)
    above = page.locator(f"#case-{second}")
    await expect(page.locator("#list-cases tr")).to_have_count(2)
    assert await row.evaluate(TOP) == pytest.approx(top, abs=1)
    assert await above.evaluate(TOP) < top
    await expect(above.locator("a")).to_have_attribute("data-key", "1")
    await withdrawn(quarter, second)
    await expect(above).to_have_count(0)
    assert await row.evaluate(TOP) == pytest.approx(top, abs=1)
    if held == "focus":
        await expect(row.locator("a")).to_be_focused()
        return
    await withdrawn(quarter, first)
    await expect(row).to_have_count(0)
    await expect(page.locator("#none")).to_contain_text("没有办理中的案件")
    await page.mouse.move(5, 5)
    await expect(page.locator(".ghost")).to_have_count(0)


async def test_a_hidden_tab_lets_go_and_misses_nothing(window: Open, quarter: Quarter) -> None:
    """No line while nobody sees it; what moved meanwhile is there once it is seen again."""
    request = await quarter.case()
    page = await at_the_list(await window(), await quarter.account(Role.SECRETARY, "周"))
    await page.evaluate("window.same = true")
    await page.evaluate(TURN, arg=True)
    await expect(page.locator(OFF)).to_be_visible()
    case = await quarter.funding("verify", request)
    await expect(page.locator(f"#case-{case}")).to_have_count(0)
    await page.evaluate(TURN, arg=False)
    await expect(page.locator(f"#case-{case}")).to_be_visible()
    await expect(page.locator("#mine")).to_have_text("1")
    assert await page.evaluate("window.same") is True


@in_looks(("zh-CN", "light", 1366), ("en", "dark", 390))
async def test_a_list_is_clean_behind_each_move(
    window: Open, quarter: Quarter, axe: str, language: str, scheme: str, width: int
) -> None:
    """From empty to one with a name that wants to be markup, and back."""
    evil = '<img src=x onerror="document.title=1">"&'
    quarter.person = await quarter.cadre(evil, unit=quarter.unit)
    request = await quarter.case()
    page = await at_the_list(
        await window(width, 844, language, color_scheme=scheme), await quarter.account(Role.SECRETARY, "周")
    )
    await expect(page.locator("#none .state")).to_be_visible()
    case = await quarter.funding("verify", request)
    await expect(page.locator(f"#case-{case}")).to_contain_text(evil)
    await expect(page.locator("#none")).to_be_empty()
    await check(page, axe)
    await withdrawn(quarter, case)
    await expect(page.locator("#none .state")).to_be_visible()
    await expect(page.locator("#moves")).to_contain_text(evil)
    await check(page, axe)
