"""`jiujin chaos`: kills, pauses and worse while people are at work, and everything checked afterwards."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.app import CliError, app
from cli.options import DEFAULT_DATA, Data, Json, RunningPort
from cli.screen import show_json, show_table

if TYPE_CHECKING:
    from deploy.demo.traffic.chaos import Chaos
    from deploy.demo.traffic.simulate import Report

BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"
COLUMNS = ("blow", "times", "median, s", "longest, s")
SHORT, LONG = 0.5, 3.0
"""How far what takes long is stretched: the broker is away for a minute in a long run."""


@app.command(epilog="Example: ./jiujin chaos --minutes 10 --seed 7")
def chaos(
    minutes: Annotated[float, typer.Option("--minutes", min=0.1, max=1440, help="For how long.")] = 5.0,
    seed: Annotated[int, typer.Option("--seed", help="The same seed, the same blows in the same order.")] = 1,
    data: Data = DEFAULT_DATA,
    port: RunningPort = None,
    write: Annotated[
        Path | None,
        typer.Option("--write", help="Put the figures into this page.", show_default=False),
    ] = None,
    *,
    short: Annotated[bool, typer.Option("--short", help="Shorter pauses and absences.")] = False,
    as_json: Json = False,
) -> None:
    """Let blows fall on a demo under `up --kafka`, each kind at least once; exit code 1 if a check fails."""
    import uvloop

    from cli.reach import reach
    from cli.simulate import show_report
    from deploy.demo.traffic.chaos import Chaos
    from deploy.folder import DataFolder

    client = reach(data, port, None, patience=180.0)
    falling = Chaos(client, DataFolder(data), minutes, seed, _say, SHORT if short else LONG)
    report = uvloop.run(falling.run())
    if as_json:
        show_json({**report.told, "blows": [vars(one) for one in falling.fallen]})
    else:
        show_report(report)
        show_table(COLUMNS, falling.table(), title="\nWhat fell, and how soon all was ready again")
    if write is not None:
        _write(write, falling, report)
    raise typer.Exit(code=int(not report.good))


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _write(page: Path, falling: "Chaos", report: "Report") -> None:
    """Put a run's figures between the marks of a page."""
    text = page.read_text(encoding="utf-8")
    if BEGIN not in text or END not in text:
        raise CliError(f"{page} has no lines `{BEGIN}` and `{END}`: write them where the figures belong.")
    told = report.told
    looked = sum(one["looked_at"] for one in told["checks"])
    wrong = sum(len(one["wrong"]) for one in told["checks"])
    commands, repeated = told["commands"]["acknowledged"], told["repeated"]
    lines = [
        f"Seed {falling.seed}: {len(falling.fallen)} blows in {told['seconds'] / 60:.0f} minutes, while",
        f"{told['requests']} requests went their way by {commands} acknowledged commands; {repeated} times",
        f"no answer came, and the command was repeated. Looked at afterwards: {looked} things.",
        f"Wrong: {wrong}.",
        "",
        f"| {' | '.join(COLUMNS)} |",
        "|" + " --- |" * len(COLUMNS),
        *(f"| {' | '.join(map(str, row))} |" for row in falling.table()),
    ]
    before, rest = text.split(BEGIN)
    page.write_text(before + "\n".join([BEGIN, *lines, END]) + rest.split(END)[1], encoding="utf-8")
