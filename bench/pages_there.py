"""Every page that somebody works with, and what each shows: whoever has most of it first."""

from collections.abc import Sequence
from dataclasses import dataclass

from deploy.system import System
from shared.roles import Role

Bound = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Page:
    """A page as one role sees it, at these addresses.

    `bound` are the claims of whoever reaches own things only; a `part` is fetched by a script; work begins on
    a `start`.
    """

    role: Role
    name: str
    paths: Sequence[str]
    bound: Bound = ()
    part: bool = False
    start: bool = False


_BUSIEST = "SELECT cadre FROM view_history.entries GROUP BY cadre ORDER BY count(*) DESC, cadre LIMIT $1"
_HALF = "SELECT count(*) / 2 FROM view_history.entries WHERE cadre = $1"
_CASES = """
SELECT cadre, case_id FROM view_history.entries WHERE case_id IS NOT NULL
GROUP BY cadre, case_id ORDER BY count(*) DESC, case_id LIMIT $1"""
_OFFERED = """
SELECT helper FROM helpers JOIN offers USING (helper) WHERE helpers.state = 'Active'
GROUP BY helper ORDER BY count(*) DESC, helper LIMIT 1"""


@dataclass(frozen=True)
class _There:
    """What there is to show; `count` of each kind."""

    system: System
    count: int

    async def some(self, service: str, sql: str, path: str) -> list[str]:
        """Addresses with what a query finds in a service's views."""
        rows = await self.system.services[service].store.pool.fetch(sql, self.count)
        return [path.format(*row.values()) for row in rows]

    async def first(self, service: str, key: str, ordered: str, path: str) -> list[str]:
        """Addresses with the first of a table."""
        return await self.some(service, f"SELECT {key} FROM {ordered} LIMIT $1", path)  # noqa: S608  our own


async def pages(system: System, count: int) -> list[Page]:
    """All of them that have something to show, with up to so many different things on each."""
    there = _There(system, count)
    found = [
        *await _operator(there),
        *await _coordinator(there),
        *await _helper(there),
        *await _secretary(there),
        *await _administrator(there),
        *await _money(there),
        *await _auditor(there),
        Page(Role.OPERATOR, "anybody: signing in", ["/identity/sign-in"]),
        Page(Role.OPERATOR, "anybody: ways into the demo", ["/identity/demo"]),
    ]
    return [one for one in found if one.paths]


async def _operator(there: _There) -> list[Page]:
    who, name = Role.OPERATOR, "operator"
    registered = "cadres WHERE state = 'Registered' ORDER BY registered_at, id"
    calls = await there.first("intake", "id", registered, "/intake/call/{}")
    requests = await there.first(
        "intake", "id", "requests ORDER BY open DESC, received_at, id", "/intake/requests/{}"
    )
    return [
        Page(who, f"{name}: own requests", ["/intake/"], start=True),
        Page(who, f"{name}: all open requests", ["/intake/?list=all"]),
        Page(who, f"{name}: late requests", ["/intake/?list=late"]),
        Page(who, f"{name}: ended requests", ["/intake/?list=ended"]),
        Page(who, f"{name}: finding", [f"/intake/find?q={q}" for q in ("wang", "li", "139")], part=True),
        Page(who, f"{name}: a call", calls),
        Page(who, f"{name}: a rescue", [one.replace("/call/", "/rescue/") for one in calls]),
        Page(who, f"{name}: a request", requests),
    ]


async def _coordinator(there: _There) -> list[Page]:
    who, name = Role.COORDINATOR, "coordinator"
    matches = "matches ORDER BY state = 'Open' DESC, opened, request"
    panels = await there.first("matching", "request", matches, "/matching/?open={}")
    requests = await there.first("matching", "request", matches, "/matching/requests/{}")
    helpers = await there.first("matching", "helper", "helpers ORDER BY helper", "/matching/helpers/{}")
    plans = await there.first("matching", "plan", "plans ORDER BY visits DESC, plan", "/matching/plans/{}")
    return [
        Page(who, f"{name}: the board", ["/matching/"], start=True),
        Page(who, f"{name}: board and panel", panels),
        Page(who, f"{name}: a request", requests),
        Page(who, f"{name}: helpers", ["/matching/helpers"]),
        Page(who, f"{name}: helpers found", ["/matching/helpers?q=wang"]),
        Page(who, f"{name}: a helper", helpers),
        Page(who, f"{name}: pairings", ["/matching/pairings"]),
        Page(who, f"{name}: plans", ["/matching/plans"]),
        Page(who, f"{name}: a plan", plans),
        Page(who, f"{name}: rebalancings", ["/matching/rebalancings"]),
    ]


async def _helper(there: _There) -> list[Page]:
    who, name = Role.VOLUNTEER, "volunteer"
    helper = str(await there.system.services["matching"].store.pool.fetchval(_OFFERED))
    bound = (("helper", helper),)
    visits = f"visits WHERE helper = '{helper}' ORDER BY slot_start DESC"
    return [
        Page(who, f"{name}: offers", ["/matching/offers"], bound, start=True),
        Page(who, f"{name}: visits", ["/care/visits"], bound, start=True),
        Page(who, f"{name}: a visit", await there.first("care", "visit", visits, "/care/visits/{}"), bound),
    ]


async def _secretary(there: _There) -> list[Page]:
    who, name = Role.SECRETARY, "secretary"
    registered = "cadres WHERE state = 'Registered' ORDER BY registered_at, id"
    plans = await there.first("care", "plan", "plans ORDER BY changed DESC, plan", "/care/plans/{}")
    return [
        Page(who, f"{name}: visits", ["/care/visits"], start=True),
        Page(who, f"{name}: care plans", ["/care/plans"], start=True),
        Page(who, f"{name}: whom to plan for", ["/care/plans/new"]),
        Page(who, f"{name}: a care plan", plans),
        Page(who, f"{name}: the register's to-dos", ["/intake/register"], start=True),
        Page(who, f"{name}: a file", await there.first("intake", "id", registered, "/intake/register/{}")),
    ]


async def _administrator(there: _There) -> list[Page]:
    who, name = Role.ADMIN, "administrator"
    budgets = await there.first("care", "budget", "budgets ORDER BY budget", "/care/budgets/{}")
    accounts = "accounts ORDER BY opened, account"
    return [
        Page(who, f"{name}: accounts", ["/identity/accounts"], start=True),
        Page(
            who,
            f"{name}: an account",
            await there.first("identity", "account", accounts, "/identity/accounts/{}"),
        ),
        Page(who, f"{name}: a budget", budgets),
    ]


async def _money(there: _There) -> list[Page]:
    cases = await there.first(
        "care", "funding", "fundings ORDER BY drafted DESC, funding", "/care/fundings/{}"
    )
    return [
        Page(Role.REVIEWER, "reviewer: what waits", ["/care/fundings"], start=True),
        Page(Role.REVIEWER, "reviewer: all that ended", ["/care/fundings?which=ended"]),
        Page(Role.APPROVER, "approver: what waits", ["/care/fundings"], start=True),
        Page(Role.APPROVER, "approver: a case", cases),
        Page(Role.APPROVER, "approver: budgets", ["/care/budgets"]),
        Page(Role.PAYER, "payer: what waits", ["/care/fundings"], start=True),
    ]


async def _auditor(there: _There) -> list[Page]:
    who, name = Role.AUDITOR, "auditor"
    histories = await there.some("reporting", _BUSIEST, "/reporting/cadres/{}")
    pool = there.system.services["reporting"].store.pool
    halves = [await pool.fetchval(_HALF, one.rpartition("/")[2]) for one in histories]
    steps = [f"{one}/file?step={half}" for one, half in zip(histories, halves, strict=True)]
    return [
        Page(who, f"{name}: finding", ["/reporting/", "/reporting/?q=wang", "/reporting/?q=li"], start=True),
        Page(who, f"{name}: a history", histories),
        Page(who, f"{name}: the slider", steps, part=True),
        Page(who, f"{name}: a case", await there.some("reporting", _CASES, "/reporting/cadres/{}/cases/{}")),
        Page(who, f"{name}: the proof", [f"{one}/proof" for one in histories]),
        Page(who, f"{name}: readings", ["/reporting/readings"]),
        Page(who, f"{name}: the overview", ["/reporting/figures"], start=True),
        Page(who, f"{name}: requests behind", ["/reporting/figures/requests"]),
        Page(who, f"{name}: grants behind", ["/reporting/figures/grants"]),
        Page(who, f"{name}: hours behind", ["/reporting/figures/helpers"]),
    ]
