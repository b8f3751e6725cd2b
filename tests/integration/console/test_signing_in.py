"""Signing in, renewing and signing out in browsers, on the real system."""

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from shared.console.session import ACCESS, CONSOLE, RENEW_HEADER
from shared.roles import Role
from tests.browser import HOME, SCRIPT, Browser
from tests.harness import City
from tests.integration.console.conftest import PASSWORD

Make = Callable[..., Browser]
ACCOUNTS = "/identity/api/v1/accounts"
WORK = "/intake/work"


async def signed_in(browser: Make) -> Browser:
    """A browser in which li.na has signed in."""
    one = browser()
    answer = await one.sign_in("li.na", PASSWORD)
    assert answer.status_code == 200
    return one


@pytest.mark.usefixtures("lina")
async def test_a_password_opens_every_console(browser: Make) -> None:
    """In any case of the login; home says who one is, and another service takes the sign-in."""
    one = browser()
    home = await one.sign_in("LI.na", PASSWORD)
    assert home.url.path == "/identity/"
    assert "李娜" in home.text
    assert "operator" in home.text
    assert (await one.open(WORK)).text.startswith("operator ")


@pytest.mark.parametrize(
    ("role", "bound", "reach"),
    [
        ("family", {"cadre": "00000000-0000-7000-8000-0000004f21aa"}, "one cadre, …004f21aa"),
        ("unit_liaison", {"unit": "市卫生局"}, "<bdi>市卫生局</bdi>"),
        ("volunteer", {"helper": "00000000-0000-7000-8000-0000004f21bb"}, "own things only"),
        ("auditor", {"communities": None}, "the whole city"),
    ],
)
async def test_home_tells_how_far_one_reaches(
    house: City, browser: Make, role: str, bound: dict[str, str | None], reach: str
) -> None:
    """The whole city is only told to whom it is open."""
    grant: dict[str, Any] = {"role": role, "communities": [], **bound}
    account = {"login": "wang.min", "name": "王敏", "grants": [grant], "password": PASSWORD}
    await house.client(Role.ADMIN).done(ACCOUNTS, account)
    home = await browser().sign_in("wang.min", PASSWORD)
    assert reach in home.text
    assert ("the whole city" in home.text) == (role == "auditor")


@pytest.mark.usefixtures("lina")
async def test_one_comes_back_to_the_page_that_was_asked_for(browser: Make) -> None:
    """Its query too."""
    one = browser()
    asked = await one.open(f"{WORK}?a=%E6%9D%8E&b=1")
    assert asked.url.path == "/identity/sign-in"
    answer = await one.submit(str(asked.url), login="li.na", password=PASSWORD)
    assert str(answer.url) == f"http://city{WORK}?a=%E6%9D%8E&b=1"


@pytest.mark.usefixtures("lina")
async def test_cookies_are_out_of_reach(browser: Make) -> None:
    """HttpOnly, SameSite=Strict; identity's alone for identity; Secure where the address is."""
    for base, secure in (("http://city", False), ("https://city", True)):
        one = browser(base)
        answer = await one.post(
            "/identity/sign-in",
            data={"login": "li.na", "password": PASSWORD},
            headers=HOME,
            follow_redirects=False,
        )
        told = {line.split("=")[0]: line.lower() for line in answer.headers.get_list("set-cookie")}
        assert set(told) == {ACCESS, CONSOLE}
        for line in told.values():
            assert "httponly" in line
            assert "samesite=strict" in line
            assert ("secure" in line) is secure
        assert "path=/;" in told[ACCESS]
        assert "max-age=300;" in told[ACCESS]
        assert "path=/identity;" in told[CONSOLE]


@pytest.mark.usefixtures("lina")
async def test_what_is_wrong_is_said_alike(browser: Make) -> None:
    """A wrong password and an unknown login; failures never lock out."""
    one = browser()
    wrong = await one.sign_in("li.na", "something else")
    unknown = await one.sign_in("nobody", "something else")
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.text.replace("li.na", "nobody") == unknown.text
    assert "something else" not in wrong.text
    for _ in range(3):
        await one.sign_in("li.na", "something else")
    assert (await one.sign_in("li.na", PASSWORD)).status_code == 200


@pytest.mark.usefixtures("lina")
async def test_access_is_renewed_on_the_way(browser: Make) -> None:
    """A page by itself, a form with all that is in it, a script by what the answer names."""
    one = await signed_in(browser)
    one.forget(ACCESS)
    page = await one.open(WORK)
    assert page.url.path == WORK
    form = page.text.split()[1]
    one.forget(ACCESS)
    sent = await one.post(WORK, data={"mark": form, "what": "水管漏水"}, headers=HOME)
    assert sent.text == "done: 水管漏水"
    one.forget(ACCESS)
    asked = await one.get(WORK, headers=SCRIPT)
    assert asked.status_code == 401
    assert (await one.post(asked.headers[RENEW_HEADER], headers=SCRIPT)).status_code == 204
    assert (await one.get(WORK, headers=SCRIPT)).status_code == 200


async def test_cookies_that_a_link_did_not_bring_are_left_alone(browser: Make) -> None:
    """From another site they don't come along: the answer takes none away."""
    answer = await browser().get("/identity/renew", follow_redirects=False)
    assert answer.status_code == 303
    assert "set-cookie" not in answer.headers


@pytest.mark.usefixtures("lina")
async def test_tabs_renew_at_once(browser: Make) -> None:
    """The session isn't used up."""
    one = await signed_in(browser)
    one.forget(ACCESS)
    answers = await asyncio.gather(*(one.get(WORK) for _ in range(12)))
    assert {answer.status_code for answer in answers} == {200}
    assert {answer.url.path for answer in answers} == {WORK}


async def test_a_session_is_kept_hashed(house: City, lina: str, browser: Make) -> None:
    """Whoever reads the database can't sign in."""
    one = await signed_in(browser)
    rows = await house.store("identity").pool.fetch("SELECT hash, account FROM sessions.consoles")
    assert [str(row["account"]) for row in rows] == [lina]
    assert (one.cookies[CONSOLE] or "").encode() not in rows[0]["hash"]


@pytest.mark.parametrize("how", ["own page", "everywhere", "disable", "password"])
async def test_sign_ins_end_at_once(house: City, lina: str, browser: Make, how: str) -> None:
    """In another browser and another service, though its access token would last."""
    here, there = await signed_in(browser), await signed_in(browser)
    assert (await there.open(WORK)).url.path == WORK
    if how == "own page":
        await here.open("/identity/")
        answer = await here.submit("/identity/sign-out-everywhere")
        assert answer.url.path == "/identity/sign-in"
    else:
        path, body = {
            "everywhere": ("sign-out-everywhere", {}),
            "disable": ("disable", {"reason": "left the office"}),
            "password": ("set-password", {"password": "another long one"}),
        }[how]
        await house.client(Role.ADMIN).done(f"{ACCOUNTS}/{lina}/{path}", body)
    await house.settle()
    assert (await there.open(WORK)).url.path == "/identity/sign-in"
    assert (await there.get(WORK, headers=SCRIPT)).status_code == 401


async def test_a_service_that_has_not_seen_the_past_ends_sign_ins_too(
    house: City, lina: str, browser: Make
) -> None:
    """One that follows identity only since an upgrade: what it lacks doesn't matter."""
    await house.client(Role.ADMIN).done(f"{ACCOUNTS}/{lina}/sign-out-everywhere")
    one = await signed_in(browser)
    await house.settle()
    await house.store("intake").pool.execute("DELETE FROM ended")
    assert (await one.open(WORK)).url.path == WORK
    await house.client(Role.ADMIN).done(f"{ACCOUNTS}/{lina}/sign-out-everywhere")
    await house.settle()
    assert (await one.open(WORK)).url.path == "/identity/sign-in"


@pytest.mark.usefixtures("lina")
async def test_a_form_of_a_sign_in_that_is_over_leads_back_to_its_page(browser: Make) -> None:
    """Not to what it was sent to, which needn't be a page."""
    one = await signed_in(browser)
    await one.open("/identity/password")
    one.cookies.clear()
    asked = await one.submit("/identity/sign-out-everywhere")
    assert asked.url.path == "/identity/sign-in"
    assert asked.url.params["next"] == "/identity/password"


@pytest.mark.usefixtures("lina")
async def test_signing_out_is_for_this_browser(house: City, browser: Make) -> None:
    """The other one stays; its cookies and the session are gone here."""
    here, there = await signed_in(browser), await signed_in(browser)
    assert (await here.submit("/identity/sign-out")).url.path == "/identity/sign-in"
    assert CONSOLE not in here.cookies
    assert ACCESS not in here.cookies
    assert (await here.open(WORK)).url.path == "/identity/sign-in"
    assert (await there.open(WORK)).url.path == WORK
    assert await house.store("identity").pool.fetchval("SELECT count(*) FROM sessions.consoles") == 1


@pytest.mark.usefixtures("lina")
async def test_another_password_keeps_this_browser_only(house: City, browser: Make) -> None:
    """What is wrong is said at its field; then the others are out and one goes on."""
    here, there = await signed_in(browser), await signed_in(browser)
    await here.open("/identity/password")
    for old, new, again, words in (
        ("not this one", "a brand new one", "a brand new one", "not the password until now"),
        (PASSWORD, "short", "short", "ten to 128"),
        (PASSWORD, "a brand new one", "a brand new two", "differ"),
    ):
        answer = await here.submit("/identity/password", old=old, new=new, again=again)
        assert answer.status_code == 422
        assert words in answer.text
    await here.open("/identity/password")
    changed = await here.submit(
        "/identity/password", old=PASSWORD, new="a brand new one", again="a brand new one"
    )
    assert changed.url.path == "/identity/"
    await house.settle()
    assert (await here.open(WORK)).url.path == WORK
    assert (await there.open(WORK)).url.path == "/identity/sign-in"


async def test_with_several_roles_one_is_chosen(house: City, lina: str, browser: Make) -> None:
    """Before the first page; another later, without the password. One that was taken away gives way."""
    grants = [{"role": role, "communities": None} for role in ("operator", "auditor")]
    admin = house.client(Role.ADMIN)
    await admin.done(f"{ACCOUNTS}/{lina}/change-grants", {"grants": grants})
    one = browser()
    asked = await one.sign_in("li.na", PASSWORD, WORK)
    assert asked.url.path == "/identity/role"
    answer = await one.submit(str(asked.url), role="auditor")
    assert answer.url.path == WORK
    assert answer.text.startswith("auditor ")
    again = await one.open("/identity/role")
    assert (await one.submit(str(again.url), role="payer")).url.path == "/identity/role"
    assert "operator" in (await one.submit("/identity/role", role="operator")).text
    assert (await one.open(WORK)).text.startswith("operator ")
    await admin.done(f"{ACCOUNTS}/{lina}/change-grants", {"grants": grants[1:]})
    one.forget(ACCESS)
    assert (await one.open(WORK)).url.path == "/identity/role"


@pytest.mark.usefixtures("lina")
async def test_forms_are_sent_from_our_pages_only(browser: Make) -> None:
    """A foreign origin, one that says nothing, a form without its mark or with another's: 403, undone."""
    one, other = await signed_in(browser), await signed_in(browser)
    await one.open("/identity/")
    await other.open("/identity/")
    assert one.form != other.form
    good = {"mark": one.form}
    for path, fields, headers in (
        ("/identity/sign-out-everywhere", good, {"Sec-Fetch-Site": "cross-site"}),
        ("/identity/sign-out-everywhere", good, {"Sec-Fetch-Site": "same-site", "Origin": "http://city"}),
        ("/identity/sign-out-everywhere", good, {"Origin": "http://elsewhere"}),
        ("/identity/sign-out-everywhere", good, {"Origin": "null"}),
        ("/identity/sign-out-everywhere", good, {}),
        ("/identity/sign-out-everywhere", {}, HOME),
        ("/identity/sign-out-everywhere", {"mark": other.form}, HOME),
        ("/identity/sign-in", {"login": "li.na", "password": PASSWORD}, {"Origin": "http://elsewhere"}),
        ("/identity/renew", {}, {"Sec-Fetch-Site": "cross-site"}),
    ):
        answer = await one.post(path, data=fields, headers=headers)
        assert answer.status_code == 403, (path, fields, headers)
        assert "text/html" in answer.headers["content-type"]
    assert (await other.open("/identity/")).url.path == "/identity/"
    sent = await one.post("/identity/sign-out-everywhere", data=good, headers={"Origin": "http://city"})
    assert sent.url.path == "/identity/sign-in"


@pytest.mark.parametrize(
    "after",
    ["https://elsewhere/", "//elsewhere/", "/\\elsewhere", "/\t/elsewhere", "javascript:alert(1)", ""],
)
@pytest.mark.usefixtures("lina")
async def test_one_is_sent_on_to_nowhere_else(browser: Make, after: str) -> None:
    """By no page that sends on."""
    one = browser()
    query = httpx.QueryParams(next=after)
    sent = await one.post(
        f"/identity/sign-in?{query}",
        data={"login": "li.na", "password": PASSWORD},
        headers=HOME,
        follow_redirects=False,
    )
    renewed = await one.get(f"/identity/renew?{query}", follow_redirects=False)
    looked = await one.post(f"/identity/look?{query}", headers=HOME, follow_redirects=False)
    for answer in (sent, renewed, looked):
        place = httpx.URL("http://city/").join(answer.headers["location"])
        assert place.host == "city"
    assert "elsewhere" not in sent.headers["location"]
