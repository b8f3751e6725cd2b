"""The operator's journeys by keys alone: a call, what outlives a crash and a lost network, rescue, lists."""

import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from playwright.async_api import Browser, Page, Route, expect

from shared.clock import wall_now
from tests.command_line import Up, running, start
from tests.console.conftest import Open
from tests.console.test_looks import check
from tests.console.townsfolk import INTAKE, Townsfolk

FREE_TEXT = "厨房灯坏了,想换一个灯泡"
MOST_KEYS = 25
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


@pytest.fixture
async def folk(up: Up) -> AsyncIterator[Townsfolk]:
    """Of a community that this test has alone."""
    async with httpx.AsyncClient(trust_env=False, timeout=20) as http:
        made = Townsfolk(up, http)
        await made.found()
        yield made


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
    await hands.say(person)
    await hands.press("Enter")
    await page.wait_for_url(f"**/rescue/{cadre}")
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


@pytest.mark.parametrize(
    ("language", "scheme", "width"),
    [
        ("zh-CN", "light", 1366),
        ("en", "dark", 390),
        *(
            pytest.param(language, scheme, width, marks=pytest.mark.long)
            for language, scheme, width in (
                ("zh-CN", "light", 390),
                ("zh-CN", "dark", 1366),
                ("zh-CN", "dark", 390),
                ("en", "light", 1366),
                ("en", "light", 390),
                ("en", "dark", 1366),
            )
        ),
    ],
)
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
