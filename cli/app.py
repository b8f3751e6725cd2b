"""The typer app that each verb joins, and the error that becomes one line."""

from pathlib import Path

import typer

CHECKOUT = Path(__file__).resolve().parent.parent

app = typer.Typer(
    name="jiujin",
    help="Jiujin: services close at hand for retired cadres.",
    epilog="Example: ./jiujin test --fast",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.callback()
def jiujin() -> None:
    """Jiujin: services close at hand for retired cadres."""


class CliError(Exception):
    """What the person at the command line did or met: one line that says what to do."""
