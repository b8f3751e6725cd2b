"""The auditor at work in a browser: from a name to the envelope, through time, on paper; without a mouse."""

import asyncio
import unicodedata
import uuid
from typing import Any

import httpx
from playwright.async_api import Page, expect

from tests.command_line import Up
from tests.console.conftest import Open
from tests.console.place import until
from tests.console.test_looks import check, in_looks
from tests.console.townsfolk import Townsfolk
from tests.pdf_text import sheets

LONG = "欧阳" * 29 + "\u202e名"
"""Sixty characters, the last two written the other way."""


async def made(up: Up, name: str) -> tuple[str, str]:
    """Somebody's id in a community of their own, and that of the request they made."""

    async def done(role: str, path: str, **body: Any) -> str:
        token = up.verb("token", "--role", role).stdout.strip()
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": uuid.uuid4().hex}
        answer = await http.post(f"/intake/api/v1/{path}", json=body, headers=headers)
        assert answer.is_success, answer.text
        return str(answer.json()["id"])

    async with httpx.AsyncClient(base_url=up.address, trust_env=False) as http:
        code = f"aud-{uuid.uuid4().hex[:8]}"
        community = await done("admin", "communities", code=code, name="审计社区", subdistrict="站前街道")
        cadre = await done(
            "operator",
            "cadres",
            community=community,
            standing={"category": "lixiu", "sex": "female", "covered": True},
            details={"name": name},
        )
        request = await done(
            "operator",
            "requests",
            cadre=cadre,
            elements={"what": "<img src=x onerror=alert(1)>水管漏水"},
            service="repair",
            urgency="routine",
        )
    return cadre, request


async def auditor(window: Open, width: int = 1366, language: str = "en", **more: Any) -> Page:
    """Signed in, where one searches."""
    page = await window(width, 768 if width > 390 else 844, language, **more)
    await page.goto("/identity/demo")
    async with page.expect_navigation():
        await page.click("button[value=auditor]")
    await page.goto("/reporting/")
    return page


async def read(page: Page, cadre: str, path: str = "") -> None:
    """Somebody's history, for a reason, once reporting has it."""
    for _ in range(50):
        answer = await page.goto(f"/reporting/cadres/{cadre}{path}")
        if await page.locator("form.why").count():
            await page.fill("#why", "complaint 17")
            async with page.expect_navigation():
                await page.keyboard.press("Enter")
            answer = None
        if answer is None or answer.status == 200:
            return
        await asyncio.sleep(0.1)  # a poll with an end


async def test_from_a_name_to_the_cause_without_a_mouse(window: Open, up: Up) -> None:
    """Type a name, give a reason, walk the timeline, open an entry, go to its cause, on by keys."""
    name = f"赵{uuid.uuid4().hex[:6]}"
    cadre, request = await made(up, name)
    page = await auditor(window)
    await expect(page.locator("#q")).to_be_focused()
    for _ in range(50):
        await page.fill("#q", name)
        async with page.expect_navigation():
            await page.keyboard.press("Enter")
        if await page.locator("table tbody tr").count():
            break
    assert await page.inner_text("tbody tr td") == f"…{cadre[-8:]}"
    await page.focus("tbody a")
    async with page.expect_navigation():
        await page.keyboard.press("Enter")
    await expect(page.locator("#why")).to_be_focused()
    await page.keyboard.type("complaint 17")
    async with page.expect_navigation():
        await page.keyboard.press("Enter")
    assert name in await page.inner_text("h1")
    while not await page.locator(".line", has_text="A match was opened").count():
        await page.reload()
    for _ in range(20):
        await page.keyboard.press("ArrowDown")
        if "A match was opened" in await page.evaluate("document.activeElement.textContent"):
            break
    await page.keyboard.press("Enter")
    await page.wait_for_selector(".envelope")
    assert await page.locator(".entry[aria-expanded=true]").count() == 1
    await page.focus(".envelope a[data-to]")
    await page.keyboard.press("Enter")
    await until(lambda: page.evaluate("document.querySelectorAll('.envelope').length === 2"))
    assert "The request was triaged" in await page.evaluate("document.activeElement.textContent")
    await page.keyboard.press("Enter")
    assert await page.locator(".entry[aria-expanded=true]").count() == 1
    async with page.expect_navigation():
        await page.keyboard.press("p")
    assert page.url.endswith("/proof")
    async with page.expect_navigation():
        await page.keyboard.press("h")
    await page.goto(f"{page.url}?case={request}")
    async with page.expect_navigation():
        await page.keyboard.press("t")
    await page.wait_for_selector(".drawing canvas")
    assert await page.locator(".tree .tree li").count() >= 2


async def test_through_time_by_keys_and_by_the_slider(window: Open, up: Up) -> None:
    """The file changes in place, says what changed, and the address leads to the same again."""
    cadre, _ = await made(up, "钱时光")
    page = await auditor(window)
    await read(page, cadre)
    last = await page.inner_text(".slide label")
    told = "said => document.querySelector('.slide label').innerText !== said"
    await page.keyboard.press("[")
    await until(lambda: page.evaluate(told, last))
    assert "at=" in page.url
    assert await page.is_visible(".file .mark")
    address, shown = page.url, await page.inner_text(".file")
    await page.goto(address)
    assert await page.inner_text(".file") == shown
    await page.focus("#step")
    await page.keyboard.press("Home")
    await page.wait_for_selector(".slide label:has-text('Step 1 ')")
    assert await page.evaluate("document.activeElement.id") == "step"
    assert "钱时光" in await page.inner_text(".file")
    assert (await page.inner_text(".file [role=status]")).startswith("1 event ·")
    await page.keyboard.press("ArrowRight")
    await page.wait_for_selector(".slide label:has-text('Step 2 ')")
    await page.click("text=Now known")
    await page.wait_for_selector(".tabs a[aria-current]:text('Now known')")
    assert "known=now" in page.url


async def test_without_scripts(window: Open, up: Up) -> None:
    """Entries, causes, the slider and the filters are links and forms."""
    cadre, request = await made(up, "孙无脚本")
    page = await auditor(window, java_script_enabled=False)
    await read(page, cadre)
    await page.click(".entry >> nth=0")
    assert await page.locator(".envelope").count() == 1
    await page.select_option("#case", request)
    await page.click(".filters button")
    assert f"case={request}" in page.url
    await page.fill("#at", "2020-01-01T00:00:00")
    await page.click(".moment button")
    assert "Nothing was recorded yet" in await page.inner_text(".file")
    assert f"case={request}" in page.url


def bare(text: str) -> str:
    """As a sheet has it: without blanks."""
    return "".join(unicodedata.normalize("NFKC", text).split())


async def test_on_paper_every_sheet_tells_what_it_is(window: Open, folk: Townsfolk) -> None:
    """A4; each has its number of all, who asked for what, why and when, and rows that are whole."""
    cadre = await folk.cadre("李纸张")
    for _ in range(12):
        await folk.request(cadre)
    page = await auditor(window)
    await read(page, cadre, "?kind=&from=2026-01-01")
    async with page.expect_navigation():
        await page.click("text=To print, or as PDF")
    assert await page.is_visible("button[data-prints]")
    await page.emulate_media(media="print")
    assert not await page.is_visible("header.frame")
    assert not await page.is_visible("button[data-prints]")
    asked = bare(await page.inner_text(".asked"))
    rows = [bare(row) for row in await page.locator("tbody tr").all_inner_texts()]
    for told in ("complaint17", "2026-01-01", cadre, "readby"):
        assert told in asked
    printed = sheets(await page.pdf(prefer_css_page_size=True))
    assert len(printed) > 1
    for number, sheet in enumerate(printed, 1):
        assert (round(sheet.width), round(sheet.height)) == (595, 842)
        assert f"{number}/{len(printed)}" in sheet.words
        assert asked in sheet.words
    assert [sum(row in sheet.words for sheet in printed) for row in rows] == [1] * len(rows)


@in_looks(("zh-CN", "dark", 390), ("en", "light", 1366))
async def test_every_page_of_the_auditor_is_clean(
    window: Open, up: Up, axe: str, language: str, scheme: str, width: int
) -> None:
    """Found or not, with a long name, open, early, as a tree, on paper; overview and lists; keys."""
    cadre, request = await made(up, LONG)
    page = await auditor(window, width, language, color_scheme=scheme, reduced_motion="reduce")
    await check(page, axe)
    for query in ("?q=nobody-at-all", f"?q={cadre[-8:]}"):
        await page.goto(f"/reporting/{query}")
        await check(page, axe)
    await page.goto(f"/reporting/cadres/{cadre}/why")
    await check(page, axe)
    await read(page, cadre)
    await check(page, axe)
    await page.click(".entry >> nth=1")
    await page.wait_for_selector(".envelope")
    await page.click(".envelope details summary >> nth=-1")
    await check(page, axe)
    for path in ("?kind=nothing", "?at=2020-01-01", "/proof", "/print", f"/cases/{request}"):
        await page.goto(f"/reporting/cadres/{cadre}{path}")
        await check(page, axe)
    for path in (
        "readings",
        "figures",
        "figures/requests",
        "figures/grants",
        "figures/helpers?month=1999-01-01",
    ):
        await page.goto(f"/reporting/{path}")
        await check(page, axe)
    await page.keyboard.press("Shift+?")
    await page.wait_for_selector("dialog[open]")
    await check(page, axe)
