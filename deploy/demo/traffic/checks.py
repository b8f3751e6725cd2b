"""Asks a running system, after traffic, whether everything is as it must be."""

import asyncio
import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson

from deploy.client import Client, Who
from deploy.demo.traffic import laws
from deploy.demo.traffic.journey import ENDED, OPEN
from deploy.demo.traffic.ledger import Ledger
from deploy.demo.traffic.people import ADMIN, AUDITOR
from deploy.demo.traffic.stored import SERVICES, Events, Finding, read_events
from shared.roles import Role

STATES = frozenset({*OPEN, *ENDED})
CAUGHT_UP_SECONDS = 30.0
"""The archive and the views may be a moment behind those who react."""
STANDING = 0.05
"""The share of requests that may wait for something at the end: for a plan's far visit, say."""
HISTORIES = 25
"""Cadres whose histories are compared."""
OPERATOR = Who("operator-1", Role.OPERATOR)


async def check_all(client: Client, ledger: Ledger, run: str) -> list[Finding]:
    """Every check; the system must have settled, with nobody else at work."""
    waiting = await nothing_waits(client)
    events = await read_events(client, ADMIN, await _services(client))
    clock = await client.read(None, "/system/api/v1/clock")
    budgets = await client.read(Who("payer-1", Role.PAYER), "/care/api/v1/budgets")
    return [
        laws.acknowledged_once(events, ledger),
        laws.reactions_once(events),
        laws.streams_whole(events),
        laws.offers_answered(events, datetime.fromisoformat(clock["now"])),
        laws.bookings_apart(events),
        laws.budgets_to_the_fen(events, budgets["items"]),
        laws.requests_listed(events, await _states(client), STATES),
        waiting,
        await views_are_folds(client, run),
        await reporting_agrees(client, events),
        nothing_strange(ledger),
    ]


async def _states(client: Client) -> Mapping[str, str]:
    return {row["id"]: row["state"] async for row in client.pages(OPERATOR, "/intake/api/v1/requests")}


def nothing_strange(ledger: Ledger) -> Finding:
    """No answer of 500, no broken journey, nothing allowed that must be refused, no request forgotten."""
    finding = Finding("nothing unexpected on the way", len(ledger.acknowledged), list(ledger.strange))
    standing, received = len(ledger.standing), ledger.branches["received"]
    finding.expect(
        holds=standing <= 1 + received * STANDING,
        otherwise=f"{standing} of {received} requests were left standing",
    )
    return finding


async def nothing_waits(client: Client, patience: float = CAUGHT_UP_SECONDS) -> Finding:
    """Every consumer reads every source to its head within `patience` seconds, and nothing failed."""
    until = time.monotonic() + patience
    while True:
        finding = await _waiting(client)
        if not finding.wrong or time.monotonic() > until:
            return finding
        await asyncio.sleep(0.2)


async def _waiting(client: Client) -> Finding:
    finding = Finding("nothing waits, nothing is parked")
    for service in await _services(client):
        status = await client.read(ADMIN, f"/{service}/api/v1/status")
        finding.expect(status["parked"] == 0 and status["waiting"] == 0, f"{service}: {status}")
        sent = status["relay"] is None or status["relay"]["unsent"] == 0
        finding.expect(holds=sent, otherwise=f"{service}: {status['relay']}")
        for lag in status["lag"]:
            finding.expect(lag["events"] == 0, f"{service} is {lag['events']} events behind {lag['source']}")
    return finding


async def views_are_folds(client: Client, run: str) -> Finding:
    """Each view is built anew from the streams; what differs from the live one is told by the rebuild."""
    finding = Finding("every read model equals a fold of the streams")
    for service in await _services(client):
        for view in await client.read(ADMIN, f"/{service}/api/v1/views"):
            path = f"/{service}/api/v1/views/{view}/rebuild"
            answer = await client.send(ADMIN, "POST", path, body={}, key=f"{run}-rebuild-{view}")
            last = orjson.loads(answer.content.splitlines()[-1]) if answer.is_success else {}
            if last.get("state") != "swapped":
                finding.expect(holds=False, otherwise=f"{service}'s {view}: {answer.status_code}")
                continue
            for table, differs in last["differences"].items():
                finding.expect(not any(differs.values()), f"{service}'s {view}, {table}: {differs}")
    return finding


async def reporting_agrees(client: Client, events: Events) -> Finding:
    """Reporting's copy is its owners', byte for byte: of those cadres who were asked for last."""
    finding = Finding("reporting's histories are what the services wrote")
    asked = [str(event["cadre"]) for event in events.of("intake.RequestReceived")]
    for cadre in list(dict.fromkeys(reversed(asked)))[:HISTORIES]:
        path = f"/reporting/api/v1/cadres/{cadre}/check"
        answer = await client.send(AUDITOR, "POST", path, query={"why": "simulation"})
        same = answer.is_success and answer.json()["same"]
        finding.expect(bool(same), f"cadre {cadre}: {answer.text[:300]}")
    return finding


async def _services(client: Client) -> list[str]:
    """Those that answer."""
    found = []
    for service in SERVICES:
        answer = await client.send(ADMIN, "GET", f"/{service}/api/v1/status")
        if answer.is_success:
            found.append(service)
    return found


def as_dict(findings: list[Finding], ledger: Ledger, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Everything, for programs."""
    return {
        "good": not any(finding.wrong for finding in findings),
        **facts,
        "commands": {"acknowledged": len(ledger.acknowledged), "refused": len(ledger.refused)},
        "branches": dict(sorted(ledger.branches.items())),
        "refusals": dict(sorted(ledger.refusals.items())),
        "checks": [
            {"name": finding.name, "looked_at": finding.looked_at, "wrong": finding.wrong}
            for finding in findings
        ],
    }
