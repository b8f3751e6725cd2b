"""`jiujin explain`: why these helpers for a request, and why not another."""

from typing import Annotated, Any
from uuid import UUID

import typer

from cli.app import CliError, app
from cli.client import Client
from cli.options import DEFAULT_DATA, Data, Json, RunningPort, Token
from cli.screen import local, show_json, show_table
from shared.roles import Role

CHANGES = {
    "distance": "{by} m nearer",
    "load": "{by} minutes fewer served in 30 days or booked",
    "fairness": "{by} minutes fewer served in 30 days or booked",
    "poorly": "{by} bad visits to this cadre fewer",
    "reliability": "{by} more of the offers accepted",
    "drop_outs": "none of the {by} late drop-outs",
    "glad": "this service among those given gladly",
    "wish": "the cadre's wish for this helper",
    "offers": "{by} open offers fewer",
    "waiting": "free {by} hours sooner",
    "continuity": "{by} visits more to this cadre",
    "pairing": "a pairing with this cadre",
    "dialect": "this cadre's dialect",
}


@app.command(epilog="Example: ./jiujin explain 01a2… 01b3…")
def explain(
    request: Annotated[UUID, typer.Argument(help="The request's id.", show_default=False)],
    helper: Annotated[
        UUID | None,
        typer.Argument(
            help="A helper's id, ranked or not; without one the best are listed.", show_default=False
        ),
    ] = None,
    data: Data = DEFAULT_DATA,
    port: RunningPort = None,
    token: Token = None,
    *,
    as_json: Json = False,
) -> None:
    """Show the last ranking of a request, or why one helper stands where they stand in it.

    Of a helper: the rank, the parts of the score, and what alone would have made them the first; or the rule
    that excluded them. It is rebuilt from what was known then, by the rules and weights of then.
    """
    place = f"/matching/api/v1/matches/{request}"
    with Client(data, port, Role.OPERATOR, token=token) as client:
        path = place if helper is None else f"{place}/explain"
        found: dict[str, Any] = client.get(path, helper=helper)
    told = found["ranking"] if helper is None else found
    if told is None:
        raise CliError("nothing has been ranked for this request yet: see its state with `--json`.")
    if as_json:
        show_json(told)
    elif helper is None:
        _show_ranking(told)
    else:
        _show_helper(told)


def _show_ranking(told: dict[str, Any]) -> None:
    print(f"{local(told['at'])}  rules {told['rules_version']}, weights {told['weights_version']}\n")
    names = ("name", "helper", "score", "metres")
    rows = [
        (rank, *(one[name] for name in names), local(one["slot"]["start"]), _parts(one))
        for rank, one in enumerate(told["ranked"], 1)
    ]
    if rows:
        show_table(("rank", *names, "comes", "parts"), rows)
    else:
        print("Nobody could come.")
    excluded = ", ".join(f"{one['count']} {one['rule']}" for one in told["excluded"])
    print(f"\n{told['considered']} considered; excluded: {excluded or 'nobody'}")


def _show_helper(told: dict[str, Any]) -> None:
    if told["excluded"]:
        print(f"Excluded by the rule `{told['excluded']}`, {told['considered']} considered.")
        return
    one = told["candidate"]
    print(f"Rank {told['rank']} of {told['considered']} considered, {one['score']} points.\n")
    columns = ("name", "points", "fact")
    show_table(columns, [[part[name] for name in columns] for part in one["parts"]])
    if told["walking_minutes"] is not None:
        print(f"\nAbout {told['walking_minutes']} minutes on foot.")
    if told["rank"] == 1:
        return
    print("\nFirst with any of these:" if told["changes"] else "\nNo one change would have been enough.")
    for change in told["changes"]:
        print("- " + CHANGES[change["what"]].format(by=change["by"]))


def _parts(one: dict[str, Any]) -> str:
    return " ".join(f"{part['name']}{part['points']:+d}" for part in one["parts"])
