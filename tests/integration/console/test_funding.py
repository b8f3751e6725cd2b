"""Pages of funding cases: who sees what, what is refused and in which words, two people on one case."""

import re
from collections.abc import AsyncIterator
from html import unescape
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from services.care.domain.funding_states import CHAIN
from shared.console.session import ACCESS
from shared.roles import Role
from tests.browser import HOME, Browser
from tests.city_cases import CARE, UNIT, Town, found_town
from tests.harness import City, running_city
from tests.integration.care.chain import PDF
from tests.postgres import Postgres

HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')
FEN = 120_050


class Desk(Browser):
    """A browser in which somebody of this role is signed in."""

    def __init__(self, city: City, role: Role, **who: Any) -> None:
        """How one signs in has tests of its own."""
        super().__init__(transport=httpx.ASGITransport(app=city.gateway))
        self.sub = str(uuid4())
        token = city.token(role, sub=self.sub, version=1, form="form", **({"communities": "*"} | who))
        self.cookies.set(ACCESS, token)

    async def does(self, case: str, act: str, **fields: str) -> httpx.Response:
        """A form of the case's page, with what the page has hidden in it unless it is among the fields."""
        page = await self.open(case)
        form = page.text.partition(f'action="{case}/{act}"')[2].partition("</form>")[0]
        return await self.post(f"{case}/{act}", data={**dict(HIDDEN.findall(form)), **fields}, headers=HOME)


@pytest.fixture(scope="module")
async def town(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    """A town with a budget of 100,000 yuan that takes two approvers above 5,000."""
    async with running_city(postgres.superuser_dsn, tmp_path_factory.mktemp("files")) as city:
        made = await found_town(city)
        budget = await made.budget()
        await made.admin.done(f"{CARE}/budgets/{budget}/adjust", {"by": 9_000_000, "reason": "追加"})
        yield made


@pytest.fixture(scope="module")
async def request_(town: Town) -> str:
    """A request that a volunteer has."""
    request, _ = await town.assigned(await town.cadre(), await town.volunteer())
    return request


def api(case: str) -> str:
    """The path of a case in the API."""
    return case.replace("/care/", f"{CARE}/")


async def until(town: Town, request: str, step: str, fen: int = FEN, purpose: str = "冬季取暖") -> str:
    """The page of a case that waits for this step."""
    body = {"request": request, "fund": "hardship", "amount": fen, "purpose": purpose}
    made = await town.coordinator.done(f"{CARE}/fundings", body)
    path = f"{CARE}/fundings/{made['id']}"
    head = {"Idempotency-Key": str(uuid4()), "Content-Type": "application/pdf"}
    assert (await town.coordinator.post(f"{path}/evidence?label=x", content=PDF, headers=head)).is_success
    for name, client, verb, said in (
        ("submit", town.coordinator, "submit", None),
        ("verify", town.verifier, "verify", {"note": "属实"}),
        ("confirm", town.liaison, "confirm", None),
        ("review", town.reviewer, "review", {"amount": fen}),
        ("approve", town.approver, "approve", {"amount": fen}),
        ("approve_again", town.second_approver, "approve", {"amount": fen}),
        ("disburse", town.payer, "disburse", {"reference": "2026-1"}),
        ("receipt", town.verifier, "receipt", {"confirmed_by": "本人"}),
        ("close", town.closer, "close", None),
    ):
        if name == step:
            break
        if name != "approve_again" or fen > 500_000:
            await client.done(f"{path}/{verb}", said)
    await town.city.settle()
    return f"/care/fundings/{made['id']}"


async def test_each_step_is_in_the_list_of_those_who_may_take_it(town: Town, request_: str) -> None:
    """At every step the list says of everybody what the decider says, also of who was recused."""
    colleague = Desk(town.city, Role.REVIEWER)
    recused = town.city.client(Role.REVIEWER, sub=colleague.sub)
    everybody = {
        "asker": town.coordinator, "secretary": town.secretary, "verifier": town.verifier,
        "liaison": town.liaison, "reviewer": town.reviewer, "closer": town.closer, "recused": recused,
        "approver": town.approver, "second": town.second_approver, "payer": town.payer,
    }  # fmt: skip
    listed: dict[str, list[str]] = {}
    for step in CHAIN:
        case = await until(town, request_, step.step, 600_000)
        await town.reviewer.done(f"{api(case)}/recuse", {"account": colleague.sub, "reason": "亲属"})
        await town.city.settle()
        funding = case.rpartition("/")[2]
        for name, one in everybody.items():
            shown = (await one.read(api(case)))["next"]
            waiting = await one.read(f"{CARE}/fundings/waiting")
            assert (funding in [row["funding"] for row in waiting["items"]]) is shown["you_may"], (step, name)
            assert sum(waiting["mine"].values()) == len(waiting["items"])
            if shown["you_may"]:
                listed.setdefault(step.step, []).append(name)
    assert listed == {
        "submit": ["asker", "secretary", "verifier"],
        "verify": ["secretary", "verifier"],
        "confirm": ["liaison"],
        "review": ["reviewer", "closer"],
        "approve": ["approver", "second"],
        "approve_again": ["second"],
        "disburse": ["payer"],
        "receipt": ["secretary", "verifier"],
        "close": ["closer"],
    }


async def test_a_page_shows_what_its_reader_may_do(town: Town, request_: str) -> None:
    """The form to who may, words to who may not, nothing to another community."""
    case = await until(town, request_, "verify")
    here = {"communities": [town.here]}
    secretary = await Desk(town.city, Role.SECRETARY, **here).open(case)
    assert f'action="{case}/verify"' in secretary.text
    assert f'action="{case}/return"' in secretary.text
    assert "张桂兰" in secretary.text
    assert "Budget before" not in secretary.text
    payer = await Desk(town.city, Role.PAYER).open(case)
    assert f'action="{case}/verify"' not in payer.text
    assert "This step isn't yours." in payer.text
    (fund,) = (await town.payer.read(f"{CARE}/budgets"))["items"]
    assert f"¥{(fund['free'] - FEN) / 100:,.2f}" in payer.text, "what is free with it"
    there = await Desk(town.city, Role.SECRETARY, communities=[town.there]).open(case)
    assert there.status_code == 403
    assert (await Desk(town.city, Role.VOLUNTEER, communities=[]).open(case)).status_code == 403
    other_unit = await Desk(town.city, Role.UNIT_LIAISON, communities=[], unit="另一单位").open(case)
    assert other_unit.status_code == 404
    liaison = Desk(town.city, Role.UNIT_LIAISON, communities=[], unit=UNIT)
    assert f"{case}/evidence/" not in (await liaison.open(case)).text


async def test_the_second_of_two_is_told_and_loses_nothing(town: Town, request_: str) -> None:
    """Both have the page open; the second's step isn't taken, what was typed stands in the field."""
    case = await until(town, request_, "approve", 600_000)
    one, two = Desk(town.city, Role.APPROVER), Desk(town.city, Role.APPROVER)
    stale = dict(HIDDEN.findall((await two.open(case)).text.partition(f'action="{case}/approve"')[2]))
    first = await one.does(case, "approve", amount="6000", note="同意")
    assert first.url.params["done"] == "approve"
    moved = await two.get(f"{case}/moved", params={"seen": stale["seen"]})
    assert "changed" in moved.text
    answer = await two.does(case, "approve", amount="5,900", note="也同意", seen=stale["seen"])
    assert answer.status_code == 412
    assert "What you typed is still here" in answer.text
    assert "也同意</textarea>" in answer.text
    assert 'value="5,900"' in answer.text
    again = await two.does(case, "approve", amount="5,900", note="也同意")
    assert again.url.params["done"] == "approve"
    assert (await town.payer.read(api(case)))["state"] == "Reserved"
    latest = (await town.payer.get(api(case))).headers["etag"].strip('"')
    assert (await two.get(f"{case}/moved", params={"seen": latest})).text.strip() == ""


async def test_a_form_that_is_sent_twice_takes_effect_once(town: Town, request_: str) -> None:
    """The same form, sent again after it went through."""
    case = await until(town, request_, "review")
    desk = Desk(town.city, Role.REVIEWER)
    form = dict(HIDDEN.findall((await desk.open(case)).text.partition(f'action="{case}/review"')[2]))
    for _ in range(2):
        sent = await desk.post(f"{case}/review", data={**form, "amount": "1200.50", "note": ""}, headers=HOME)
        assert sent.url.params["done"] == "review", sent.text
    await town.city.settle()
    steps = (await town.payer.read(api(case)))["steps"]
    assert [step["what"] for step in steps].count("BureauReviewed") == 1


async def test_an_amount_that_is_none_is_refused_in_words(town: Town, request_: str) -> None:
    """And everything that was typed stays."""
    case = await until(town, request_, "review")
    desk = Desk(town.city, Role.REVIEWER)
    for amount in ("", "0", "-1", "zwölf", "1.234", "1,2,3", "1200.51", "99999999999999", "1" * 400):
        answer = await desk.does(case, "review", amount=amount, note="按标准")
        assert answer.status_code == 422, amount
        assert 'role="alert"' in answer.text
        assert "按标准</textarea>" in answer.text


async def test_what_ends_a_case_is_asked_once_more(town: Town, request_: str) -> None:
    """Rejecting: the first form asks, the second does."""
    case = await until(town, request_, "review")
    desk = Desk(town.city, Role.REVIEWER)
    asked = await desk.does(case, "reject", reason="不符合条件")
    assert "Reject this application?" in asked.text
    assert (await town.payer.read(api(case)))["state"] == "UnitConfirmed"
    fields = dict(HIDDEN.findall(asked.text.partition(f'action="{case}/reject"')[2]))
    done = await desk.post(f"{case}/reject", data=fields, headers=HOME)
    assert "This case has ended: rejected" in done.text
    assert "不符合条件" in done.text


async def test_the_budget_of_the_year_adds_up(town: Town, request_: str) -> None:
    """By community as by fund: asked, held, paid, and what came back."""
    year = town.city.clock.now().year

    async def figures() -> tuple[dict[str, int], dict[str, int]]:
        await town.city.settle()
        use = (await town.payer.read(f"{CARE}/budgets/use", year=year))["items"]
        (fund,) = (await town.payer.read(f"{CARE}/budgets", year=year))["items"]
        assert fund["reserved"] == sum(one["reserved"] for one in use)
        assert fund["spent"] - fund["returned"] == sum(one["paid"] for one in use)
        return next((one for one in use if one["community_name"] == "站前社区"), {}), fund

    before, _ = await figures()
    for step, fen in (("review", 10_000), ("disburse", 20_000), ("receipt", 40_000), ("", 80_000)):
        await until(town, request_, step, fen)
    back = await until(town, request_, "", 160_000)
    body = {"amount": 60_000, "reason": "多付"}
    await town.city.client(Role.PAYER).done(f"{api(back)}/reverse", body)
    after, _ = await figures()
    more = {"cases": 5, "asked": 10_000, "reserved": 20_000, "paid": 220_000}
    assert {name: after[name] - before.get(name, 0) for name in more} == more
    page = await Desk(town.city, Role.APPROVER).open("/care/budgets")
    assert f"¥{after['paid'] / 100:,.2f}" in page.text
    assert (await Desk(town.city, Role.SECRETARY).open("/care/budgets")).status_code == 403


async def test_whatever_is_written_is_only_text(town: Town, request_: str) -> None:
    """Tags, marks of direction, sixty characters: shown as they are written."""
    evil = "<script>alert(1)</script>\u202e" + "长" * 60
    case = await until(town, request_, "verify", purpose=evil)
    desk = Desk(town.city, Role.SECRETARY, communities=[town.here])
    for page in (await desk.open(case), await desk.open("/care/fundings")):
        assert "<script>alert" not in page.text
        assert "&lt;script&gt;alert(1)" in page.text


@pytest.mark.long
async def test_ten_thousand_cases_come_page_by_page(town: Town, request_: str) -> None:
    """Each of them once, those that wait longest first; the counts count all."""
    case = await until(town, request_, "review")
    pool = town.city.store("care").pool
    await pool.execute(
        "INSERT INTO fundings SELECT (jsonb_populate_record(f, jsonb_build_object("
        "'funding', gen_random_uuid(), 'emergency', n % 100 = 0,"
        " 'since', f.since - n * interval '1 second'))).*"
        " FROM fundings f, generate_series(1, 10000) AS n WHERE funding = $1",
        UUID(case.rpartition("/")[2]),
    )
    seen: list[str] = []
    path = "/care/fundings"
    desk = Desk(town.city, Role.REVIEWER)
    while path:
        page = await desk.open(path)
        assert page.text.count("<tr") <= 51
        seen += re.findall(r'data-row="([^"]+)"', page.text)
        found = re.search(r'href="([^"]+)" rel="next"', page.text)
        path = unescape(found[1]) if found else ""
    reviewer = town.city.client(Role.REVIEWER, sub=desk.sub)
    listed = await reviewer.read(f"{CARE}/fundings/waiting")
    assert len(seen) == len(set(seen)) == sum(listed["mine"].values()) >= 10_001
    assert all(one["emergency"] for one in listed["items"])
