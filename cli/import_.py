"""`jiujin import`: spreadsheets into a running system, row by row checked."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from cli.app import CliError, app
from cli.options import DEFAULT_DATA, Data, Json

MARKS = {"communities": "communities", "cadres": "cadres", "volunteers": "volunteers", "helpers": "volunteers",
         "budgets": "budgets"}  # fmt: skip


@app.command("import", epilog="Example: ./jiujin import communities.xlsx cadres.xlsx --all-or-nothing")
def import_(  # noqa: PLR0913  one parameter an option
    files: Annotated[list[Path] | None, typer.Argument(help=".xlsx or .csv, in any order.")] = None,
    *,
    template: Annotated[
        Path | None,
        typer.Option("--template", help="Write an empty file to fill in: cadres.xlsx, volunteers.xlsx, …"),
    ] = None,
    all_or_nothing: Annotated[
        bool, typer.Option("--all-or-nothing", help="A file with a bad row isn't imported at all.")
    ] = False,
    language: Annotated[str, typer.Option("--language", help="zh or en; by LANG unless given.")] = "",
    address: Annotated[str, typer.Option("--address", help="Of another system than the one in --data.")] = "",
    token: Annotated[
        str, typer.Option("--token", envvar="JIUJIN_TOKEN", help="Of an administrator, for a bureau's own data.")
    ] = "",
    data: Data = DEFAULT_DATA,
    as_json: Json = False,
) -> None:
    """Check every row of the files and send the good ones. Exit code 1 when any row was bad."""
    if template is not None:
        _write_template(template)
        return
    if not files:
        raise CliError("name the files to import, or ask for a --template.")
    good = asyncio.run(
        _import(files, _access(data, address, token), all_or_nothing=all_or_nothing, language=language, json=as_json)
    )
    raise typer.Exit(code=int(not good))
