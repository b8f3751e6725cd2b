"""A report that was wrong is put right on the phone, by who made it and by the coordinator."""

from playwright.async_api import expect

from shared.roles import Role
from tests.command_line import Up
from tests.console.conftest import Open
from tests.console.helping import street
from tests.console.place import CARE, sign_in
from tests.console.test_care_visits import PHONE, arrived
from tests.console.test_looks import check

WRONG = {"minutes": 500, "outcome": "换了水龙头", "needs": ["meals"]}


async def test_a_report_is_put_right(window: Open, up: Up, axe: str) -> None:
    """By keyboard alone, what was reported standing in the form; both are shown, by whom and why."""
    here = await street(up)
    visit = await here.visit(await here.cadre("张桂兰"))
    await here.does(here.helping, f"{CARE}/visits/{visit}/complete", WRONG)
    page = await here.signs_in(await window(**PHONE, language="en"))
    await page.goto(f"/care/visits/{visit}")
    await page.keyboard.press("c")
    minutes, outcome = page.get_by_label("Minutes"), page.get_by_label("What was done")
    await expect(minutes).to_have_value("500")
    await expect(outcome).to_have_value("换了水龙头")
    await expect(page.get_by_label("Meals")).to_be_checked()
    await minutes.focus()
    await page.keyboard.press("Control+a")
    await page.keyboard.type("50")
    await page.get_by_label("What was wrong").focus()
    await page.keyboard.type("多写了一个零")
    await check(page, axe)
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await arrived(page, "Corrected")
    shown = page.get_by_role("region", name="Corrected")
    for said in ("李敏", "volunteer", "多写了一个零", "500", "换了水龙头"):
        await expect(shown).to_contain_text(said)
    assert await here.events(visit) == ["VisitScheduled", "VisitDone", "VisitCorrected"]
    told = await here.reads(f"{CARE}/visits/{visit}")
    assert (told["minutes"], told["outcome"], told["needs"]) == (50, WRONG["outcome"], WRONG["needs"])


async def test_the_coordinator_puts_it_right_until_the_callback(window: Open, up: Up, axe: str) -> None:
    """The community's; after the callback the page says that the report stands, and whom to tell."""
    here = await street(up)
    request = await here.offered(await here.cadre("张桂兰"))
    page = await here.signs_in(await window(**PHONE))
    await page.goto("/matching/offers")
    await page.get_by_role("button", name="我去").tap()
    await arrived(page, "已接单")
    visit = await here.visit_of(request)
    await here.does(here.helping, f"{CARE}/visits/{visit}/complete", WRONG)
    await page.context.clear_cookies()
    await sign_in(page, await here.account(Role.COORDINATOR, "周平"))
    await page.goto(f"/care/visits/{visit}")
    await page.get_by_text("填错了？更正登记").tap()
    await page.get_by_label("做了什么").fill("换了厨房水龙头")
    await page.get_by_label("哪里填错了").fill("老人说是厨房")
    await page.get_by_role("button", name="更正登记", exact=True).tap()
    await arrived(page, "已更正")
    await expect(page.get_by_role("region", name="更正记录")).to_contain_text("协调员")
    await here.does(Role.OPERATOR, f"/intake/api/v1/requests/{request}/callback", {"outcome": "solved"})
    await here.until(Role.OPERATOR, f"{CARE}/cases/{request}", lambda case: case["state"] == "Closed" or None)
    await page.goto(f"/care/visits/{visit}")
    await expect(page.get_by_text("登记不能再更正")).to_be_visible()
    await expect(page.get_by_text("填错了？更正登记")).to_have_count(0)
    await check(page, axe)
