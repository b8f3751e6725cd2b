"""The board as coordinators see it: it moves by itself, by keyboard alone, and two of them on one card."""

from playwright.async_api import Page, Route, expect

from shared.console.session import ACCESS
from tests.console.conftest import Open
from tests.console.place import MATCHING
from tests.console.test_looks import check, in_looks
from tests.console.townsfolk import Townsfolk


async def at_the_board(page: Page, path: str = "/matching/", role: str = "coordinator") -> Page:
    """Signed in; the board is live."""
    await page.goto("/identity/demo")
    await page.click(f"button[value={role}]")
    await page.wait_for_load_state()
    await page.goto(path)
    await expect(page.locator("#line [data-when=on]")).to_be_visible()
    return page


async def test_it_moves_by_itself(window: Open, folk: Townsfolk) -> None:
    """A request appears, is taken and goes on; said to screen readers, the focus stays on the card."""
    await folk.helper()
    page = await at_the_board(await window(language="en"))
    request = await folk.asked(await folk.cadre("王芳"))
    card = page.locator(f"#list-offered #card-{request}")
    await expect(card).to_be_visible()
    await expect(page.locator("#moves")).to_contain_text("王芳 is now in Asked")
    await card.locator("a").focus()
    (offer,) = await folk.open_offers(request)
    await folk.tell("coordinator", f"{MATCHING}/matches/{request}/accept", {"offer": offer})
    await expect(page.locator(f"#list-assigned #card-{request}")).to_contain_text("李敏")
    assert await page.evaluate("document.activeElement.closest('li').id") == f"card-{request}"
    await folk.tell("operator", f"/intake/api/v1/requests/{request}/cancel", {"reason": "served_elsewhere"})
    await expect(page.locator(f"#card-{request}")).to_have_count(0)
    await expect(page.locator("#moves")).to_contain_text("王芳 has left the board")


async def test_by_keyboard_alone(window: Open, folk: Townsfolk) -> None:
    """From card to card, opened, offered, taken back, closed; the focus comes back to the card."""
    for name in ("李敏", "赵强", "周洁"):
        await folk.helper(name)
    request = await folk.asked(await folk.cadre(), 2)
    page = await at_the_board(await window())
    await expect(page.locator(f"#card-{request}")).to_be_visible()
    await page.keyboard.press("ArrowDown")
    await page.locator(f"#card-{request} a").focus()
    await page.keyboard.press("ArrowUp")
    await page.locator(f"#card-{request} a").focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("#panel .ranked > li")).to_have_count(3)
    await expect(page.locator("#panel")).to_be_focused()
    await page.keyboard.press("o")
    await expect(page.locator("#panel .offers li")).to_have_count(3)
    await expect(page.locator("#panel [role=status]")).to_contain_text("邀约已发出")
    await page.keyboard.press("v")
    await expect(page.locator("#panel .offers li")).to_have_count(2)
    await page.locator("#panel .offers form[action$=accept] button").first.focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("#panel .holder")).to_be_visible()
    await page.keyboard.press("a")
    await expect(page.locator("#turn form[action$=reassign] [name=reason]")).to_be_focused()
    await page.keyboard.type("换个人")
    await page.keyboard.press("Enter")
    await expect(page.locator("#panel [role=status]")).to_contain_text("正在另找人")
    await expect(page.locator("#panel .holder")).to_have_count(0)
    await page.keyboard.press("Escape")
    await expect(page.locator("#panel")).to_be_hidden()
    await expect(page.locator(f"#card-{request} a")).to_be_focused()


async def test_whose_board_it_is(window: Open, folk: Townsfolk) -> None:
    """Who lands on it reads which communities are theirs, and at home all of them."""
    grant = {"role": "coordinator", "communities": [folk.community]}
    login, password = f"c-{folk.name}", "long enough 密码"
    account = {"login": login, "name": "孙丽", "grants": [grant], "password": password}
    await folk.tell("admin", "/identity/api/v1/accounts", account)
    page = await window()
    await page.goto("/")
    await page.fill("#login", login)
    await page.fill("#password", password)
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/matching/")
    await expect(page.locator(".above")).to_contain_text(f"社区{folk.name}")
    await page.goto("/identity/")
    await expect(page.locator(".facts")).to_contain_text(f"社区{folk.name}")


async def test_two_on_one_card(window: Open, folk: Townsfolk) -> None:
    """The other sees it at once; who still has the old state before them is asked what shall be."""
    await folk.helper()
    await folk.helper("赵强")
    request = await folk.asked(await folk.cadre(), 2)
    first = await at_the_board(await window(language="en"), f"/matching/?open={request}")
    await expect(first.locator("#panel .offers li")).to_have_count(2)
    second = await window(language="en", java_script_enabled=False)
    await second.goto("/identity/demo")
    await second.click("button[value=coordinator]")
    await second.goto(f"/matching/requests/{request}")
    await first.click("#panel .offers form[action$=revoke] button")
    await expect(first.locator("#panel [role=status]")).to_contain_text("The offer was taken back")
    await second.click("#panel .offers form[action$=revoke] button")
    stale = second.locator(".stale")
    await expect(stale).to_contain_text("an offer was taken back")
    await expect(stale).to_contain_text("Nothing was done")
    await stale.get_by_role("link").click()
    await expect(second.locator(".stale")).to_have_count(0)
    await second.click("#panel form[action$=rank-again] button")
    await expect(second.locator("#panel [role=status]")).to_contain_text("A new round has begun")
    await expect(first.locator("#panel .latest")).to_contain_text("a new round began")


async def test_the_excluded_have_names(window: Open, axe: str, folk: Townsfolk) -> None:
    """By rule, on demand, by keyboard and in pages; what is open stays so when the request moves."""
    await folk.helper()
    relative, cadre = await folk.helper("赵强"), await folk.cadre()
    for _ in range(21):
        await folk.helper("周洁", skills=[{"code": "meals"}])
    await folk.tell(
        "coordinator", f"{MATCHING}/helpers/{relative}/recusals", {"cadre": cadre, "reason": "亲属"}
    )
    request = await folk.asked(cadre)
    page = await at_the_board(await window(language="en"), f"/matching/?open={request}")
    await page.locator("#excluded summary").focus()
    await page.keyboard.press("Enter")
    await page.locator("#rule-skill > a").focus()
    await page.keyboard.press("Enter")
    names = page.locator("#rule-skill .told li")
    await expect(names).to_have_count(20)
    first = await names.first.get_attribute("id")
    await page.click("#rule-skill .next a")
    await expect(page.locator(f"#{first}")).to_have_count(0)
    await expect(names.first).to_be_visible()
    await page.click("#rule-recused > a")
    relatives = page.locator("#rule-recused .told li")
    await expect(relatives).to_have_text(["赵强 volunteer"])
    (offer,) = await folk.open_offers(request)
    await folk.tell("coordinator", f"{MATCHING}/matches/{request}/revoke", {"offer": offer})
    await expect(page.locator("#panel .latest")).to_contain_text("an offer was taken back")
    await expect(relatives).to_have_count(1)
    await check(page, axe)


async def test_what_is_composed_stays(window: Open, folk: Townsfolk) -> None:
    """An input method is at work in a field of the panel while the panel and the board move."""
    await folk.helper()
    request = await folk.asked(await folk.cadre())
    page = await at_the_board(await window(), f"/matching/?open={request}")
    await page.click("#panel .excluded summary")
    await page.focus("#panel .excluded input[name=q]")
    keyboard = await page.context.new_cdp_session(page)
    await keyboard.send("Input.imeSetComposition", {"text": "zhang", "selectionStart": 5, "selectionEnd": 5})
    (offer,) = await folk.open_offers(request)
    await folk.tell("coordinator", f"{MATCHING}/matches/{request}/revoke", {"offer": offer})
    await expect(page.locator("#panel .latest")).to_contain_text("撤回邀约")
    assert await page.input_value("#panel .excluded input[name=q]") == "zhang"
    await keyboard.send("Input.imeSetComposition", {"text": "张桂", "selectionStart": 2, "selectionEnd": 2})
    await keyboard.send("Input.insertText", {"text": "张桂兰"})
    assert await page.input_value("#panel .excluded input[name=q]") == "张桂兰"


async def test_a_failed_line_is_tried_again(window: Open, folk: Townsfolk) -> None:
    """Also the first one; with the access cookie gone it is renewed; signed out, one is led to the door."""
    page = await window()
    tries: list[str] = []

    async def fail_once(route: Route) -> None:
        tries.append(route.request.url)
        await (route.abort() if len(tries) == 1 else route.continue_())

    await page.route("**/matching/stream*", fail_once)
    await at_the_board(page)
    assert len(tries) > 1
    await folk.helper()
    request = await folk.request(await folk.cadre())
    await expect(page.locator(f"#card-{request}")).to_be_visible()
    await page.unroute("**/matching/stream*")
    await page.context.clear_cookies(name=ACCESS)
    hide = """how => {
        Object.defineProperty(document, "hidden", {value: how === "hidden", configurable: true});
        document.dispatchEvent(new Event("visibilitychange"));
    }"""
    await page.evaluate(hide, "hidden")
    await expect(page.locator("#line [data-when=off]")).to_be_visible()
    second = await folk.request(await folk.cadre("刘洋"))
    await page.evaluate(hide, "visible")
    await expect(page.locator(f"#card-{second}")).to_be_visible()
    await expect(page.locator("#line [data-when=on]")).to_be_visible()
    await page.context.clear_cookies()
    await page.evaluate(hide, "hidden")
    await page.evaluate(hide, "visible")
    await page.wait_for_url("**/identity/sign-in*")


@in_looks(("zh-CN", "light", 1366), ("en", "dark", 390), ("zh-CN", "dark", 1366))
async def test_the_board_is_clean(
    window: Open, axe: str, folk: Townsfolk, language: str, scheme: str, width: int
) -> None:
    """Board and panel in each state, with names that want to be markup or to turn the line round."""
    await folk.helper('<b>x</b>"><script>alert(1)</script>')
    odd = "\u202e" + "长" * 56 + "<i>"
    request = await folk.request(await folk.cadre(odd), urgency="rescue")
    alone = await folk.request(await folk.cadre(), service="cleaning")
    page = await at_the_board(await window(width, language=language, color_scheme=scheme))
    await check(page, axe)
    for one in (request, alone):
        await page.click(f"#card-{one} a")
        await expect(page.locator("#panel h2")).to_be_visible()
        await check(page, axe)
    assert await page.locator("#panel script, .cards i").count() == 0
    for path in ("", "/map"):
        await page.goto(f"/matching/requests/{request}{path}")
        await check(page, axe)
