"""`jiujin match`: plans of many visits, and whether the same comes out again."""

from typing import Annotated, Any
from uuid import UUID

import typer

from cli.app import CliError, app
from cli.client import Client
from cli.options import DEFAULT_DATA, Data, Json, RunningPort, Token
from cli.screen import local, show_json, show_table
from shared.roles import Role

PATH = "/matching/api/v1/plans"
match = typer.Typer(help="Plans of many visits, and whether the same comes out again.")
app.add_typer(match, name="match")


@match.command(epilog="Example: ./jiujin match plans")
def plans(
    data: Data = DEFAULT_DATA, port: RunningPort = None, token: Token = None, *, as_json: Json = False
) -> None:
    """List the last plans: how many visits, how many with nobody, and whether they are decided."""
    with Client(data, port, Role.AUDITOR, token=token) as client:
        found: dict[str, Any] = client.get(PATH)
    if as_json:
        show_json(found["items"])
        return
    names = ("plan", "state", "revision", "visits", "unplanned", "score")
    rows = [(local(one["at"]), *(one[name] for name in names)) for one in found["items"]]
    show_table(("made", *names), rows, title="" if rows else "No plan has been made yet.")


@match.command(epilog="Example: ./jiujin match verify 01a2…")
def verify(
    plan: Annotated[UUID, typer.Argument(help="The plan's id.", show_default=False)],
    data: Data = DEFAULT_DATA,
    port: RunningPort = None,
    token: Token = None,
    *,
    as_json: Json = False,
) -> None:
    """Make a plan again from what was known then, and say whether it is still the same."""
    with Client(data, port, Role.AUDITOR, token=token) as client:
        found: dict[str, Any] = client.get(f"{PATH}/{plan}/verify")
    if as_json:
        show_json(found)
    elif found["same"]:
        proven = "; ".join(found["faults"]) or "it is proven that no plan of the pairs that can be is better"
        print(f"The same: {found['visits']} visits, {found['score']} points; {proven}.")
    if not found["same"]:
        if not as_json:
            show_table(("request", "planned", "again"), [tuple(one.values()) for one in found["different"]])
        raise CliError(f"another plan comes out now: {found['score_again']} points, not {found['score']}.")
