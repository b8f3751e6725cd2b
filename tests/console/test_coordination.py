"""The coordinator's other pages: volunteers with their week, pairings, the plan, the rebalancing."""

from datetime import UTC, datetime, timedelta
from typing import Any

from playwright.async_api import expect

from tests.console.conftest import Open
from tests.console.place import MATCHING
from tests.console.test_board import at_the_board
from tests.console.test_looks import check, in_looks
from tests.console.townsfolk import Townsfolk

SLOW = 30_000
"""For what reckons in a process of its own, on a machine that does other things as well."""


async def test_a_volunteers_file(window: Open, folk: Townsfolk) -> None:
    """Found by initials; the week changed by keyboard, an absence noted, no offers for a while and again."""
    helper = await folk.helper(f"欧阳{folk.name}")
    page = await at_the_board(await window())
    await page.goto("/matching/helpers")
    await page.fill("[name=q]", f"oy{folk.name}")
    await page.keyboard.press("Enter")
    await page.click(f"a[href$='{helper}']")
    boxes = page.locator(".week input")
    await expect(page.locator(".week input:checked")).to_have_count(await boxes.count())
    for hour in range(6, 22):
        for day in range(1, 8):
            if (day, hour) not in {(1, 9), (1, 10), (3, 14)}:
                await page.locator(f".week [value='{day}-{hour}']").uncheck(force=True)
    await page.locator(".week [value='1-9']").focus()
    await page.keyboard.press("Space")
    await page.click("form:has(.week) button")
    await expect(page.locator("[role=status]")).to_contain_text("可服务时间已保存")
    file = await folk.read(f"{MATCHING}/helpers/{helper}")
    assert file["availability"] == [
        {"day": 1, "start": 600, "end": 660},
        {"day": 3, "start": 840, "end": 900},
    ]
    await page.fill("[name=slot_start]", "2030-01-07")
    await page.fill("[name=slot_end]", "2030-01-08")
    await page.click("form[action$=absence] button")
    await expect(page.locator("main")).to_contain_text("2030年1月7日")
    await page.fill("form[action$=suspend] [name=reason]", "出差")
    await page.click("form[action$=suspend] button")
    await expect(page.locator("main")).to_contain_text("已暂停")
    await page.click("form[action$=resume] button")
    await expect(page.locator("form[action$=suspend]")).to_be_visible()


async def test_a_pairing_is_suggested_made_and_ended(window: Open, folk: Townsfolk) -> None:
    """A refusal is said where one stands, and leaves the page."""
    helper, cadre = await folk.helper(), await folk.cadre("赵平")
    page = await at_the_board(await window(language="en"))
    await page.goto("/matching/pairings")
    made = await folk.tell("coordinator", f"{MATCHING}/pairings", {"helper": helper, "cadre": cadre})
    await folk.read(f"{MATCHING}/pairings", after=made["position"])
    await page.reload()
    row = page.locator("tr", has=page.locator(f"form[action*='{made['id']}']"))
    await row.locator("summary").click()
    await row.locator("[name=reason]").fill("搬走了")
    await row.locator("button").click()
    await expect(page.locator("[role=status]").first).to_contain_text("The pairing has ended")
    await expect(row).to_have_count(0)


async def planned(folk: Townsfolk) -> tuple[dict[str, Any], str]:
    """A plan of two visits of one's own, and its id."""
    for name in ("李敏", "赵强"):
        await folk.helper(name, skills=[{"code": "lecture"}])
    begin = datetime.now(UTC) + timedelta(days=300)
    slot = {"start": begin.isoformat(), "end": (begin + timedelta(hours=1)).isoformat()}
    requests = [
        await folk.request(await folk.cadre(name), "lecture", "scheduled", slot=slot)
        for name in ("王芳", "刘洋")
    ]
    made = await folk.tell("coordinator", f"{MATCHING}/plans", {"requests": requests})
    return await folk.read(f"{MATCHING}/plans/{made['id']}", after=made["position"]), made["id"]


async def test_a_plan_is_pinned_and_accepted(window: Open, folk: Townsfolk) -> None:
    """The two swapped by a pin, with what it costs; then both are asked."""
    plan, name = await planned(folk)
    first, second = plan["pairs"]
    assert {first["helper_name"], second["helper_name"]} == {"李敏", "赵强"}
    page = await at_the_board(await window(language="en"))
    await page.goto(f"/matching/plans/{name}?choose={first['request']}")
    row = page.locator(f"#visit-{first['request']}")
    await row.locator("li", has_text=second["helper_name"]).locator("button").click()
    await expect(page.locator("main")).to_contain_text("This changed 2 visits", timeout=SLOW)
    await expect(row).to_contain_text("pinned")
    await expect(row).to_contain_text(second["helper_name"])
    await page.click("button.main")
    await expect(page.locator("[role=status]").first).to_contain_text("Accepted: the helpers are being asked")
    match = await folk.read(f"{MATCHING}/matches/{first['request']}")
    assert [one["name"] for one in match["offers"]] == [second["helper_name"]]


async def test_a_rebalancing_is_accepted_in_part(window: Open, folk: Townsfolk) -> None:
    """The subdistrict ticks one move; who is asked says yes to the coordinator.

    Where nobody is served nobody is wanted: all of this community are to go where members lack.
    """
    elsewhere = Townsfolk(folk.up)
    await elsewhere.found()
    await elsewhere.cadre()
    for _ in range(3):
        await folk.helper(association="youth")
    page = await window(language="en")
    await at_the_board(page, role="subdistrict")
    await page.goto("/matching/rebalancings")
    await page.click("main form button")
    await expect(page.locator("[role=status]").first).to_contain_text("The proposal is made", timeout=SLOW)
    await page.goto(f"{page.url.partition('?')[0]}?from=1")
    box = page.locator("[name=helpers]").first
    helper = await box.get_attribute("value")
    await box.check()
    await page.click("button[form=some]")
    await expect(page.locator("[role=status]").first).to_contain_text("Accepted: the members are to be asked")
    row = page.locator("tr", has=page.locator(f"a[href$='{helper}']"))
    await expect(row).to_contain_text("being asked")
    await row.locator("summary").click()
    await row.locator("form[action$=consent] button").click()
    await expect(row).to_contain_text("has moved")
    assert page.url.endswith("&from=1"), "the same page of the moves"


@in_looks(("zh-CN", "dark", 390), ("en", "light", 1366))
async def test_these_pages_are_clean(
    window: Open, axe: str, folk: Townsfolk, language: str, scheme: str, width: int
) -> None:
    """With names that want to be markup, and empty where there is nothing."""
    helper = await folk.helper('<b>x</b>"><script>alert(1)</script>')
    await folk.cadre("长" * 60)
    _, plan = await planned(folk)
    page = await at_the_board(await window(width, language=language, color_scheme=scheme))
    file, draft = f"helpers/{helper}", f"plans/{plan}"
    for path in ("helpers", "helpers?q=nobody", file, "pairings", "plans", draft, "rebalancings"):
        await page.goto(f"/matching/{path}")
        await check(page, axe)
