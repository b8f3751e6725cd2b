"""The operator's other pages by keys alone: rescue and lists; each of them clean in every look."""

from playwright.async_api import expect

from tests.console.conftest import Open
from tests.console.hands import at_the_desk, name, phone
from tests.console.place import INTAKE
from tests.console.test_looks import check, in_looks
from tests.console.townsfolk import Townsfolk


async def test_a_rescue_from_anywhere(window: Open, folk: Townsfolk) -> None:
    """From the middle of a call with what was typed; from the lists by name; the line takes over by F9."""
    person = name()
    cadre = await folk.cadre(person)
    page = await window()
    hands = await at_the_desk(page, f"/intake/call/{cadre}")
    await page.focus("#what")
    await hands.say("人摔倒了,起不来")
    await expect(page.locator("#saved")).to_be_visible()
    await hands.press("F2")
    await page.wait_for_url(f"**/rescue/{cadre}")
    assert await page.input_value("#what") == "人摔倒了,起不来"
    await hands.press("Control+Enter")
    await page.wait_for_url("**/requests/*")
    await hands.press("F2")
    await page.wait_for_url("**/rescue")
    await expect(page.locator("#q")).to_be_focused()
    await hands.say(person)
    await hands.press("Enter")
    await page.wait_for_url(f"**/rescue/{cadre}")
    await expect(page.locator("#what")).to_be_focused()
    await hands.say("没有呼吸")
    await page.check("input[name=line][value='120']")
    await hands.press("F9")
    await page.wait_for_url("**/requests/*")
    states = [
        one["state"] for one in (await folk.read(f"{INTAKE}/cadres/{cadre}/requests", "operator"))["items"]
    ]
    assert states[0] == "ReferredToEmergencyLine"
    assert len(states) == 2


async def test_rows_by_keys(window: Open, folk: Townsfolk) -> None:
    """Down, Enter, and back to the same row, by the browser and by the page; filters stay in the address."""
    for _ in range(3):
        await folk.request(await folk.cadre(name()))
    page = await window()
    path = f"/intake/?list=all&community={folk.community}"
    hands = await at_the_desk(page, path)
    rows = await page.evaluate("[...document.querySelectorAll('[data-row]')].map(row => row.dataset.row)")
    assert len(rows) == 3
    await hands.press("ArrowDown", "ArrowDown")
    await hands.press("Enter")
    await page.wait_for_url(f"**/requests/{rows[1]}")
    await page.go_back()
    await expect(page.locator(f"[data-row='{rows[1]}']")).to_be_focused()
    await hands.press("ArrowDown", "Enter")
    await page.wait_for_url(f"**/requests/{rows[2]}")
    await hands.press("b")
    await page.wait_for_url(f"**{path}")
    await expect(page.locator(f"[data-row='{rows[2]}']")).to_be_focused()


@in_looks(("zh-CN", "light", 1366), ("en", "dark", 390))
async def test_every_page_is_clean(
    window: Open, folk: Townsfolk, axe: str, language: str, scheme: str, width: int
) -> None:
    """Lists with rows and without, who is found, a call and what is wrong in it, a request, a rescue."""
    evil = '<b>"&\u202e' + "很" * 50
    cadre = await folk.cadre(evil, phones=[phone()])
    request = await folk.request(cadre)
    provisional = {"details": {"name": "某人"}}
    unknown = (await folk.tell("operator", f"{INTAKE}/cadres/provisional", provisional))["id"]
    page = await window(width, 768 if width > 390 else 844, language, color_scheme=scheme)
    hands = await at_the_desk(page)
    for path in (
        f"?list=all&community={folk.community}",
        f"?list=hold&community={folk.community}",
        "?list=ended&urgency=scheduled",
        "find?q=" + "很" * 9,
        "find?q=nobody",
        "call?from=0434 7654321",
        "rescue",
        f"rescue/{cadre}",
        "rescue/new",
        f"requests/{request}/relink?cadre={cadre}",
        f"call/{unknown}/merge?cadre={cadre}",
    ):
        await page.goto(f"/intake/{path}")
        await check(page, axe)
    await page.goto(f"/intake/requests/{request}")
    for summary in await page.locator("main summary").all():
        await summary.click()
    await check(page, axe)
    await page.goto(f"/intake/call/{cadre}")
    await expect(page.locator("#service-typed")).to_be_focused()
    await hands.say("xxx")
    await hands.press("Control+Enter")
    await expect(page.locator(".fault").first).to_be_visible()
    await page.focus("#q")
    await hands.say("很很")
    await expect(page.locator("#hits")).to_be_visible()
    await check(page, axe)
    await page.keyboard.press("Escape")
    await page.focus("main")
    await hands.press("Shift+?")
    await check(page, axe)
