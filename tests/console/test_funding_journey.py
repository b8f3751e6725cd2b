"""From the phone to the payment: a call, a visit, an application, and six people who each take a step."""

from dataclasses import dataclass

from playwright.async_api import Page, expect

from shared.roles import Role
from tests.console.conftest import Open
from tests.console.place import CARE, INTAKE, sign_in
from tests.console.quarter import PDF, PNG, Quarter

FUNDINGS = "/care/fundings"


@dataclass
class Desks:
    """Each signed in at a desk of their own."""

    asker: Page
    secretary: Page
    liaison: Page
    reviewer: Page
    approver: Page
    payer: Page


async def seated(window: Open, quarter: Quarter) -> Desks:
    """Everybody comes to work."""
    accounts = (
        await quarter.account(Role.COORDINATOR, "林"),
        await quarter.account(Role.SECRETARY, "周"),
        await quarter.account(Role.UNIT_LIAISON, "吴", unit=quarter.unit),
        await quarter.account(Role.REVIEWER, "郑"),
        await quarter.account(Role.APPROVER, "王"),
        await quarter.account(Role.PAYER, "冯"),
    )
    return Desks(*[await sign_in(await window(), login, FUNDINGS) for login in accounts])


async def operator_takes_the_call(quarter: Quarter) -> str:
    """By the API: what is wrong is recorded; gives the request."""
    return await quarter.requested()


async def volunteer_accepts(quarter: Quarter, request: str) -> None:
    """By the API: the volunteer says yes."""
    await quarter.accepted(request)


async def volunteer_reports(quarter: Quarter, request: str) -> None:
    """By the API: the visit is done."""
    case = await quarter.sees(Role.OPERATOR, f"{CARE}/cases/{request}")
    (visit,) = [one["visit"] for one in case["visits"] if one["state"] == "Scheduled"]
    done = {"minutes": 50, "outcome": "换了水龙头,冬季取暖有困难"}
    await quarter.does(quarter.volunteer, f"{CARE}/visits/{visit}/complete", done)


async def press(page: Page, key: str) -> None:
    """A key that leads to a page."""
    async with page.expect_navigation():
        await page.keyboard.press(key)


async def open_mine(page: Page, quarter: Quarter) -> None:
    """The case that waits for me, by its link."""
    await page.goto("/care/fundings")
    link = page.get_by_role("link", name=quarter.name)
    await link.focus()
    await press(page, "Enter")


async def send(page: Page, form: str) -> None:
    """The form's button, by Enter."""
    await page.focus(f"#form-{form} button")
    await press(page, "Enter")


async def asker_applies(page: Page, quarter: Quarter, request: str) -> None:
    """An application with two documents, submitted."""
    await press(page, "n")
    await page.focus(f"a[href$='{request}']")
    await press(page, "Enter")
    await page.select_option("#fund", quarter.fund)
    await page.focus("#amount")
    await page.keyboard.type("1,200.5")
    await page.keyboard.press("Tab")
    await page.keyboard.type("冬季取暖有困难")
    await page.focus("main form button")
    await press(page, "Enter")
    for name, kind, content in (("收入证明.pdf", "application/pdf", PDF), ("房屋.png", "image/png", PNG)):
        await page.set_input_files("#file", {"name": name, "mimeType": kind, "buffer": content})
        await page.fill("#label", name.partition(".")[0])
        await page.focus(".attach button")
        await press(page, "Enter")
    await expect(page.locator(".files li")).to_have_count(2)
    await send(page, "submit")
    await expect(page.locator(".why-not")).to_contain_text("周" + quarter.mark)


async def secretary_returns_and_verifies(page: Page, asker: Page, quarter: Quarter) -> None:
    """Something is missing: it goes back, and comes again with it; then it is so, and the picture is seen."""
    await open_mine(page, quarter)
    await page.keyboard.press("r")
    await page.focus("#return-missing")
    await page.keyboard.type("缺少医保报销单")
    await send(page, "return")
    await open_mine(asker, quarter)
    await expect(asker.locator(".now .notice")).to_contain_text("缺少医保报销单")
    await send(asker, "submit")
    await open_mine(page, quarter)
    picture = page.locator(".files img")
    await picture.scroll_into_view_if_needed()
    await expect(picture).to_have_js_property("naturalWidth", 1)
    await page.focus("#verify-note")
    await page.keyboard.type("入户看过,属实")
    await send(page, "verify")


async def liaison_confirms(page: Page, quarter: Quarter) -> None:
    """For the unit; the documents are not for them."""
    await open_mine(page, quarter)
    assert await page.locator(".files a").count() == 0
    await send(page, "confirm")


async def reviewer_recommends(page: Page, quarter: Quarter) -> None:
    """What was asked stands in the field; less than that is recommended."""
    await open_mine(page, quarter)
    assert await page.input_value("#review-amount") == "1200.50"
    await page.fill("#review-amount", "¥1,100")
    await page.focus("#review-note")
    await page.keyboard.type("按标准核减")
    await send(page, "review")


async def approver_approves(page: Page, quarter: Quarter) -> None:
    """More than was recommended is refused with words, and what was typed stays; then it is approved."""
    await open_mine(page, quarter)
    await page.fill("#approve-amount", "1,150.00")
    await page.fill("#approve-note", "同意")
    await send(page, "approve")
    await expect(page.locator("#wrong")).to_contain_text("¥1,100.00")
    assert await page.input_value("#approve-note") == "同意"
    await page.fill("#approve-amount", "1,100.00")
    await send(page, "approve")


async def payer_pays(page: Page, quarter: Quarter) -> None:
    """A question before what can't be undone; no at first, then yes."""
    await open_mine(page, quarter)
    for sure in (False, True):
        await page.fill("#disburse-reference", "2026-0117")
        await send(page, "disburse")
        await expect(page.locator("main .sum")).to_have_text("¥1,100.00")
        if sure:
            await page.focus("main button.main")
            await press(page, "Enter")
        else:
            await press(page, "u")
    await expect(page.locator(".notice.done")).to_be_visible()


async def secretary_records_the_receipt(page: Page, quarter: Quarter) -> None:
    """Who verified may record that the money has come."""
    await open_mine(page, quarter)
    await page.focus("#receipt-confirmed_by")
    await page.keyboard.type("本人")
    await send(page, "receipt")


async def colleague_closes(reviewer: Page, quarter: Quarter) -> None:
    """Who reviewed is told why not, and who may; by the API a colleague closes."""
    colleague = await quarter.account(Role.REVIEWER, "陈")
    await reviewer.goto("/care/fundings?which=open")
    await reviewer.get_by_role("link", name=quarter.name).click()
    await expect(reviewer.locator(".why-not")).to_contain_text("审核")
    await expect(reviewer.locator(".why-not")).to_contain_text(f"陈{quarter.mark}")
    assert await reviewer.locator("#form-close").count() == 0
    page = await reviewer.context.browser.new_page(base_url=quarter.up.address)  # type: ignore[union-attr]
    await open_mine(await sign_in(page, colleague, FUNDINGS), quarter)
    await send(page, "close")
    await expect(page.locator("#now-title")).to_contain_text("已办结")
    await page.close()


async def test_from_the_phone_to_the_payment(window: Open, quarter: Quarter) -> None:
    """Six people at their desks, without a mouse; each finds the case in their list once it is their turn."""
    desks = await seated(window, quarter)
    request = await operator_takes_the_call(quarter)
    await volunteer_accepts(quarter, request)
    await asker_applies(desks.asker, quarter, request)
    await volunteer_reports(quarter, request)
    await secretary_returns_and_verifies(desks.secretary, desks.asker, quarter)
    await liaison_confirms(desks.liaison, quarter)
    await reviewer_recommends(desks.reviewer, quarter)
    await approver_approves(desks.approver, quarter)
    await payer_pays(desks.payer, quarter)
    await secretary_records_the_receipt(desks.secretary, quarter)
    await colleague_closes(desks.reviewer, quarter)
    state = await quarter.sees(Role.OPERATOR, f"{INTAKE}/requests/{request}")
    assert state["state"] in ("Escalated", "CallbackDue")
    await desks.payer.goto("/care/budgets")
    row = desks.payer.get_by_role("row", name=f"社区{quarter.mark}")
    await desks.payer.locator("summary").last.click()
    await expect(row).to_contain_text("¥1,100.00")
