"""`jiujin rebuild`: a view anew from the events, while traffic goes on."""

from collections.abc import Iterator, Sequence
from typing import Annotated, Any

import typer

from cli.app import CliError, app
from cli.client import Client
from cli.options import DEFAULT_DATA, Data, Json, RunningPort, Service, Token
from cli.screen import show_json, show_table


@app.command(epilog="Example: ./jiujin rebuild care.cases")
def rebuild(
    view: Annotated[
        str | None,
        typer.Argument(
            help="Its name, or SERVICE.NAME; without one all views are listed.", show_default=False
        ),
    ] = None,
    data: Data = DEFAULT_DATA,
    port: RunningPort = None,
    token: Token = None,
    *,
    as_json: Json = False,
) -> None:
    """Build a view anew beside the live one, swap, and tell how the old one differed. JSON comes in lines."""
    with Client(data, port, token=token) as client:
        views = [(one, name) for one in Service for name in client.get(f"/{one}/api/v1/views")]
        if view is None:
            names = [f"{one}.{name}" for one, name in views]
            show_json(names) if as_json else print(*names, sep="\n")
            return
        service, name = _find(views, view, client.option)
        last = _follow(client.lines(f"/{service}/api/v1/views/{name}/rebuild"), as_json=as_json)
    if last.get("state") != "swapped":
        reason = last.get("reason", "the line broke")
        raise CliError(
            f"the rebuild broke off ({reason}): the live view is as it was. Read the log, then repeat."
        )
    if not as_json:
        _differences(f"{service}.{name}", last)


def _find(views: Sequence[tuple[Service, str]], wanted: str, option: str) -> tuple[Service, str]:
    found = [(service, name) for service, name in views if wanted in {name, f"{service}.{name}"}]
    if not found:
        raise CliError(f"there is no view {wanted}: `./jiujin rebuild{option}` lists them.")
    if len(found) > 1:
        raise CliError(f"several services have a view {wanted}: say {' or '.join(map('.'.join, found))}.")
    return found[0]


def _follow(lines: Iterator[dict[str, Any]], *, as_json: bool) -> dict[str, Any]:
    last: dict[str, Any] = {}
    for last in lines:
        if as_json:
            show_json(last)
        elif last["state"] not in {"swapped", "failed"}:
            print(f"{last['state']}: {last['events']} events", flush=True)
    return last


def _differences(name: str, last: dict[str, Any]) -> None:
    print(f"{name} is built anew from {last['events']} events.")
    differing = [
        (table, counts["only_old"], counts["only_new"])
        for table, counts in last["differences"].items()
        if any(counts.values())
    ]
    if differing:
        print("It differs from the old one:\n")
        show_table(("table", "rows only before", "rows only now"), differing)
    else:
        print("The old one was the same, row for row.")
    if last.get("left"):
        print(f"It lacks {last['left']} events that stand behind what is parked: let that go, then repeat.")
