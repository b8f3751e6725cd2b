"""`jiujin simulate`: people at work on a running demo, and everything checked afterwards."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from cli.app import app
from cli.options import DEFAULT_DATA, Data, Json, RunningPort
from cli.screen import console, show_json, show_table

if TYPE_CHECKING:
    from deploy.demo.traffic.simulate import Report


@app.command(epilog="Example: ./jiujin simulate --requests 300 --seed 7")
def simulate(
    requests: Annotated[int, typer.Option("--requests", min=1, max=100_000, help="How many calls.")] = 300,
    seed: Annotated[int, typer.Option("--seed", help="The same seed tells the same stories.")] = 1,
    concurrency: Annotated[
        int, typer.Option("--concurrency", min=1, max=64, help="HTTP requests at a time.")
    ] = 8,
    days: Annotated[
        float | None,
        typer.Option("--days", min=0.1, max=366, help="Of virtual time.", show_default=False),
    ] = None,
    kills: Annotated[
        int,
        typer.Option(
            "--kills", min=0, help="Kill the system so often (SIGKILL) meanwhile, and start it again."
        ),
    ] = 0,
    data: Data = DEFAULT_DATA,
    port: RunningPort = None,
    *,
    as_json: Json = False,
) -> None:
    """Drive a demo over its public API as its users would; exit code 1 when any check fails."""
    import uvloop

    from cli.reach import reach
    from deploy.demo.traffic.kills import simulate_with_kills
    from deploy.demo.traffic.simulate import Plan
    from deploy.folder import DataFolder

    client = reach(data, port, None, patience=60.0 if kills else 10.0)
    plan = Plan(requests, seed, concurrency, days)
    report = uvloop.run(simulate_with_kills(client, plan, DataFolder(data), kills, _say))
    if as_json:
        show_json(report.told)
    else:
        show_report(report)
    raise typer.Exit(code=int(not report.good))


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def show_report(report: "Report") -> None:
    """What happened, what was refused, what must hold."""
    told = report.told
    show_table(("branch", "count"), list(told["branches"].items()), title="What happened")
    show_table(("refusal", "count"), list(told["refusals"].items()), title="\nWhat was refused")
    print()
    show_table(
        ("check", "looked at", "wrong"),
        [(one["name"], one["looked_at"], len(one["wrong"])) for one in told["checks"]],
        title="What must hold",
    )
    for finding in report.findings:
        for wrong in finding.shown:
            console().print(f"  {finding.name}: {wrong}", markup=False)
    commands = told["commands"]
    print(
        f"\n{told['requests']} requests in {told['seconds']} s: {commands['acknowledged']} commands done, "
        f"{commands['refused']} refused, {told['repeated']} repeated while the system was away. "
        + ("Everything holds." if report.good else "NOT everything holds.")
    )
