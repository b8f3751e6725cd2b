"""Drives a running demo as its users would, then checks that everything is as it must be."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from deploy.client import AnswerError, Client
from deploy.demo.filling import fill
from deploy.demo.traffic.checks import as_dict, check_all
from deploy.demo.traffic.crew import Crew
from deploy.demo.traffic.desk import Desk
from deploy.demo.traffic.ledger import Ledger
from deploy.demo.traffic.pace import TICK, Pace, RealPace, VirtualPace
from deploy.demo.traffic.people import ADMIN, Town, read_town
from deploy.demo.traffic.stored import Finding
from deploy.errors import DeployError

SYSTEM = "/system/api/v1"
NOT_YET = 503
LIVES_SHARE = 0.15
"""Other events for each request."""
A_DAY = 40
"""Requests of a virtual day, unless the days are given."""

Say = Callable[[str], None]


class NotADemoError(DeployError):
    """{address} holds a bureau's own data: simulated people would spoil it. Use a demo."""


class StillLoadingError(DeployError):
    """The demo at {address} was not ready after {seconds} s: look at its log, then try again."""


@dataclass(frozen=True)
class Plan:
    """What to simulate. `days` of virtual time; None spreads the requests as a busy city would."""

    requests: int = 300
    seed: int = 1
    concurrency: int = 8
    days: float | None = None
    patience: float = 300.0


@dataclass(frozen=True)
class Report:
    """What was done and found."""

    findings: list[Finding]
    told: dict[str, Any]

    @property
    def good(self) -> bool:
        """Whether every check held."""
        return bool(self.told["good"])


async def simulate(
    client: Client,
    plan: Plan,
    say: Say = lambda _: None,
    *,
    meanwhile: "asyncio.Task[None] | None" = None,
) -> Report:
    """Wait for the demo, drive it, check it. NotADemoError, StillLoadingError, SystemAwayError.

    `meanwhile` is something done to the system at the same time: people work until it is over, in rounds of
    so many requests. Whom that made give up comes back when it is over; then everything is checked.
    """
    clock = await _ready(client, plan, say)
    now = datetime.fromisoformat(clock["now"])
    virtual = bool(clock["virtual"])
    town = await inhabited(client, plan.seed, say)
    pace: Pace = virtual_pace(client, now) if virtual else RealPace()
    run = f"sim{plan.seed}-{int(now.timestamp() * 1000):x}"
    ledger, calls, rounds = Ledger(), 0, 0
    if not virtual:
        await quick(client, on=True)
    begin = asyncio.get_running_loop().time()
    try:
        while not rounds or (meanwhile is not None and not meanwhile.done()):
            desk = Desk(client, pace, f"{run}.{rounds}" if rounds else run, plan.concurrency, ledger)
            lives = round(plan.requests * LIVES_SHARE)
            progress = _progress(say, plan.requests)
            crew = Crew(desk, town, plan.seed + rounds)
            await crew.work(_times(plan, pace.now()), lives, progress=progress)
            calls += desk.calls
            rounds += 1
        if meanwhile is not None:
            await meanwhile
            await settle(client)
            desk = Desk(client, pace, f"{run}.again", plan.concurrency, ledger)
            await Crew(desk, town, plan.seed).take_up(ledger.standing)
            calls += desk.calls
        await settle(client)
    finally:
        if not virtual:
            await quick(client, on=False)
    seconds = asyncio.get_running_loop().time() - begin
    requests = plan.requests * rounds
    say(f"{requests} requests in {seconds:.1f} s; checking")
    findings = await check_all(client, ledger, run)
    facts = {
        "requests": requests,
        "seed": plan.seed,
        "virtual": virtual,
        "seconds": round(seconds, 1),
        "calls": calls,
        "repeated": client.repeated,
    }
    return Report(findings, as_dict(findings, ledger, facts))


async def inhabited(client: Client, seed: int, say: Say) -> Town:
    """The demo's city, imported first if there is nobody in it."""
    town = await read_town(client)
    if town.cadres:
        return town
    say("the city is empty: importing the demo city first")
    await fill(client, seed, say)
    await settle(client)
    return await read_town(client)


def virtual_pace(client: Client, now: datetime, tick: timedelta = TICK) -> VirtualPace:
    """A pace that moves the system's virtual clock, from `tick` to `tick`."""

    async def move(to: datetime) -> datetime:
        body = {"to": to.isoformat()}
        answer = await client.done(ADMIN, f"{SYSTEM}/clock/advance", body, key=f"advance-{to.timestamp()}")
        return datetime.fromisoformat(answer["now"])

    return VirtualPace(move, now, tick)


async def settle(client: Client) -> None:
    """Return once every event has had its effect.

    However long that takes, while something moves; AnswerError when nothing did for the client's patience.
    """
    before: AnswerError | None = None
    while True:
        try:
            await client.done(ADMIN, f"{SYSTEM}/clock/settle", key="settle-now")
        except AnswerError as error:
            if error.status != NOT_YET or str(error) == str(before):
                raise
            before = error
        else:
            return


async def quick(client: Client, *, on: bool) -> None:
    """Waits of seconds in place of minutes."""
    await client.done(ADMIN, f"{SYSTEM}/quick", {"quick": on}, key="quick-quick")


async def _ready(client: Client, plan: Plan, say: Say) -> Any:
    """Wait until a demo is loaded; gives its clock."""
    waited = 0.0
    while True:
        clock = await client.read(None, f"{SYSTEM}/clock")
        if not clock["demo"]:
            raise NotADemoError(address=client.address)
        if not clock["loading"]:
            return clock
        if waited >= plan.patience:
            raise StillLoadingError(address=client.address, seconds=round(plan.patience))
        if waited == 0:
            say("waiting for the demo's past to be made")
        await asyncio.sleep(0.5)
        waited += 0.5


def _times(plan: Plan, now: datetime) -> list[datetime]:
    days = plan.days or max(2.0, plan.requests / A_DAY)
    random = Random(f"{plan.seed}/times")  # noqa: S311  a script, no secret
    return sorted(now + timedelta(days=days * random.random()) for _ in range(plan.requests))


def _progress(say: Say, total: int) -> Callable[[int, int, datetime], None]:
    every = max(1, total // 20)

    def progress(over: int, of: int, now: datetime) -> None:
        if over % every == 0 or over == of:
            say(f"{over} of {of} requests over, {now:%Y-%m-%d %H:%M:%S}")

    return progress
