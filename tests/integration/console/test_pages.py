"""Pages as a browser gets them: headers, languages, errors, the ways into a demo, what is kept."""

from collections.abc import Callable

import pytest

from services.identity.console.browser import to_work
from shared.console.pages import HEADERS
from shared.console.session import ACCESS
from shared.console.statics import mark
from shared.http.tokens import TokenCheck
from shared.roles import Role
from tests.browser import HOME, SCRIPT, Browser
from tests.harness import City
from tests.integration.console.conftest import PASSWORD

Make = Callable[..., Browser]


@pytest.mark.usefixtures("lina")
async def test_every_page_has_the_headers(browser: Make) -> None:
    """Also an error's, and one after a form."""
    one = browser()
    answers = [await one.open(path) for path in ("/identity/sign-in", "/identity/demo", "/identity/none")]
    answers.append(await one.sign_in("li.na", "something else"))
    answers.append(await one.sign_in("li.na", PASSWORD))
    answers += [await one.open(path) for path in ("/identity/", "/identity/password", "/identity/role")]
    for answer in answers:
        assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS, answer.url


async def test_errors_are_pages_for_browsers_only(browser: Make) -> None:
    """In the person's language; programs and the API get problems as ever."""
    one = browser()
    for path, status in (("/intake/none", 404), ("/intake/broken", 500), ("/identity/sign-out", 405)):
        answer = await one.open(path)
        assert answer.status_code == status
        assert answer.headers["content-type"].startswith("text/html")
        assert "To the first page" in answer.text
    chinese = await one.get("/intake/none", headers={"Accept-Language": "zh"})
    assert "没有找到" in chinese.text
    assert '<html lang="zh-CN"' in chinese.text
    for path, headers in (
        ("/intake/none", SCRIPT),
        ("/intake/api/v1/none", {}),
        ("/intake/none", {"Accept": "*/*"}),
    ):
        answer = await one.get(path, headers=headers)
        assert answer.headers["content-type"] == "application/problem+json"


async def test_a_look_is_kept(browser: Make) -> None:
    """Language, scheme and size, on every page from then on, errors too; nonsense is passed over."""
    one = browser()
    await one.open("/identity/sign-in")
    for field, value in (("language", "zh"), ("scheme", "dark"), ("size", "125")):
        back = await one.submit("/identity/look?next=/identity/sign-in", **{field: value})
        assert back.url.path == "/identity/sign-in"
    await one.submit("/identity/look", size="1000", scheme="<x>")
    for path in ("/identity/sign-in", "/intake/none"):
        assert '<html lang="zh-CN" data-scheme="dark" data-size="125">' in (await one.open(path)).text


async def test_what_is_typed_stays_text(browser: Make) -> None:
    """Nobody's login becomes part of the page."""
    answer = await browser().sign_in('"><script>alert(1)</script>', "x")
    assert "<script>" not in answer.text
    assert "&lt;script&gt;" in answer.text


async def test_files_are_kept_by_their_contents(browser: Make) -> None:
    """By each service; another version's address gives them too, but isn't kept."""
    one = browser()
    page = await one.open("/identity/sign-in")
    for name, kind in (
        ("console.css", "text/css"),
        ("console.js", "text/javascript"),
        ("mark.svg", "image/svg+xml"),
    ):
        assert f"/identity/static/{mark('identity')}/{name}" in page.text
        for service in ("identity", "intake"):
            answer = await one.get(f"/{service}/static/{mark(service)}/{name}")
            assert answer.headers["content-type"].startswith(kind)
            assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert (await one.get("/identity/static/older/console.css")).headers["cache-control"] == "no-store"
    assert (await one.get(f"/identity/static/{mark('identity')}/..%2fpages.py")).status_code == 404


async def test_a_demo_is_entered_in_any_role(house: City, browser: Make) -> None:
    """By one click, without a password; a role that is bound to somebody once there is one."""
    one = browser()
    page = await one.open("/identity/demo")
    assert 'value="auditor"' in page.text
    assert 'value="volunteer"' not in page.text
    for role in ("auditor", "admin", "auditor"):
        home = await one.submit("/identity/demo", role=role)
        assert home.url.path == to_work("/identity/", Role(role))
        assert (await one.open("/intake/work")).text.startswith(role)
    grant = {"role": "volunteer", "communities": None, "helper": "00000000-0000-7000-8000-000000000001"}
    body = {"login": "demo.volunteer", "name": "演示志愿者", "grants": [grant]}
    refused = await one.post("/identity/demo", data={"role": "volunteer"}, headers=HOME)
    assert refused.status_code == 404
    await house.client(Role.ADMIN).done("/identity/api/v1/accounts", body)
    await one.submit("/identity/demo", role="volunteer")
    assert (await one.open("/intake/work")).text.startswith("volunteer")
    assert (await one.post("/identity/demo", data={"role": "nobody"}, headers=HOME)).status_code == 422


async def test_a_bureaus_own_data_have_no_such_way_in(house: City, browser: Make) -> None:
    """Neither the page nor what it sends, and no word of it where one signs in."""
    running = house.system.services["identity"]
    running.tokens = TokenCheck(running.tokens.public_key, demo=False)
    one = browser()
    assert (await one.open("/identity/demo")).status_code == 404
    assert (await one.submit("/identity/demo", role="admin")).status_code == 404
    assert "demo" not in (await one.open("/identity/sign-in")).text


async def test_the_address_alone_leads_to_the_first_page(browser: Make) -> None:
    """Which asks to sign in, and comes back to it."""
    answer = await browser().open("/")
    assert answer.url.path == "/identity/sign-in"
    assert answer.url.params["next"] == "/identity/"


async def test_a_cookie_is_no_way_into_the_api(browser: Make) -> None:
    """A token there is a header, which no foreign page can send; an API's token is no sign-in here."""
    one = browser()
    await one.submit("/identity/demo", role="admin")
    assert (await one.get("/identity/api/v1/accounts")).status_code == 401


async def test_a_token_of_the_api_is_no_sign_in(house: City, browser: Make) -> None:
    """It doesn't say of when it is, so it couldn't end, and has no mark for forms."""
    own = {"version": 1, "form": "mark"}
    for claims, path in (
        ({}, "/identity/sign-in"),
        (own, "/intake/work"),
        ({"version": "1"}, "/identity/sign-in"),
    ):
        one = browser()
        one.headers["Cookie"] = f"{ACCESS}={house.token(Role.ADMIN, communities='*', **claims)}"
        assert (await one.open("/intake/work")).url.path == path


async def test_a_page_goes_packed_to_who_unpacks_it(browser: Make) -> None:
    """The same page in a fraction of the bytes; a program that can't gets it as it is."""
    one = browser()
    packed = await one.get("/identity/sign-in", headers={"Accept-Encoding": "gzip"})
    plain = await one.get("/identity/sign-in", headers={"Accept-Encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.text == plain.text
    assert int(packed.headers["content-length"]) < int(plain.headers["content-length"]) / 2
