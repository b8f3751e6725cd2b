"""The auditor's pages as a browser gets them: reasons, filters, points in time, papers, who read what."""

import csv
import io
import json
import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import APIRouter

from services.identity.service import SERVICE as IDENTITY
from services.reporting.service import SERVICE as REPORTING
from shared.contracts import intake
from shared.contracts.values import Channel, Details, Elements, Urgency
from shared.service import Definition
from tests.browser import HOME, SCRIPT, Browser
from tests.casefile_cases import CADRE, HELPER, OTHER, REQUEST
from tests.harness import City, running_city
from tests.integration.reporting.recorded import CALL, PERSON, a_request, declined, write
from tests.postgres import Postgres

ABOUT = f"/reporting/cadres/{CADRE}"
MARK = '<script>alert("x")</script>'
LONG = "\u202eA" * 30
"""Sixty characters, half of them turning the writing round."""


@pytest.fixture
async def house(postgres: Postgres, tmp_path: Path) -> AsyncIterator[City]:
    """Identity, reporting, and the stores of those whose events it copies."""
    owners = [Definition(name, name, APIRouter()) for name in ("intake", "matching", "care")]
    async with running_city(postgres.superuser_dsn, tmp_path, [*owners, IDENTITY, REPORTING]) as running:
        running.system.services["identity"].extras["private_key"] = running.key
        await a_request(running)
        yield running


@pytest.fixture
async def auditor(house: City) -> AsyncIterator[Browser]:
    """Signed in, without a reason yet."""
    transport = httpx.ASGITransport(app=house.gateway, raise_app_exceptions=False)
    async with Browser(transport=transport) as browser:
        await browser.submit("/identity/demo", role="auditor")
        yield browser


async def reason(browser: Browser, why: str = "complaint 17") -> None:
    """Give one, as the page asks for it."""
    page = await browser.open(ABOUT)
    assert page.url.path == f"{ABOUT}/why"
    page = await browser.submit(str(page.url.raw_path.decode()), why=why)
    assert page.url.path == ABOUT


async def test_nothing_is_shown_before_a_reason(auditor: Browser) -> None:
    """Each page asks for it, once for each person; too short a one is refused; it is kept from scripts."""
    for path in ("", "/proof", "/print", "/history.csv", "/history.json", f"/cases/{REQUEST}", "/file"):
        page = await auditor.open(f"{ABOUT}{path}")
        assert page.url.path == f"{ABOUT}/why", path
        assert "王秀英" not in page.text
    short = await auditor.submit(f"{ABOUT}/why", why="x")
    assert short.status_code == 422
    assert "two to 1000" in short.text
    await auditor.open(f"{ABOUT}/why")
    given = await auditor.post(
        f"{ABOUT}/why?next=//elsewhere",
        data={"mark": auditor.form, "why": "年度审计"},
        headers=HOME,
        follow_redirects=False,
    )
    assert given.headers["location"] == ABOUT
    assert f"Path={ABOUT}" in given.headers["set-cookie"]
    assert "HttpOnly" in given.headers["set-cookie"]
    assert "王秀英" in (await auditor.open(ABOUT)).text
    other = await auditor.open(f"/reporting/cadres/{HELPER}")
    assert other.url.path.endswith("/why")


async def test_a_timeline_says_what_because_of_what(auditor: Browser) -> None:
    """One line an event, indented by its cause; filters stand in the address; nonsense chooses nothing."""
    await reason(auditor)
    page = (await auditor.open(ABOUT)).text
    assert re.findall(r'class="line (d\d)"', page) == ["d0", "d0", "d1"]
    assert "3 events in this history" in page

    async def shown(query: str) -> int:
        answer = await auditor.open(f"{ABOUT}?{query}")
        assert answer.status_code == 200
        return answer.text.count('class="line d')

    assert await shown("kind=matching&case=&who=&from=&to=") == 1
    assert await shown(f"case={REQUEST}") == 2
    assert await shown("who=somebody") == 3
    assert await shown("who=some") == 0
    assert await shown("from=2020-01-01&to=2020-12-31") == 0
    assert await shown("from=nonsense&case=nonsense&at=nonsense&known=nonsense&kind=%00") in (0, 3)
    assert (await auditor.open(f"{ABOUT}?cursor=x")).status_code == 422
    assert (await auditor.open(f"{ABOUT}?step=99999999999999")).status_code == 422


async def test_an_entry_opens_to_its_envelope(auditor: Browser) -> None:
    """In place for a script, on the page for a browser without; its hash holds, its effect is a link."""
    await reason(auditor)
    page = (await auditor.open(ABOUT)).text
    _, call, match = re.findall(r'id="e-([0-9a-f-]{36})"', page)
    part = await auditor.get(f"{ABOUT}/entries/{call}", headers=SCRIPT)
    assert "partitionkey" in part.text
    assert "the one that these bytes give" in part.text
    assert f'data-to="{match}"' in part.text
    opened = (await auditor.open(f"{ABOUT}?open={match}")).text
    assert f'data-to="{call}"' in opened
    assert opened.count('class="envelope"') == 1
    assert (await auditor.get(f"{ABOUT}/entries/{REQUEST}", headers=SCRIPT)).status_code == 404


async def test_the_file_goes_through_time(house: City, auditor: Browser) -> None:
    """Step by step, by moment, what changed marked, what was recorded late known now but not then."""
    await reason(auditor)
    moved = intake.DetailsCorrected(
        cadre=CADRE, corrects=None, standing=None, details=Details(name="王秀兰"), reason="认错了名字"
    )
    await house.advance(days=2)
    await write(house, "intake", PERSON, CADRE, moved)
    await house.settle()

    async def at(query: str) -> str:
        return (await auditor.get(f"{ABOUT}/file?{query}", headers=SCRIPT)).text

    first, last = await at("step=1"), await at("step=4")
    assert "Step 1 of 4" in first
    assert "王秀英" in first
    assert "王秀兰" not in first
    assert "王秀兰" in last
    assert "1 change" in last
    assert 'class="changed"' in last
    moment = re.findall(r'name="since" value="([^"]+)"', first)[0].replace("+", "%2B")
    assert "王秀兰" in await at(f"at={moment}&known=now")
    early = await at("at=2020-01-01T00:00")
    assert "Nothing was recorded yet" in early
    answer = await auditor.get(f"{ABOUT}/file?step=2&kind=intake", headers=SCRIPT)
    assert answer.headers["HX-Replace-Url"].startswith(f"{ABOUT}?kind=intake&at=")
    page = await auditor.open(f"{ABOUT}/file?step=2&kind=intake")
    assert (page.url.path, page.url.params["kind"]) == (ABOUT, "intake")
    assert len((await auditor.get(f"{ABOUT}/points.json", headers=SCRIPT)).json()) == 4


async def test_what_people_typed_stays_text(house: City, auditor: Browser) -> None:
    """Tags, a turned writing, a formula; on the page, in the envelope, on paper and in the table."""
    await reason(auditor, f"{MARK}{LONG}")
    call = intake.RequestReceived(
        request=OTHER,
        cadre=CADRE,
        community=OTHER,
        covered=True,
        channel=Channel.PHONE,
        caller=None,
        elements=Elements(what=f"=1+1{MARK}", why=LONG),
        slot=None,
        linked=None,
        service="",
        urgency=Urgency.ROUTINE,
        likely=(),
        overruled=f"=cmd{MARK}",
    )
    await write(house, "intake", CALL, OTHER, call)
    await house.settle()
    event = re.findall(r'id="e-([0-9a-f-]{36})"', (await auditor.open(ABOUT)).text)[-1]
    for path in ("", "/print", f"/cases/{OTHER}", f"?open={event}", "/proof", "/why"):
        page = (await auditor.open(f"{ABOUT}{path}")).text
        assert "<script>" not in page, path
    part = (await auditor.get(f"{ABOUT}/entries/{event}", headers=SCRIPT)).text
    assert "&lt;script&gt;" in part
    table = await auditor.get(f"{ABOUT}/history.csv")
    rows = list(csv.reader(io.StringIO(table.content.decode("utf-8-sig"))))
    assert not [cell for row in rows for cell in row if cell.startswith("=")]
    readings = (await auditor.open("/reporting/readings")).text
    assert "<script>" not in readings


async def test_papers_hold_what_is_chosen(auditor: Browser) -> None:
    """CSV, JSON and the page to print: the same entries, with the question on them."""
    await reason(auditor)
    chosen = f"kind=intake&case={REQUEST}"
    table = await auditor.get(f"{ABOUT}/history.csv?{chosen}")
    rows = list(csv.DictReader(io.StringIO(table.content.decode("utf-8-sig"))))
    assert [row["what"] for row in rows] == ["A request was received"]
    assert "attachment" in table.headers["content-disposition"]
    told = json.loads((await auditor.get(f"{ABOUT}/history.json?{chosen}")).text)
    assert told["asked"] == {"kind": "intake", "case": str(REQUEST)}
    assert [one["what"] for one in told["items"]] == ["A request was received"]
    paper = (await auditor.open(f"{ABOUT}/print?{chosen}")).text
    assert str(REQUEST) in paper
    assert "1 of 3 events" in paper
    assert "complaint 17" in paper


async def test_who_read_is_read(house: City, auditor: Browser) -> None:
    """Each look is there with its reason, the latest first; a search without what was typed."""
    await reason(auditor)
    await auditor.open(f"{ABOUT}?kind=intake")
    await auditor.open("/reporting/?q=王秀英")
    await house.settle()
    page = (await auditor.open("/reporting/readings")).text
    assert page.index("the search") < page.index("kind=intake")
    assert "complaint 17" in page
    assert "王秀英" not in page
    only = (await auditor.open(f"/reporting/readings?of={HELPER}")).text
    assert "Nobody has read anything" in only


async def test_somebody_is_found_without_being_named(auditor: Browser) -> None:
    """By name, its beginning, the id, its end, a case's id; the hit is an id."""
    link = f'href="{ABOUT}"'
    for words in ("王秀英", "王", str(CADRE), CADRE.hex[-8:], str(REQUEST), "王 秀英"):
        page = (await auditor.open(f"/reporting/?q={words}")).text
        assert link in page, words
    for words in ("李", MARK, "%", "_", "\x00"):
        page = (await auditor.get("/reporting/", params={"q": words})).text
        assert link not in page, words
        assert "<script>" not in page


async def test_a_case_is_a_tree(auditor: Browser) -> None:
    """From its own address, among the pages of the one whom it is about."""
    await reason(auditor)
    page = await auditor.open(f"/reporting/cases/{REQUEST}")
    assert page.url.path == f"{ABOUT}/cases/{REQUEST}"
    assert page.text.count("<li data-more") == 2
    assert (await auditor.open(f"/reporting/cases/{HELPER}")).status_code == 404


async def test_the_proof_compares_now(auditor: Browser) -> None:
    """Heads of the chains, and the verdict; a changed byte is found."""
    await reason(auditor)
    assert "cadre-" in (await auditor.open(f"{ABOUT}/proof")).text
    assert "are the same everywhere" in (await auditor.submit(f"{ABOUT}/proof")).text


async def test_a_changed_byte_is_shown(house: City, auditor: Browser) -> None:
    """On the page of proof, and at the entry itself."""
    await reason(auditor)
    await house.store("reporting").pool.execute(
        "UPDATE archive.arrivals SET data = data || ' ' WHERE stream = $1", f"request-{REQUEST}"
    )
    await auditor.open(f"{ABOUT}/proof")
    assert "Not the same everywhere" in (await auditor.submit(f"{ABOUT}/proof")).text
    event = re.findall(r'id="e-([0-9a-f-]{36})"', (await auditor.open(ABOUT)).text)[1]
    part = (await auditor.get(f"{ABOUT}/entries/{event}", headers=SCRIPT)).text
    assert "this event was changed" in part


async def test_the_bureau_sees_figures_and_no_history(house: City, auditor: Browser) -> None:
    """Each number leads to its list; a list leads to a history only for the auditor."""
    overview = (await auditor.open("/reporting/figures")).text
    found = re.findall(r'href="(/reporting/figures/[^"]+)"', overview)
    links = {link.replace("&amp;", "&") for link in found}
    assert len(links) >= 5
    for link in links:
        listed = await auditor.open(link)
        assert listed.status_code == 200, link
    assert f"/reporting/cases/{REQUEST}" in (await auditor.open("/reporting/figures/requests")).text
    await auditor.submit("/identity/demo", role="approver")
    assert (await auditor.open("/reporting/")).url.path == "/reporting/figures"
    theirs = (await auditor.open("/reporting/figures/requests")).text
    assert REQUEST.hex[-8:] in theirs
    assert "/reporting/cases/" not in theirs
    for path in (ABOUT, f"{ABOUT}/why", "/reporting/readings", f"/reporting/cases/{REQUEST}"):
        assert (await auditor.open(path)).status_code == 403, path
    await house.settle()
    rows = await house.store("reporting").pool.fetch("SELECT what FROM readings")
    assert [row["what"] for row in rows].count("requests") >= 3


async def test_an_empty_city_says_so(postgres: Postgres, tmp_path: Path) -> None:
    """No figures, nobody found, nobody has read."""
    async with running_city(postgres.superuser_dsn, tmp_path, [IDENTITY, REPORTING]) as running:
        running.system.services["identity"].extras["private_key"] = running.key
        transport = httpx.ASGITransport(app=running.gateway, raise_app_exceptions=False)
        async with Browser(transport=transport) as browser:
            await browser.submit("/identity/demo", role="auditor")
            assert "no request yet" in (await browser.open("/reporting/figures")).text
            assert "Nobody fits" in (await browser.open("/reporting/?q=a")).text
            assert (await browser.open("/reporting/readings")).status_code == 200


@pytest.mark.long
async def test_ten_thousand_events_come_in_parts(house: City, auditor: Browser) -> None:
    """Sixty of them, the way to the next, and the file as it was; no page is heavy."""
    await declined(house, 10_000)
    await house.settle()
    await reason(auditor)
    page = await auditor.open(ABOUT)
    assert page.text.count('class="entry"') == 60
    assert 'data-key="n"' in page.text
    assert len(page.content) < 400_000
