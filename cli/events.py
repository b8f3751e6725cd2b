"""`jiujin events`: what has happened, and what happens."""

import time
from collections.abc import Iterator, Sequence
from typing import Annotated, Any
from uuid import UUID

import typer

from cli.app import CliError, app
from cli.client import Client
from cli.options import DEFAULT_DATA, Data, Json, RunningPort, Service, Token
from cli.replay import read_all
from cli.screen import local, show_json, show_table
from shared.actors import named
from shared.roles import Role

POLL_SECONDS = 0.5
PAGE = 200
COLUMNS = ("recorded", "service", "type", "stream", "version", "by")
WIDTHS = (20, 10, 34, 50, 8)


@app.command(epilog="Example: ./jiujin events --follow --service care")
def events(  # noqa: PLR0913, PLR0917  the options of a verb
    data: Data = DEFAULT_DATA,
    port: RunningPort = None,
    token: Token = None,
    service: Annotated[
        list[Service] | None, typer.Option("--service", help="Of this service; more than once. Default: all.")
    ] = None,
    stream: Annotated[
        str | None, typer.Option("--stream", help="One stream, as events name it.", show_default=False)
    ] = None,
    cadre: Annotated[
        UUID | None, typer.Option("--cadre", help="All about one cadre; needs --why.", show_default=False)
    ] = None,
    case: Annotated[
        UUID | None, typer.Option("--case", help="All of one case; needs --why.", show_default=False)
    ] = None,
    why: Annotated[
        str | None,
        typer.Option("--why", help="Why you read a person's history; recorded.", show_default=False),
    ] = None,
    last: Annotated[int, typer.Option("--last", min=0, max=PAGE, help="How many of the newest.")] = 20,
    *,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on with what happens.")] = False,
    as_json: Json = False,
) -> None:
    """List the newest events, those of a stream, a cadre or a case; or follow. JSON comes an event a line.

    Personal fields are shown sealed; of one cadre or case they are opened, and the reading is recorded.
    """
    if sum(one is not None for one in (stream, cadre, case)) > 1 or (follow and (stream or cadre or case)):
        raise CliError("give one of --stream, --cadre, --case or --follow.")
    if (cadre or case) and not why:
        raise CliError("a person's history is read for a reason, which is recorded: give it with --why.")
    role = Role.AUDITOR if cadre or case else Role.ADMIN
    with Client(data, port, role, token=token) as client:
        if cadre or case:
            _person(client, cadre, case, str(why), as_json=as_json)
        elif stream:
            _show(list(_of_stream(client, stream, service)), as_json=as_json)
        else:
            _tail(client, service or list(Service), last, follow=follow, as_json=as_json)


def _tail(client: Client, services: Sequence[Service], last: int, *, follow: bool, as_json: bool) -> None:
    found: list[dict[str, Any]] = []
    cursors: dict[Service, str] = {}
    for one in services:
        page = client.get(f"/{one}/api/v1/events", newest=True, limit=max(last, 1))
        found += page["items"]
        cursors[one] = page["next"]
    found.sort(key=_order)
    _show(found[len(found) - min(last, len(found)) :], as_json=as_json, plain=follow)
    while follow:
        try:
            time.sleep(POLL_SECONDS)  # over HTTP there is nothing to wait on
            new: list[dict[str, Any]] = []
            for one in services:
                page = client.get(f"/{one}/api/v1/events", cursor=cursors[one], limit=PAGE)
                new += page["items"]
                cursors[one] = page["next"]
        except KeyboardInterrupt:
            return
        _show(sorted(new, key=_order), as_json=as_json, plain=True)


def _of_stream(client: Client, stream: str, services: Sequence[Service] | None) -> Iterator[dict[str, Any]]:
    """The stream is in one service only; the others have nothing under its name."""
    for one in services or list(Service):
        cursor = ""
        while True:
            page = client.get(f"/{one}/api/v1/events", stream=stream, cursor=cursor or None, limit=PAGE)
            yield from page["items"]
            cursor = page["next"]
            if not cursor:
                break


def _person(client: Client, cadre: UUID | None, case: UUID | None, why: str, *, as_json: bool) -> None:
    """From reporting's copy, which opens what is sealed."""
    if case:
        path = f"/reporting/api/v1/cases/{case}/tree"
        if as_json:
            show_json(client.get(path, why=why))
        else:
            print(client.text(path, why=why, format="text"), end="")
        return
    found = read_all(client, f"/reporting/api/v1/cadres/{cadre}/history", why)
    if as_json:
        for entry in found:
            show_json(entry)
        return
    names = ("service", "type", "stream", "version", "by")
    show_table(COLUMNS, [(local(entry["recorded"]), *(entry[name] for name in names)) for entry in found])


def _order(event: dict[str, Any]) -> tuple[str, str]:
    return str(event["recordedtime"]), str(event["id"])


def _show(found: Sequence[dict[str, Any]], *, as_json: bool, plain: bool = False) -> None:
    """A table; in fixed columns where more is to follow."""
    if as_json:
        for event in found:
            show_json(event)
        return
    rows = [_row(event) for event in found]
    if not plain:
        show_table(COLUMNS, rows)
        return
    for row in rows:
        cells = [f"{cell!s:<{width}}" for cell, width in zip(row, WIDTHS, strict=False)]
        print(*cells, row[-1], flush=True)


def _row(event: dict[str, Any]) -> tuple[object, ...]:
    return (
        local(event["recordedtime"]),
        event["source"],
        event["type"],
        event["subject"],
        event["streamversion"],
        named(event["actor"], event["actorrole"], "en"),
    )
