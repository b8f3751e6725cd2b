"""`jiujin rebalance`: the associations' members where the cadres are, with the fewest moves."""

from collections import Counter
from typing import Annotated, Any
from uuid import UUID

import typer

from cli.app import CliError, app
from cli.client import Client
from cli.options import DEFAULT_DATA, Data, Json, RunningPort, Token
from cli.screen import local, show_json, show_table
from shared.roles import Role

PATH = "/matching/api/v1/rebalancings"
rebalance = typer.Typer(help="The associations' members where the cadres are, with the fewest moves.")
app.add_typer(rebalance, name="rebalance")


@rebalance.command(epilog="Example: ./jiujin rebalance propose --budget 20")
def propose(
    budget: Annotated[int, typer.Option(min=0, help="At most so many moves.")] = 20,
    pairing_metres: Annotated[
        int, typer.Option(min=0, help="So much farther away counts a member for each live pairing.")
    ] = 1_000,
    data: Data = DEFAULT_DATA,
    port: RunningPort = None,
    token: Token = None,
    *,
    as_json: Json = False,
) -> None:
    """Propose the best moves of now. Nobody moves before a decision and their own word."""
    with Client(data, port, Role.ADMIN, token=token) as client:
        done = client.post(PATH, {"budget": budget, "pairing_metres": pairing_metres})
        found = client.get(f"{PATH}/{done['id']}", after=done["position"])
    _show(found, as_json=as_json)


@rebalance.command("list", epilog="Example: ./jiujin rebalance list")
def list_all(
    data: Data = DEFAULT_DATA, port: RunningPort = None, token: Token = None, *, as_json: Json = False
) -> None:
    """List the last proposals: what each would reach, and how far its moves are."""
    with Client(data, port, Role.AUDITOR, token=token) as client:
        found: dict[str, Any] = client.get(PATH)
    if as_json:
        show_json(found["items"])
        return
    names = ("rebalancing", "members", "moves", "shortage", "shortage_after")
    rows = [
        (local(one["at"]), *(one[name] for name in names), _counts(one["states"] or {}))
        for one in found["items"]
    ]
    show_table(
        ("made", *names, "states"), rows, title="" if rows else "No rebalancing has been proposed yet."
    )


@rebalance.command(epilog="Example: ./jiujin rebalance show 01a2…")
def show(
    rebalancing: Annotated[UUID, typer.Argument(help="The proposal's id.", show_default=False)],
    data: Data = DEFAULT_DATA,
    port: RunningPort = None,
    token: Token = None,
    *,
    as_json: Json = False,
) -> None:
    """Show a proposal: the communities, the moves with what each gains, and how far they are."""
    with Client(data, port, Role.AUDITOR, token=token) as client:
        found: dict[str, Any] = client.get(f"{PATH}/{rebalancing}")
    _show(found, as_json=as_json)


@rebalance.command(epilog="Example: ./jiujin rebalance verify 01a2…")
def verify(
    rebalancing: Annotated[UUID, typer.Argument(help="The proposal's id.", show_default=False)],
    data: Data = DEFAULT_DATA,
    port: RunningPort = None,
    token: Token = None,
    *,
    as_json: Json = False,
) -> None:
    """Make a proposal again from what was known then, and say whether it is still the same."""
    with Client(data, port, Role.AUDITOR, token=token) as client:
        found: dict[str, Any] = client.get(f"{PATH}/{rebalancing}/verify")
    if as_json:
        show_json(found)
    elif found["same"]:
        print(f"The same: {found['moves']} moves, then {found['shortage_after']} members are lacking.")
    if not found["same"]:
        raise CliError(f"another proposal comes out now: {found['moves_again']} moves, not {found['moves']}.")


def _show(found: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        show_json(found)
        return
    names = {one["community"]: one["name"] for one in found["reckoned"]}
    come, go = (Counter((one[side], one["association"]) for one in found["proposed"]) for side in _SIDES)
    rows = [
        (one["name"], one["cadres"], one["hardships"], share["association"], share["members"],
         share["members"] + come[key] - go[key], share["target"])
        for one in found["reckoned"]
        for share in one["shares"]
        for key in [(one["community"], share["association"])]
    ]  # fmt: skip
    columns = ("community", "cadres", "hardships", "association", "members", "then", "should be")
    show_table(columns, rows, title="" if rows else "No community has members of an association.")
    print()
    moves = [
        (one["helper_name"], one["association"], names.get(one["source"], "–"), names.get(one["destination"]),
         one["source_metres"], one["metres"], len(one["pairings"]), one["gain"], one["state"])
        for one in found["proposed"]
    ]  # fmt: skip
    heads = ("member", "association", "from", "to", "metres", "then", "paired", "gain", "state")
    show_table(heads, moves, title="" if moves else "Nobody needs to move.")
    print(
        f"\n{found['rebalancing']}: {found['moves']} moves of at most {found['budget']};"
        f" {found['shortage']} members lacking, then {found['shortage_after']};"
        f" {_farther(found['cost'])} in all.\nThe nearest move first: {found['nearest_after']} lacking,"
        f" {_farther(found['nearest_cost'])}. Doing nothing: {found['shortage']} lacking."
    )


_SIDES = ("destination", "source")


def _farther(metres: int) -> str:
    return f"{abs(metres)} metres {'farther' if metres > 0 else 'nearer'}"


def _counts(states: dict[str, int]) -> str:
    return ", ".join(f"{count} {state}" for state, count in sorted(states.items()))
