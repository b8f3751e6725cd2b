"""From the phone to the payment: nine people sign in, and each takes their step by page, without a mouse."""

from dataclasses import dataclass
from datetime import timedelta

from playwright.async_api import Locator, Page, expect

from shared.clock import wall_now
from shared.deadlines import SHANGHAI
from shared.roles import Role
from tests.console.conftest import Open
from tests.console.place import INTAKE, sign_in, until
from tests.console.quarter import PDF, PNG, Quarter

FUNDINGS = "/care/fundings"


@dataclass
class Desks:
    """Each signed in at a desk of their own."""

    operator: Page
    volunteer: Page
    asker: Page
    secretary: Page
    liaison: Page
    reviewer: Page
    approver: Page
    payer: Page
    auditor: Page


async def seated(window: Open, quarter: Quarter) -> Desks:
    """Everybody comes to work."""

    async def at(page: str, role: Role, name: str, **bound: str) -> Page:
        return await sign_in(await window(), await quarter.account(role, name, **bound), page)

    return Desks(
        await at("/intake/", Role.OPERATOR, "何"),
        await at("/matching/offers", Role.VOLUNTEER, "李", helper=str(quarter.volunteer.helper)),
        await at(FUNDINGS, Role.COORDINATOR, "林"),
        await at(FUNDINGS, Role.SECRETARY, "周"),
        await at(FUNDINGS, Role.UNIT_LIAISON, "吴", unit=quarter.unit),
        await at(FUNDINGS, Role.REVIEWER, "郑"),
        await at(FUNDINGS, Role.APPROVER, "王"),
        await at(FUNDINGS, Role.PAYER, "冯"),
        await at("/reporting/", Role.AUDITOR, "孙"),
    )


async def press(page: Page, key: str) -> None:
    """A key that leads to a page."""
    async with page.expect_navigation():
        await page.keyboard.press(key)


async def operator_takes_the_call(page: Page, quarter: Quarter) -> str:
    """Found by name, what is wrong is recorded; gives the request."""
    await page.keyboard.press("/")
    await page.keyboard.insert_text(quarter.name)
    await page.keyboard.press("Enter")
    await page.wait_for_url(f"**/call/{quarter.person}")
    await expect(page.locator("#service-typed")).to_be_focused()
    await page.keyboard.type("wx")
    await page.keyboard.press("Enter")
    await page.keyboard.insert_text("水管漏水")
    await page.keyboard.press("Control+Enter")
    await page.wait_for_url("**/requests/*")
    return page.url.partition("?")[0].rpartition("/")[2]


async def coordinator_asks(page: Page, quarter: Quarter, request: str) -> None:
    """The card comes; somebody whom the ranking passed over is found by name, and asked for a time soon."""
    await page.goto("/matching/")
    await page.focus(f"#card-{request} a")
    await page.keyboard.press("Enter")
    await expect(page.locator("#panel")).to_be_focused()
    await expect(page.locator("#panel .ranked")).to_be_attached()
    await page.focus("#excluded summary")
    await page.keyboard.press("Enter")
    await page.focus("#why-q")
    await page.keyboard.insert_text(f"李{quarter.mark}")
    await page.keyboard.press("Enter")
    soon = wall_now().astimezone(SHANGHAI) + timedelta(minutes=30)
    soon -= timedelta(minutes=soon.minute % 5)
    await page.fill("#excluded .told input[name=start]", f"{soon:%Y-%m-%dT%H:%M}")
    await page.focus("#excluded .told button")
    await page.keyboard.press("Enter")
    await expect(page.locator("#panel [role=status]")).to_contain_text("邀约已发出")


async def comes(page: Page, wanted: Locator) -> None:
    """The page shows it, looked at again until it does."""

    async def look() -> bool:
        await page.reload()
        return await wanted.count() > 0

    await until(look)


async def volunteer_accepts(page: Page) -> None:
    """The offer comes, and is said yes to."""
    await page.goto("/matching/offers")
    yes = page.get_by_role("button", name="我去")
    await comes(page, yes)
    await yes.focus()
    await press(page, "Enter")
    await expect(page.locator("p.notice.done[role=status]").first).to_be_visible()


async def volunteer_reports(page: Page, quarter: Quarter) -> None:
    """At the door and away again: what was done, and that money is needed as well."""
    await press(page, "v")
    await comes(page, visit := page.get_by_role("link", name=quarter.name))
    await visit.first.focus()
    await press(page, "Enter")
    await press(page, "b")
    await page.get_by_label("做了什么").focus()
    await page.keyboard.insert_text("换了水龙头,冬季取暖有困难")
    await page.get_by_text("还需要别的服务", exact=True).focus()
    await page.keyboard.press("Enter")
    await page.focus("#need-hardship_aid")
    await page.keyboard.press("Space")
    await page.get_by_role("button", name="签退", exact=True).focus()
    await press(page, "Enter")
    await expect(page.locator("p.notice.done[role=status]").first).to_contain_text("已登记")


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
    """Who reviewed is told why not, and who may; a colleague closes."""
    colleague = await quarter.account(Role.REVIEWER, "陈")
    await reviewer.goto("/care/fundings?which=open")
    await reviewer.get_by_role("link", name=quarter.name).focus()
    await press(reviewer, "Enter")
    await expect(reviewer.locator(".why-not")).to_contain_text("审核")
    await expect(reviewer.locator(".why-not")).to_contain_text(f"陈{quarter.mark}")
    assert await reviewer.locator("#form-close").count() == 0
    page = await reviewer.context.browser.new_page(base_url=quarter.up.address)  # type: ignore[union-attr]
    await open_mine(await sign_in(page, colleague, FUNDINGS), quarter)
    await send(page, "close")
    await expect(page.locator("#now-title")).to_contain_text("已办结")
    await page.close()


async def auditor_reads(page: Page, quarter: Quarter) -> None:
    """By the name and for a reason: from the call to the end, each by who did it."""
    await page.focus("#q")
    await page.keyboard.insert_text(quarter.name)
    await press(page, "Enter")
    await comes(page, found := page.locator("tbody a"))
    await found.focus()
    await press(page, "Enter")
    await expect(page.locator("#why")).to_be_focused()
    await page.keyboard.insert_text("年度抽查")
    await press(page, "Enter")
    await comes(page, page.locator(".line", has_text="资金申请办结"))
    for happened in ("接到求助", "上门完成", "提交资金申请", "资金批准", "资金拨付"):
        await expect(page.locator(".line", has_text=happened).first).to_be_attached()


async def test_from_the_phone_to_the_payment(window: Open, quarter: Quarter) -> None:
    """Everybody at a desk of their own, without a mouse; each finds the case once it is their turn."""
    desks = await seated(window, quarter)
    request = await operator_takes_the_call(desks.operator, quarter)
    await coordinator_asks(desks.asker, quarter, request)
    await volunteer_accepts(desks.volunteer)
    await volunteer_reports(desks.volunteer, quarter)
    await desks.asker.goto(FUNDINGS)
    await asker_applies(desks.asker, quarter, request)
    await secretary_returns_and_verifies(desks.secretary, desks.asker, quarter)
    await liaison_confirms(desks.liaison, quarter)
    await reviewer_recommends(desks.reviewer, quarter)
    await approver_approves(desks.approver, quarter)
    await payer_pays(desks.payer, quarter)
    await secretary_records_the_receipt(desks.secretary, quarter)
    await colleague_closes(desks.reviewer, quarter)
    await auditor_reads(desks.auditor, quarter)
    state = await quarter.sees(Role.OPERATOR, f"{INTAKE}/requests/{request}")
    assert state["state"] in ("Escalated", "CallbackDue")
    await desks.payer.goto("/care/budgets")
    row = desks.payer.get_by_role("row", name=f"社区{quarter.mark}")
    await desks.payer.locator("summary").last.focus()
    await desks.payer.keyboard.press("Enter")
    await expect(row).to_contain_text("¥1,100.00")
