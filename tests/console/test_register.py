"""The register by keys alone: from a call and from who is found to the file, and what is done with it."""

from playwright.async_api import expect

from tests.console.conftest import Open
from tests.console.hands import at_the_desk, name, phone
from tests.console.place import INTAKE
from tests.console.test_care_photos import SIZE, camera
from tests.console.test_looks import check, in_looks
from tests.console.townsfolk import Townsfolk


async def test_from_a_call_to_the_file_and_back(window: Open, folk: Townsfolk) -> None:
    """F7 in the middle of a call keeps what is typed; F7 on who is found; a guarantor's phone put right."""
    person, number = name(), phone()
    cadre = await folk.cadre(person, phones=[number])
    page = await window()
    hands = await at_the_desk(page, f"/intake/call/{cadre}")
    await page.focus("#what")
    await hands.say("换灯泡")
    await expect(page.locator("#saved")).to_be_visible()
    await hands.press("F7")
    await page.wait_for_url(f"**/register/{cadre}")
    await hands.press("g")
    await expect(page.locator("#guarantors-party0")).to_be_focused()
    await hands.press("Tab")
    await hands.say("王强")
    await hands.press("Tab")
    await hands.say("12")
    await hands.press("Enter")
    await expect(page.locator("#guarantors-phone0-fault")).to_be_visible()
    await expect(page.locator("#guarantors-phone0")).to_be_focused()
    assert await page.input_value("#guarantors-who0") == "王强"
    await page.keyboard.press("Control+a")
    await hands.say("0434 6201234")
    await hands.press("Enter")
    await expect(page.locator(".notice.done")).to_be_visible()
    await expect(page.locator(".bonds")).to_contain_text("王强")
    await page.focus("main")
    await hands.press("c")
    await page.wait_for_url(f"**/call/{cadre}")
    assert await page.input_value("#what") == "换灯泡"
    await page.keyboard.press("Escape")
    await page.focus("#q")
    await hands.say(person)
    await expect(page.locator("#hits [role=option]").first).to_contain_text(person)
    await hands.press("F7")
    await page.wait_for_url(f"**/register/{cadre}")


async def test_a_death_asks_first(window: Open, folk: Townsfolk) -> None:
    """It says what follows; nothing happens without the tick; then what is open ends, and it is retracted."""
    cadre = await folk.cadre(name())
    await folk.request(cadre)
    page = await window()
    hands = await at_the_desk(page, f"/intake/register/{cadre}")
    await hands.press("t")
    await expect(page.locator("#death-on")).to_be_focused()
    await expect(page.get_by_text("1 件未结请求")).to_be_visible()
    await page.fill("#death-on", "2026-01-05")
    await hands.press("Enter")
    await expect(page.locator("#death-sure")).to_be_focused()
    assert (await folk.read(f"{INTAKE}/cadres/{cadre}", "operator"))["state"] == "Registered"
    await hands.press("Space", "Tab", "Enter")
    await expect(page.locator("h1")).to_contain_text("已去世")
    await page.focus("main")
    await hands.press("r")
    await expect(page.locator("#retract-death-reason")).to_be_focused()
    await hands.say("同名误报")
    await hands.press("Enter")
    await expect(page.locator("h1")).not_to_contain_text("已去世")
    assert (await folk.read(f"{INTAKE}/cadres/{cadre}", "operator"))["state"] == "Registered"


async def test_a_photo_is_made_small(window: Open, axe: str, folk: Townsfolk) -> None:
    """480 pixels at the longest, without what the camera wrote, and seen on the call, also on a phone."""
    cadre = await folk.cadre(name())
    page = await window()
    hands = await at_the_desk(page, f"/intake/register/{cadre}")
    await hands.press("p")
    await page.set_input_files(
        "#photo-file", {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": b"%PDF-1.7"}
    )
    await expect(page.locator("[data-unreadable]")).to_be_visible()
    await page.set_input_files("#photo-file", await camera(page))
    await expect(page.locator("canvas.preview")).to_be_visible()
    await page.get_by_role("button", name="存入档案").click()
    await page.wait_for_url("**said=photo")
    await page.goto(f"/intake/call/{cadre}")
    assert await page.locator("img.photo").evaluate(SIZE) == [480, 240]
    await page.set_viewport_size({"width": 390, "height": 844})
    await expect(page.locator("img.photo")).to_be_in_viewport(ratio=1)
    await check(page, axe)


async def test_somebody_is_entered_without_scripts(window: Open, folk: Townsfolk) -> None:
    """From the register's own page: links and forms are enough."""
    person = name()
    page = await window(java_script_enabled=False)
    await at_the_desk(page, "/intake/register")
    await page.click("a[href='/intake/register/new']")
    await page.select_option("#community", folk.community)
    await page.fill("#name", person)
    await page.select_option("#category", "lixiu")
    await page.select_option("#sex", "female")
    await page.click("main button.main")
    await page.wait_for_url("**/register/*said=registered")
    await page.click("summary[data-key=e]")
    await page.fill("#details-phones", "0434 6201235")
    await page.fill("#details-reason", "本人来电")
    await page.click("form[action$='/details'] button")
    await expect(page.locator(".facts-line").first).to_contain_text("620 1235")


@in_looks(("zh-CN", "dark", 1366), ("en", "light", 390))
async def test_every_page_is_clean(
    window: Open, folk: Townsfolk, axe: str, language: str, scheme: str, width: int
) -> None:
    """The register, somebody new with faults, a file with every form open, for the operator and the admin."""
    cadre = await folk.cadre('<b>"&\u202e' + "很" * 50, phones=[phone()])
    unknown = {"details": {"name": "某人"}}
    provisional = (await folk.tell("operator", f"{INTAKE}/cadres/provisional", unknown))["id"]
    valid = {"valid_from": "2026-01-01", "valid_to": "2030-01-01"}
    flag = {"flag": "bedridden", "validity": valid, "note": "脑卒中"}
    await folk.tell("admin", f"{INTAKE}/cadres/{cadre}/hardships", flag)
    page = await window(width, 768 if width > 390 else 844, language, color_scheme=scheme)
    await at_the_desk(page)
    await page.goto("/intake/register")
    await check(page, axe)
    await page.goto("/intake/register/new")
    await page.click("main button.main")
    await expect(page.locator(".fault").first).to_be_visible()
    await check(page, axe)
    await page.select_option("#community", folk.community)
    await page.fill("#name", "某人")
    await page.select_option("#category", "lixiu")
    await page.select_option("#sex", "male")
    await page.click("main button.main")
    await expect(page.locator(".likely")).to_contain_text("某人")
    await check(page, axe)
    for one in (cadre, provisional):
        await page.goto(f"/intake/register/{one}")
        for summary in await page.locator("main summary").all():
            await summary.click()
        await check(page, axe)
    await page.goto("/identity/demo")
    await page.click("button[value=admin]")
    await page.goto(f"/intake/register/{cadre}")
    await page.locator("summary[data-key=a]").click()
    await check(page, axe)
