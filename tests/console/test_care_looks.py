"""What is shown at the door and to the community: nobody opens, texts that mean harm, every page by axe."""

from itertools import cycle

from playwright.async_api import Page, expect

from shared.roles import Role
from tests.command_line import Up
from tests.console.conftest import Open
from tests.console.helping import Street, street
from tests.console.place import CARE
from tests.console.test_care_visits import PHONE, arrived
from tests.console.test_looks import check, in_looks

HARM = "<img src=x onerror=alert(1)>\u202e'\"&{{7*7}}"
LONG = "欧阳" * 30
SMALL = """() => [...document.querySelectorAll("main :is(button, .button, summary, textarea, a)")]
    .filter(one => one.checkVisibility() && one.getBoundingClientRect().height < 44)
    .map(one => one.outerHTML)"""


async def test_nobody_opens(window: Open, up: Up) -> None:
    """The steps before, the alarm for somebody who lives alone, another try after."""
    here = await street(up)
    visit = await here.visit(await here.cadre("张桂兰", "living_alone"))
    page = await here.signs_in(await window(**PHONE, language="en"))
    await page.goto(f"/care/visits/{visit}")
    await page.get_by_text("Nobody opens", exact=True).tap()
    steps = page.locator("ol.steps")
    await expect(steps.get_by_role("link", name="139 0000 0001")).to_be_visible()
    await expect(page.get_by_text("For this cadre a rescue request goes out")).to_be_visible()
    await page.get_by_label("What you tried").fill("敲门、打电话都没人")
    await page.get_by_role("button", name="Record: nobody opens").tap()
    await arrived(page, "Recorded")
    await expect(page.get_by_text("A rescue request is out")).to_be_visible()
    assert (await here.events(visit))[1:] == ["NoAnswerRecorded", "WelfareCheckRaised"]
    await page.get_by_label("From when").fill("2031-03-04T10:00")
    await page.get_by_label("Why").fill("家属说下午在家")
    await page.get_by_role("button", name="Ask for this time").tap()
    await arrived(page, "Asked for another time")
    assert (await here.events(visit))[3] == "VisitMoveRequested"


async def test_what_is_refused_stays_on_the_page(window: Open, up: Up) -> None:
    """Too early: it says from when on; what was typed is still there, and nothing waits."""
    here = await street(up)
    visit = await here.visit(await here.cadre("张桂兰"), hours=30)
    page = await here.signs_in(await window(**PHONE, language="en"))
    await page.goto(f"/care/visits/{visit}")
    await page.get_by_text("It is done: check out").tap()
    await page.get_by_label("What was done").fill("修好了")
    await page.get_by_role("button", name="Check out", exact=True).tap()
    await expect(page.locator("#said")).to_contain_text("can be recorded from")
    await expect(page.get_by_label("What was done")).to_have_value("修好了")
    await expect(page.get_by_role("button", name="Check out", exact=True)).to_be_enabled()
    await expect(page.locator("#kept li")).to_have_count(0)


async def test_another_on_the_same_phone_sends_nothing_of_mine(window: Open, up: Up) -> None:
    """What one has kept without a network waits until one is back oneself."""
    here, other = await street(up), await street(up)
    visit = await here.visit(await here.cadre("张桂兰"))
    page = await here.signs_in(await window(**PHONE))
    await page.goto(f"/care/visits/{visit}")
    await page.route("**/begin", lambda route: route.abort())
    await page.get_by_role("button", name="签到").tap()
    await expect(page.locator("#kept li")).to_have_count(1)
    await page.unroute_all()
    await page.context.clear_cookies()
    await other.signs_in(page)
    await page.goto("/care/visits")
    await expect(page.locator("#kept li")).to_have_count(0)
    assert await here.events(visit) == ["VisitScheduled"]
    await page.context.clear_cookies()
    async with page.expect_response("**/begin"):
        await here.signs_in(page)
    await page.goto(f"/care/visits/{visit}")
    await expect(page.get_by_text("已签到")).to_be_visible()


async def test_what_came_too_late_is_not_lost(window: Open, up: Up) -> None:
    """The visit was over when the network came back: that is said, with what was written, until removed."""
    here = await street(up)
    visit = await here.visit(await here.cadre("张桂兰"))
    page = await here.signs_in(await window(**PHONE, language="en"))
    await page.goto(f"/care/visits/{visit}")
    await page.route("**/complete", lambda route: route.abort())
    await page.get_by_text("It is done: check out").tap()
    await page.get_by_label("What was done").fill("修好了")
    await page.get_by_role("button", name="Check out", exact=True).tap()
    await expect(page.locator("#kept li.waiting")).to_have_count(1)
    await here.does(here.helping, f"{CARE}/visits/{visit}/refuse", {"reason": "不需要"})
    await page.unroute_all()
    await page.goto("/care/visits")
    refused = page.locator("#kept li.late")
    await expect(refused).to_contain_text("This visit is over")
    await expect(refused).to_contain_text("修好了")
    await refused.get_by_role("button", name="Remove").tap()
    await expect(page.locator("#kept li")).to_have_count(0)
    await page.reload()
    await expect(page.locator("#kept li")).to_have_count(0)


async def _everything(here: Street) -> list[str]:
    """Visits of every kind, with texts that mean harm; their addresses."""
    harm = await here.cadre(LONG, "living_alone", "bedridden", address=HARM)
    plain = await here.cadre("张桂兰")
    await here.offered(harm, hours=40, what=HARM)
    coming = await here.visit(harm, hours=2.4, what=HARM)
    done, begun, nobody, refused = [await here.visit(plain, hours=0.3 + nth * 0.45) for nth in range(4)]
    told = {"minutes": 5, "outcome": HARM, "medical": HARM, "needs": ["meals"]}
    await here.does(here.helping, f"{CARE}/visits/{done}/complete", told)
    right = {**told, "minutes": 6, "solved": False, "reason": HARM}
    await here.does(here.helping, f"{CARE}/visits/{done}/correct", right)
    await here.does(here.helping, f"{CARE}/visits/{begun}/begin")
    await here.does(here.helping, f"{CARE}/visits/{nobody}/no-answer", {"note": HARM})
    await here.does(here.helping, f"{CARE}/visits/{refused}/refuse", {"reason": HARM})
    visits = [f"/care/visits/{one}" for one in (coming, done, begun, nobody, refused)]
    lists = [f"/care/visits?which={one}" for one in ("today", "open", "waiting", "overdue")]
    return ["/care/visits", *lists, *visits, "/matching/offers", "/matching/offers?state=Declined"]


async def _clean(page: Page, axe: str, path: str) -> None:
    answer = await page.goto(path)
    assert answer is not None
    assert answer.status == 200, path
    await page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    await check(page, axe)
    assert await page.evaluate(SMALL) == [], path
    assert not await page.locator("img[src=x]").count()


SHOWN = [("zh-CN", "light", 390), ("en", "dark", 390)]


async def test_every_page_is_clean(window: Open, up: Up, axe: str) -> None:
    """Each in one of the looks in turn; nothing of a text is taken for a part of a page."""
    here = await street(up, Role.CARE_WORKER)
    paths = await _everything(here)
    pages = [
        await here.signs_in(await window(width, 844, language, color_scheme=scheme))
        for language, scheme, width in SHOWN
    ]
    for path, page in zip(paths, cycle(pages)):
        await _clean(page, axe, path)


@in_looks()
async def test_every_page_is_clean_in_every_look(
    window: Open, up: Up, axe: str, language: str, scheme: str, width: int
) -> None:
    """The same in each; with large type, too."""
    here = await street(up, Role.CARE_WORKER)
    page = await here.signs_in(await window(width, 844, language, color_scheme=scheme))
    for path in await _everything(here):
        await _clean(page, axe, path)
    for _ in range(3):
        async with page.expect_navigation():
            await page.click("footer button[name=size]:last-child")
    await _clean(page, axe, "/care/visits")


async def test_a_secretary_sees_the_community(window: Open, up: Up, axe: str) -> None:
    """What waits for a decision stands first; a helper who didn't come is recorded here."""
    here = await street(up)
    cadre = await here.cadre("张桂兰")
    nobody = await here.visit(cadre)
    missed = await here.visit(cadre, hours=0.0005)
    await here.does(here.helping, f"{CARE}/visits/{nobody}/no-answer")
    page = await here.secretary(await window(language="en"))
    await page.goto("/care/visits")
    await expect(page.locator("h2").first).to_contain_text("To be decided")
    await check(page, axe)
    await page.goto(f"/care/visits/{nobody}")
    await expect(page.get_by_text("Try again at another time").first).to_be_visible()
    await expect(page.get_by_role("button", name="check in")).to_have_count(0)
    while await page.get_by_text("The helper didn't come").count() == 0:
        await page.goto(f"/care/visits/{missed}")  # only once its time has come
    await page.get_by_text("The helper didn't come").first.click()
    await page.get_by_label("How that is known").fill("社区打电话问过")
    await page.get_by_role("button", name="Record, and look for somebody else").click()
    await arrived(page, "Recorded")
    assert (await here.events(missed))[-1] == "VisitMissed"
