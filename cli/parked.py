"""`jiujin parked`: events that failed and wait for a person."""

from typing import Annotated, Any

import typer

from cli.app import CliError, app
from cli.client import Client
from cli.options import DEFAULT_DATA, Data, Json, OptionsAnywhere, RunningPort, Service, Token
from cli.screen import local, show_json, show_table

parked = typer.Typer(
    cls=OptionsAnywhere,
    help="List, show, retry or skip the events that failed.",
    epilog="Example: ./jiujin parked retry care:17",
    rich_markup_mode=None,
    invoke_without_command=True,
)
app.add_typer(parked, name="parked")

Number = Annotated[str, typer.Argument(help="As the list shows it: SERVICE:NUMBER.")]


@parked.callback(epilog="Example: ./jiujin parked")
def parked_(
    context: typer.Context,
    data: Data = DEFAULT_DATA,
    port: RunningPort = None,
    token: Token = None,
    *,
    as_json: Json = False,
) -> None:
    """List what failed, what waits behind it, and timers that failed; or do something about one of them."""
    if not context.invoked_subcommand:
        list_(data, port, token, as_json=as_json)


@parked.command("list", epilog="Example: ./jiujin parked list --json")
def list_(
    data: Data = DEFAULT_DATA, port: RunningPort = None, token: Token = None, *, as_json: Json = False
) -> None:
    """List them, as `./jiujin parked` does."""
    with Client(data, port, token=token) as client:
        found = [one for service in Service for one in _of(client, service)]
    if as_json:
        show_json(found)
        return
    if not found:
        print("Nothing is parked, nothing waits.")
        return
    show_table(
        ("number", "what", "about", "state", "tries", "next try", "error"),
        [
            (
                one["number"],
                one.get("type") or f"timer {one['timer']}",
                one["key"],
                _state(one),
                one["attempts"],
                local(one["retry_at"]),
                _last_line(one["error"]),
            )
            for one in found
        ],
    )


@parked.command("show", epilog="Example: ./jiujin parked show care:17")
def show(
    number: Number,
    data: Data = DEFAULT_DATA,
    port: RunningPort = None,
    token: Token = None,
    *,
    as_json: Json = False,
) -> None:
    """Show one with its whole error."""
    service, ordinal = _split(number)
    with Client(data, port, token=token) as client:
        found = [one for one in _of(client, service) if one["number"] == f"{service}:{ordinal}"]
        option = client.option
    if not found:
        raise CliError(f"nothing waits under {number}: `./jiujin parked{option}` lists what does.")
    if as_json:
        show_json(found[0])
        return
    width = max(map(len, found[0]))
    for name, value in found[0].items():
        print(f"{name:<{width}}  {value}")


@parked.command("retry", epilog="Example: ./jiujin parked retry care:17")
def retry(number: Number, data: Data = DEFAULT_DATA, port: RunningPort = None, token: Token = None) -> None:
    """Try one again at once, and what waits behind it after it."""
    service, ordinal = _split(number)
    with Client(data, port, token=token) as client:
        client.post(f"/{service}/api/v1/parked/{ordinal}/retry")
        print(f"{number} is tried again. Look with: ./jiujin parked{client.option}")


@parked.command(
    "skip", epilog='Example: ./jiujin parked skip care:17 --name "Wang Lan" --reason "entered twice"'
)
def skip(
    number: Number,
    reason: Annotated[str, typer.Option("--reason", help="Why; kept for ever.")],
    name: Annotated[
        str | None,
        typer.Option("--name", help="Who skips it; with --token the token says it.", show_default=False),
    ] = None,
    data: Data = DEFAULT_DATA,
    port: RunningPort = None,
    token: Token = None,
) -> None:
    """Go past one for good. Who did it and why is recorded as an event."""
    if not (name or token):
        raise CliError("say who skips it with --name.")
    service, ordinal = _split(number)
    with Client(data, port, token=token, sub=name or "") as client:
        done = client.post(f"/{service}/api/v1/parked/{ordinal}/skip", {"reason": reason})
    print(f"{number} is skipped; recorded as {done['position']}.")


def _of(client: Client, service: Service) -> list[dict[str, Any]]:
    """What waits in a service; only events have a number to be named by."""
    found: list[dict[str, Any]] = client.get(f"/{service}/api/v1/parked")
    return [{"number": f"{service}:{one['ordinal']}" if "ordinal" in one else "", **one} for one in found]


def _split(number: str) -> tuple[Service, int]:
    service, _, ordinal = number.partition(":")
    if service not in set(Service) or not (ordinal.isascii() and ordinal.isdigit()):
        raise CliError(f"{number} is no number of the list: it is written SERVICE:NUMBER, as in care:17.")
    return Service(service), int(ordinal)


def _state(one: dict[str, Any]) -> str:
    if one.get("parked_at"):
        return "parked"
    return "retrying" if one["attempts"] else "waits behind"


def _last_line(error: str | None) -> str:
    return (error or "").strip().rpartition("\n")[2][:80]
