"""`jiujin import`: spreadsheets into a running system, every row checked."""

import asyncio
import shlex
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.app import CliError, app
from cli.client import data_option
from cli.options import DEFAULT_DATA, Data, Json, RunningPort, Token
from cli.screen import console, show_json

if TYPE_CHECKING:
    from deploy.client import Client
    from deploy.importing import Outcome

FIRST_TO_LAST = ("communities", "cadres", "volunteers", "budgets")


class Language(StrEnum):
    """The languages of the report."""

    ZH = "zh"
    EN = "en"


@app.command("import", epilog="Example: ./jiujin import communities.xlsx cadres.xlsx --all-or-nothing")
def import_(
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            help=".xlsx or .csv: communities, cadres, volunteers, budgets; what a file is, its header says."
        ),
    ] = None,
    *,
    template: Annotated[
        Path | None,
        typer.Option(
            "--template",
            help=f"Write an empty file to fill in, by its name: {', '.join(FIRST_TO_LAST)}, with .xlsx.",
            show_default=False,
        ),
    ] = None,
    all_or_nothing: Annotated[
        bool, typer.Option("--all-or-nothing", help="Take nothing of a file that has a bad row.")
    ] = False,
    language: Annotated[
        Language | None,
        typer.Option("--language", help="Of the report; as LANG says unless given.", show_default=False),
    ] = None,
    data: Data = DEFAULT_DATA,
    port: RunningPort = None,
    token: Token = None,
    as_json: Json = False,
) -> None:
    """Import spreadsheets: bad rows are reported, good rows go in. Exit code 1 when any row was bad."""
    from deploy.importing.report import as_dict, language_of, show

    if template is not None:
        _write_template(template, data_option(data, port), as_json=as_json)
        return
    if not files:
        raise CliError("name the files to import, or ask for a file to fill in: --template cadres.xlsx.")
    from cli.reach import reach

    spoken = language_of(language or "")
    client = reach(data, port, token, language=spoken)
    outcomes = asyncio.run(_import(client, files, all_or_nothing=all_or_nothing))
    if as_json:
        show_json(as_dict(outcomes))
    else:
        show(outcomes, spoken, console())
    raise typer.Exit(code=int(not all(outcome.good for outcome in outcomes)))


async def _import(client: "Client", files: list[Path], *, all_or_nothing: bool) -> "list[Outcome]":
    from deploy.importing import import_files

    def progress(file: str, sent: int, rows: int) -> None:
        print(f"{file}: {sent} of {rows} rows", end="\r" if sys.stderr.isatty() else "\n", file=sys.stderr)

    async with client:
        return await import_files(client, files, all_or_nothing=all_or_nothing, progress=progress)


def _write_template(path: Path, option: str, *, as_json: bool) -> None:
    from shared.tables import Kind, template

    kinds = {kind.value: kind for kind in Kind} | {"helpers": Kind.VOLUNTEERS}
    kind = kinds.get(path.stem.lower())
    if kind is None or path.suffix.lower() != ".xlsx":
        names = ", ".join(f"{name}.xlsx" for name in FIRST_TO_LAST)
        raise CliError(f"{path.name} doesn't say what it is for: use one of the names {names}.")
    if path.exists():
        raise CliError(f"{path} is there already: remove it, or give another folder.")
    try:
        path.write_bytes(template(kind))
    except OSError as error:
        raise CliError(f"can't write {path} ({error.strerror}): give another folder.") from error
    if as_json:
        show_json({"template": str(path), "kind": kind.value})
    else:
        print(f"{path}: fill it in, then ./jiujin import {shlex.quote(str(path))}{option}")
