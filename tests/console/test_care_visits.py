"""A volunteer's day on a phone: asked, there, done; nobody opens; a network that goes while one writes."""

from playwright.async_api import Page, Route, expect

from tests.command_line import Up
from tests.console.conftest import Open
from tests.console.helping import street

PHONE = {"width": 390, "height": 844, "has_touch": True}


async def arrived(page: Page, notice: str) -> None:
    """The page says so."""
    await expect(page.locator("p.notice.done[role=status]").first).to_contain_text(notice)


async def test_a_day_from_the_offer_to_the_report(window: Open, up: Up) -> None:
    """By keyboard alone: yes to an offer, its visit, checked in, what was done, checked out."""
    here = await street(up)
    request = await here.offered(await here.cadre("张桂兰"))
    page = await here.signs_in(await window(**PHONE, language="en"))
    await page.goto("/matching/offers")
    await page.get_by_role("button", name="Yes, I go").focus()
    await page.keyboard.press("Enter")
    await arrived(page, "You said yes")
    visit = await here.visit_of(request)
    await page.keyboard.press("v")
    await page.wait_for_url("**/care/visits")
    await page.get_by_role("link", name="张桂兰").focus()
    await page.keyboard.press("Enter")
    await page.wait_for_url(f"**/{visit}")
    await page.keyboard.press("b")
    await arrived(page, "You are checked in")
    await page.get_by_label("What was done").focus()
    await page.keyboard.type("修好了")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await arrived(page, "Recorded")
    assert await here.events(visit) == ["VisitScheduled", "VisitBegun", "VisitDone"]
    assert (await here.reads(f"/care/api/v1/visits/{visit}"))["outcome"] == "修好了"


async def test_no_in_two_taps(window: Open, up: Up) -> None:
    """One shows the reasons, one says which; the next is asked."""
    here = await street(up)
    await here.offered(await here.cadre("张桂兰"))
    page = await here.signs_in(await window(**PHONE))
    await page.goto("/matching/offers")
    await page.get_by_text("去不了").tap()
    await page.get_by_role("button", name="太远").tap()
    await arrived(page, "已回绝")
    (offer,) = (await here.reads("/matching/api/v1/offers"))["items"]
    assert (offer["state"], offer["reason"]) == ("Declined", "too_far")


async def away(page: Page, seconds: int) -> None:
    """The phone shows something else for a while."""
    for hidden in ("true", "false"):
        await page.evaluate(
            f"Object.defineProperty(document, 'hidden', {{value: {hidden}, configurable: true}});"
            "document.dispatchEvent(new Event('visibilitychange'))"
        )
        if hidden == "true":
            await page.clock.fast_forward(1000 * seconds)


async def test_who_comes_back_sees_what_is_new(window: Open, up: Up) -> None:
    """An offer that came while the page lay in the background for more than a minute."""
    here = await street(up)
    page = await here.signs_in(await window(**PHONE, language="en"))
    await page.clock.install()
    await page.goto("/matching/offers")
    await here.offered(await here.cadre("张桂兰"))
    await page.evaluate("globalThis.same = true")
    await away(page, 30)
    assert await page.evaluate("globalThis.same")
    async with page.expect_navigation():
        await away(page, 61)
    await expect(page.get_by_role("button", name="Yes, I go")).to_be_visible()


async def test_the_network_goes_in_the_middle_of_a_form(window: Open, up: Up) -> None:
    """Both forms that were filled in meanwhile are kept, said to wait, and sent once, in their order."""
    here = await street(up)
    visit = await here.visit(await here.cadre("张桂兰"))
    page = await here.signs_in(await window(**PHONE, language="en"))
    await page.goto(f"/care/visits/{visit}")
    await page.get_by_text("It is done: check out").tap()
    await page.get_by_label("What was done").fill("修好了")
    await page.context.set_offline(True)
    await page.get_by_role("button", name="I am there").tap()
    await page.get_by_role("button", name="Check out", exact=True).tap()
    waiting = page.locator("#kept li.waiting")
    await expect(waiting).to_have_count(2)
    await expect(page.get_by_text("No connection")).to_be_visible()
    assert await here.events(visit) == ["VisitScheduled"]
    await page.context.set_offline(False)
    await arrived(page, "Recorded")
    await expect(waiting).to_have_count(0)
    assert await here.events(visit) == ["VisitScheduled", "VisitBegun", "VisitDone"]


async def test_what_is_typed_outlives_the_page(window: Open, up: Up) -> None:
    """A phone drops a page in the background: what was typed is still there, until it is sent."""
    here = await street(up)
    visit = await here.visit(await here.cadre("张桂兰"))
    page = await here.signs_in(await window(**PHONE, language="en"))
    await page.goto(f"/care/visits/{visit}")
    await page.get_by_text("Not wanted", exact=True).tap()
    await page.get_by_label("What the cadre said").fill("今天不用了")
    await page.reload()
    await expect(page.get_by_label("What the cadre said")).to_have_value("今天不用了")
    await page.get_by_role("button", name="Record: not wanted").tap()
    await arrived(page, "Recorded")
    assert await here.events(visit) == ["VisitScheduled", "VisitRefused"]


async def test_a_page_of_an_earlier_sign_in_loses_nothing(window: Open, up: Up) -> None:
    """Signed in anew in another tab: it says to load the page again, and then sends what was kept."""
    here = await street(up)
    visit = await here.visit(await here.cadre("张桂兰"))
    page = await here.signs_in(await window(**PHONE, language="en"))
    await page.goto(f"/care/visits/{visit}")
    await here.signs_in(await page.context.new_page())
    await page.get_by_role("button", name="I am there").tap()
    await expect(page.locator("#said")).to_contain_text("Load the page again")
    await expect(page.locator("#kept li.waiting")).to_have_count(1)
    await page.reload()
    await arrived(page, "You are checked in")
    assert await here.events(visit) == ["VisitScheduled", "VisitBegun"]


async def test_an_answer_that_is_lost_has_one_effect(window: Open, up: Up) -> None:
    """The service had it, the phone did not hear so: it is sent again, and stays one."""
    here = await street(up)
    visit = await here.visit(await here.cadre("张桂兰"))
    page = await here.signs_in(await window(**PHONE, language="en"))
    await page.goto(f"/care/visits/{visit}")
    sent: list[int] = []

    async def lose(route: Route) -> None:
        sent.append((await route.fetch()).status)
        await route.abort()

    await page.route("**/begin", lose, times=1)
    await page.get_by_role("button", name="I am there").tap()
    await expect(page.locator("#kept li.waiting")).to_have_count(1)
    assert sent == [200]
    await page.reload()
    await expect(page.locator("#kept li")).to_have_count(0)
    await expect(page.get_by_text("Checked in at")).to_be_visible()
    assert await here.events(visit) == ["VisitScheduled", "VisitBegun"]
