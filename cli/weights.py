"""`jiujin weights`: what counts how much in a ranking, and what other weights would change."""

from datetime import datetime
from typing import Annotated, Any

import typer

from cli.app import CliError, app
from cli.client import Client
from cli.options import DEFAULT_DATA, Data, Json, RunningPort, Token
from cli.screen import SHANGHAI, local, show_json, show_table
from shared.roles import Role

PATH = "/matching/api/v1/weights"
weights = typer.Typer(help="What counts how much in a ranking, and what other weights would change.")
app.add_typer(weights, name="weights")


@weights.command(epilog="Example: ./jiujin weights show")
def show(
    data: Data = DEFAULT_DATA, port: RunningPort = None, token: Token = None, *, as_json: Json = False
) -> None:
    """Show the weights that count, each with its reason, and when they were changed."""
    with Client(data, port, Role.ADMIN, token=token) as client:
        found: dict[str, Any] = client.get(PATH)
    if as_json:
        show_json(found)
        return
    print(f"version {found['version']}\n")
    show_table(("weight", "value", "why"), [tuple(one.values()) for one in found["weights"]])
    print(f"\nThere are: {', '.join(found['versions'])}")
    for number, one in enumerate(found["changes"], 1):
        print(f"set-{number}  {local(one['at'])}  {one['by']}: {one['why']}")


@weights.command("set", epilog='Example: ./jiujin weights set pairing=300 glad=80 --why "as the bureau said"')
def change(
    changes: Annotated[list[str], typer.Argument(help="NAME=VALUE, as often as needed.", show_default=False)],
    why: Annotated[str, typer.Option(help="The reason; it is recorded.")],
    data: Data = DEFAULT_DATA,
    port: RunningPort = None,
    token: Token = None,
) -> None:
    """Change some weights from now on. Past rankings stay as they were made."""
    with Client(data, port, Role.ADMIN, token=token) as client:
        found: dict[str, Any] = client.get(PATH)
        values = {one["name"]: one["value"] for one in found["weights"]}
        client.post(PATH, {"weights": {**values, **_parsed(changes)}, "why": why})
        print(f"The weights are now {client.get(PATH)['version']}; before them {found['version']} counted.")


@weights.command(epilog='Example: ./jiujin weights diff default-2 "pairing=200,glad=100" --since 2026-05-01')
def diff(
    one: Annotated[str, typer.Argument(help="A version, or NAME=VALUE,… on top of what counts now.")],
    other: Annotated[str, typer.Argument(help="The same.")],
    since: Annotated[datetime | None, typer.Option(help="Rankings since then; 30 days by default.")] = None,
    most: Annotated[int, typer.Option(min=1, max=1000, help="The newest so many.")] = 200,
    data: Data = DEFAULT_DATA,
    port: RunningPort = None,
    token: Token = None,
    *,
    as_json: Json = False,
) -> None:
    """Show which past rankings would have had another first under other weights."""
    begin = since and since.replace(tzinfo=SHANGHAI).isoformat()
    with Client(data, port, Role.ADMIN, token=token) as client:
        found: dict[str, Any] = client.get(f"{PATH}/diff", one=one, other=other, since=begin, most=most)
    if as_json:
        show_json(found)
        return
    changed = found["changed"]
    print(f"{found['rankings']} rankings, {len(changed)} with another first.\n")
    show_table(tuple(found["firsts"][0]), [tuple(first.values()) for first in found["firsts"]])
    if changed:
        print()
        names = ("request", "service", "urgency")
        rows = [
            (local(each["at"]), *(each[name] for name in names), *map(_told, each["firsts"]))
            for each in changed
        ]
        show_table(("at", *names, one, other), rows)


def _parsed(changes: list[str]) -> dict[str, int]:
    try:
        return {name: int(value) for name, value in (change.split("=") for change in changes)}
    except ValueError as error:
        raise CliError("a change is NAME=VALUE with a whole number: see `./jiujin weights show`.") from error


def _told(first: dict[str, Any] | None) -> str:
    if first is None:
        return "nobody"
    metres = "" if first["metres"] is None else f", {first['metres']} m"
    return f"{first['helper']} ({first['score']}{metres})"
