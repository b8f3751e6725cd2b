"""Ten thousand rows in every list: a page shows its share of them, with a way on, and stays light."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from html import unescape
from typing import Any
from urllib.parse import urljoin
from uuid import UUID

import httpx
import pytest

from services.intake.api.finding import MOST
from shared.console.session import ACCESS
from shared.roles import Role
from tests.browser import Browser
from tests.city_cases import MATCHING, Town, found_town
from tests.harness import running_city
from tests.postgres import Postgres

pytestmark = pytest.mark.long
MANY = 10_000
HEAVIEST = 400_000
"""Bytes of a page as it is sent."""
MULTIPLY = """
INSERT INTO {table} ({columns}) SELECT {columns} FROM (
    SELECT (jsonb_populate_record(NULL::{table}, to_jsonb(t) || jsonb_build_object({changes}))).*
    FROM (SELECT * FROM {table} LIMIT 1) AS t, generate_series(1, {many}) AS n) AS made"""
COLUMNS = """
SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped AND attgenerated = ''"""
PLAN = """
INSERT INTO plans
VALUES (gen_random_uuid(), 1, 'Decided', current_date, 1, now(), '', 0, 0, 0, 0, '{}', '{}', '')"""
PROPOSAL = "11111111-1111-4111-8111-111111111111"
REBALANCING = """
INSERT INTO rebalancings VALUES ($1, 1, now(), true, 20, 1000, 1, 1, 1, 1, 0, 0, 0, 0, '')"""
MOVE = """
INSERT INTO rebalancing_moves (rebalancing, helper, association, destination, lacked, lacks, pairings)
VALUES ($1, $2, 'youth', $3, 1, 0, '{}')"""
WORDS = """
INSERT INTO cadre_words SELECT '张' || n, {same}, 'name' FROM generate_series(1, {many}) AS n"""
ID = "gen_random_uuid()"
SECONDS = "- n * interval '1 second'"


@dataclass(frozen=True)
class Long:
    """A list of one service, and what differs in each of the rows that one row of its table becomes.

    `row` stands once in each row of the page, `most` times at the most; `on` tells that there is more.
    """

    role: Role
    path: str
    table: str
    changes: str
    row: str
    most: int
    on: str = "cursor="

    @property
    def service(self) -> str:
        """Whose it is."""
        return self.path.split("/")[1]


LISTS = {
    "requests": Long(
        Role.OPERATOR,
        "/intake/?list=all",
        "requests",
        f"'id', {ID}, 'received_at', t.received_at {SECONDS}",
        "data-row=",
        50,
    ),
    "board": Long(
        Role.COORDINATOR,
        "/matching/",
        "matches",
        f"'request', {ID}, 'since', t.since {SECONDS}",
        '<li id="card-',
        1000,
        'data-most="200">',
    ),
    "helpers": Long(
        Role.COORDINATOR,
        "/matching/helpers",
        "helpers",
        f"'helper', {ID}",
        '<tr><td><a href="/matching/helpers/',
        50,
    ),
    "pairings": Long(
        Role.COORDINATOR,
        "/matching/pairings",
        "pairings",
        f"'pairing', {ID}, 'began', t.began {SECONDS}",
        'name="reason"',
        50,
    ),
    "plans": Long(
        Role.COORDINATOR,
        "/matching/plans",
        "plans",
        f"'plan', {ID}, 'at', t.at {SECONDS}",
        '<a href="/matching/plans/',
        20,
    ),
    "offers": Long(
        Role.VOLUNTEER,
        "/matching/offers",
        "offers",
        f"'offer', {ID}, 'made', t.made {SECONDS}, 'state', 'Expired'",
        '<li class="visit">',
        60,
    ),
    "visits": Long(
        Role.SECRETARY,
        "/care/visits",
        "visits",
        f"'visit', {ID}, 'slot_start', t.slot_start {SECONDS}",
        '<li class="visit">',
        200,
    ),
    "own visits": Long(
        Role.VOLUNTEER,
        "/care/visits",
        "visits",
        f"'visit', {ID}, 'slot_start', t.slot_start {SECONDS}",
        '<li class="visit">',
        200,
    ),
    "care plans": Long(
        Role.SECRETARY,
        "/care/plans",
        "plans",
        f"'plan', {ID}, 'changed', t.changed {SECONDS}",
        "data-row=",
        50,
    ),
    "who has no care plan": Long(
        Role.SECRETARY,
        "/care/plans/new",
        "people",
        f"'cadre', {ID}",
        "data-row=",
        50,
    ),
    "people": Long(
        Role.AUDITOR,
        "/reporting/?q=%E5%BC%A0",
        "people",
        f"'cadre', {ID}",
        "data-row=",
        30,
    ),
    "readings": Long(
        Role.AUDITOR,
        "/reporting/readings",
        "readings",
        f"'reading', {ID}, 'recorded', t.recorded {SECONDS}, 'number', t.number + n",
        '<td><a href="/reporting/readings?who=',
        50,
    ),
    "accounts": Long(
        Role.ADMIN,
        "/identity/accounts",
        "accounts",
        f"'account', {ID}, 'login', t.login || n",
        "data-row=",
        50,
    ),
    "the register's to-dos": Long(
        Role.SECRETARY,
        "/intake/register",
        "todos",
        f"'about', {ID}, 'since', t.since {SECONDS}",
        "data-row=",
        50,
    ),
    "rebalancings": Long(
        Role.SUBDISTRICT,
        "/matching/rebalancings",
        "rebalancings",
        f"'rebalancing', {ID}, 'at', t.at {SECONDS}",
        '<tr><td><a href="/matching/rebalancings/',
        20,
    ),
    "moves of a rebalancing": Long(
        Role.SUBDISTRICT,
        f"/matching/rebalancings/{PROPOSAL}",
        "rebalancing_moves",
        f"'helper', {ID}",
        'name="helpers"',
        50,
        "from=",
    ),
    "requests behind a number": Long(
        Role.REVIEWER,
        "/reporting/figures/requests",
        "figure_requests",
        f"'request', {ID}",
        "<tr><td>",
        50,
    ),
}


@pytest.fixture(scope="module")
async def town(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    """A town in which there is one of everything."""
    async with running_city(postgres.superuser_dsn, tmp_path_factory.mktemp("files")) as city:
        yield await found_town(city)


@dataclass(frozen=True)
class Desks:
    """Browsers, each of somebody of a role."""

    town: Town
    helper: str

    def of(self, role: Role) -> Browser:
        """Signed in; a volunteer is the town's."""
        browser = Browser(transport=httpx.ASGITransport(app=self.town.city.gateway))
        claims: dict[str, Any] = {"helper": self.helper} if role is Role.VOLUNTEER else {"communities": "*"}
        browser.cookies.set(ACCESS, self.town.city.token(role, version=1, form="form", **claims))
        return browser


@pytest.fixture(scope="module")
async def desks(town: Town) -> Desks:
    """One request that is assigned, one that is not, a pairing, a plan, a reading, and so on."""
    volunteer, cadre = await town.volunteer(), await town.cadre()
    await town.assigned(cadre, volunteer)
    await town.request(cadre)
    pair = {"helper": volunteer.helper, "cadre": cadre}
    await town.coordinator.done(f"{MATCHING}/pairings", pair)
    matching = town.city.store("matching").pool
    await matching.execute(PLAN)
    await matching.execute(REBALANCING, UUID(PROPOSAL))
    await matching.execute(MOVE, UUID(PROPOSAL), UUID(volunteer.helper), town.here)
    await town.stranger()
    grants = [{"role": "operator", "communities": None}]
    account = {"login": "li.min", "name": "李敏", "grants": grants, "password": "long enough 密码"}
    await town.admin.done("/identity/api/v1/accounts", account)
    await town.active_plan(cadre)
    desks = Desks(town, volunteer.helper)
    await desks.of(Role.AUDITOR).open("/reporting/?q=%E5%BC%A0")
    await town.city.settle()
    return desks


@pytest.mark.parametrize("name", LISTS)
async def test_a_long_list_comes_in_parts(desks: Desks, name: str) -> None:
    """As many as a page has, and the way to the others, which are others."""
    one = LISTS[name]
    pool = desks.town.city.store(one.service).pool
    columns = await pool.fetchval(COLUMNS, one.table)
    await pool.execute(MULTIPLY.format(table=one.table, columns=columns, changes=one.changes, many=MANY))
    page = await desks.of(one.role).open(one.path)
    assert page.status_code == 200
    assert 0 < page.text.count(one.row) <= one.most
    assert one.on in page.text
    assert len(page.content) < HEAVIEST
    if way := re.search(rf'href="([^"]*[?;&]{one.on}[^"]+)"', page.text):
        following = await desks.of(one.role).open(urljoin(one.path, unescape(way[1])))
        assert 0 < following.text.count(one.row) <= one.most
        assert following.text.partition(one.row)[2] != page.text.partition(one.row)[2]


async def test_a_search_among_ten_thousand_of_a_name_shows_the_nearest(desks: Desks) -> None:
    """Twelve to choose from; a longer word finds the one."""
    pool = desks.town.city.store("intake").pool
    columns, same = await pool.fetchval(COLUMNS, "cadres"), "md5(n::text)::uuid"
    changes = f"'id', {same}, 'name', '张' || n"
    await pool.execute(MULTIPLY.format(table="cadres", columns=columns, changes=changes, many=MANY))
    await pool.execute(WORDS.format(same=same, many=MANY))
    desk = desks.of(Role.OPERATOR)
    for path in ("/intake/find?q=%E5%BC%A0", "/intake/find?q=%E5%BC%A0&for=register"):
        assert (await desk.open(path)).text.count("data-row=") == MOST
    assert (await desk.open("/intake/find?q=%E5%BC%A07777")).text.count("data-row=") == 1
