"""Calls by keys alone: few of them, nothing typed is lost, likely duplicates, input methods."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import Browser, Route, expect

from shared.clock import wall_now
from tests.command_line import running, start
from tests.console.conftest import Open
from tests.console.hands import at_the_desk, name, phone
from tests.console.place import INTAKE
from tests.console.townsfolk import Townsfolk

FREE_TEXT = "厨房灯坏了,想换一个灯泡"
MOST_KEYS = 25


async def test_a_routine_request_takes_few_keys(window: Open, folk: Townsfolk) -> None:
    """From the slash to saved, for somebody known by the last four digits; the search may be slow."""
    number, person = phone(), name()
    cadre = await folk.cadre(person, phones=[number])
    page = await window()
    hands = await at_the_desk(page)

    async def slow(route: Route) -> None:
        await page.wait_for_timeout(200)
        await route.continue_()

    await page.route("**/intake/find*", slow)
    await hands.press("/")
    await hands.type(number[-7:])
    await hands.press("Enter")
    await page.wait_for_url(f"**/call/{cadre}")
    await expect(page.locator("h1")).to_contain_text(person)
    await expect(page.locator("#service-typed")).to_be_focused()
    await hands.type("wx")
    await hands.press("Enter")
    assert await page.evaluate("document.activeElement.id") == "what"
    await hands.say(FREE_TEXT)
    await hands.press("Control+Enter")
    await page.wait_for_url("**/requests/*")
    assert hands.pressed <= MOST_KEYS, hands.pressed
    (saved,) = (await folk.read(f"{INTAKE}/requests", "operator", cadre=cadre))["items"]
    assert (saved["service"], saved["urgency"], saved["elements"]["what"]) == ("repair", "routine", FREE_TEXT)


async def test_nothing_typed_is_lost(window: Open, folk: Townsfolk) -> None:
    """A closed window, a network that is away, both at once; then it is sent by itself, and saved."""
    cadre = await folk.cadre(name())
    page = await window()
    hands = await at_the_desk(page, f"/intake/call/{cadre}")
    await page.focus("#what")
    await hands.say("第一句。")
    await expect(page.locator("#saved")).to_be_visible()
    context = page.context
    await page.close()
    page = await context.new_page()
    await page.goto(f"/intake/call/{cadre}")
    assert await page.input_value("#what") == "第一句。"
    await context.set_offline(True)
    await page.focus("#what")
    await page.keyboard.press("End")
    await page.keyboard.insert_text("第二句。")
    await expect(page.locator("#kept")).not_to_be_empty()
    await page.keyboard.press("Control+Enter")
    await expect(page.locator("#said .notice")).to_be_visible()
    assert page.url.endswith(f"/call/{cadre}")
    await page.close()
    await context.set_offline(False)
    page = await context.new_page()
    async with page.expect_response("**/draft"):
        await page.goto(f"/intake/call/{cadre}")
    await expect(page.locator("#what")).to_have_value("第一句。第二句。")
    other = await context.new_page()
    await other.goto("/intake/")
    await expect(other.locator(".unfinished")).to_contain_text("第一句。第二句。")
    await page.focus("#service-typed")
    await page.keyboard.type("gw")
    await page.keyboard.press("Enter")
    await page.keyboard.press("Control+Enter")
    await page.wait_for_url("**/requests/*")
    (saved,) = (await folk.read(f"{INTAKE}/requests", "operator", cadre=cadre))["items"]
    assert (saved["service"], saved["elements"]["what"]) == ("shopping", "第一句。第二句。")
    await other.reload()
    await expect(other.locator(".unfinished", has_text="第一句。")).to_have_count(0)
    assert await other.evaluate("Object.keys(localStorage).filter(key => key.startsWith('draft:'))") == []


@pytest.mark.long
async def test_a_draft_outlives_the_server(chrome: Browser, open_folder: Path) -> None:
    """Typed before and while it is away: all of it is there when it answers again, without a new sign-in."""
    data = open_folder / "restarted"
    context = None
    with running(data, "--pastless") as before:
        context = await chrome.new_context(base_url=before.address)
        page = await context.new_page()
        hands = await at_the_desk(page, "/intake/call/new/00000000-0000-7000-8000-00000000000a")
        await page.focus("#what")
        await hands.say("之前。")
        await expect(page.locator("#saved")).to_be_visible()
    await hands.say("其间。")
    await expect(page.locator("#kept")).not_to_be_empty()
    after = replace(start(data, "--pastless", "--port", str(before.port)), port=before.port)
    try:
        after.wait_ready()
        await expect(page.locator("#kept")).to_be_empty(timeout=20_000)
        await page.reload()
        assert await page.input_value("#what") == "之前。其间。"
    finally:
        await context.close()
        after.process.terminate()
        after.process.wait(60)


async def test_a_likely_duplicate_shows_while_one_types(window: Open, folk: Townsfolk) -> None:
    """Beside the form before anything is saved; another urgency by one key; nothing scrolls."""
    cadre = await folk.cadre(name())
    today = wall_now().date()
    valid = {"valid_from": today.isoformat(), "valid_to": (today + timedelta(300)).isoformat()}
    flag = {"flag": "living_alone", "validity": valid}
    await folk.tell("admin", f"{INTAKE}/cadres/{cadre}/hardships", flag)
    parties = ("unit", "bureau", "family", "community")
    named = [{"party": one, "name": "王建国", "phone": "+864340100177"} for one in parties]
    await folk.tell(
        "operator", f"{INTAKE}/cadres/{cadre}/guarantors", {"guarantors": named, "validity": valid}
    )
    helper = await folk.helper("李敏")
    await folk.tell("coordinator", "/matching/api/v1/pairings", {"helper": helper, "cadre": cadre})
    first = await folk.request(cadre)
    page = await window()
    hands = await at_the_desk(page, f"/intake/call/{cadre}")
    await expect(page.locator(".bonds")).to_contain_text("李敏")
    await expect(page.locator("#service-typed")).to_be_focused()
    await hands.type("wx")
    await hands.press("Enter")
    await hands.say("厨房漏水")
    await expect(page.locator(f"input[value='{first}']")).to_be_visible()
    await expect(page.locator(".suggestion")).to_contain_text("漏水")
    assert await page.evaluate("document.documentElement.scrollHeight <= innerHeight")
    await hands.press("F4", "F4")
    assert await page.evaluate("document.querySelector('[name=urgency]:checked').value") == "urgent"
    await hands.press("Control+Enter")
    await expect(page.locator(".likely .fault")).to_be_visible()
    await expect(page.locator(f"input[value='{first}']")).to_be_focused()
    await hands.press("ArrowDown", "Tab")
    assert await page.evaluate("document.activeElement.id") == "overruled"
    await hands.say("另一处")
    await hands.press("Control+Enter")
    await page.wait_for_url("**/requests/*")


async def test_an_input_method_keeps_its_keys(window: Open, folk: Townsfolk) -> None:
    """Enter ends a composition and opens nobody; what stands beside changes, the composition goes on."""
    cadre = await folk.cadre(name())
    page = await window()
    await at_the_desk(page)
    await page.focus("#q")
    await page.keyboard.insert_text("a")
    composing = """() => document.activeElement.dispatchEvent(
        new KeyboardEvent("keydown", {key: "Enter", bubbles: true, isComposing: true}))"""
    await expect(page.locator("#hits")).to_be_visible()
    await page.evaluate(composing)
    assert page.url.endswith("/intake/")
    await page.goto(f"/intake/call/{cadre}")
    await page.focus("#what")
    keyboard = await page.context.new_cdp_session(page)
    await keyboard.send("Input.imeSetComposition", {"text": "shui", "selectionStart": 4, "selectionEnd": 4})
    await expect(page.locator("#saved")).to_be_visible()
    assert await page.input_value("#what") == "shui"
    await keyboard.send("Input.insertText", {"text": "水"})
    assert await page.input_value("#what") == "水"


async def test_a_call_without_scripts(window: Open, folk: Townsfolk) -> None:
    """The box, the list, the form: links and buttons are enough."""
    person = name()
    await folk.cadre(person)
    page = await window(java_script_enabled=False)
    await at_the_desk(page)
    await page.fill("#q", person)
    await page.press("#q", "Enter")
    await page.wait_for_url("**/find?q=*")
    await page.click("main [data-row]")
    await page.select_option("#service", "repair")
    await page.fill("#what", "换灯泡")
    await page.click("button[value=save]")
    await page.wait_for_url("**/requests/*")
    assert await page.is_visible("[role=status]")
