"""`jiujin status`: how each service is."""

from typing import Any

from cli.app import app
from cli.client import Client
from cli.options import DEFAULT_DATA, Data, Json, RunningPort, Service, Token
from cli.screen import local, show_json, show_table

FOOTER = """
version  of the program that answers
behind   events not taken in yet; goes back to 0 by itself; ?: Kafka is away
waiting  failed and tried again, or queued behind one that failed
parked   failed for good: waits for a person
timers   set for later
stall    transactions since the oldest that still runs; tens are usual under
         load. Worry when it grows, and `behind` with it: readers then wait for
         one long transaction (docs/how-to/find-a-stall.md)"""
FOOTER_OF_RELAYS = """
unsent   recorded and not on the topic yet; goes back to 0 by itself
leader   when the relay that sends them last said that it is there"""
UNKNOWN = "?"
SILENT_SECONDS = 10.0
"""A leader says each second that it is there, and another takes over after three without a word."""


@app.command(epilog="Example: ./jiujin status --json")
def status(
    data: Data = DEFAULT_DATA, port: RunningPort = None, token: Token = None, *, as_json: Json = False
) -> None:
    """Show the clock, and how far each service is behind, what waits in it and what is parked.

    `stall` counts the transactions between the newest and the oldest that still runs. Tens are usual under
    load; worry when it grows and `behind` with it: readers then wait for one long transaction. How to find
    and end it: docs/how-to/find-a-stall.md.
    """
    with Client(data, port, token=token) as client:
        clock: dict[str, Any] = client.get("/system/api/v1/clock")
        services = [client.get(f"/{service}/api/v1/status") for service in Service]
        address, option = client.address, client.option
    if as_json:
        show_json({"address": address, "clock": clock, "services": services})
        return
    kind = "a demo" if clock["demo"] else "a bureau's own data"
    time = "virtual" if clock["virtual"] else "real"
    loading = ", its past is being made" if clock["loading"] else ""
    print(f"{address}  {kind}{loading}; the clock is {time}: {local(clock['now'])}\n")
    relayed = any(one["relay"] for one in services)
    columns = ("service", "version", "behind", "waiting", "parked", "timers", "stall")
    show_table((*columns, "unsent", "leader") if relayed else columns, [_row(one) for one in services])
    if any(one["parked"] for one in services):
        print(f"\nSomething is parked: ./jiujin parked{option}")
    print(FOOTER + (FOOTER_OF_RELAYS if relayed else ""))


def _row(one: dict[str, Any]) -> tuple[Any, ...]:
    lags = [lag["events"] for lag in one["lag"]]
    behind = UNKNOWN if None in lags else sum(lags)
    told = ("service", "version"), ("waiting", "parked", "timers", "horizon")
    first, rest = ([one[name] for name in names] for names in told)
    if one["relay"] is None:
        return (*first, behind, *rest)
    silent = one["relay"]["silent"]
    leader = "none" if silent is None or silent > SILENT_SECONDS else f"{silent:.0f} s ago"
    return (*first, behind, *rest, one["relay"]["unsent"], leader)
