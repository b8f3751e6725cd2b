"""Care plans as they look, and from the need to the end without a mouse."""

from itertools import cycle

from playwright.async_api import Page, expect

from shared.roles import Role
from tests.command_line import Up
from tests.console.conftest import Open
from tests.console.place import CARE, Place, sign_in
from tests.console.test_looks import check, in_looks

PLANS = "/care/plans"
HARM = "<img src=x onerror=alert(1)>\u202e'\"&{{7*7}}"
LONG = "欧阳" * 30
SHOWN = [("zh-CN", "light", 390), ("en", "dark", 1366)]


async def settled(up: Up) -> Place:
    """A community of a test's own."""
    made = Place(up)
    await made.found()
    return made


async def known_by_name(here: Place, cadre: str, name: str) -> None:
    """Care has heard of somebody who was registered just now."""

    def there(found: dict[str, list[dict[str, str]]]) -> bool:
        return any(one["cadre"] == cadre for one in found["items"])

    await here.until(here.local(Role.SECRETARY), f"{CARE}/plans/without", there, name=name)


async def press(page: Page, key: str) -> None:
    """A key that leads to a page."""
    async with page.expect_navigation():
        await page.keyboard.press(key)


async def opened(page: Page, key: str, field: str) -> None:
    """A key that opens a form, and the way to its first field."""
    await page.keyboard.press(key)
    await page.keyboard.press("Tab")
    await expect(page.locator(field)).to_be_focused()


async def test_from_the_need_to_the_end_without_a_mouse(window: Open, up: Up) -> None:
    """A secretary finds who has no plan, assesses, activates, suspends, resumes and ends."""
    here = await settled(up)
    name = f"张桂{here.mark}"
    await known_by_name(here, await here.cadre(name), name)
    page = await sign_in(await window(), await here.account(Role.SECRETARY, "周"), PLANS)
    await press(page, "n")
    await page.keyboard.press("/")
    await expect(page.locator("#name")).to_be_focused()
    await page.keyboard.insert_text(name)
    await press(page, "Enter")
    await expect(page.locator("#name")).to_have_value(name)
    await press(page, "1")
    await page.focus("#form-new [name=risk]")
    await page.keyboard.press("Space")
    await page.keyboard.press("Tab")
    await expect(page.locator("#note")).to_be_focused()
    await page.keyboard.insert_text("术后三周")
    await page.keyboard.press("Tab")
    await press(page, "Enter")
    await expect(page.locator(".state-word")).to_have_text("待启用")
    await press(page, "a")
    await expect(page.locator(".state-word")).to_have_text("执行中")
    await expect(page.locator(".coming-visits li").first).to_be_visible()
    await opened(page, "s", "#suspend-reason")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Tab")
    await press(page, "Enter")
    await expect(page.locator(".state-word")).to_have_text("已暂停 · 外出")
    asked_for = page.locator(".coming-visits li", has=page.locator(".mark.waiting"))
    await expect(page.locator(".coming-visits li")).to_have_count(await asked_for.count())
    await press(page, "r")
    await expect(page.locator(".state-word")).to_have_text("执行中")
    await opened(page, "e", "#end-reason")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Tab")
    await press(page, "Enter")
    await expect(page.locator("h1")).to_have_text("要结束这个计划吗？")
    await press(page, "u")
    await expect(page.locator(".state-word")).to_have_text("执行中")
    await opened(page, "e", "#end-reason")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Tab")
    await press(page, "Enter")
    await page.focus("main form button")
    await press(page, "Enter")
    await expect(page.locator(".state-word")).to_have_text("已结束 · 不再需要")
    await expect(page.locator(".steps li")).to_have_count(5)


async def _plan(here: Place, name: str, state: str, *acts: str) -> str:
    """The page of a plan for somebody of that name, once it shows this state."""
    who, cadre = here.local(Role.SECRETARY), await here.cadre(name)
    await known_by_name(here, cadre, "")
    body = {"cadre": cadre, "risk": "high", "note": HARM}
    plan = (await here.does(who, f"{CARE}/plans", body))["id"]
    for act in acts:
        reason = {"suspend": {"reason": "away"}, "end": {"reason": "in_a_home"}}.get(act)
        await here.does(who, f"{CARE}/plans/{plan}/{act}", reason)
    await here.until(who, f"{CARE}/plans/{plan}", lambda one: one["state"] == state)
    return f"{PLANS}/{plan}"


async def _everything(here: Place) -> list[str]:
    """A plan in each state, with texts that mean harm; the addresses of the pages."""
    plans = [
        await _plan(here, LONG, "Assessed"),
        await _plan(here, HARM, "Active", "activate"),
        await _plan(here, HARM, "Suspended", "activate", "suspend"),
        await _plan(here, HARM, "Ended", "activate", "end"),
    ]
    cadre = await here.cadre(HARM)
    await known_by_name(here, cadre, "")
    lists = ("", "?state=ReviewDue", f"?cadre={cadre}", "/new", "/new?name=nobody", f"/new?cadre={cadre}")
    return [*(PLANS + one for one in lists), *plans]


async def _clean(page: Page, axe: str, path: str) -> None:
    answer = await page.goto(path)
    assert answer is not None
    assert answer.status == 200, path
    await page.evaluate("document.querySelectorAll('main details').forEach(one => { one.open = true; })")
    await check(page, axe)
    assert not await page.locator("img[src=x]").count()


async def _refused_and_asked(page: Page, axe: str, plan: str) -> None:
    """What is wrong stands beside the form, with the focus on the field; before the end a question."""
    await page.goto(plan)
    await page.fill("[name=services-0-every_days]", "14")
    await page.fill("#starts", "2099-01-02")
    await page.fill("#review_on", "2099-01-01")
    async with page.expect_navigation():
        await page.click("#form-activate button.main")
    await expect(page.locator("#form-activate #wrong")).to_be_visible()
    await expect(page.locator("#review_on")).to_be_focused()
    await expect(page.locator("[name=services-0-every_days]")).to_have_value("14")
    await check(page, axe)
    await page.click("summary[data-key=e]")
    await page.select_option("#end-reason", "in_a_home")
    async with page.expect_navigation():
        await page.click("#form-end button")
    await check(page, axe)


async def test_every_page_is_clean(window: Open, up: Up, axe: str) -> None:
    """Each in one of the looks in turn; nothing of a text is taken for a part of a page."""
    here = await settled(up)
    login = await here.account(Role.SECRETARY, "周")
    pages = [
        await sign_in(await window(width, 844, language, color_scheme=scheme), login, PLANS)
        for language, scheme, width in SHOWN
    ]
    paths = await _everything(here)
    for path, page in zip(paths, cycle(pages)):
        await _clean(page, axe, path)
    await _refused_and_asked(pages[0], axe, paths[6])


@in_looks()
async def test_every_page_is_clean_in_every_look(
    window: Open, up: Up, axe: str, language: str, scheme: str, width: int
) -> None:
    """The same in each; with large type, too."""
    here = await settled(up)
    login = await here.account(Role.SECRETARY, "周")
    page = await sign_in(await window(width, 844, language, color_scheme=scheme), login, PLANS)
    paths = await _everything(here)
    for path in paths:
        await _clean(page, axe, path)
    await _refused_and_asked(page, axe, paths[6])
    for _ in range(3):
        async with page.expect_navigation():
            await page.click("footer button[name=size]:last-child")
    await _clean(page, axe, paths[6])


async def test_two_secretaries_on_one_plan(window: Open, up: Up) -> None:
    """The second is told while typing, sees the plan as it is now, and loses nothing."""
    here = await settled(up)
    cadre = await here.cadre()
    await known_by_name(here, cadre, "")
    who = here.local(Role.SECRETARY)
    plan = (await here.does(who, f"{CARE}/plans", {"cadre": cadre, "risk": "key"}))["id"]
    await here.until(who, f"{CARE}/plans/{plan}", bool)
    page = await sign_in(await window(), await here.account(Role.SECRETARY, "周"), PLANS)
    await page.goto(f"{PLANS}/{plan}")
    await page.keyboard.press("p")
    await page.focus("#note")
    await page.keyboard.insert_text("走路要扶")
    await here.does(who, f"{CARE}/plans/{plan}/activate")
    await here.until(who, f"{CARE}/plans/{plan}", lambda one: one["state"] == "Active")
    await page.evaluate("htmx.trigger('#moved', 'look')")
    await expect(page.locator("#moved")).to_contain_text("执行中")
    await page.click("#moved a")
    await expect(page.locator(".state-word")).to_have_text("执行中")
    await expect(page.locator("#note")).to_have_value("走路要扶")
    async with page.expect_navigation():
        await page.click("#form-assess button")
    await expect(page.locator(".steps .note bdi").first).to_have_text("走路要扶")
