"""`python -m deploy.demo.load`: the demo city and 60 virtual days of its life, over the public API.

The clock of a fresh demo begins 60 days before the present; here it is moved up to it, and turns real.
"""

import argparse
import asyncio
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path

import uvloop

from deploy.client import Client, Signer
from deploy.demo.filling import fill
from deploy.demo.present import live_on
from deploy.demo.traffic.crew import Crew
from deploy.demo.traffic.desk import Desk
from deploy.demo.traffic.people import ADMIN, read_town
from deploy.demo.traffic.simulate import SYSTEM, settle, virtual_pace
from deploy.demo.traffic.story import call_times
from deploy.errors import DeployError
from shared.clock import wall_now

SEED = 19491001
PER_DAY = 10.0
LIVES_PER_DAY = 1.5
RUN, PRESENT = "past", "present"
TICK = timedelta(minutes=30)
"""Coarser than usual: each move of the clock lets everything settle, which takes a moment."""


async def load(client: Client, folder: Path, *, per_day: float = PER_DAY) -> None:
    """Fill the city and let it live until now. Running it again goes on where it was."""
    begin = time.monotonic()

    def say(text: str) -> None:
        sys.stdout.write(f"demo: {text} ({time.monotonic() - begin:.0f} s)\n")
        sys.stdout.flush()

    clock = await client.read(None, f"{SYSTEM}/clock")
    if not clock["virtual"]:
        say("the demo is loaded already")
        return
    first = await _first_day(client, folder, datetime.fromisoformat(clock["now"]))
    await fill(client, SEED, say, folder, first)
    await settle(client)
    town = await read_town(client)
    last = wall_now()
    pace = virtual_pace(client, datetime.fromisoformat(clock["now"]), TICK)
    crew = Crew(Desk(client, pace, RUN), town, SEED)
    times = call_times(SEED, first, last, per_day)
    lives = round((last - first).days * LIVES_PER_DAY)

    shown = [0]

    def progress(_: int, __: int, now: datetime) -> None:
        done = round(100 * (now - first) / (last - first))
        if done >= shown[0] + 5:
            shown[0] = done
            say(f"{now:%d %B %Y}, {done} % of the past is made")

    await crew.work(times, lives, last, progress)
    now = wall_now()
    await client.done(ADMIN, f"{SYSTEM}/clock/advance", {"to": now.isoformat()}, key="advance-to-the-present")
    await live_on(client, Desk(client, pace, PRESENT, ledger=crew.desk.ledger), SEED)
    await client.done(ADMIN, f"{SYSTEM}/clock/turn-real", key="turn-real")
    for strange in crew.desk.ledger.strange[:10]:
        sys.stderr.write(f"{strange}\n")
    say(f"{len(times)} requests, {crew.desk.calls} calls; the clock is real from now on")


async def _first_day(client: Client, folder: Path, now: datetime) -> datetime:
    """When the past begins: kept, so that a second run on the same data tells the same stories."""
    known = await client.read(ADMIN, "/intake/api/v1/communities", limit=1)
    return await asyncio.to_thread(_kept, folder / "begins", now, anew=not known["items"])


def _kept(file: Path, now: datetime, *, anew: bool) -> datetime:
    if anew or not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(now.isoformat())
    return datetime.fromisoformat(file.read_text())


async def _main(address: str, data: Path) -> None:
    async with Client(address, Signer.of(data)) as client:
        await load(client, data / "demo")


def main() -> None:
    """Load the demo of the running system at an address."""
    parser = argparse.ArgumentParser(prog="python -m deploy.demo.load", description=__doc__)
    parser.add_argument("--address", required=True, help="where the system answers")
    parser.add_argument("--data", required=True, type=Path, help="its data folder")
    given = parser.parse_args()
    try:
        uvloop.run(_main(given.address, given.data))
    except DeployError as error:
        sys.exit(f"jiujin: {error}")


if __name__ == "__main__":
    main()
